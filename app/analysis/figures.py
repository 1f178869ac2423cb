"""Numbers in words, the same everywhere."""

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
