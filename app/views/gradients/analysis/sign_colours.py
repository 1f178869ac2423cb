"""Colours of the sign raster: one number for each pixel, and what colour each number is on dark and on light.

The colour tells which side of zero the near-zero gradients of a pixel lie on, from all negative over half and half to
all positive; its strength tells how many of the pixel's gradients are near zero. Even one of thousands is seen.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from app.analysis import colours
from app.analysis.colours import RGB

NOTHING_NEAR = 0
"""Number of a pixel whose gradients are all larger than the threshold."""

NOT_FINITE = 252
"""Number of a pixel with a gradient that is NaN or Inf, however many others it has."""

NO_GRADIENT = 253
"""Number of a pixel most of whose parameters, or all that are not larger, have no gradient."""

NOT_READ = 254
"""Number of a pixel that is still to be read."""

UNREADABLE = 255
"""Number of a pixel of a damaged row."""

STRENGTHS, BALANCES, ZERO_SHARES = 8, 9, 4
_MIXES = BALANCES * (ZERO_SHARES - 1) + 1
_FAINTEST = 0.42
_HALF = 127


@dataclass(frozen=True)
class SignColours:
    """The colours of data; those between are mixed of them."""

    ground: RGB
    negative: RGB
    positive: RGB
    both: RGB
    """Where as many are negative as positive: a colour of its own, since red and green make mud."""
    zero: RGB
    """Quiet: whole layers may be exactly zero, and would outshine everything."""
    not_finite: RGB
    no_gradient: RGB
    not_read: RGB
    unreadable: RGB


ON_DARK = SignColours(
    ground=(10, 11, 13),
    negative=(255, 84, 66),
    positive=(44, 201, 124),
    both=(214, 190, 104),
    zero=(56, 70, 112),
    not_finite=colours.ON_DARK.not_finite,
    no_gradient=(98, 103, 116),
    not_read=(30, 32, 38),
    unreadable=(128, 92, 255),
)

ON_LIGHT = SignColours(
    ground=(255, 255, 255),
    negative=(214, 40, 30),
    positive=(14, 140, 76),
    both=(196, 160, 44),
    zero=(193, 205, 233),
    not_finite=colours.ON_LIGHT.not_finite,
    no_gradient=(158, 163, 174),
    not_read=(232, 234, 238),
    unreadable=(96, 60, 226),
)


DIFFERENCE_ON_DARK = replace(
    ON_DARK,
    negative=colours.ON_DARK.negative,
    positive=colours.ON_DARK.positive,
    both=(186, 120, 190),
    zero=(240, 204, 72),
)
DIFFERENCE_ON_LIGHT = replace(
    ON_LIGHT,
    negative=colours.ON_LIGHT.negative,
    positive=colours.ON_LIGHT.positive,
    both=(150, 70, 150),
    zero=(222, 164, 0),
)
"""Blue where A alone is near zero, red where B is, and what is of another sign stands out."""


def colour_numbers(shares: np.ndarray) -> np.ndarray:
    """Number of each pixel's colour, uint8 ``[R, G]``, of shares uint8 ``[5, R, G]``; see `colour_table`."""
    negative, positive, zero, not_finite, no_gradient = shares
    signed = np.minimum(negative.astype(np.uint16) + positive, 255).astype(np.uint8)
    near = np.minimum(signed.astype(np.uint16) + zero, 255).astype(np.uint8)
    zeros = _ZERO_SHARE[zero, signed]
    mix = np.where(zeros == ZERO_SHARES - 1, _MIXES - 1, zeros * BALANCES + _BALANCE[negative, positive])
    numbers = np.where(near == 0, NOTHING_NEAR, 1 + _STRENGTH[near] * np.uint8(_MIXES) + mix).astype(np.uint8)
    numbers[(no_gradient > 0) & ((no_gradient > _HALF) | (near == 0))] = NO_GRADIENT
    numbers[not_finite > 0] = NOT_FINITE
    return numbers


@cache
def colour_table(theme: SignColours) -> np.ndarray:
    """The colour of each number, ``0xffrrggbb`` as uint32 ``[256]``."""
    table = np.zeros((256, 3))
    table[:] = theme.ground
    ground = np.array(theme.ground)
    for strength in range(STRENGTHS):
        share = _FAINTEST + (1 - _FAINTEST) * strength / (STRENGTHS - 1)
        for number, hue in enumerate(_hues(theme)):
            table[1 + strength * _MIXES + number] = ground + (hue - ground) * share
    table[NOT_FINITE], table[NO_GRADIENT] = theme.not_finite, theme.no_gradient
    table[NOT_READ], table[UNREADABLE] = theme.not_read, theme.unreadable
    red, green, blue = np.rint(table).astype(np.uint32).T
    return np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue


def _hues(theme: SignColours) -> list[np.ndarray]:
    """Full colours in the order of their numbers: by share of exact zeros, then by balance; all zero last."""
    ends = np.array([theme.negative, theme.both, theme.positive], float)
    zero = np.array(theme.zero, float)
    hues = []
    for zeros in range(ZERO_SHARES - 1):
        for balance in np.linspace(0, 2, BALANCES):
            hue = np.array([np.interp(balance, range(3), end) for end in ends.T])
            hues.append(hue + (zero - hue) * zeros / (ZERO_SHARES - 1))
    return [*hues, zero]


def _strength_table() -> np.ndarray:
    # by the root, so that 1, 5 and 20 of a hundred look different
    return np.maximum(np.ceil(STRENGTHS * np.sqrt(np.arange(256) / 255)) - 1, 0).astype(np.uint8)


def _balance_table() -> np.ndarray:
    """0 where all are negative, `BALANCES` − 1 where all are positive, by both shares."""
    negative, positive = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    balance = np.rint((BALANCES - 1) * positive / np.maximum(negative + positive, 1))
    balance = np.where((negative > 0) & (positive > 0), balance.clip(1, BALANCES - 2), balance)
    return balance.astype(np.uint8)


def _zero_share_table() -> np.ndarray:
    """0 where none is exactly zero, `ZERO_SHARES` − 1 where all are, by the share of zeros and that of the others."""
    zero, signed = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    share = np.rint((ZERO_SHARES - 1) * zero / np.maximum(zero + signed, 1))
    share = np.where((zero > 0) & (signed > 0), share.clip(1, ZERO_SHARES - 2), share)
    return share.astype(np.uint8)


_STRENGTH, _BALANCE, _ZERO_SHARE = _strength_table(), _balance_table(), _zero_share_table()
