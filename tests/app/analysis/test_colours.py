"""Numbers to colours: of each level, of what is no number, and of halves, which are looked up."""

from itertools import count

import numpy as np
import pytest

from app.analysis.colours import (
    DIVERGING,
    DIVERGING_ON_LIGHT,
    GREY,
    NOT_FINITE,
    NOT_RECORDED,
    diverging_numbers,
    diverging_rgba,
    grey_numbers,
    half_numbers,
    strengths,
)

HALVES = np.arange(2**16, dtype=np.uint16).view(np.float16)
POSITIVE = HALVES[~(HALVES < 0)]
NEVER_YET = count(3)
"""Scales: what was looked up in one of before is kept."""


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1.0, 37.5, 65504.0])
def test_that_looking_halves_up_gives_the_numbers_of_the_values(scale: float) -> None:
    for halves, is_expected_signed in ((HALVES, True), (POSITIVE, False)):
        numbers, is_signed = half_numbers(halves.reshape(2, -1) if len(halves) % 2 == 0 else halves, scale)
        to_numbers = diverging_numbers if is_expected_signed else grey_numbers
        assert is_signed is is_expected_signed
        assert numbers.dtype == np.uint8
        assert (numbers.ravel() == to_numbers(halves.astype(np.float32), scale).astype(np.uint8)).all()


@pytest.mark.parametrize(("value", "is_negative"), [(-0.0, False), (np.nan, False), (np.inf, False), (-np.inf, True)])
def test_that_minus_zero_and_nan_are_not_negative_and_minus_infinity_is(value: float, is_negative: bool) -> None:
    numbers, is_signed = half_numbers(np.array([value], np.float16), 1.0)
    assert is_signed is is_negative
    assert (numbers == NOT_FINITE).all() == (not np.isfinite(value))


@pytest.mark.parametrize(
    ("value", "number", "grey", "strength"),
    [
        (0.0, 127, 0, 0),
        (2.0, 254, 254, 254),
        (9.0, 254, 254, 254),
        (-2.0, 0, 0, 254),
        (-9.0, 0, 0, 254),
        (1.0, 191, 127, 127),
        (-1.0, 63, 0, 127),
        (np.nan, NOT_FINITE, NOT_FINITE, NOT_FINITE),
        (-np.inf, NOT_FINITE, NOT_FINITE, NOT_FINITE),
    ],
)
def test_that_a_value_is_a_number_between_both_ends_of_its_scale(
    value: float, number: int, grey: int, strength: int
) -> None:
    values = np.array([value])
    assert diverging_numbers(values, 2.0).tolist() == [number]
    assert grey_numbers(values, 2.0).tolist() == [grey]
    assert strengths(values, 2.0).tolist() == [strength]
    assert diverging_rgba(values, 2.0).tolist() == [DIVERGING[number].tolist()]


@pytest.mark.parametrize("scale", [0.0, 1e-37, -1.0])
def test_that_a_scale_that_is_none_shows_all_as_nought(scale: float) -> None:
    assert diverging_numbers(np.array([-1.0, 5.0]), scale).tolist() == [127, 127]
    assert grey_numbers(np.array([5.0]), scale).tolist() == [0]


def test_that_colours_go_from_blue_over_white_to_red_and_change_fastest_near_nought() -> None:
    shown = DIVERGING[:255, :3].astype(int)
    assert shown[[0, 127, 254]].tolist() == [[38, 98, 232], [248, 248, 250], [226, 44, 40]]
    for place in range(255):
        share = abs(place - 127) / 127
        end = np.array([38, 98, 232] if place < 127 else [226, 44, 40])
        mixed = np.array([248, 248, 250]) * (1 - share**0.6) + end * share**0.6
        assert np.abs(shown[place] - mixed).max() <= 0.5 + 1e-9
    assert (DIVERGING[:, 3] == 255).all()


def test_that_grey_goes_from_dark_to_white() -> None:
    expected = [round(12 + 243 * (place / 254) ** 0.6) for place in range(255)]
    assert np.abs(GREY[:255, 0].astype(int) - expected).max() <= 1
    assert (GREY[0, :3].tolist(), GREY[254, :3].tolist()) == ([12] * 3, [255] * 3)
    assert (GREY[:255, 0] == GREY[:255, 2]).all()
    assert (GREY[:, 3] == 255).all()


def test_that_what_is_no_number_looks_like_none() -> None:
    assert DIVERGING[NOT_FINITE].tolist() == GREY[NOT_FINITE].tolist() == [255, 0, 220, 255]
    assert DIVERGING[NOT_RECORDED].tolist() == [74, 77, 86, 255]
    assert DIVERGING_ON_LIGHT[NOT_RECORDED].tolist() == [176, 180, 189, 255]
    assert (DIVERGING_ON_LIGHT[:NOT_RECORDED] == DIVERGING[:NOT_RECORDED]).all()


@pytest.mark.parametrize("is_signed", [True, False])
def test_that_halves_are_looked_up_in_a_scale_that_was_never_met_before(is_signed: bool) -> None:
    scale, halves = float(next(NEVER_YET)), HALVES if is_signed else POSITIVE
    to_numbers = diverging_numbers if is_signed else grey_numbers
    numbers, _ = half_numbers(halves, scale)
    assert numbers.tolist() == to_numbers(halves.astype(np.float32), scale).tolist()
