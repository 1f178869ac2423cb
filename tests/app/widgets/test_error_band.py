"""The faint band of an estimate."""

import numpy as np
import pytest

from app.analysis.curve import Measured
from app.widgets.error_band import StepsBand, error_band
from collector.comparing.noise import Band

STEPS = np.arange(0, 100, 10)
ESTIMATE = Measured("x", STEPS, np.full(10, 5.0), is_estimate=True, errors=np.full(10, 0.5))


def bounds(curve: Measured | None, left: float = 0, right: float = 100, *, is_log: bool = False) -> list[float]:
    band = StepsBand()
    band.show_band(error_band(curve), left, right, 200, is_log=is_log)
    box = band.path().boundingRect()
    return [box.left(), box.right(), box.top(), box.bottom()]


def test_that_the_band_reaches_1_96_standard_errors_to_both_sides() -> None:
    assert bounds(ESTIMATE) == pytest.approx([0, 90, 5 - 0.98, 5 + 0.98])
    assert bounds(ESTIMATE, is_log=True)[2:] == pytest.approx(np.log10([5 - 0.98, 5 + 0.98]).tolist())


def test_that_only_what_is_seen_and_one_step_beyond_is_drawn() -> None:
    assert bounds(ESTIMATE, 35, 55)[:2] == [30, 60]


@pytest.mark.parametrize("curve", [None, Measured("x", STEPS, np.ones(10))])
def test_that_what_is_exact_has_no_band(curve: Measured | None) -> None:
    assert bounds(curve) == [0, 0, 0, 0]


def test_that_the_band_is_broken_where_no_error_is_known() -> None:
    errors = np.full(10, 0.5)
    errors[4:6] = np.nan
    band = StepsBand()
    band.show_band(error_band(Measured("x", STEPS, np.full(10, 5.0), errors=errors)), 0, 100, 200, is_log=False)
    parts = band.path().toSubpathPolygons()
    assert [(part.boundingRect().left(), part.boundingRect().right()) for part in parts] == [(0, 30), (60, 90)]


@pytest.mark.parametrize("bound", ["low", "high"])
def test_that_a_band_is_broken_where_one_of_its_bounds_is_not_known(bound: str) -> None:
    bounds = {"low": np.zeros(5), "high": np.ones(5)}
    bounds[bound][2] = np.nan
    band = StepsBand()
    band.show_band(Band(np.arange(5), **bounds), 0, 4, 200, is_log=False)
    parts = band.path().toSubpathPolygons()
    assert [(part.boundingRect().left(), part.boundingRect().right()) for part in parts] == [(0, 1), (3, 4)]


def test_that_a_band_of_more_steps_than_pixels_is_thinned_wherever_it_begins() -> None:
    band = StepsBand()
    steps = np.arange(1_000)
    band.show_band(Band(steps, np.zeros(1_000), np.ones(1_000)), 900, 999, 20, is_log=False)
    (part,) = band.path().toSubpathPolygons()
    assert len({part.at(number).x() for number in range(part.size())}) == 21, "each fifth of 101, and one before"
