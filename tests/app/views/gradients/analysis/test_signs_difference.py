"""Where two rasters differ, against a version that looks at one gradient after the other; and why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.gradients.analysis.signs_difference import SignsDifference, why_not
from collector.storage.schema import Band, Insight
from collector.storage.signs import LARGER, NEGATIVE, NO_GRADIENT, NOT_FINITE, POSITIVE, ZERO
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of

N = 530
BANDS = bands_of(("conv1 weight", 100), ("conv1 bias", 9), ("fc1 weight", 421))


@dataclass
class Aligned:
    """By the same steps."""

    def of(self, a: np.ndarray, b: np.ndarray) -> SimpleNamespace:
        both = np.intersect1d(a, b)
        return SimpleNamespace(a=both, b=both)


def beside(
    a: MadeUpSigns,
    b: MadeUpSigns | None,
    *,
    held: int | None = None,
    partner: dict[str, str] | None = None,
    of_a: Any = None,
    of_b: Any = None,
) -> Any:
    insight = Insight(1, [1e-5], N, N, sign_interval=1, sign_columns=N, bands=list(BANDS))

    def run(signs: MadeUpSigns | None, given: Any) -> SimpleNamespace:
        return SimpleNamespace(signs=signs, insight=insight if given is None else given(insight))

    pair = SimpleNamespace(partner=partner or {}, alignment=Aligned())
    return SimpleNamespace(a=run(a, of_a), b=run(b, of_b), pair=pair, held_step=held)


def signs(seed: int, steps: Sequence[int] = (0, 10, 20)) -> MadeUpSigns:
    random = np.random.default_rng(seed)
    classes = random.choice([0, 0, 1, 2, 3, 4], (len(steps), N)).astype(np.uint8)
    missing = {row: tuple(np.flatnonzero(random.random(3) < 0.3).tolist()) for row in range(len(steps))}
    return MadeUpSigns(classes, np.array(steps), missing)


def without_gradient(given: MadeUpSigns, row: int) -> np.ndarray:
    found = np.zeros(N, bool)
    for number in given.missing[row]:
        found[BANDS[number].first : BANDS[number].first + BANDS[number].columns] = True
    return found


def slow(a: MadeUpSigns, row_a: int, b: MadeUpSigns, row_b: int) -> list[int]:
    """The class of each column: what is told otherwise of either is not told as a sign of both."""
    found = []
    for column in range(N):
        one, other = int(a.classes[row_a, column]), int(b.classes[row_b, column])
        lacks = without_gradient(a, row_a)[column], without_gradient(b, row_b)[column]
        is_bad = one == NOT_FINITE, other == NOT_FINITE
        near = [each in (NEGATIVE, POSITIVE, ZERO) for each in (one, other)]
        if is_bad[0] != is_bad[1]:
            found.append(NOT_FINITE)
        elif any(lacks) or any(is_bad):
            found.append(NO_GRADIENT if lacks[0] != lacks[1] else LARGER)
        elif all(near):
            found.append(LARGER if one == other else ZERO)
        else:
            found.append(NEGATIVE if near[0] else POSITIVE if near[1] else LARGER)
    return found


def classes_of(difference: SignsDifference, row: int) -> list[int]:
    n_bytes = -(-N // 8)
    first, second = np.unpackbits(difference.bits(row, 0, n_bytes), axis=1)[:, :N]
    found = first * NEGATIVE + second * POSITIVE
    missing = np.zeros(N, bool)
    for number in difference.no_gradient(row):
        missing[BANDS[number].first : BANDS[number].first + BANDS[number].columns] = True
    found[missing] = NO_GRADIENT
    found[np.unpackbits(difference.not_finite(row, 0, n_bytes))[:N] > 0] = NOT_FINITE
    return found.tolist()


@given(seed=st.integers(0, 200))
def test_that_each_column_is_of_the_class_that_looking_at_both_gives(seed: int) -> None:
    a, b = signs(seed), signs(seed + 1000, (0, 5, 7, 20))
    difference = SignsDifference(beside(a, b))
    assert difference.steps.tolist() == [0, 20]
    assert (len(difference), difference.n_columns) == (2, N)
    for row, (row_a, row_b) in enumerate([(0, 0), (2, 3)]):
        assert classes_of(difference, row) == slow(a, row_a, b, row_b)
        part = difference.bits(row, 12, 60), difference.not_finite(row, 12, 60)
        assert np.array_equal(part[0], difference.bits(row, 0, 67)[:, 12:60])
        assert np.array_equal(part[1], difference.not_finite(row, 0, 67)[12:60])


@given(seed=st.integers(0, 50))
def test_that_from_afar_the_shares_are_those_of_the_columns(seed: int) -> None:
    a, b = signs(seed), signs(seed + 1000)
    difference = SignsDifference(beside(a, b))
    n_bytes = -(-N // 8)
    first, second = np.unpackbits(difference.bits(1, 0, n_bytes), axis=1)[:, :N].astype(bool)
    bad = np.unpackbits(difference.not_finite(1, 0, n_bytes))[:N].astype(bool)
    shares = [*difference.overview(1), difference.not_finite_overview(1)]
    for group in range(3):
        at = slice(256 * group, 256 * (group + 1))
        for share, those in zip(shares, (first & ~second, second & ~first, first & second, bad), strict=True):
            assert 255 * those[at].mean() <= share[group] <= 255 * those[at].mean() + 2


@pytest.mark.parametrize(("held", "row"), [(-3, 0), (0, 0), (9, 0), (10, 1), (15, 1), (99, 2)])
def test_that_a_held_step_is_that_of_the_last_row_at_or_before_it_and_all_rows_are_shown(held: int, row: int) -> None:
    a = signs(3)
    difference = SignsDifference(beside(a, a, held=held))
    assert difference.steps.tolist() == [0, 10, 20]
    assert [classes_of(difference, each) for each in range(3)] == [slow(a, row, a, each) for each in range(3)]


def test_that_more_rows_are_taken_up() -> None:
    a, b = signs(1, (0, 10)), signs(2, (0, 10))
    difference = SignsDifference(beside(a, b))
    grown = signs(1, (0, 10, 20)), signs(2, (0, 10, 20))
    difference.take(beside(*grown))
    assert difference.steps.tolist() == [0, 10, 20]
    assert classes_of(difference, 2) == slow(grown[0], 2, grown[1], 2)


def changed(**given: Any) -> Any:
    return lambda insight: msgspec.structs.replace(insight, **given)


def moved(insight: Insight) -> Insight:
    bands = [Band(each.layer, each.parameter, each.size, each.first + 1, each.columns) for each in insight.bands]
    return msgspec.structs.replace(insight, bands=bands)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({"of_a": lambda _: None}, ""),
        ({"of_a": changed(sign_columns=0)}, ""),
        ({"of_b": lambda _: None}, "B has no sign raster"),
        ({"of_b": changed(sign_columns=0)}, "B has no sign raster"),
        ({"of_b": changed(sign_threshold=1e-7)}, "the raster of B is of another threshold, 1e−7"),
        ({"of_b": changed(sign_columns=N + 1)}, "the raster of B has other columns"),
        ({"of_b": changed(bands=BANDS[:2])}, "the raster of B has other columns"),
        ({"of_b": moved}, "the raster of B has other columns"),
        ({"partner": {"conv1": "fc1"}}, "the raster of B has other columns"),
        ({"partner": {"conv1": "conv1", "fc1": "fc1"}}, ""),
        ({"held": 3, "of_b": lambda _: None}, ""),
    ],
)
def test_that_rasters_which_cannot_be_laid_over_each_other_say_why(given: dict[str, Any], words: str) -> None:
    assert why_not(beside(signs(1), signs(2), **given)) == words


def test_that_rasters_without_a_row_in_common_say_so() -> None:
    apart = beside(signs(1), signs(2, (1, 2, 3)))
    assert why_not(apart) == "no row of the raster of B lies near one of A on this clock"
