"""Standard errors against their definition: the spread of a number's linear part over the words that were drawn."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from collector import InsightOptions, open_collection
from collector.capture.insight import InsightRecorder
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.metrics.flat_layout import FlatLayout
from collector.storage import schema

SIZES = [64 * 90 + 13, 64 * 50]
SAMPLE = 64 * 56
LIMIT = 1e-5

Totals = dict[str, float]


def of_step(seed: int) -> list[np.ndarray]:
    """Values of which some are near zero, spread otherwise from word to word."""
    chance = np.random.default_rng(seed)
    scale = [np.repeat(chance.choice([3e-6, 3e-5], -(-size // 64)), 64)[:size] for size in SIZES]
    return [(chance.normal(size=size) * each).astype(np.float32) for size, each in zip(SIZES, scale, strict=True)]


GRADIENTS = [of_step(0), [0.6 * one + 0.4 * other for one, other in zip(of_step(0), of_step(1), strict=True)]]
WEIGHTS = [[each * number for each in of_step(2)] for number in (1, 2, 5)]

COUNTED: dict[str, tuple[Callable[[Totals], float], str | None]] = {
    "near_zero": (lambda t: t["near"], None),
    "near_zero_fraction": (lambda t: t["near"] / t["size"], "size"),
    "released": (lambda t: t["before"] - t["retained"], None),
    "released_fraction": (lambda t: 1 - t["retained"] / t["before"], "before"),
    "retained": (lambda t: t["retained"], None),
    "retained_fraction": (lambda t: t["retained"] / t["before"], "before"),
    "sign_flips": (lambda t: t["flips"], None),
    "flip_fraction": (lambda t: t["flips"] / t["retained"], "retained"),
}
"""Metric → what it is of the totals, and the total that it is divided by."""
MEASURED: dict[str, Callable[[Totals], float]] = {
    "still_change_mean": lambda t: t["still"] / t["retained"],
    "still_change_norm": lambda t: np.sqrt(t["still squares"]),
}
ANGLE: Callable[[Totals], float] = lambda t: float(np.degrees(np.arccos(t["xy"] / np.sqrt(t["xx"] * t["yy"]))))  # noqa: E731


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], float]:
    """The error in the file of a series of the whole model, at the second step."""
    path: Path = tmp_path_factory.mktemp("errors") / "run.json"
    options = InsightOptions(interval=1, thresholds=(LIMIT,), sample=SAMPLE, sign_interval=0)
    recorder = InsightRecorder(
        [ParameterSpec("fc", name, size) for name, size in zip("ab", SIZES, strict=True)], options
    )
    run = schema.Run("2026-01-01T00:00:00+00:00", 10, 0)
    log = RunLog(
        path, schema.Header(schema.FORMAT, schema.VERSION, run, [], insight=recorder.to_schema()), overwrite=True
    )
    recorder.start(log)
    for step in range(2):
        if recorder.wants(step):
            recorder.before_update(step, GRADIENTS[step], WEIGHTS[step], None)
            recorder.after_update(step, WEIGHTS[step + 1])
        log.after_step()
    log.close()

    def error(name: str) -> float:
        with open_collection(path) as collection:
            steps, values = collection.series.standard_error(f"{name}/total")  # type: ignore[misc]
        return float(values[steps.tolist().index(1)])

    return error


def words() -> Iterator[tuple[int, int, list[Totals]]]:
    """Of each parameter: its words, how many are drawn, and the totals of each of those."""
    layout = FlatLayout(SIZES, SAMPLE)
    places = np.zeros(layout.length)
    layout.copy([np.arange(size, dtype=np.float64) for size in SIZES], places)
    for number, size in enumerate(SIZES):
        drawn = places[layout.place(number)].astype(int)
        own = [drawn[drawn // 64 == word] for word in sorted(set((drawn // 64).tolist()))]
        yield -(-size // 64), len(own), [totals_of(number, each) for each in own]


def totals_of(parameter: int, places: np.ndarray) -> Totals:
    before, now = (GRADIENTS[step][parameter][places].astype(float) for step in range(2))
    change = (WEIGHTS[2][parameter] - WEIGHTS[1][parameter])[places].astype(float)
    limit = float(np.float32(LIMIT))
    retained = (abs(before) <= limit) & (abs(now) <= limit)
    return {
        "size": len(places),
        "near": int((abs(now) <= limit).sum()),
        "before": int((abs(before) <= limit).sum()),
        "retained": int(retained.sum()),
        "flips": int((retained & (before * now < 0)).sum()),
        "still": float(abs(change[retained]).sum()),
        "still squares": float(np.square(change[retained]).sum()),
        "xy": float(before @ now),
        "xx": float(before @ before),
        "yy": float(now @ now),
    }


def spread(of: Callable[[Totals], float]) -> tuple[float, Totals, float]:
    """The variance of an estimate by its definition, the estimated totals, and the most that a word stands for."""
    strata = list(words())
    names = strata[0][2][0]
    totals = {name: sum(n / len(own) * sum(word[name] for word in own) for n, _, own in strata) for name in names}
    slopes = {}
    for name, total in totals.items():
        by = 1e-6 * total
        slopes[name] = (of(totals | {name: total + by}) - of(totals | {name: total - by})) / (2 * by) if by else 0
    variance = 0.0
    for n, n_drawn, own in strata:
        linear = [sum(slopes[name] * word[name] for name in names) for word in own]
        variance += n**2 * (1 - n_drawn / n) * float(np.var(linear, ddof=1)) / n_drawn
    return variance, totals, max(n / n_drawn for n, n_drawn, _ in strata)


@pytest.mark.parametrize("name", COUNTED)
def test_that_the_error_of_a_count_or_a_share_is_the_spread_of_its_linear_part_and_of_one_value_more(
    name: str, told: Callable[[str], float]
) -> None:
    of, divisor = COUNTED[name]
    variance, totals, most = spread(of)
    floor = most / totals[divisor] if divisor else most

    assert told(f"{name}@1e-05") == pytest.approx(np.sqrt(variance + floor**2), rel=1e-4)


@pytest.mark.parametrize("name", MEASURED)
def test_that_the_error_of_a_change_is_the_spread_of_its_linear_part(name: str, told: Callable[[str], float]) -> None:
    assert told(f"{name}@1e-05") == pytest.approx(np.sqrt(spread(MEASURED[name])[0]), rel=1e-4)


def test_that_the_error_of_an_angle_is_the_spread_of_its_linear_part(told: Callable[[str], float]) -> None:
    assert told("gradient_angle") == pytest.approx(np.sqrt(spread(ANGLE)[0]), rel=1e-3)
