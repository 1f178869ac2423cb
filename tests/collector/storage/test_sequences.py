"""Sequences and attention of a layer, as they come from the file, and how two runs differ in them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.comparing.pairing import paired
from collector.comparing.subtracted import PassDifference, common_layers
from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.errors import BlockError, DamagedError
from collector.storage.layer import layers_of
from collector.storage.schema import Attention, Axis, Header, Layer, LayerRecord, PassRecord

SEQUENCE = np.arange(24, dtype=np.float16).reshape(2, 4, 3)
WEIGHTS = (np.arange(2 * 2 * 4 * 5) / 80).astype(np.float16).reshape(2, 2, 4, 5)


def attending(steps: list[int], **changes: Any) -> Layer:
    layer = Layer("attn", "MultiheadAttention", 6, "attn", [0, 2, 5])
    layer.sequence = Axis(100, steps)
    layer.attention = Attention(2, Axis(100, steps), Axis(5, [0, 1, 2, 3, 4]))
    for name, value in changes.items():
        setattr(layer, name, value)
    return layer


@pytest.fixture
def written(tmp_path: Path, make_header: Callable[..., Header]) -> Callable[..., Collection]:
    def write(steps: list[int], name: str = "a.json", **fields: Any) -> Collection:
        with CollectionWriter(tmp_path / name, make_header(layers=[attending(steps)])) as writer:
            writer.write(PassRecord(0, 0, layers={"attn": LayerRecord(**fields)}))
        return open_collection(tmp_path / name)

    return write


def test_that_sequences_and_attention_come_as_they_were(written: Callable[..., Collection]) -> None:
    numbers = np.array([0.5, 0.25], np.float32)
    kept = {"sequence": SEQUENCE, "attention": WEIGHTS, "attention_entropy": numbers, "attention_logit": -numbers}

    one = written([0, 33, 66, 99], **kept)

    found = one.passes[0].layers["attn"]
    for kind, array in kept.items():
        np.testing.assert_array_equal(getattr(found, kind), array)
    layer = one.layers["attn"]
    assert layer.sequence is not None
    assert (layer.sequence.size, layer.sequence.kept.tolist()) == (100, [0, 33, 66, 99])
    assert layer.attention is not None
    assert (layer.attention.heads, layer.attention.keys.size) == (2, 5)


@pytest.mark.parametrize(
    ("kind", "array"),
    [
        ("sequence", SEQUENCE[:, :3]),
        ("sequence", SEQUENCE[:, :, :2]),
        ("attention", WEIGHTS[:, :1]),
        ("attention", WEIGHTS[..., :4]),
        ("attention_entropy", np.zeros(3, np.float32)),
        ("attention_logit", np.zeros((2, 1), np.float32)),
    ],
)
def test_that_what_the_header_does_not_allow_is_damage(
    written: Callable[..., Collection], kind: str, array: np.ndarray
) -> None:
    one = written([0, 33, 66, 99], **{kind: array})
    with pytest.raises(DamagedError, match=kind):
        getattr(one.passes[0].layers["attn"], kind)


@pytest.mark.parametrize("changes", [{"sequence": Axis(3, [3])}, {"attention": Attention(1, Axis(4, [1, 1]), Axis(4))}])
def test_that_positions_that_are_not_there_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BlockError):
        layers_of([attending([0], **changes)])


def test_that_two_runs_differ_at_the_positions_that_both_keep(written: Callable[..., Collection]) -> None:
    a = written([0, 33, 66, 99], sequence=SEQUENCE, attention=WEIGHTS)
    b = written([0, 50, 66, 99], "b.json", sequence=SEQUENCE * 2, attention=WEIGHTS * 0)
    common = common_layers(a.layers, b.layers, paired(a.layers, b.layers))

    both = PassDifference(a.passes[0], b.passes[0], common, a.layers, has_same_probe=True)

    np.testing.assert_array_equal(both.layers["attn"].sequence, SEQUENCE[:, [0, 2, 3]])
    np.testing.assert_array_equal(both.layers["attn"].attention, -WEIGHTS[:, :, [0, 2, 3]])
    kept = common.layers["attn"].sequence
    assert kept is not None
    assert kept.kept.tolist() == [0, 66, 99]
