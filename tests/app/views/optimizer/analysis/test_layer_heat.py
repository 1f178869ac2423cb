"""The picture of all layers over the steps, against a slow and obvious one."""

from pathlib import Path

import numpy as np
import pytest

from app.analysis.measures import Measure, layer_measures
from app.views.optimizer.analysis.layer_heat import (
    HIGHEST,
    LOWEST,
    NOT_FINITE,
    NOT_RECORDED,
    ZERO,
    HeatScale,
    LayerHeat,
    layer_heat,
)
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import open_insight_run


def norm(key: str = "gradient_norm", *, is_log: bool = True) -> Measure:
    return Measure(key, key, key, "", is_log)


def made(numbers: np.ndarray, steps: np.ndarray, stride: int = 1) -> LayerHeat:
    layers = tuple(f"layer{row}" for row in range(len(numbers)))
    return LayerHeat(norm(), layers, steps, numbers.astype(float), numbers, stride, HeatScale(0, 1, is_log=False))


@pytest.mark.parametrize("span", [(0.0, 99.0), (-2.0, 102.0), (20.5, 23.25), (200.0, 300.0), (-50.0, -10.0)])
@pytest.mark.parametrize("width", [1, 7, 50, 400])
def test_that_each_column_shows_the_strongest_of_its_steps_or_the_one_that_still_stands(
    span: tuple[float, float], width: int
) -> None:
    random = np.random.default_rng(0)
    steps = np.unique(random.integers(0, 100, 40))
    heat = made(random.integers(1, 256, (3, len(steps))).astype(np.uint8), steps, stride=3)
    edges = np.linspace(*span, width + 1)
    expected = np.zeros((3, width), np.uint8)
    for column in range(width):
        inside = [at for at, step in enumerate(steps) if edges[column] <= step < edges[column + 1]]
        before = [at for at, step in enumerate(steps) if step < edges[column]]
        if inside:
            expected[:, column] = heat.numbers[:, inside].max(axis=1)
        elif before and edges[column] - steps[before[-1]] < 3:
            expected[:, column] = heat.numbers[:, before[-1]]
    np.testing.assert_array_equal(heat.picture(*span, width), expected)


def test_that_a_measure_is_read_for_every_layer_in_order_of_execution(tmp_path: Path) -> None:
    run = open_insight_run(tmp_path / "a.json", interval=10)
    heat = layer_heat(run, norm())
    assert heat is not None
    assert heat.layers == ("conv1", "conv2", "fc1", "fc2")
    assert heat.stride == 10
    assert heat.steps.tolist() == list(range(10, 200, 10))
    assert heat.values[1].tolist() == run.series.recorded("gradient_norm/conv2")[1].tolist()
    assert heat.text_at(1, 15) == heat.curves[1].text_at(10) != heat.text_at(1, 15, digits=2)
    assert heat.value_at(1, 25) == heat.values[1, 1]
    assert heat.value_at(1, 5) is None


def test_that_zero_nan_and_not_recorded_are_told_apart() -> None:
    run = GrowingRun().grow(
        gradient_norm__a=np.array([0.0, np.nan, np.inf, 1e-3, 1.0]), gradient_norm__b=np.array([1e-3, 1e-3])
    )
    heat = layer_heat(run, norm())
    assert heat is not None
    assert heat.numbers[0, :3].tolist() == [ZERO, NOT_FINITE, NOT_FINITE]
    assert LOWEST <= heat.numbers[0, 3] < heat.numbers[0, 4] <= HIGHEST
    assert heat.numbers[1].tolist() == [heat.numbers[0, 3]] * 2 + [NOT_RECORDED] * 3
    assert heat.value_at(1, 4) is None


def test_that_what_could_not_be_counted_is_not_shown_as_nan() -> None:
    run = GrowingRun().grow(**{"flip_fraction@1e-05__a": np.array([0.5, np.nan, 0.25])})
    heat = layer_heat(run, layer_measures(run.series)[0])
    assert heat is not None
    assert NOT_FINITE not in heat.numbers


def test_that_a_log_scale_places_powers_evenly_and_outliers_do_not_stretch_it() -> None:
    assert HeatScale(1e-4, 1, is_log=True).place_of(1e-2) == pytest.approx(0.5)
    values = np.full(1000, 1.0)
    values[5] = 1e-30
    heat = layer_heat(GrowingRun().grow(gradient_norm__a=values), norm())
    assert heat is not None
    assert heat.scale.high / heat.scale.low < 1e9


@pytest.mark.parametrize("values", [np.zeros(3), np.full(3, np.nan), np.full(3, 2.0), np.full(1, 1e-3)])
def test_that_a_measure_without_any_spread_has_a_picture_too(values: np.ndarray) -> None:
    heat = layer_heat(GrowingRun().grow(gradient_norm__a=values), norm())
    assert heat is not None
    assert heat.picture(0, 3, 10).shape == (1, 10)


def test_that_no_layer_is_no_picture() -> None:
    run = GrowingRun().grow(loss=np.ones(3), gradient_norm__total=np.ones(3))
    assert layer_heat(run, norm()) is None


def test_that_measures_come_once_each_with_the_best_known_first() -> None:
    names = [
        "loss",
        "unheard_of/fc1",
        "near_zero@1e-05~ema/fc1",
        "update_ratio/fc1",
        "update_ratio/fc2",
        "flips_all/total",
    ]
    measures = layer_measures([*names, "learning_rate/group1"])
    assert [each.key for each in measures] == ["update_ratio", "near_zero@1e-05~ema", "unheard_of"]
    assert measures[1].title == "Near zero, below 1e-05, moving average"
    assert "0.001" in measures[0].tip
    assert measures[0].column("fc1") == "update_ratio/fc1"
