"""Angles, however small, against what they were made with."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.metrics.angles import degrees, gap, joined_gap
from collector.metrics.flat_layout import FlatLayout
from collector.metrics.step_measure import StepMeasure
from collector.metrics.step_results import joined


def turned(x: np.ndarray, angle: float, seed: int = 1) -> np.ndarray:
    """A vector of another length at so many degrees from ``x``, float64."""
    across = np.random.default_rng(seed).normal(size=x.size)
    across -= x * (x @ across) / (x @ x)
    across *= np.linalg.norm(x) / np.linalg.norm(across)
    return 3 * (x * np.cos(np.radians(angle)) + across * np.sin(np.radians(angle)))


def of_one_part(x: np.ndarray, y: np.ndarray) -> float:
    return float(degrees(np.array(gap(x, y)[2])))


@pytest.mark.parametrize("angle", [1e-4, 1e-3, 0.01, 0.03, 1, 45, 90, 135, 179])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_that_an_angle_is_right_to_a_thousandth(angle: float, dtype: type) -> None:
    x = np.random.default_rng(0).normal(size=200_000).astype(np.float32)
    y = turned(x.astype(np.float64), angle)

    # rounding to float32 turns a vector by as much as 2e-6 degrees
    assert of_one_part(x.astype(dtype), y.astype(dtype)) == pytest.approx(angle, rel=1e-3)


@pytest.mark.parametrize("scale", [1e-40, 1e-25, 1e25])
def test_that_length_has_no_part_in_it(scale: float) -> None:
    x = np.random.default_rng(0).normal(size=999)
    y = turned(x, 30)

    found = of_one_part((x * scale * 1e3).astype(np.float32), (y * scale * 1e3).astype(np.float32))

    assert found == pytest.approx(30, rel=1e-2 if scale == 1e-40 else 1e-5)
    assert of_one_part(x * scale**7, y) == pytest.approx(30)


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_that_there_is_none_where_a_vector_is_zero_or_not_finite(bad: float) -> None:
    assert np.isnan(gap(np.full(3, bad), np.ones(3))[2])


@given(st.integers(0, 999), st.floats(1e-4, 179), st.integers(1, 9))
def test_that_the_angle_of_the_whole_is_told_from_its_parts(seed: int, angle: float, n_parts: int) -> None:
    chance = np.random.default_rng(seed)
    x = chance.normal(size=400) * 10.0 ** chance.integers(-2, 3, 400)
    y = turned(x, angle, seed + 1)
    bounds = [0, *np.sort(chance.integers(1, 400, n_parts)).tolist(), 400]
    parts = [gap(x[a:b], y[a:b]) for a, b in pairwise(bounds) if b > a]

    found = joined_gap(
        tuple(np.array(each) for each in zip(*parts, strict=True)),  # type: ignore[arg-type]
        lambda values: values.sum(axis=-1, keepdims=True),
        np.zeros(len(parts), int),
    )

    assert float(degrees(found)[0]) == pytest.approx(angle, rel=1e-6)


def test_that_millions_of_gradients_that_hardly_turn_are_told_so() -> None:
    x = np.random.default_rng(0).normal(size=2_000_000).astype(np.float32)
    y = turned(x.astype(np.float64), 0.001).astype(np.float32)
    layout = FlatLayout([x.size])
    measure = StepMeasure(layout, [1e-5], averages=False)
    zeros = np.zeros(x.size, np.float32)
    measure.before_update([x], [zeros], follows=False)
    measure.after_update([zeros])
    measure.before_update([y], None, follows=True)
    awaited = measure.after_update([zeros])
    measure.settle()

    assert awaited is not None
    assert float(degrees(joined([awaited]).gaps[0, 0, 2, 0])) == pytest.approx(0.001, rel=1e-3)
