"""Standard errors of what is made of several totals: those of the linear part, told here by small differences."""

from collections.abc import Callable

import numpy as np
import pytest

from collector.metrics.errors import Covariances, error_of_angle, error_of_ratio, error_of_sum
from collector.metrics.spread import GAP_PAIRS

RATIO_PAIRS = (("part", "part"), ("part", "whole"), ("whole", "whole"))


def covariances_of(names: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> tuple[Covariances, np.ndarray]:
    """Some covariances of totals, of one parameter in one step; and as a matrix in the order of the names."""
    random = np.random.default_rng(len(names))
    root = random.normal(size=(len(names), len(names)))
    matrix = root @ root.T
    values = np.array([matrix[names.index(one), names.index(other)] for one, other in pairs])
    return Covariances(pairs, values[None, :, None], np.array([[True]]), lambda each: each), matrix


def error_by_differences(of: Callable[[np.ndarray], float], totals: np.ndarray, matrix: np.ndarray) -> float:
    steps = 1e-6 * np.abs(totals).max() * np.eye(len(totals))
    slopes = np.array([(of(totals + step) - of(totals - step)) / (2 * step.max()) for step in steps])
    return float(np.sqrt(slopes @ matrix @ slopes))


@pytest.mark.parametrize("degrees", [5, 60, 90, 120, 175])
def test_that_the_error_of_an_angle_is_that_of_its_linear_part_however_wide_it_is(degrees: float) -> None:
    of, matrix = covariances_of(("xy", "xx", "yy"), GAP_PAIRS)
    x, y, cosine = 30.0, 70.0, np.cos(np.radians(degrees))

    found = error_of_angle(of, np.array([[x]]), np.array([[y]]), np.array([[1 - cosine]]))

    def angle(totals: np.ndarray) -> float:
        return float(np.degrees(np.arccos(totals[0] / np.sqrt(totals[1] * totals[2]))))

    expected = error_by_differences(angle, np.array([x * y * cosine, x * x, y * y]), matrix)
    assert found.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("gap", "is_told"), [(0.9e-6, False), (1e-6, False), (1.1e-6, True), (2 - 1e-6, True)])
def test_that_no_error_is_told_of_an_angle_too_small_to_tell_it(gap: float, is_told: bool) -> None:
    of, _ = covariances_of(("xy", "xx", "yy"), GAP_PAIRS)

    found = error_of_angle(of, np.array([[3.0]]), np.array([[7.0]]), np.array([[gap]]))

    assert np.isfinite(found).item() is is_told


def test_that_the_error_of_a_quotient_is_that_of_its_linear_part() -> None:
    of, matrix = covariances_of(("part", "whole"), RATIO_PAIRS)
    part, whole = 30.0, 70.0

    found = error_of_ratio(of, "part", "whole", np.array([[part / whole]]), np.array([[whole]]))

    expected = error_by_differences(lambda totals: float(totals[0] / totals[1]), np.array([part, whole]), matrix)
    assert found.item() == pytest.approx(expected, rel=1e-5)


def test_that_a_total_has_the_error_of_one_more_that_was_not_drawn_and_no_variance_below_nothing() -> None:
    assert error_of_sum(np.array([16.0, 0.0, -1e-9]), np.array([3.0, 3.0, 0.0])).tolist() == [5, 3, 0]
