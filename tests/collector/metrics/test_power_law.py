"""The fit of a power law: against a slow one, and on numbers drawn from one."""

import numpy as np
import pytest

from collector.metrics.power_law import FEWEST, LEAST_TAIL, fit_power_law


def slow_fit(values: np.ndarray) -> tuple[float, float, float]:
    """By the letter: each value as x_min, the empirical distribution against the fitted one at each of the tail."""
    found = []
    for x_min in sorted(set(values[values > 0].tolist())):
        tail = sorted(x for x in values.tolist() if x >= x_min)
        logs = sum(float(np.log(x / x_min)) for x in tail)
        if len(tail) < LEAST_TAIL or logs < 1e-9:
            continue
        alpha = 1 + len(tail) / logs
        distance = 0.0
        for place, x in enumerate(tail):
            fitted = 1 - (x / x_min) ** (1 - alpha)
            distance = max(distance, abs((place + 1) / len(tail) - fitted), abs(place / len(tail) - fitted))
        found.append((distance, alpha, x_min))
    distance, alpha, x_min = min(found)
    return alpha, x_min, distance


@pytest.mark.parametrize("draw", ["pareto", "lognormal", "exponential", "marchenko-pastur"])
def test_that_the_fit_is_that_of_a_slow_one(draw: str) -> None:
    chance = np.random.default_rng(1)
    if draw == "marchenko-pastur":
        values = np.linalg.eigvalsh(np.cov(chance.standard_normal((80, 200))))
    else:
        values = {"pareto": lambda: 1 + chance.pareto(1.5, 120)}.get(draw, lambda: getattr(chance, draw)(size=120))()

    fit = fit_power_law(values)

    assert fit is not None
    assert (fit.alpha, fit.x_min, fit.distance) == pytest.approx(slow_fit(values), rel=1e-9)
    assert fit.n_tail == np.sum(values >= fit.x_min)


@pytest.mark.parametrize("alpha", [2.0, 3.5])
def test_that_the_exponent_of_numbers_drawn_from_a_power_law_is_found(alpha: float) -> None:
    values = (1 - np.random.default_rng(0).random(4000)) ** (-1 / (alpha - 1))

    fit = fit_power_law(values)

    assert fit is not None
    assert fit.alpha == pytest.approx(alpha, rel=0.1)


def test_that_the_exponent_does_not_depend_on_the_unit() -> None:
    values = 1 + np.random.default_rng(3).pareto(2.0, 200)

    one, other = fit_power_law(values), fit_power_law(values * 1e-6)

    assert one is not None
    assert other is not None
    assert one.alpha == pytest.approx(other.alpha, rel=1e-6)


def test_that_of_few_values_of_values_alike_and_of_none_that_is_positive_there_is_no_fit() -> None:
    chance = np.random.default_rng(0)

    assert fit_power_law(chance.random(FEWEST - 1)) is None
    assert fit_power_law(np.full(FEWEST, 2.0)) is None
    assert fit_power_law(-chance.random(FEWEST)) is None
    assert fit_power_law(np.r_[chance.random(FEWEST - 1), np.inf, np.nan, 0.0]) is None
