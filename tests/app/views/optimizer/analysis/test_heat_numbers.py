"""Which colour each value has, against a version that looks at one value after the other; and what a cell says."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.measures import Measure
from app.views.optimizer.analysis.layer_heat import HeatScale, LayerHeat, layer_heat
from collector.storage.schema import Metric
from tests.app.growing_run import GrowingRun

NORM = Measure("gradient_norm", "gradient_norm", "Gradient norm", "", True)
BEND = Measure("bend", "bend", "Bend", "", False, "px", is_own=True)


def heat_of(measure: Measure = NORM, layers: tuple[str, ...] = (), **columns: Any) -> LayerHeat:
    run = GrowingRun(metrics={"bend": Metric("bend", "bend", "")}, layers=dict.fromkeys(layers))  # type: ignore[arg-type]
    heat = layer_heat(run.grow(**columns), measure)  # type: ignore[arg-type]
    assert heat is not None
    return heat


FLIPS = Measure("flip_fraction@1e-05", "flip_fraction", "Flips", "", False)
"""Where it is NaN there was nothing to measure."""


def slow_number(value: float, scale: HeatScale) -> int:
    """2 at the lowest colour, 253 at the highest; 1 for 0 and less on a log scale, 255 for no number."""
    if not np.isfinite(value):
        return 255
    if scale.is_log and value <= 0:
        return 1
    if scale.is_log:
        place = np.log(value / scale.low) / np.log(scale.high / scale.low)
    else:
        place = (value - scale.low) / (scale.high - scale.low)
    return 2 + round(251 * min(max(place, 0), 1))


NUMBERS = st.one_of(st.floats(1e-12, 1e6), st.sampled_from([0.0, -1.0, np.nan, np.inf, -np.inf, 1e-3, 1e-3]))


@given(values=st.lists(NUMBERS, min_size=1, max_size=30), is_log=st.booleans())
def test_that_each_number_is_that_of_its_value(values: list[float], is_log: bool) -> None:
    measure = NORM if is_log else BEND
    heat = heat_of(measure, **{f"{measure.key}__a": np.array(values)})
    assert heat.scale.is_log == (is_log and any(np.isfinite(each) and each > 0 for each in values))
    assert heat.scale.low < heat.scale.high
    at = heat.steps
    slow = [slow_number(values[step], heat.scale) for step in at]
    assert np.abs(heat.numbers[0].astype(int) - slow).max() <= (1 if is_log else 0)  # a hair may be rounded otherwise
    ends = np.isin(slow, (1, 2, 253, 255))
    assert np.array_equal(heat.numbers[0][ends], np.array(slow)[ends])


@pytest.mark.parametrize(
    ("measure", "values", "scale"),
    [
        (NORM, [2.0, 8.0], (1.8 * 4**0.005, 8.8 / 4**0.005, True)),
        (NORM, [1.0, 1.0], (0.9, 1.1, True)),
        (NORM, [1e-30] * 9 + [1.0] * 9, (0.9e-8, 1.1, True)),
        (NORM, [0.0, -2.0], (0.0, 1.0, False)),
        (BEND, [-3.0, 4.0], (-3.0, 4.0, False)),
        (BEND, [2.0, 4.0], (0.0, 4.0, False)),
        (BEND, [-3.0, -1.0], (-3.0, 0.0, False)),
        (BEND, [-1.0, -1.0], (-1.0, 0.0, False)),
        (BEND, [0.0, 0.0], (0.0, 1.0, False)),
        (Measure("gradient_angle", "gradient_angle", "", "", False), [3.0], (0.0, 180.0, False)),
        (Measure("moment_angle", "moment_angle", "", "", False), [3.0], (0.0, 180.0, False)),
    ],
)
def test_that_a_scale_reaches_from_the_smallest_to_the_largest(
    measure: Measure, values: list[float], scale: tuple[float, float, bool]
) -> None:
    found = heat_of(measure, **{f"{measure.key}__a": np.array(values)}).scale
    assert found.is_log == scale[2]
    assert (found.low, found.high) == pytest.approx(scale[:2], rel=0.02)


@pytest.mark.parametrize(
    ("scale", "value", "place"),
    [
        (HeatScale(2, 6, is_log=False), 2, 0),
        (HeatScale(2, 6, is_log=False), 3, 0.25),
        (HeatScale(2, 6, is_log=False), 6, 1),
        (HeatScale(2, 6, is_log=False), 8, 1.5),
        (HeatScale(1, 100, is_log=True), 10, 0.5),
        (HeatScale(1, 100, is_log=True), 0.1, -0.5),
    ],
)
def test_that_a_value_has_its_place_on_the_scale(scale: HeatScale, value: float, place: float) -> None:
    assert scale.place_of(value) == pytest.approx(place)


def test_that_layers_stand_in_order_of_execution_then_others_then_the_whole_model() -> None:
    columns = {f"bend__{name}": np.arange(3.0) + 1 for name in ("total", "z", "b", "a")}
    heat = heat_of(BEND, ("a", "c", "b"), **columns)
    assert heat.layers == ("a", "b", "z", "whole model")
    assert [curve.name for curve in heat.curves] == ["bend/a", "bend/b", "bend/z", "bend/total"]
    assert [heat.row_of(each) for each in ("b", "whole model", "c", None)] == [1, 3, 3, 3]
    without = heat_of(NORM, gradient_norm__total=np.ones(3), gradient_norm__a=np.ones(3))
    assert without.layers == ("a",), "of what we measure the total is not one more layer"
    assert [without.row_of(each) for each in ("a", "b", None)] == [0, None, None]


def test_that_layers_measured_at_other_steps_share_the_axis() -> None:
    a, b = np.array([1.0, np.nan, 3.0, np.nan]), np.array([np.nan, np.nan, 5.0, 7.0])
    heat = heat_of(FLIPS, **{f"{FLIPS.key}__a": a, f"{FLIPS.key}__b": b})
    assert heat.steps.tolist() == [0, 2, 3]
    np.testing.assert_array_equal(heat.values, [[1, 3, np.nan], [np.nan, 5, 7]])
    assert (heat.numbers == 0).tolist() == [[False, False, True], [True, False, False]]
    assert heat.stride == 1


@pytest.mark.parametrize(
    ("every", "stride"), [([0], 1), ([0, 5], 5), ([0, 5, 10, 11], 5), ([0, 1, 2, 9], 1), ([3, 13, 23], 10)]
)
def test_that_a_value_stands_for_the_usual_distance_of_steps(every: list[int], stride: int) -> None:
    values = np.full(every[-1] + 1, np.nan)
    values[every] = np.arange(len(every)) + 1.0
    heat = heat_of(FLIPS, **{f"{FLIPS.key}__a": values})
    assert heat.stride == stride
    last = every[-1]
    assert heat.value_at(0, last) == len(every)
    assert heat.value_at(0, last + stride - 0.5) == len(every)
    assert heat.value_at(0, last + stride) is None
    assert heat.value_at(0, every[0] - 0.5) is None
    assert heat.text_at(0, last + stride) == ""


def test_that_a_cell_says_what_was_measured() -> None:
    values = {
        "gradient_norm__a": np.array([0.123456, np.nan, np.nan, np.inf]),
        "nan__a": np.array([0.0, 1.0, 0.0, 0.0]),
        "no_gradient__a": np.array([0.0, 0.0, 5.0, 0.0]),
    }
    heat = heat_of(**values)
    assert [heat.text_at(0, step) for step in range(4)] == ["0.1235", "NaN", "no gradient", "Inf"]
    assert heat.text_at(0, 0, digits=2) == "0.12"
    assert heat.numbers[0, 1:].tolist() == [255, 254, 255]
    assert heat.value_at(0, 2) is None
    assert not heat.is_estimate
    assert (heat.title, heat.meaning, heat.notes, heat.shown) == ("Gradient norm", "", {}, heat)


def test_that_what_was_measured_on_a_sample_is_called_an_estimate() -> None:
    heat = heat_of(gradient_norm__a=np.array([0.5, np.nan]), nan__a=np.zeros(2), no_gradient__a=np.array([0.0, 3.0]))
    (whole,) = heat.curves
    assert heat.is_estimate is False
    assert [heat.text_at(0, step) for step in (0, 1)] == ["0.5", "no gradient"]
    sampled = replace(heat, curves=(whole, replace(whole, is_estimate=True, errors=np.array([0.01, np.nan]))))
    assert sampled.is_estimate is True
    assert sampled.text_at(0, 0) == "0.5"
    sampled = replace(heat, curves=sampled.curves[1:])
    assert [sampled.text_at(0, step) for step in (0, 1)] == ["0.5 ± 0.02 (estimate)", "no gradient"]


def test_that_what_lies_outside_of_a_scale_has_the_colour_of_its_end() -> None:
    values = np.full(1000, 1.0)
    values[[5, 6]] = 1e-30, 1e30
    heat = heat_of(gradient_norm__a=values)
    assert heat.numbers[0, [5, 6]].tolist() == [2, 253]


def test_that_names_are_as_short_as_they_stay_different() -> None:
    heat = heat_of(**{f"gradient_norm__net.blocks.{n}.mlp": np.ones(2) for n in (0, 1)})
    assert heat.short_names == ("0.mlp", "1.mlp")
