"""What a file asks for is bounded before memory is taken for it."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from collector.storage import (
    Collection,
    CollectionError,
    CollectionWriter,
    blocks,
    lines,
    open_collection,
    pass_decoder,
    schema,
    sign_row,
    snapshot,
)
from collector.storage.blocks import Block, MemoryTaken, to_array, to_block
from collector.storage.compared import compared_layers
from collector.storage.errors import BlockError, DamagedError
from collector.storage.flow import flow_of
from collector.storage.layer import MOST_KEPT, MOST_LAYERS, MOST_NESTED, layers_of
from collector.storage.passes import KINDS, Pass
from collector.storage.probe import MOST_PIXELS, MOST_SAMPLES, probe_of
from collector.storage.projections import projection_of
from collector.storage.schema import Header, LayerRecord, PassRecord
from collector.storage.source import open_file
from collector.storage.stories import checked_stories

MEGABYTE = 2**20
BOMB = to_block(np.zeros(2**26, np.uint8), compress=True)
"""64 MB that are 87 kB of text."""

Opened = Callable[[bytes], Collection]


@contextmanager
def taking_at_most(n_bytes: int) -> Iterator[None]:
    """Fails where more memory is taken at any moment."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < n_bytes
    finally:
        tracemalloc.stop()


class Note(msgspec.Struct):
    step: int


def layer(**changes: Any) -> schema.Layer:
    return schema.Layer(**{"name": "fc", "kind": "Linear", "units": 10**9, "stage": "fc"} | changes)


def with_bias(name: str, n: int) -> schema.Layer:
    return layer(name=name, parameters={"bias": [n]})


def with_axes(axes: list[schema.Axis]) -> schema.Layer:
    return layer(parameters={"own": [axis.size for axis in axes]}, kept_parameters={"own": axes})


def compared(name: str) -> schema.ComparedLayer:
    return schema.ComparedLayer(name, 1, 1, [0])


def compressed(n_bytes: int) -> Block:
    return Block("|u1", [n_bytes], "", "zlib")


@pytest.mark.parametrize("given", [{"kept": BOMB}, {"input_kept": BOMB, "input_units": 10**9}])
def test_that_a_unit_plan_is_counted_before_it_is_decoded(given: dict[str, Any]) -> None:
    with taking_at_most(4 * MEGABYTE), pytest.raises(BlockError, match="none that it has"):
        layers_of([layer(**given)])


def test_that_no_unit_is_kept_twice() -> None:
    with pytest.raises(BlockError, match="twice"):
        layers_of([layer(kept=[3, 3])])


def test_that_there_are_so_many_layers_and_kept_units_and_no_more() -> None:
    with pytest.raises(BlockError, match="layers"):
        layers_of([layer(name=str(number)) for number in range(MOST_LAYERS + 1)])
    many = to_block(np.arange(MOST_KEPT // 2 + 1))
    with pytest.raises(BlockError, match="too many"):
        layers_of([layer(name=name, kept=many) for name in "ab"])


@pytest.mark.parametrize(
    ("bound", "most", "read"),
    [
        ("layer.MOST_LAYERS", 3, lambda n: layers_of([layer(name=str(each)) for each in range(n)])),
        ("layer.MOST_KEPT", 3, lambda n: layers_of([layer(kept=list(range(n)))])),
        ("layer.MOST_DIMENSIONS", 3, lambda n: layers_of([layer(output_shape=[1] * n)])),
        ("layer.MAX_COUNT", 9, lambda n: layers_of([layer(output_shape=[n])])),
        ("layer.MOST_KEPT", 3, lambda n: layers_of([with_axes([schema.Axis(9, list(range(n)))])])),
        ("layer.MOST_PARTS", 3, lambda n: layers_of([with_axes([schema.Axis(n, parts=["a"] * n)])])),
        ("layer.MOST_PARTS", 3, lambda n: layers_of([with_axes([schema.Axis(1)] * n)])),
        ("layer.MAX_COUNT", 9, lambda n: layers_of([with_bias("a", 4), with_bias("b", n - 4)])),
        ("layer.MOST_NESTED", 3, lambda n: layers_of([layer(name="a." * n + "a")])),
        ("flow.MOST_NODES", 3, lambda n: flow_of([schema.FlowNode(str(each), "Linear", "call") for each in range(n)])),
        ("projections.MOST_SAMPLES", 3, lambda n: projection_of(schema.Projection(n, []))),
        ("stories.MOST_SAMPLES", 3, lambda n: checked_stories(schema.Stories(n))),
        ("stories.MOST_LAYERS", 3, lambda n: checked_stories(schema.Stories(0, [str(each) for each in range(n)]))),
        ("compared.MOST_LAYERS", 3, lambda n: compared_layers([compared(str(each)) for each in range(n)])),
        ("probe.MOST_SAMPLES", 3, lambda n: probe_of(schema.Probe([[0.0]] * n))),
        ("blocks.MAX_DIMENSIONS", 3, lambda n: to_block(np.zeros((1,) * n))),
        ("blocks.MAX_BLOCK_BYTES", 8, lambda n: to_block(np.zeros(n, np.uint8))),
        ("blocks.MAX_EMPTY", 3, lambda n: to_array(Block("<f4", [0, n], ""))),
        ("blocks.MAX_INFLATED_BYTES", 8, lambda n: MemoryTaken().add([compressed(4), compressed(n - 4)])),
    ],
)  # fmt: skip
def test_that_as_much_as_a_reader_takes_is_taken_and_no_more(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int, read: Callable[[int], object]
) -> None:
    monkeypatch.setattr(f"collector.storage.{bound}", most)

    read(most)
    with pytest.raises(BlockError):
        read(most + 1)


def test_that_kept_units_are_counted_over_all_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.storage.layer.MOST_KEPT", 5)
    first = layer(name="a", kept=[0, 1], input_units=9, input_kept=[7])

    layers_of([first, layer(name="b", kept=[0, 1])])
    with pytest.raises(BlockError, match="up to 'b' it names 6 units"):
        layers_of([first, layer(name="b", kept=[0, 1, 2])])


def test_that_a_pass_may_take_as_much_memory_as_a_reader_takes(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_collection(finished) as collection:
        first = collection.passes[0]
        _read_all(first)
        monkeypatch.setattr(pass_decoder, "MOST_BYTES", first.n_bytes)
    with open_collection(finished) as collection:
        _read_all(collection.passes[0])


def _read_all(one: Pass) -> None:
    for arrays in one.layers.values():
        for kind in KINDS:
            getattr(arrays, kind)


def test_that_a_line_may_be_as_long_as_a_reader_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'{"step":3}')
    for module in (lines, sign_row):
        monkeypatch.setattr(module, "LONGEST_LINE", 10)
    with open_file(path) as file:
        read: list[Callable[[int], object]] = [
            lambda length: lines.read_entry(file, ("note", 3, 0, length)),
            lambda length: sign_row.whole_record(file.read_at, ("note", 3, 0, length), Note, checked=False),
        ]
        for each in read:
            each(10)
            with pytest.raises(BlockError, match="a line of 11 bytes is longer than a reader takes"):
                each(11)


@pytest.mark.parametrize(("width", "is_shown"), [(MOST_PIXELS, True), (MOST_PIXELS + 1, False)])
def test_that_a_picture_is_shown_up_to_a_width(width: int, is_shown: bool) -> None:
    probe = probe_of(schema.Probe([[[[0.0] * width]]]))

    assert (probe.picture(0) is not None) == is_shown


def test_that_modules_are_nested_so_deep_and_no_deeper() -> None:
    deep = "a." * (MOST_NESTED + 1) + "a"
    assert layers_of([layer(name=deep[2:])])
    with pytest.raises(BlockError, match="modules"):
        layers_of([layer(name=deep)])
    with pytest.raises(BlockError, match="modules"):
        flow_of([schema.FlowNode("call", "Linear", "call", module=deep)])


@pytest.mark.parametrize("shape", [[500_000_000, 0], [0, 2**21], [MOST_SAMPLES + 1, 1]])
def test_that_a_probe_has_not_too_many_samples(shape: list[int]) -> None:
    inputs = Block("|u1", shape, to_block(np.zeros(int(np.prod(shape)), np.uint8)).base64)
    with taking_at_most(4 * MEGABYTE), pytest.raises(BlockError):
        probe_of(schema.Probe(inputs))


def test_that_an_array_is_asked_for_its_shape_before_it_is_decoded(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_collection(finished) as collection:
        record = PassRecord(0, 0, layers={"fc": LayerRecord(weight=BOMB)})
        read = snapshot.Pass(record, finished, collection.layers, 2)
    monkeypatch.setattr(blocks, "b64decode", None)
    with pytest.raises(DamagedError, match="against its unit plan"):
        _ = read.layers["fc"].weight


def test_that_compressed_blocks_are_summed_up_over_a_pass(finished: Path) -> None:
    maps = Block("|u1", [1, 2, 2**13, 2**13], BOMB.base64, "zlib")
    record = PassRecord(0, 0, layers={name: LayerRecord(feature_maps=maps) for name in ("fc", "conv", "more")})
    with open_collection(finished) as collection, pytest.raises(BlockError, match="compressed"):
        snapshot.Pass(record, finished, collection.layers, 2)


def test_that_a_pass_that_would_take_too_much_memory_is_refused(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.storage.pass_decoder.MOST_BYTES", 100)
    with open_collection(finished) as collection, pytest.raises(DamagedError, match="bytes of memory"):
        _ = collection.passes[0]


def test_that_memory_is_what_arrays_and_their_texts_take() -> None:
    block = to_block(np.zeros((100, 3), np.float32))
    memory = MemoryTaken()
    memory.add([block])
    assert memory.n_bytes == 1200 + len(block.base64)
    memory.add([[1, 2, 3], [[4, 5], [6]]])
    assert memory.n_bytes >= 1200 + len(block.base64) + 6 * 32


def test_that_the_text_of_an_array_is_let_go_when_it_is_decoded(finished: Path) -> None:
    with open_collection(finished) as collection:
        arrays = collection.passes[0].layers["fc"]
        weight = arrays.weight
        assert weight is not None
        assert arrays._record.weight is None
        assert arrays.weight is weight


@pytest.mark.parametrize("start", [b"", b',{"record":"pass","pass":3,"step":6,"layers":{'])
def test_that_nul_behind_the_last_line_takes_no_memory(unfinished: Path, start: bytes) -> None:
    with unfinished.open("ab") as file:
        file.write(start)
        file.truncate(file.tell() + 300 * MEGABYTE)
    with taking_at_most(20 * MEGABYTE), open_collection(unfinished) as collection:
        assert collection.passes.steps.tolist() == [0, 2, 4]
        assert not collection.finished


def test_that_steps_up_to_the_largest_whole_number_are_read(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    last = blocks.MAX_COUNT
    path = tmp_path / "late.json"
    with CollectionWriter(path, make_header()) as writer:
        writer.write(PassRecord(number=0, step=last))
        writer.write(schema.StepsRecord(last - 2, last, {"loss": np.array([1.0, 2.0])}))
    with open_collection(path) as collection:
        assert collection.passes.steps.tolist() == [last]
        assert collection.series.recorded("loss")[0].tolist() == [last - 2, last - 1]


def test_that_a_damaged_array_counts_as_not_recorded_where_a_pass_is_salvaged(
    tmp_path: Path, make_header: Callable[..., Header], make_pass: Callable[..., PassRecord]
) -> None:
    path = tmp_path / "damaged.json"
    sound = make_pass(0)
    sound.layers["fc"].weight = np.zeros((7, 7), np.float32)
    sound.logits = np.zeros((3, 3, 3), np.float32)
    sound.histograms = {"fc": {"weight": np.zeros(5, np.int64)}}
    sound.unit_states = [("fc", np.zeros(30, np.uint8))]
    with CollectionWriter(path, make_header()) as writer:
        writer.write(sound)
    with open_collection(path) as collection:
        with pytest.raises(DamagedError):
            _ = collection.passes[0]
        read = collection.passes.salvaged(0)
        assert read.logits is None
        assert read.layers["fc"].weight is None
        assert read.histograms == read.unit_states == {}
        assert read.layers["fc"].bias is not None, "the others stay"
        assert set(read.damaged) == {("", "logits"), ("fc", "weight"), ("", "histograms"), ("", "unit_states")}
        assert "against its unit plan" in read.damaged["fc", "weight"]
        assert any("weight of 'fc'" in each for each in collection.damaged)


def test_that_a_pass_without_a_readable_line_is_an_error_even_where_it_would_be_salvaged(unfinished: Path) -> None:
    content = unfinished.read_bytes()
    with open_collection(unfinished) as collection:
        unfinished.write_bytes(content.replace(b'"epoch"', b'"epoch', 1))
        at = collection.passes._entries[1][2]
        with unfinished.open("r+b") as file:
            file.seek(at + 20)
            file.write(b'"')
        with pytest.raises(CollectionError, match="pass 1"):
            collection.passes.salvaged(1)
        with pytest.raises(IndexError):
            collection.passes.salvaged(3)


def test_that_a_check_of_the_shape_holds_for_lists_as_well() -> None:
    with pytest.raises(BlockError, match="not"):
        to_array([1, 2, 3], check=blocks.exactly(2))
    assert to_array([1, 2], check=blocks.exactly(None)).tolist() == [1, 2]
    with pytest.raises(BlockError, match="first length"):
        to_array([[1], [2]], check=blocks.one_for_each(3))
