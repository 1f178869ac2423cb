"""What a pixel of the sign raster looks like."""

import numpy as np
import pytest

from app.views.gradients.analysis.sign_colours import (
    DIFFERENCE_ON_DARK,
    DIFFERENCE_ON_LIGHT,
    NOT_READ,
    NOTHING_NEAR,
    ON_DARK,
    ON_LIGHT,
    UNREADABLE,
    SignColours,
    colour_numbers,
    colour_table,
)

THEMES = pytest.mark.parametrize("colours", [ON_DARK, ON_LIGHT], ids=["dark", "light"])


def number_of(negative: int, positive: int, zero: int, not_finite: int = 0, no_gradient: int = 0) -> int:
    shares = [negative, positive, zero, not_finite, no_gradient]
    return int(colour_numbers(np.array(shares, np.uint8).reshape(5, 1, 1))[0, 0])


def rgb(number: int, colours: SignColours) -> np.ndarray:
    colour = int(colour_table(colours)[number])
    return np.array([colour >> 16 & 255, colour >> 8 & 255, colour & 255])


@THEMES
@pytest.mark.parametrize(("shares", "strongest"), [((1, 0, 0), 0), ((0, 1, 0), 1)], ids=["red", "green"])
def test_that_a_single_one_among_256_larger_is_seen_and_has_its_colour(
    shares: tuple[int, int, int], strongest: int, colours: SignColours
) -> None:
    difference = rgb(number_of(*shares), colours) - np.array(colours.ground)

    assert np.abs(difference).max() >= 60
    # on light the other two are taken away
    assert difference.argmax() == strongest


@THEMES
def test_that_pure_pixels_have_the_full_colours(colours: SignColours) -> None:
    for shares, colour in (
        ((255, 0, 0), colours.negative),
        ((0, 255, 0), colours.positive),
        ((0, 0, 255), colours.zero),
        ((128, 128, 0), colours.both),
        ((0, 0, 0), colours.ground),
    ):
        assert rgb(number_of(*shares), colours).tolist() == list(colour)


def slow_colour(number: int, colours: SignColours) -> tuple[float, ...]:
    """One of eight strengths of one of 28 mixes, from right to left: the full one, and how much of it is there."""
    marks = {252: colours.not_finite, 253: colours.no_gradient, 254: colours.not_read, 255: colours.unreadable}
    if not 1 <= number <= 8 * 28:
        return marks.get(number, colours.ground)
    strength, mix = divmod(number - 1, 28)
    zeros, balance = divmod(mix, 9)
    found = []
    for ground, negative, both, positive, zero in zip(
        colours.ground, colours.negative, colours.both, colours.positive, colours.zero, strict=True
    ):
        side, towards = (negative, 4 - balance) if balance < 4 else (positive, balance - 4)
        full = (side * towards + both * (4 - towards)) / 4
        hue = (full * (3 - zeros) + zero * zeros) / 3
        found.append(ground + (hue - ground) * (0.42 + 0.58 * strength / 7))
    return tuple(found)


@pytest.mark.parametrize("colours", [ON_DARK, ON_LIGHT, DIFFERENCE_ON_DARK, DIFFERENCE_ON_LIGHT])
def test_that_the_table_has_the_colour_of_each_number_and_hides_nothing(colours: SignColours) -> None:
    colour_table.cache_clear()
    table = colour_table(colours)
    assert (table.dtype, table.shape) == (np.uint32, (256,))
    for number, packed in enumerate(table.tolist()):
        assert packed >> 24 == 255
        assert np.abs(rgb(number, colours) - slow_colour(number, colours)).max() <= 0.5 + 1e-9, number


@THEMES
def test_that_what_is_not_finite_and_what_has_no_gradient_have_colours_of_their_own(colours: SignColours) -> None:
    for shares, colour in (
        ((254, 0, 0, 1, 0), colours.not_finite),
        ((0, 0, 0, 1, 255), colours.not_finite),
        ((0, 0, 0, 0, 255), colours.no_gradient),
        ((0, 0, 0, 0, 1), colours.no_gradient),
        ((100, 0, 0, 0, 128), colours.no_gradient),
    ):
        assert rgb(number_of(*shares), colours).tolist() == list(colour)
    assert number_of(255, 0, 0, 0, 100) == number_of(255, 0, 0), "where most have one, it shows"
    own = [colours.ground, colours.not_finite, colours.no_gradient, colours.not_read, colours.unreadable, colours.zero]
    apart = [np.abs(np.array(a) - b).max() for at, a in enumerate(own) for b in own[:at]]
    assert min(apart) >= 18


@THEMES
def test_that_more_near_zero_ones_are_never_fainter(colours: SignColours) -> None:
    ground = np.array(colours.ground)
    distances = [float(np.abs(rgb(number_of(share, 0, 0), colours) - ground).sum()) for share in range(256)]

    assert distances == sorted(distances)
    assert len(set(distances)) > 5


def test_that_one_of_the_other_sign_or_of_zero_is_not_lost_among_many() -> None:
    assert number_of(254, 1, 0) != number_of(255, 0, 0)
    assert number_of(1, 254, 0) != number_of(0, 255, 0)
    assert number_of(1, 0, 254) != number_of(0, 0, 255) != number_of(0, 1, 254)
    assert number_of(1, 0, 254) != number_of(0, 1, 254)


def test_that_no_shares_have_the_number_of_a_mark() -> None:
    random = np.random.default_rng(0)
    shares = random.integers(0, 256, (5, 300, 300)).astype(np.uint8)
    shares[3:] = 0

    numbers = colour_numbers(shares)

    assert not {NOT_READ, UNREADABLE} & set(np.unique(numbers).tolist())
    assert np.array_equal(numbers == NOTHING_NEAR, ~shares.any(axis=0))
