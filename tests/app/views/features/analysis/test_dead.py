"""Dead units: what is said of them, their curves, and what all passes tell; and which experts are chosen."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from app.views.features.analysis.dead_marks import NO_MARKS, DeadMarks, dead_marks, marks_of_two
from app.views.features.analysis.dead_unit_curves import UnitState, UnitStateCurve, placed, unit_state_curves
from app.views.features.analysis.expert_choices import ExpertChoices
from app.views.features.analysis.feature_history import FeatureHistory, FeatureHistoryReader, dead_units, measured
from app.views.features.analysis.feature_stages import FeatureStage
from collector.storage.passes import Pass
from tests.app.made_up import layer, made_up_pass


def stage_of(units: int, **given: object) -> FeatureStage:
    own = layer("conv", "Conv2d", units=units, kept=np.arange(0, 2 * units, 2), **given)
    relu = layer("relu", "ReLU", units=units, kept=own.kept, stage="conv")
    return FeatureStage(own, (relu,), relu, "relu", True)


def passes(*activations: np.ndarray) -> list[Pass]:
    relu = layer("relu", "ReLU", units=activations[0].shape[1])
    return [
        made_up_pass({"relu": relu}, {"relu": {"activation": each.astype("f4")}}, number=number)
        for number, each in enumerate(activations)
    ]


def test_that_a_dead_unit_is_told_with_the_step_as_far_as_it_is_known() -> None:
    stage = stage_of(3)
    (taken,) = passes(np.array([[0, 1, 0], [0, 0, 0]]))
    assert dead_marks(taken, stage, FeatureHistory()).words == {0: "dead at this pass", 4: "dead at this pass"}
    history = FeatureHistory(2, np.array([0, 1000]), {"relu": np.array([[1, 0, 0], [1, 0, 1]], bool)})
    later = SimpleNamespace(step=1000, layers=taken.layers)
    marks = dead_marks(later, stage, history)  # type: ignore[arg-type]
    assert marks.words == {0: "dead since the pass at step 0", 4: "dead since the pass at step 1,000"}
    assert (marks.summary, marks.only_in) == ("2 dead", {})
    assert dead_marks(taken, replace(stage, rectifier=None), history) is NO_MARKS
    assert dead_marks(taken, replace(stage, rectifier="relu2"), history) is NO_MARKS


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        ((), (), ""),
        ((1,), (1,), "1 dead"),
        ((1,), (), "dead: 1 in A (\\)"),
        ((), (1, 2), "dead: 2 in B (/)"),
        ((0, 1), (1, 2), "dead: 1 in A (\\), 1 in B (/), 1 in both"),
        (range(1500), range(1200, 1600), "dead: 1,200 in A (\\), 100 in B (/), 300 in both"),
    ],
)
def test_that_dead_units_of_two_are_counted_by_where_they_are(
    a: tuple[int, ...], b: tuple[int, ...], told: str
) -> None:
    kept = np.arange(2000)
    assert marks_of_two(kept, np.isin(kept, list(a)), np.isin(kept, list(b))).summary == told


def test_that_many_dead_units_are_counted_with_commas() -> None:
    assert DeadMarks(dict.fromkeys(range(1234), "dead")).summary == "1,234 dead"
    assert NO_MARKS.summary == ""


@pytest.mark.parametrize(("step", "value"), [(-1, None), (0, 0.1), (9, 0.1), (10, 0.2), (25, 0.3), (99, 0.3)])
def test_that_a_curve_has_the_fraction_of_the_last_pass_up_to_a_step(step: int, value: float | None) -> None:
    curve = UnitStateCurve("relu", UnitState.DEAD, np.array([0, 10, 20]), np.array([0.1, 0.2, 0.3]))
    assert curve.at(step) == value


def test_that_curves_of_another_run_are_placed_by_name_and_step() -> None:
    curve = UnitStateCurve("b", UnitState.SATURATED, np.array([0, 10, 20]), np.array([0.1, 0.2, 0.3]))
    (found,) = placed(
        [curve, replace(curve, layer="c")], {"b": "a"}, lambda steps: np.where(steps < 10, np.nan, steps / 2)
    )
    assert (found.layer, found.state) == ("a", UnitState.SATURATED)
    assert (found.steps.tolist(), found.values.tolist()) == ([5, 10], [0.2, 0.3])
    assert placed([curve], {"b": "a"}, lambda steps: steps * np.nan) == []


def test_that_there_is_a_curve_for_each_layer_and_state_that_was_recorded() -> None:
    recorded = {"dead_fraction/a": [0.5, np.nan], "saturated_fraction/b": [0.25, 1.0], "loss": [1.0, 2.0]}

    class Series(dict[str, list[float]]):
        def recorded(self, name: str) -> tuple[np.ndarray, np.ndarray]:
            return np.array([0, 10]), np.array(self[name])

    collection = SimpleNamespace(layers=["a", "b", "c"], series=Series(recorded))
    found = unit_state_curves(collection)  # type: ignore[arg-type]
    assert [(each.layer, each.state, each.steps.tolist(), each.values.tolist()) for each in found] == [
        ("a", UnitState.DEAD, [0], [0.5]),
        ("b", UnitState.SATURATED, [0, 10], [0.25, 1.0]),
    ]


CHOICES = ExpertChoices(np.array([10, 20]), np.array([[0.5, 0.25, 0.25, 0.0], [0.0, 0.0, 0.0, 1.0]]))


@pytest.mark.parametrize(
    ("step", "summary", "text"),
    [
        (9.9, "", ""),
        (10, "most: expert 0, 50.0 % · 1 of 4 never", "25.0 %"),
        (19.9, "most: expert 0, 50.0 % · 1 of 4 never", "25.0 %"),
        (20, "most: expert 3, 100 % · 3 of 4 never", "0.0 %"),
        (99, "most: expert 3, 100 % · 3 of 4 never", "0.0 %"),
    ],
)
def test_that_experts_are_summed_up_at_the_last_pass_up_to_a_step(step: float, summary: str, text: str) -> None:
    assert (CHOICES.summary(step), CHOICES.text_at(1, step)) == (summary, text)


def test_that_experts_have_names_a_largest_share_and_an_even_one() -> None:
    assert CHOICES.layers == CHOICES.short_names == ("expert 0", "expert 1", "expert 2", "expert 3")
    assert (CHOICES.largest, CHOICES.even) == (1.0, 0.25)
    assert replace(CHOICES, shares=np.full((2, 2), 0.5)).summary(10) == "most: expert 0, 50.0 %"
    assert ExpertChoices(np.zeros(0, int), np.zeros((0, 4))).largest == 0


def test_that_the_picture_of_experts_has_no_colour_before_the_first_pass_and_the_least_for_none() -> None:
    picture = CHOICES.picture(0, 30, 30)
    assert picture.shape == (4, 30)
    assert not picture[:, :10].any()
    assert picture[:, 15].tolist() == [127, 63, 63, 1]
    assert picture[:, 25].tolist() == [1, 1, 1, 254]


def test_that_of_a_single_pass_the_picture_of_experts_has_its_own_step_alone() -> None:
    picture = ExpertChoices(np.array([10]), np.array([[0.5, 0.25]])).picture(0, 30, 30)
    assert np.flatnonzero(picture.any(axis=0)).tolist() == [10]
    assert picture[:, 10].tolist() == [254, 127]


def test_that_the_largest_values_of_a_pass_are_those_of_what_is_shown() -> None:
    conv = stage_of(2, input_units=1)
    fc = FeatureStage(layer("fc", units=2), (), layer("fc", units=2), None, False)
    records = {
        "conv": {"weight": -np.full((2, 1, 2, 2), 3.0, "f4"), "activation": np.full((1, 2), 50.0, "f4")},
        "fc": {"activation": np.full((1, 2), -7.0, "f4"), "bias": np.full(2, 80.0, "f4")},
    }
    found = measured(made_up_pass({"conv": conv.layer, "fc": fc.layer}, records), [conv, fc])
    assert found == {
        ("conv", "feature_maps"): 0.0,
        ("conv", "weight"): 3.0,
        ("fc", "activation"): 7.0,
        ("fc", "sequence"): 0.0,
    }


def test_that_passes_that_cannot_be_read_are_counted_and_have_no_step() -> None:
    reader = FeatureHistoryReader([stage_of(2)], 3)
    taken = passes(np.array([[0, 1]]), np.array([[0, 0]]))
    for each in (taken[0], None, taken[1]):
        reader.take(each)
    found = reader.result()
    assert (found.n_passes, found.n_unreadable, found.steps.tolist()) == (3, 1, [0, 10])
    assert found.dead["relu"].tolist() == [[True, False], [True, True]]
    going_on = FeatureHistoryReader([stage_of(2)], 4, found)
    going_on.take(made_up_pass({}, {}, number=3))
    after = going_on.result()
    assert (after.n_passes, after.n_unreadable, after.steps.tolist()) == (4, 1, [0, 10, 30])
    assert after.dead["relu"].tolist() == [[True, False], [True, True], [False, False]]


def test_that_a_history_of_no_pass_has_no_row() -> None:
    router = layer("gate", units=4, experts=4)
    routed = FeatureStage(router, (), router, None, False, routing=(router,))
    found = FeatureHistoryReader([stage_of(2), routed], 3).result()
    assert (found.n_passes, found.n_unreadable, found.steps.tolist(), found.scales) == (0, 0, [], {})
    dead, chosen = found.dead["relu"], found.chosen["gate"]
    assert (dead.shape, dead.dtype, chosen.shape, chosen.dtype) == ((0, 2), np.bool_, (0, 4), np.float32)
    nothing = FeatureHistory()
    assert (nothing.n_passes, nothing.n_unreadable, len(nothing.steps), nothing.steps.dtype) == (0, 0, 0, np.int64)


def test_that_dead_units_are_those_that_no_sample_moves() -> None:
    (taken,) = passes(np.array([[0, 1, 0], [0, 0, 1e-30]]))
    assert dead_units(taken, "relu").tolist() == [True, False, False]  # type: ignore[union-attr]
    assert dead_units(taken, "conv") is None


def test_that_the_largest_values_are_those_of_nine_passes_spread_over_the_run() -> None:
    stage, n = stage_of(2, input_units=1), 17
    seen = set()
    for peak in range(n):
        reader = FeatureHistoryReader([stage], n)
        for number in range(n):
            weight = np.full((2, 1, 2, 2), 1.0 + 9 * (number == peak), "f4")
            reader.take(made_up_pass({"conv": stage.layer}, {"conv": {"weight": weight}}, number=number))
        if reader.result().scales["conv", "weight"] == 10:
            seen.add(peak)
    assert seen == set(range(0, 17, 2))
