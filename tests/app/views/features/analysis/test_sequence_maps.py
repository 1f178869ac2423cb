"""Sequences and attention as matrices with names: whole texts, and which positions have the names of tokens."""

from dataclasses import replace

import numpy as np
import pytest

from app.views.features.analysis.feature_stages import feature_stages, stage_of
from app.views.features.analysis.sequence_maps import (
    BEYOND,
    NamedMatrix,
    absence,
    head_figures,
    head_matrix,
    head_tiles,
    left_out,
    matrix_rows,
    sequence_matrix,
    step_names,
)
from app.views.features.analysis.tiles import ScaleRule
from collector.storage.layer import Attention, Axis, Layer
from collector.storage.passes import Pass
from collector.storage.probe import Probe
from tests.app.made_up import MadeUpRun, axis, difference_of, layer, made_up_pass

TOKENS = np.array([[7, 8, 9], [9, 8, 7]])
WORDS = {7: "the", 8: "<b>\n", 9: " "}


def tokens(inputs: np.ndarray = TOKENS, **given: object) -> Probe:
    nothing = np.zeros(0, "f4")
    return Probe(inputs, None, (), nothing, nothing, **({"whole_numbers": True, "token_names": WORDS} | given))  # type: ignore[arg-type]


VALUES = np.array([[1.0, -2.0], [3.0, 4.0]], "f4")
MATRIX = NamedMatrix(VALUES, ("a", "b"), ("0", "2"), ("position 0, “a”", "b"), ("unit 0", "unit 2"), (0, 2), 4.0)


def test_that_a_value_of_a_matrix_is_told_with_its_names_and_the_scale() -> None:
    assert MATRIX.tell(0, 1) == "position 0, “a”\nunit 2\n−2\nfull colour at 4"
    both = replace(MATRIX, sides=(VALUES, 3 * VALUES))
    assert both.tell(1, 0) == "b\nunit 0\nA 3 · B 9 · +3\nfull colour at 4"


def test_that_a_matrix_is_a_row_of_a_table_for_each_value() -> None:
    assert matrix_rows("fc", MATRIX) == [
        ("fc", "position 0, “a”", "unit 0", 1.0),
        ("fc", "position 0, “a”", "unit 2", -2.0),
        ("fc", "b", "unit 0", 3.0),
        ("fc", "b", "unit 2", 4.0),
    ]
    both = replace(MATRIX, sides=(2 * VALUES, 3 * VALUES))
    assert matrix_rows("fc", both)[1] == ("fc", "position 0, “a”", "unit 2", -4.0, -6.0, -2.0)


@pytest.mark.parametrize(("least", "is_signed"), [(0.0, False), (-1e-9, True), (np.nan, False)])
def test_that_a_matrix_is_signed_where_a_value_is_negative_or_may_be(least: float, is_signed: bool) -> None:
    values = np.array([[least, 1.0]], "f4")
    assert replace(MATRIX, values=values).is_signed == is_signed
    assert replace(MATRIX, values=values, sides=(values, values)).is_signed


@pytest.mark.parametrize(
    ("probe", "size", "sample"),
    [
        (None, 3, 0),
        (tokens(whole_numbers=False), 3, 0),
        (tokens(), 4, 0),
        (tokens(), 2, 0),
        (tokens(), 3, -1),
        (tokens(), 3, 2),
        (tokens(np.zeros((2, 1, 3))), 3, 0),
    ],
    ids=["no probe", "no whole numbers", "longer", "shorter", "before the first", "behind the last", "of two axes"],
)
def test_that_positions_that_are_not_those_of_tokens_are_numbers(probe: Probe | None, size: int, sample: int) -> None:
    kept = [0, 1] if size < 3 else [0, size - 1]
    own = Axis(size * 1000 if probe is None else size, np.array([0, 1200] if probe is None else kept))
    shown, words = step_names(own, probe, sample)
    assert shown == tuple(str(each) for each in own.kept)
    assert words == tuple(f"position {each:,}" for each in own.kept)


@pytest.mark.parametrize(("sample", "names"), [(0, ("the", "␣")), (1, ("␣", "the"))])
def test_that_positions_of_tokens_have_their_texts(sample: int, names: tuple[str, str]) -> None:
    shown, words = step_names(axis(3, [0, 2]), tokens(), sample)
    assert shown == names
    assert words == (f"position 0, “{names[0]}”", f"position 2, “{names[1]}”")
    assert step_names(axis(3, [1]), tokens(token_names={}), sample)[0] == ("#8",)
    assert step_names(axis(3, [1]), tokens(), sample)[0] == ("<b>⏎",)


def test_that_what_is_left_out_is_counted() -> None:
    assert left_out(None) == left_out(axis(5)) == ""
    assert left_out(axis(4000, list(range(0, 3000, 2)))) == "1,500 of 4,000 positions, evenly spread"


N_SAMPLES = 3
HEADS, QUERIES, KEYS = 2, 2, 3


def attending(**given: object) -> Layer:
    attention = Attention(HEADS, axis(90, [0, 60]), axis(3))
    return layer("attn", "SelfAttention", units=2, sequence=axis(3), attention=attention, **given)


def weights(n: int = 2) -> np.ndarray:
    return np.arange(n * HEADS * QUERIES * KEYS, dtype="f2").reshape(n, HEADS, QUERIES, KEYS) / 8


def taken(own: Layer, **arrays: np.ndarray) -> Pass:
    return made_up_pass({own.name: own}, {own.name: arrays}, n_samples=N_SAMPLES)


def test_that_a_sequence_is_of_the_sample_with_the_larger_of_both_scales() -> None:
    sequence = np.arange(12, dtype="f2").reshape(2, 3, 2) - 2
    own = attending()
    for scale, wanted in ((0.0, 9.0), (20.0, 20.0)):
        found = sequence_matrix(taken(own, sequence=sequence), own, 1, scale, tokens())
        assert found is not None
        assert (found.values.tolist(), found.scale, found.sides) == (sequence[1].tolist(), wanted, None)
        assert (found.rows, found.columns, found.column_numbers) == (("␣", "<b>⏎", "the"), ("0", "1"), (0, 1))
        assert found.column_words == ("attn unit 0", "attn unit 1")
    for sample in (-1, 2):
        assert sequence_matrix(taken(own, sequence=sequence), own, sample, 0.0, None) is None
    assert sequence_matrix(taken(own), own, 0, 0.0, None) is None


def test_that_heads_are_tiles_whose_scale_leaves_out_the_few_largest_weights() -> None:
    own = attending()
    entropy = np.array([0.5, 1.25], "f4")
    found = head_tiles(taken(own, attention=weights(), attention_entropy=entropy), own, 1, tokens())
    assert found is not None
    assert found.values.tolist() == weights()[1].tolist()
    assert found.names == ("attn head 0", "attn head 1")
    assert found.labels == ("0 · 0.50 nats", "1 · 1.25 nats")
    assert (found.rows, found.rule) == (("from position 0", "from position 60"), ScaleRule.PASS)
    assert found.columns == ("to position 0, “␣”", "to position 1, “<b>⏎”", "to position 2, “the”")
    assert found.scale == pytest.approx(np.quantile(weights()[1].astype("f4"), BEYOND))
    head = head_matrix(found, own, 1, tokens(), 1)
    assert (head.values.tolist(), head.scale, head.column_numbers) == (weights()[1, 1].tolist(), found.scale, (0, 1, 2))
    assert (head.rows, head.columns, head.row_words) == (("0", "60"), ("␣", "<b>⏎", "the"), found.rows)
    assert head_tiles(taken(own, attention=weights()), own, 0, None).labels == ()  # type: ignore[union-attr]
    assert head_tiles(taken(own, attention=weights()), replace(own, attention=None), 0, None) is None
    assert head_tiles(taken(own), own, 0, None) is None


@pytest.mark.parametrize(
    ("values", "scale"),
    [([0.0] * 6, 0.0), ([0, 0, 0, 0, 0, 0.5], 0.5), ([0, 0, 0, 0, 0.25, 0.5], 0.495), ([np.nan, 1, 1, 1, 1, 1], 1.0)],
)
def test_that_weights_that_are_nothing_do_not_count_for_the_scale(values: list[float], scale: float) -> None:
    own = attending()
    attention = np.array([values, [0.0] * 6], "f4").reshape(1, 2, 2, 3)
    found = head_tiles(taken(own, attention=attention), own, 0, None)
    assert found is not None
    assert found.scale == pytest.approx(scale)


def test_that_two_passes_are_told_by_both_and_their_difference() -> None:
    own = attending()
    entropy = np.array([0.5, 1.25], "f4")
    a = taken(own, attention=weights(), attention_entropy=entropy, attention_logit=entropy, sequence=np.ones((2, 3, 2)))
    b = taken(own, attention=-weights(1), attention_entropy=entropy - 1, sequence=np.zeros((1, 3, 2)))
    run = MadeUpRun({"attn": own}, None, [a, b])
    both = difference_of(run, run)
    common = both.common.layers["attn"]
    tiles = head_tiles(both, common, 0, None)
    assert tiles is not None and tiles.sides is not None
    assert tiles.values.tolist() == (-2 * weights(1)[0]).tolist()
    assert tiles.scale == 2 * weights(1).max()
    assert tiles.labels == ("0 · −1.00 nats", "1 · −1.00 nats")
    assert head_matrix(tiles, common, 0, None, 0).sides[1].tolist() == (-weights(1)[0, 0]).tolist()  # type: ignore[index]
    assert head_tiles(both, common, 1, None) is None
    assert sequence_matrix(both, common, 0, 0.0, None).sides is not None  # type: ignore[union-attr]
    assert head_figures(both, common, 1) == "A 1.25 · B 0.25 · −1 nats"
    assert head_figures(a, own, 1) == "1.25 nats, logits up to 1.25"
    assert head_figures(b, own, 0) == "−0.5 nats"
    third = taken(own, attention_entropy=entropy / 3, attention_logit=entropy * 1e3 / 3)
    assert head_figures(third, own, 1) == "0.417 nats, logits up to 417"
    run = MadeUpRun({"attn": own}, None, [a, third])
    of_two = difference_of(run, run)
    assert head_figures(of_two, common, 1) == "A 1.25 · B 0.417 · −0.833 nats, logits up to A 1.25 · B 417 · +415"
    assert head_figures(made_up_pass({}, {}), own, 0) == ""
    told = "Sequences of attn are not compared: not in both is one kept of this sample."
    assert absence(both, common, "sequence", 1) == told


@pytest.mark.parametrize(
    ("kind", "n_kept", "told"),
    [
        ("sequence", 2, "Sequences of attn are kept of the first 2 samples of the probe; this is sample 1,200."),
        ("attention", 1, "Attention weights of attn are kept of the first sample of the probe; this is sample 1,200."),
    ],
)
def test_that_a_sample_that_is_not_kept_is_told_of(kind: str, n_kept: int, told: str) -> None:
    own = attending()
    array = weights(n_kept) if kind == "attention" else np.ones((n_kept, 3, 2), "f2")
    found = absence(taken(own, **{kind: array}), own, kind, 1199)
    assert found == f"{told}\n\nTo keep more:\n--feature_samples 1200"


@pytest.mark.parametrize(
    ("reasons", "told"),
    [({}, "."), ({"attention": "too long"}, ": too long."), ({"activation": "no probe"}, ": no probe.")],
)
def test_that_what_was_not_recorded_says_so(reasons: dict[str, str], told: str) -> None:
    own = attending(not_recorded=reasons)
    assert absence(taken(own), own, "attention", 0) == f"Attention weights of attn were not recorded{told}"


def test_that_only_what_can_be_shown_is_a_stage() -> None:
    def lone(name: str, shape: tuple[int, ...] = (), **given: object) -> Layer:
        return layer(name, units=2, kept=np.arange(2), parameters={"weight": shape} if shape else {}, **given)

    layers = [
        lone("conv1d", (2, 2, 3)),
        lone("conv2d", (2, 2, 3, 3)),
        lone("linear", (2, 2)),
        lone("norm", (2,)),
        lone("nothing"),
        lone("lstm", sequence=axis(3)),
        lone("embedding", (9, 2), sequence=axis(3)),
        lone("projection", (2, 2), sequence=axis(3), input_units=2),
        lone("branch", (2, 2), sequence=axis(3), reads=("conv2d",)),
        lone("attn", attention=Attention(1, axis(3), axis(3))),
        lone("router", experts=4),
    ]
    found = feature_stages({each.name: each for each in layers})
    told = {each.name: (each.is_convolution, each.is_linear, each.is_sequence, len(each.routing)) for each in found}
    assert told == {
        "conv2d": (True, False, False, 0),
        "linear": (False, True, False, 0),
        "lstm": (False, False, True, 0),
        "embedding": (False, False, True, 0),
        "projection": (False, True, True, 0),
        "branch": (False, True, True, 0),
        "attn": (False, False, True, 0),
        "router": (False, False, False, 1),
    }
    assert [each.after.name for each in found] == list(told)
    assert stage_of(found, {each.name: each for each in layers}, "norm") is None
    assert stage_of(found, {}, None) is None


def test_that_a_stage_ends_at_its_last_activation_and_dies_behind_its_last_rectifier() -> None:
    fc = layer("fc", units=3, kept=np.arange(2), parameters={"weight": (3, 2)})
    behind = [("norm", "BatchNorm1d"), ("act", "ReLU6"), ("gelu", "GELU"), ("drop", "Dropout")]
    carriers = [layer(name, kind, units=3, kept=np.arange(2), stage="fc") for name, kind in behind]
    wide = layer("wide", "ReLU", units=4, kept=np.arange(4), stage="fc")
    (stage,) = feature_stages({each.name: each for each in (fc, *carriers, wide)})
    assert [each.name for each in stage.carriers] == [name for name, _ in behind]
    assert (stage.after.name, stage.rectifier) == ("gelu", "act")
    (stage,) = feature_stages({each.name: each for each in (fc, carriers[0], carriers[3])})
    assert (stage.after.name, stage.rectifier) == ("drop", None)
