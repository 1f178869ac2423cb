"""Numbers in words, the same everywhere."""

from collections.abc import Sequence

import numpy as np

NOT_RECORDED = "not recorded"
"""Of what there is, but not in the file."""

DAMAGED = "damaged"
"""Of what is in the file, but cannot be read."""


def figure(value: float | None, digits: int = 4) -> str:
    """A number with so many significant digits, or what it is instead; `NOT_RECORDED` for None."""
    if value is None:
        return NOT_RECORDED
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Inf" if value > 0 else "-Inf"
    return "0" if value == 0 else f"{value:.{digits}g}"


def short_figure(value: float) -> str:
    """A number that is not negative in as few letters as say how large it is."""
    return f"{value:.2g}" if value < 100 else f"{value:,.0f}" if value < 10_000 else f"{value:.0e}"


def labels_apart(middles: Sequence[float], lengths: Sequence[float], space: float) -> list[int]:
    """Numbers of the labels along a scale that can be written without touching, rising: both ends, then what fits.

    Args:
        middles: of the labels, rising or falling, in pixels.
        lengths: of them, in pixels.
        space: to leave between two.
    """
    order = [0, len(middles) - 1, *range(1, len(middles) - 1)] if len(middles) > 1 else list(range(len(middles)))
    kept: list[int] = []
    for number in order:
        if all(
            abs(middles[number] - middles[other]) >= (lengths[number] + lengths[other]) / 2 + space for other in kept
        ):
            kept.append(number)
    return sorted(kept)
