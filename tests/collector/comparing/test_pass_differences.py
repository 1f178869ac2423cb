"""Two passes side by side, for the units that both keep, against what is cut out by hand."""

from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Pair, pair_of
from collector.comparing.pass_differences import KINDS, ArrayDifference, pass_pair, share
from collector.comparing.subtracted import ONLY_IN_A, OTHER_PROBE, OTHER_SIZE, PassDifference, common_layers
from collector.storage.schema import Attention, Axis, Layer, LayerRecord, ParameterArrays, PassRecord
from tests.collector.findings.recorded import Recorded

DRAWN = np.random.default_rng(0)
PICTURES = np.arange(15, dtype=np.float32).reshape(5, 3)
KEPT_A, KEPT_B, INPUTS_A, INPUTS_B = [0, 2, 4, 5], [1, 2, 5], [0, 1, 3], [1, 3]
UNITS, INPUTS = [2, 5], [1, 3]
"""What both keep."""
HEADS = {"units": 6, "input_units": 4}


def layer(name: str, kept: list[int], inputs: list[int], units: int = 6, **more: object) -> Layer:
    own = {"input_units": 4, "input_kept": inputs, "output_shape": [units]} | more
    return Layer(name, "Linear", units, name, kept, reads=["input"], **own)  # type: ignore[arg-type]


def arrays(kept: list[int], inputs: list[int], whole: dict[str, np.ndarray]) -> LayerRecord:
    """What a pass has of arrays of all units and inputs."""
    cut = {}
    for kind, each in whole.items():
        if kind == "activation":
            cut[kind] = each[:, kept]
        else:
            cut[kind] = each[np.ix_(kept, inputs)] if each.ndim == 2 else each[kept]
    return LayerRecord(**cut)  # type: ignore[arg-type]


def whole() -> dict[str, np.ndarray]:
    made = {
        kind: DRAWN.normal(size=(6, 4) if kind.startswith("weight") else 6) for kind in KINDS if "attention" not in kind
    }
    made["activation"] = DRAWN.normal(size=(5, 6))
    return {kind: each.astype(np.float32) for kind, each in made.items()}


def both(each: np.ndarray, kind: str) -> np.ndarray:
    """The units and inputs that both keep."""
    return each[:, UNITS] if kind == "activation" else each[UNITS][:, INPUTS] if each.ndim == 2 else each[UNITS]


A, B = whole(), whole()
LOGITS = DRAWN.normal(size=(2, 5, 3)).astype(np.float32)
LOGITS_OF = {"a.json": LOGITS[0], "b.json": LOGITS[1]}


def pair(folder: Path, b: dict[str, np.ndarray] = B, probe: np.ndarray = PICTURES, **of_b: object) -> Pair:
    files = []
    for name, plan, values, inputs in (
        ("a.json", layer("fc", KEPT_A, INPUTS_A), A, PICTURES),
        ("b.json", layer("fc", KEPT_B, INPUTS_B, **of_b), b, probe),  # type: ignore[arg-type]
    ):
        own = arrays(plan.kept, plan.input_kept or [], values)
        made = Recorded(folder, [plan], name=name, probe=(inputs, None))
        files.append(open_collection(made.add(PassRecord(0, 0, layers={"fc": own}, logits=LOGITS_OF[name])).write()))
    return pair_of(*files)


def told(pair: Pair) -> dict[str, ArrayDifference]:
    return {each.kind: each for each in pass_pair(pair, 0, 0)}


def test_that_arrays_are_measured_for_what_both_keep(tmp_path: Path) -> None:
    found = told(pair(tmp_path))
    assert set(found) == {*A, "logits"}
    for kind in A:
        one, other = both(A[kind], kind).astype(float), both(B[kind], kind).astype(float)
        each = found[kind]
        largest = max(np.abs(one).max(), np.abs(other).max())
        assert each.layer == "fc"
        assert np.isclose(each.distance, np.abs(one - other).max())
        assert np.isclose(each.largest, largest)
        assert np.isclose(each.size, np.abs(one - other).max() / largest)
        assert np.isclose(each.log_ratio, np.log2(np.linalg.norm(other) / np.linalg.norm(one)))
    assert found["logits"].layer == ""
    assert np.isclose(found["logits"].distance, np.abs(LOGITS[0] - LOGITS[1]).max())


def test_that_logits_of_other_classes_are_any_distance_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOGITS_OF, "b.json", LOGITS[1, :, :2])
    found = told(pair(tmp_path))["logits"]
    assert (found.distance, found.largest, found.lacks) == (np.inf, 0.0, "")
    assert np.isnan(found.log_ratio)
    assert difference(pair(tmp_path)).logits is None


def test_that_the_same_bits_are_no_distance_and_what_is_not_finite_is_any(tmp_path: Path) -> None:
    same = {kind: each.copy() for kind, each in A.items()}
    same["bias"][2] = np.nan
    same["weight"][0] = 99.0  # which B does not keep
    found = told(pair(tmp_path, same))
    assert found["weight"].distance == found["weight"].size == found["activation"].distance == 0
    assert found["weight"].log_ratio == 0
    assert found["bias"].distance == np.inf
    assert np.isnan(found["bias"].log_ratio)


def test_that_nothing_is_measured_beside_a_norm_of_0(tmp_path: Path) -> None:
    found = told(pair(tmp_path, B | {"bias": np.zeros(6, np.float32)}))
    assert np.isnan(found["bias"].log_ratio)
    assert np.isclose(found["bias"].size, 1)


@pytest.mark.parametrize(("distance", "largest", "size"), [(0, 0, 0), (0, 2, 0), (1, 2, 0.5), (1, 0, np.inf)])
def test_that_a_share_of_nothing_is_nothing_or_all(distance: float, largest: float, size: float) -> None:
    assert share(distance, largest) == size


def test_that_who_lacks_an_array_is_named(tmp_path: Path) -> None:
    fewer = {kind: each for kind, each in B.items() if kind != "bias_gradient"}
    lacking = told(pair(tmp_path, fewer))["bias_gradient"]
    assert (lacking.lacks, lacking.distance, lacking.largest) == ("b", np.inf, 0.0)
    turned = {each.kind: each for each in pass_pair(pair(tmp_path, fewer).turned, 0, 0)}["bias_gradient"]
    assert turned.lacks == "a"
    assert told(pair(tmp_path))["bias_gradient"].lacks == ""


def test_that_on_other_samples_only_what_is_no_answer_to_them_is_measured(tmp_path: Path) -> None:
    other = pair(tmp_path, probe=PICTURES + 1)
    assert set(told(other)) == {*A} - {"activation"}


def test_that_what_an_activation_within_a_layer_gives_is_not_what_a_bare_one_does(tmp_path: Path) -> None:
    assert "activation" not in told(pair(tmp_path, options={"activation": "relu"}))
    assert "activation" in told(pair(tmp_path, options={"activation": "linear"}))


def test_that_layers_of_another_size_have_nothing_in_common(tmp_path: Path) -> None:
    made = pair(tmp_path, units=7)
    assert set(told(made)) == {"logits"}
    common = common_layers(made.a.layers, made.b.layers, made.layers)
    assert common.why_not == {"fc": OTHER_SIZE}


def difference(pair: Pair) -> PassDifference:
    common = common_layers(pair.a.layers, pair.b.layers, pair.layers)
    passes = pair.a.passes[0], pair.b.passes[0]
    return PassDifference(*passes, common, pair.a.layers, has_same_probe=pair.has_same_probe)


def test_that_b_less_a_looks_like_a_pass_of_the_units_that_both_keep(tmp_path: Path) -> None:
    made = difference(pair(tmp_path))
    plan = made.common.layers["fc"]
    assert (plan.kept.tolist(), plan.input_kept.tolist()) == (UNITS, INPUTS)
    for kind in A:
        for side, wanted in ((made, B[kind] - A[kind]), (made.a, A[kind]), (made.b, B[kind])):
            assert np.array_equal(getattr(side.layers["fc"], kind), both(wanted, kind)), kind
    assert made.logits is not None
    assert np.array_equal(made.logits, LOGITS[1] - LOGITS[0])
    assert (made.number, made.step, made.steps) == (0, 0, (0, 0))
    assert made.why_missing(plan, "weight") == ""
    assert made.has("weight") == (True, True)
    assert made.has("feature_maps") == (False, False)


def test_that_some_rows_of_it_are_those_of_the_whole(tmp_path: Path) -> None:
    own = difference(pair(tmp_path)).layers["fc"]
    rows = own.rows("activation", 1, 3)
    assert rows is not None
    assert np.array_equal(rows, both(B["activation"] - A["activation"], "activation")[1:3])
    assert own.activation is not None
    held = own.rows("activation", 1, 3)
    assert held is not None
    assert np.array_equal(held, rows)
    assert own.rows("feature_maps", 0, 1) is None
    with pytest.raises(AttributeError, match="is not a kind of array"):
        own.rows_of_all  # noqa: B018


def test_that_on_other_samples_neither_answers_nor_logits_are_subtracted_and_it_says_why(tmp_path: Path) -> None:
    made = difference(pair(tmp_path, probe=PICTURES + 1))
    assert made.logits is None
    assert made.layers["fc"].activation is None
    assert made.a.layers["fc"].activation is None
    assert made.layers["fc"].weight is not None
    assert made.why_missing(made.common.layers["fc"], "activation") == OTHER_PROBE


def test_that_a_layer_without_a_partner_has_no_difference_and_says_so(tmp_path: Path) -> None:
    made = pair(tmp_path)
    alone = pair_of(made.a, made.b, layers={"fc": None})
    found = difference(alone)
    assert (dict(found.layers), dict(found.a.layers), [*found.common.only_b]) == ({}, {}, ["fc"])
    assert found.why_missing(alone.a.layers["fc"], "weight") == ONLY_IN_A


def test_that_where_both_keep_the_same_the_layers_are_those_of_a(tmp_path: Path) -> None:
    made = pair(tmp_path)
    common = common_layers(made.a.layers, made.a.layers, pair_of(made.a, made.a).layers)
    assert common.layers is made.a.layers
    assert (common.why_not, common.only_b) == ({}, {})


HIDDEN_A, HIDDEN_B = DRAWN.normal(size=(2, 4)).astype(np.float32)


def recurrent(folder: Path, name: str, kept: list[int], values: dict[str, np.ndarray], size: int = 4) -> Recorded:
    """A layer with a parameter that has no kind of its own, kept at some positions of its one axis."""
    axes = {"hidden": [Axis(size, kept)]}
    plan = Layer("rnn", "RNN", 2, "rnn", [0, 1], reads=["input"], parameters={"hidden": [size]}, kept_parameters=axes)
    own = ParameterArrays(**{kind: each[kept] for kind, each in values.items()})  # type: ignore[arg-type]
    record = PassRecord(0, 0, layers={"rnn": LayerRecord(parameters={"hidden": own})})
    return Recorded(folder, [plan], name=name).add(record)


def two_recurrent(folder: Path, size_b: int = 4) -> Pair:
    a = recurrent(folder, "a.json", [0, 1, 3], {"value": HIDDEN_A, "gradient": HIDDEN_A})
    b = recurrent(folder, "b.json", [1, 2, 3], {"value": HIDDEN_B}, size_b)
    return pair_of(open_collection(a.write()), open_collection(b.write()))


def test_that_parameters_of_other_names_are_measured_where_both_keep_them(tmp_path: Path) -> None:
    found = told(two_recurrent(tmp_path))
    assert set(found) == {"hidden", "hidden_gradient"}
    assert np.isclose(found["hidden"].distance, np.abs(HIDDEN_A - HIDDEN_B)[[1, 3]].max())
    assert found["hidden"].lacks == ""
    assert (found["hidden_gradient"].lacks, found["hidden_gradient"].distance) == ("b", np.inf)
    made = difference(two_recurrent(tmp_path))
    assert made.common.layers["rnn"].kept_parameters["hidden"][0].kept.tolist() == [1, 3]
    for side, wanted in ((made, HIDDEN_B - HIDDEN_A), (made.a, HIDDEN_A), (made.b, HIDDEN_B)):
        own = side.layers["rnn"].parameters["hidden"]
        assert own.value is not None
        assert np.array_equal(own.value, wanted[[1, 3]])
        assert own.gradient is None


def test_that_parameters_of_another_shape_have_nothing_in_common(tmp_path: Path) -> None:
    other = two_recurrent(tmp_path, size_b=5)
    assert set(told(other)) == {"hidden_gradient"}
    made = difference(other)
    assert made.layers["rnn"].parameters["hidden"].value is None
    assert made.common.layers["rnn"].kept_parameters["hidden"][0].kept.tolist() == [0, 1, 3]


SEQUENCE_A, SEQUENCE_B = DRAWN.normal(size=(2, 3, 6, 6)).astype(np.float32)  # samples, positions, units
WEIGHTS_A, WEIGHTS_B = DRAWN.normal(size=(2, 3, 2, 4, 4)).astype(np.float32)  # samples, heads, queries, keys


def attending(name: str, folder: Path, kept: list[int], places: list[int], size: int = 6, heads: int = 2) -> Recorded:
    """A layer of which a sequence and attention is kept, for two samples in A and three in B."""
    is_a = name == "a.json"
    axis = Axis(4, [each for each in places if each < 4])
    plan = layer("fc", kept, INPUTS_A, sequence=Axis(size, places), attention=Attention(heads, axis, axis))
    n = 2 if is_a else 3
    sequence, weights = (SEQUENCE_A, WEIGHTS_A) if is_a else (SEQUENCE_B, WEIGHTS_B)
    own = LayerRecord(
        sequence=sequence[:n][:, places][:, :, kept],
        attention=np.resize(weights, (3, heads, 4, 4))[:n][:, :, axis.kept][:, :, :, axis.kept],
        attention_entropy=np.resize(weights, heads),
    )
    return Recorded(folder, [plan], name=name, probe=(PICTURES[:3], None)).add(PassRecord(0, 0, layers={"fc": own}))


def test_that_sequences_and_attention_are_subtracted_at_the_positions_and_samples_that_both_keep(
    tmp_path: Path,
) -> None:
    files = attending("a.json", tmp_path, KEPT_A, [0, 2, 3, 5]), attending("b.json", tmp_path, KEPT_B, [1, 2, 3])
    both_of = pair_of(*(open_collection(each.write()) for each in files))
    made = difference(both_of)
    own, plan = made.layers["fc"], made.common.layers["fc"]
    assert own.sequence is not None
    assert np.array_equal(own.sequence, (SEQUENCE_B - SEQUENCE_A)[:2][:, [2, 3]][:, :, UNITS])
    assert own.attention is not None
    assert np.array_equal(own.attention, (WEIGHTS_B - WEIGHTS_A)[:2][:, :, [2, 3]][:, :, :, [2, 3]])
    assert plan.sequence is not None
    assert plan.attention is not None
    axes = plan.sequence, plan.attention.queries, plan.attention.keys
    assert [each.kept.tolist() for each in axes] == [[2, 3]] * 3
    found = told(both_of)["attention_entropy"]
    assert np.isclose(found.distance, np.abs(WEIGHTS_B - WEIGHTS_A).ravel()[:2].max())


def test_that_sequences_of_another_length_and_other_heads_have_nothing_in_common(tmp_path: Path) -> None:
    a = attending("a.json", tmp_path, KEPT_A, [0, 2, 3])
    for b, kind in (
        (attending("b.json", tmp_path, KEPT_B, [0, 2, 3], size=7), "sequence"),
        (attending("b.json", tmp_path, KEPT_B, [0, 2, 3], heads=3), "attention"),
    ):
        made = difference(pair_of(open_collection(a.write()), open_collection(b.write())))
        assert getattr(made.layers["fc"], kind) is None
        assert getattr(made.layers["fc"], "attention" if kind == "sequence" else "sequence") is not None
