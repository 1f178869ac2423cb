"""The parts of a pass: they are what the whole line says, and each is checked when it is asked for."""

import contextlib
import gc
import json
import weakref
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.storage import CollectionWriter, open_collection
from collector.storage.blocks import Block, to_array
from collector.storage.checksums import LINE, LINE_END, PARTS, TABLE, check, crc32, field
from collector.storage.earlier import EarlierRun
from collector.storage.encode import encode
from collector.storage.errors import BlockError, DamagedError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.pass_parts import sealed_pass
from collector.storage.pass_text import PassText
from collector.storage.pass_text import parted as parted_line
from collector.storage.schema import LayerRecord, ParameterArrays, PassRecord, TopLogits
from collector.storage.snapshot import KINDS
from collector.storage.source import LocalFile
from tests.collector.storage.small_parts import small_parts

names = st.text(max_size=12) | st.sampled_from(
    ["fc", "histograms", "layers", "parts", "top_logits", "values", "weight", "a.b", '":{"', "},{", "层", "a\\", '"']
)
arrays = st.sampled_from([1, 3, 64, 65, 300]).flatmap(
    lambda n: st.sampled_from([np.arange(n, dtype="f4"), np.full((n, 2), np.nan, "f2"), np.zeros((0, n))])
)
parameters = st.dictionaries(names, st.builds(ParameterArrays, arrays, st.none() | arrays), max_size=2)
moments = st.dictionaries(names, st.dictionaries(names, arrays, max_size=2), max_size=2)
layers = st.builds(
    lambda kinds, *nested: LayerRecord(**kinds, parameters=nested[0], moments=nested[1]),
    st.dictionaries(st.sampled_from(KINDS), arrays, max_size=4),
    parameters,
    moments,
)
histograms = st.dictionaries(st.sampled_from(["weight", "gradient"]), arrays, max_size=2)
top_logits = st.builds(TopLogits, st.just(2000), arrays, arrays, arrays, arrays)
records = st.builds(
    PassRecord,
    st.integers(0, 9),
    st.integers(0, 9),
    logits=st.none() | arrays,
    outputs=st.none() | arrays,
    losses=st.none() | arrays,
    layers=st.dictionaries(names, layers, max_size=4),
    top_logits=st.none() | top_logits,
    token_logits=st.none() | top_logits,
    histograms=st.dictionaries(names, histograms, max_size=3),
    unit_states=st.lists(st.tuples(names, arrays), max_size=3),
)


def said(text: bytes) -> Any:
    """What the whole text says, in plain values."""
    return plain(decode(text, PassRecord))


def plain(record: PassRecord) -> Any:
    return (
        record.number,
        record.step,
        *map(values, (record.logits, record.outputs, record.losses, record.token_logits)),
        values(record.layers),
        *(values(each) for each in (record.top_logits, record.unit_states, record.histograms)),
    )


def values(value: Any) -> Any:
    if isinstance(value, Block):
        return value.dtype, value.shape, to_array(value).tobytes()
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return [(name, values(each)) for name, each in value]
    if isinstance(value, dict):
        return [(name, values(each)) for name, each in value.items()]
    if isinstance(value, LayerRecord | ParameterArrays | TopLogits):
        return [(name, values(getattr(value, name))) for name in value.__struct_fields__]
    return value


def names_within(record: PassRecord) -> set[str]:
    """Names of objects in the layers; with one of them a layer would begin in two places."""
    found = {*LayerRecord.__struct_fields__, *ParameterArrays.__struct_fields__} if record.layers else set()
    for layer in record.layers.values():
        found |= {*layer.parameters, *layer.moments, *(state for each in layer.moments.values() for state in each)}
    return found


def line_of(record: PassRecord) -> bytes:
    """The record's line with a table of its parts."""
    with small_parts():
        return b"".join(sealed_pass(record))


def parted(text: bytes) -> PassText | None:
    """The parts of a line that is in memory."""
    return parted_line(lambda at, length: text[at : at + length], len(text))


def of_parts(text: bytes) -> Any:
    """What the parts say; None where there is no table."""
    parts = parted(text)
    if parts is None:
        return None
    whole = parts.head
    whole.layers = {name: parts.layer(name) for name in parts.layers}
    whole.histograms = parts.histograms()
    return plain(whole)


def with_table(text: bytes, table: bytes) -> bytes:
    """The line with another table, by somebody who knows of checksums."""
    before = text[: text.rindex(TABLE)] + TABLE[:-1] + table
    before += field(PARTS, crc32(before[text.rindex(TABLE) :]))
    return before + field(LINE, crc32(before)) + b"}"


@settings(deadline=None)
@example(PassRecord(0, 0, layers={'"': LayerRecord(), "": LayerRecord()}))  # one ends like the other
@given(records)
def test_that_the_parts_of_a_pass_are_the_whole(record: PassRecord) -> None:
    text = line_of(record)
    has_table = record.layers and not {*record.layers, "histograms"} & names_within(record)
    assert of_parts(text) == (said(text) if has_table else None)


@settings(deadline=None)
@given(records)
def test_that_whoever_knows_of_no_parts_reads_and_checks_the_line_as_ever(record: PassRecord) -> None:
    text = line_of(record)
    known = json.loads(text)
    assert int(known.pop("crc"), 16) == zlib.crc32(text[:-LINE_END])
    known.pop("parts", None), known.pop("parts_crc", None)
    assert known == json.loads(b"".join(encode(record)))
    check(text)


@settings(deadline=None)
@given(records, st.integers(0), st.integers(0, 7))
def test_that_no_flipped_bit_of_any_part_says_something_else_in_silence(record: PassRecord, at: int, bit: int) -> None:
    text = bytearray(line_of(record))
    before = said(bytes(text))
    text[at % len(text)] ^= 1 << bit
    with contextlib.suppress(JsonTextError, BlockError):
        after = of_parts(bytes(text))
        if after is None:
            check(bytes(text))
            after = said(bytes(text))
        assert after == before


def test_that_each_part_has_the_checksum_of_the_line_up_to_its_end() -> None:
    values = np.arange(300, dtype="f4")
    text = line_of(PassRecord(0, 0, layers={"fc": LayerRecord(weight=values), "relu": LayerRecord(activation=values)}))
    table = json.loads(text)["parts"]
    assert table["layers"] == ["fc", "relu"]
    assert table["crcs"] == [zlib.crc32(text[:end]) for end in table["ends"]]
    starts = [0, *table["ends"]]
    assert text[starts[table["first"][1]] :].startswith(b'"relu":{"activation":')
    parts = [text[start:end] for start, end in zip(starts, table["ends"], strict=False)]
    letters = json.loads(text)["layers"]["fc"]["weight"]["base64"].encode()
    assert b"".join(parts[number] for number in table["letters"]) == letters * 2
    assert table["ends"][-1] == text.rindex(TABLE)


def test_that_a_pass_has_a_table_from_two_megabytes_of_text_on() -> None:
    def lines(n_values: int) -> list[bytes]:
        return sealed_pass(PassRecord(0, 0, layers={"fc": LayerRecord(weight=np.zeros(n_values, "f4"))}))

    assert TABLE not in lines(390_000)[-1]
    assert TABLE in lines(400_000)[-1]


@pytest.fixture
def in_parts(finished: Path, make_header: Any, make_pass: Any) -> Iterator[Path]:
    """A finished file of two passes, with feature maps, whose lines have tables."""
    maps = np.arange(2 * 30 * 3 * 3, dtype=np.float16).reshape(2, 30, 3, 3)
    with small_parts():
        with CollectionWriter(finished, make_header(), overwrite=True) as writer:
            for number in range(2):
                relu = LayerRecord(activation=np.ones((2, 30), np.float32), feature_maps=maps)
                record = make_pass(number, weight_update=np.zeros((30, 3), np.float32))
                record.layers["relu"] = relu
                record.histograms = {"fc": {"weight": np.arange(129)}}
                writer.write(record)
        yield finished


def spoil(path: Path, before: bytes, *, after: int = 0) -> None:
    """Change a letter behind the first such text of the second pass, so many letters on."""
    content = bytearray(path.read_bytes())
    at = content.index(b'"base64":"', content.index(before, content.index(b'{"record":"pass","pass":1'))) + 10 + after
    content[at] = ord("B") if content[at] == ord("A") else ord("A")
    path.write_bytes(bytes(content))


def test_that_what_was_changed_is_told_of_the_array_alone_when_it_is_asked_for(in_parts: Path) -> None:
    spoil(in_parts, b'"weight":{')
    with open_collection(in_parts) as collection:
        one = collection.passes.salvaged(1)
        assert not one.damaged
        assert (one.layers["fc"].bias == -1).all() and (one.layers["fc"].weight_update == 0).all()
        assert one.layers["relu"].activation is not None and one.histograms["fc"]["weight"].tolist() == [*range(129)]
        assert one.layers["fc"].weight is None
        assert [*one.damaged] == [("fc", "weight")]
        assert "was changed after it was written" in one.damaged["fc", "weight"]
        with pytest.raises(DamagedError, match=r"weight of 'fc' cannot be read.* was changed after it was written"):
            _ = collection.passes[1].layers["fc"].weight
        assert "was changed after it was written" in " ".join(collection.verify().faults)


def test_that_what_stands_between_the_arrays_is_told_of_the_layer(in_parts: Path) -> None:
    content = in_parts.read_bytes()
    at = content.index(b'"shape":[30,3]', content.index(b'{"record":"pass","pass":1'))
    in_parts.write_bytes(content[:at] + b'"shape":[30,4]' + content[at + 14 :])
    with open_collection(in_parts) as collection:
        one = collection.passes.salvaged(1)
        assert one.layers["fc"].bias is None and "changed after it was written" in one.damaged["fc", "bias"]
        assert one.layers["relu"].activation is not None


def test_that_what_stands_in_front_of_the_layers_is_told_of_the_pass(in_parts: Path) -> None:
    content = in_parts.read_bytes()
    in_parts.write_bytes(content.replace(b'"pass":1,"step":2,', b'"pass":1,"step":3,'))
    with open_collection(in_parts) as collection, pytest.raises(DamagedError, match=r"pass 1, at .* was changed after"):
        _ = collection.passes[1]


def test_that_histograms_that_were_changed_are_told_and_the_layers_stay(in_parts: Path) -> None:
    spoil(in_parts, b'"histograms":{')
    with open_collection(in_parts) as collection:
        one = collection.passes.salvaged(1)
        assert one.histograms == {}
        assert "was changed after it was written" in one.damaged["", "histograms"]
        assert (one.layers["fc"].weight == 1).all()


def test_that_of_feature_maps_those_stretches_are_checked_that_are_looked_at(in_parts: Path) -> None:
    spoil(in_parts, b'"feature_maps":{', after=1000)
    with open_collection(in_parts) as collection:
        one = collection.passes.salvaged(1)
        maps = one.layers["relu"].rows("feature_maps", 0, 1)
        assert maps is not None and maps.ravel().tolist() == [*range(270)]
        assert one.layers["relu"].rows("feature_maps", 1, 2) is None
        assert "was changed after it was written" in one.damaged["relu", "feature_maps"]


def test_that_without_a_sound_table_the_whole_line_is_checked(in_parts: Path) -> None:
    content = in_parts.read_bytes()
    for before, after in ((b'"first":[1,', b'"first":[2,'), (b'"parts_crc":', b'"parts_crd":')):
        in_parts.write_bytes(content.replace(before, after))
        with open_collection(in_parts) as collection, pytest.raises(DamagedError, match="changed after it was written"):
            _ = collection.passes[1]


numbers = st.lists(st.integers(-1, 2000) | st.just(2**40), max_size=8)


@settings(deadline=None)
@given(records, numbers, numbers, numbers, st.lists(st.integers(0, 2**32 - 1), max_size=8), st.lists(names, max_size=3))
def test_that_a_table_of_whatever_places_ends_in_an_error_or_the_same(
    record: PassRecord, first: list[int], letters: list[int], ends: list[int], crcs: list[int], layers: list[str]
) -> None:
    text = line_of(record)
    known = json.loads(text).get("parts")
    if known is None:
        return
    for changed in ({"first": first}, {"letters": letters}, {"ends": ends}, {"crcs": crcs}, {"layers": layers}):
        spoilt = with_table(text, json.dumps(known | changed, separators=(",", ":"), ensure_ascii=False).encode())
        check(spoilt)
        with contextlib.suppress(JsonTextError, BlockError):
            assert of_parts(spoilt) in (None, said(text))


def test_that_a_table_that_gives_a_layer_another_name_is_damage(in_parts: Path) -> None:
    content = in_parts.read_bytes().splitlines()
    content[2] = b"," + with_table(
        content[2][1:], json.dumps(json.loads(content[2][1:])["parts"] | {"layers": ["relu", "fc"]}).encode()
    )
    with open_collection(in_parts) as collection:
        in_parts.write_bytes(b"\n".join(content[:-1]) + b"\n")
    with (
        open_collection(in_parts) as collection,
        pytest.raises(DamagedError, match="another layer stands in its place"),
    ):
        _ = collection.passes[1].layers["fc"].weight


def test_that_a_run_that_goes_on_keeps_the_tables_of_what_stays(in_parts: Path, make_header: Any) -> None:
    before = in_parts.read_bytes().splitlines()[1:3]
    CollectionWriter(in_parts, make_header(), earlier=EarlierRun(in_parts, 3)).close()
    assert in_parts.read_bytes().splitlines()[1:3] == before


def test_that_a_pass_that_gets_another_number_loses_its_table_and_reads_the_same(
    in_parts: Path, make_header: Any
) -> None:
    content = in_parts.read_bytes()
    in_parts.write_bytes(content.replace(b'"pass":0,"step":0,', b'"pass":0,"step":1,'))  # which is left out
    CollectionWriter(in_parts, make_header(), earlier=EarlierRun(in_parts, 3)).close()
    assert TABLE not in in_parts.read_bytes()
    with open_collection(in_parts) as collection:
        assert [(each.number, each.step) for each in collection.passes] == [(0, 2)]
        assert (collection.passes[0].layers["fc"].weight == 1).all()
        assert collection.verify().is_sound


def test_that_a_layer_is_decoded_when_it_is_asked_for_and_no_other(
    in_parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[Any] = []

    def noting(text: bytes, kind: Any) -> Any:
        decoded.append(kind)
        return decode(text, kind)

    monkeypatch.setattr("collector.storage.pass_text.decode", noting)
    with open_collection(in_parts) as collection:
        one = collection.passes[1]
        assert decoded == [PassRecord]
        assert (one.layers["fc"].weight == 1).all() and (one.layers["fc"].bias == -1).all()
        assert decoded == [PassRecord, dict[str, LayerRecord]]


def test_that_a_pass_counts_its_text_and_what_was_decoded(in_parts: Path) -> None:
    with open_collection(in_parts) as collection:
        one = collection.passes[1]
        before = one.n_bytes
        assert before >= collection.passes.n_bytes(1)
        assert one.layers["fc"].weight is not None
        assert one.n_bytes >= before + 30 * 3 * 4


def test_that_a_pass_that_nobody_holds_is_let_go_at_once(in_parts: Path) -> None:
    gc.disable()
    try:
        with open_collection(in_parts) as collection:
            one = collection.passes.salvaged(1)
            assert one.layers["fc"].weight is not None
            gone = weakref.ref(one._decoder)
            del one
            assert gone() is None
    finally:
        gc.enable()


@pytest.fixture
def large(finished: Path, make_header: Any, make_pass: Any) -> Path:
    """A finished file of one pass whose feature maps take megabytes."""
    maps = np.zeros((2, 30, 200, 200), np.float16)
    record = make_pass(0)
    record.layers["relu"] = LayerRecord(activation=np.ones((2, 30), np.float32), feature_maps=maps)
    with CollectionWriter(finished, make_header(), overwrite=True) as writer:
        writer.write(record)
    return finished


def test_that_of_a_salvaged_pass_no_more_is_read_than_is_asked_for(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_read: list[int] = []
    read_at = LocalFile.read_at

    def noting(file: LocalFile, offset: int, length: int) -> bytes:
        n_read.append(length)
        return read_at(file, offset, length)

    monkeypatch.setattr(LocalFile, "read_at", noting)
    with open_collection(large) as collection:
        n_read.clear()
        one = collection.passes.salvaged(0)
        assert (one.layers["fc"].weight == 0).all() and (one.layers["relu"].activation == 1).all()
        assert sum(n_read) < 2**17 < collection.passes.n_bytes(0)
        assert one.layers["relu"].rows("feature_maps", 1, 2).shape == (1, 30, 200, 200)
        assert sum(n_read) < 0.7 * collection.passes.n_bytes(0)


def test_that_a_pass_is_read_whole_or_held_before_its_file_is_closed(large: Path) -> None:
    with open_collection(large) as collection:
        whole, held = collection.passes[0], collection.passes.salvaged(0)
        held.hold()
        n_bytes = held.n_bytes
        held.hold()
        assert held.n_bytes == n_bytes >= collection.passes.n_bytes(0)
    for one in (whole, held):
        assert (one.layers["fc"].weight == 0).all()
        assert one.layers["relu"].feature_maps.shape == (2, 30, 200, 200)


def test_that_what_is_asked_for_when_the_file_is_closed_is_told_to_be_missing(large: Path) -> None:
    with open_collection(large) as collection:
        one = collection.passes.salvaged(0)
        assert (one.layers["fc"].weight == 0).all()
    one.hold()
    assert one.layers["relu"].feature_maps is None
    assert "the file cannot be read" in one.damaged["relu", "feature_maps"]


def test_that_a_line_with_another_end_is_read_as_a_whole(large: Path, opened_as: Any) -> None:
    content = large.read_bytes().replace(b"\n", b"\r\n")
    with opened_as(content[: content.index(b'],"summary"')]) as collection:
        assert (collection.passes[0].layers["fc"].weight == 0).all()


def test_that_a_table_of_any_length_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = {f"layer{number}": LayerRecord(bias=np.ones(2, "f4")) for number in range(40)}
    text = line_of(PassRecord(0, 0, layers=layers))
    for sizes in ((50, 2**20), (2**11, 2**12, 2**20), (2**20,)):
        monkeypatch.setattr("collector.storage.pass_text._OF_TABLE", sizes)
        assert of_parts(text) == said(text)
