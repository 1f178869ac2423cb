"""The passes of a collection, one by one."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.blocks import decode_base64
from collector.storage.errors import DamagedError, PassNotRecordedError
from collector.storage.schema import Header, LayerRecord, PassRecord
from collector.storage.snapshot import KINDS, Pass

Reread = Callable[..., Pass]


@pytest.fixture
def collection(finished: Path) -> Collection:
    return open_collection(finished)


@pytest.fixture
def reread(tmp_path: Path, make_header: Callable[..., Header]) -> Reread:
    """Writes one pass and gives it as it is read."""

    def write_and_read(**fields: object) -> Pass:
        path = tmp_path / "one.json"
        with CollectionWriter(path, make_header(), overwrite=True) as writer:
            writer.write(PassRecord(number=0, step=0, **fields))
        return open_collection(path).passes[0]

    return write_and_read


def test_that_passes_are_a_sequence(collection: Collection) -> None:
    passes = collection.passes
    assert len(passes) == 3
    assert passes[-1].number == 2
    assert passes[-3].number == 0
    assert [each.number for each in passes[1:]] == [1, 2]
    assert [each.number for each in passes[::-2]] == [2, 0]
    assert passes[5:] == []
    assert [each.number for each in passes] == [0, 1, 2]
    assert [each.number for each in reversed(passes)] == [2, 1, 0]


def test_that_steps_are_known_without_reading_the_passes(collection: Collection) -> None:
    collection.close()
    assert collection.passes.steps.tolist() == [0, 2, 4]
    assert collection.passes.steps.dtype == np.int64


@pytest.mark.parametrize("number", [3, -4, 10**9])
def test_that_a_pass_that_is_not_there_is_an_index_error_in_words(collection: Collection, number: int) -> None:
    with pytest.raises(IndexError, match="has 3 passes") as caught:
        _ = collection.passes[number]
    assert isinstance(caught.value, PassNotRecordedError)
    assert str(collection.path) in str(caught.value)


def test_that_absent_arrays_are_none_and_zeros_are_zeros(reread: Reread) -> None:
    layer = reread(layers={"fc": LayerRecord(weight=np.zeros((30, 3)))}).layers["fc"]
    assert (layer.weight == 0).all()
    assert [kind for kind in KINDS if getattr(layer, kind) is not None] == ["weight"]


def test_that_an_unknown_kind_is_an_attribute_error_that_names_the_kinds(collection: Collection) -> None:
    with pytest.raises(AttributeError, match="weight_gradient"):
        _ = collection.passes[0].layers["fc"].wieght


def test_that_an_array_is_decoded_once(collection: Collection) -> None:
    layer = collection.passes[0].layers["fc"]
    assert layer.weight is layer.weight


def test_that_logits_come_as_they_were(reread: Reread) -> None:
    logits = np.arange(6, dtype=np.float32).reshape(2, 3)
    np.testing.assert_array_equal(reread(logits=logits).logits, logits)
    assert reread().logits is None


@pytest.mark.parametrize("logits", [np.zeros((3, 3)), np.zeros(2), np.zeros((2, 3), np.int64)])
def test_that_logits_that_do_not_fit_the_probe_are_damage(reread: Reread, logits: np.ndarray) -> None:
    if logits.dtype.kind == "i":
        # Short enough for a plain list, which has the type of its place.
        logits = np.zeros((2, 100), np.int64)
    with pytest.raises(DamagedError, match="logits") as caught:
        reread(logits=logits)
    assert "one.json" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        ("weight", np.zeros((3, 30))),
        ("activation", np.zeros((3, 30))),
        ("bias", np.zeros(29)),
        ("weight_update", np.zeros((30, 3), np.int32)),
    ],
)
def test_that_an_array_against_the_unit_plan_is_damage_and_its_neighbours_are_not(
    reread: Reread, kind: str, array: np.ndarray
) -> None:
    layer = reread(layers={"fc": LayerRecord(**{kind: array, "feature_maps": np.zeros((1, 30, 2, 2))})}).layers["fc"]
    assert layer.feature_maps.shape == (1, 30, 2, 2)
    with pytest.raises(DamagedError, match=f"{kind} of 'fc'") as caught:
        getattr(layer, kind)
    assert "other passes" in str(caught.value)


def test_that_states_of_units_are_one_for_each_unit_of_the_layer(reread: Reread) -> None:
    flags = np.arange(30) % 7 == 0

    one = reread(unit_states=[("relu", np.packbits(flags)), ("unknown", np.packbits(flags))])

    assert list(one.unit_states) == ["relu"]
    assert one.unit_states["relu"].tolist() == flags.tolist()
    everyone = np.ones(30, bool)
    assert reread(unit_states=[("relu", np.packbits(everyone))]).unit_states["relu"].all()


@pytest.mark.parametrize("bits", [np.zeros(3, np.uint8), np.full(4, 256), np.full(4, -1), np.zeros(4)])
def test_that_states_that_are_no_bit_for_each_unit_are_damage(reread: Reread, bits: np.ndarray) -> None:
    with pytest.raises(DamagedError, match="states cannot be read"):
        _ = reread(unit_states=[("relu", bits)]).unit_states


def test_that_a_layer_the_header_does_not_name_is_passed_over(reread: Reread) -> None:
    layers = {"fc": LayerRecord(), "unknown": LayerRecord(weight=np.zeros(3))}
    assert list(reread(layers=layers).layers) == ["fc"]


def test_that_rows_are_read_without_the_others_and_of_what_was_decoded(
    reread: Reread, monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = np.arange(2 * 30 * 12, dtype=np.float16).reshape(2, 30, 3, 4)
    arrays = reread(layers={"fc": LayerRecord(feature_maps=maps)}).layers["fc"]
    lengths: list[int] = []

    def noting(text: bytes) -> bytes:
        lengths.append(len(text))
        return decode_base64(text)

    monkeypatch.setattr("collector.storage.blocks.decode_base64", noting)
    np.testing.assert_array_equal(arrays.rows("feature_maps", 1, 2), maps[1:2])
    assert lengths == [maps[1].nbytes * 4 // 3]
    assert len(arrays.rows("feature_maps", 2, 3)) == 0
    assert arrays.rows("weight", 0, 1) is None
    assert arrays.feature_maps is not None
    np.testing.assert_array_equal(arrays.rows("feature_maps", 0, 1), maps[:1])


def test_that_rows_of_an_array_against_the_unit_plan_are_damage(reread: Reread) -> None:
    arrays = reread(layers={"fc": LayerRecord(feature_maps=np.zeros((1, 29, 2, 2)))}).layers["fc"]
    with pytest.raises(DamagedError, match="feature_maps of 'fc'"):
        arrays.rows("feature_maps", 0, 1)
