"""Numbers in words, the same everywhere."""

import re
from collections.abc import Iterable, Sequence

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
        return "NaN" if np.isnan(value) else "−Inf" if np.signbit(value) else "Inf"
    return "0" if value == 0 else true_signs(f"{value:.{digits}g}")


def short_figure(value: float) -> str:
    """A number that is not negative in as few letters as say how large it is."""
    if value < 10:
        return true_signs(f"{value:.2g}")
    return f"{value:,.0f}" if value < 10_000 else true_signs(f"{value:.0e}")


def labels_apart(middles: Sequence[float], lengths: Sequence[float], space: float) -> list[int]:
    """Numbers of the labels along a scale that can be written without touching, rising: both ends, then what fits.

    Args:
        middles: of the labels, rising or falling, in pixels.
        lengths: of them, in pixels.
        space: to leave between two.
    """
    numbers = range(len(middles))
    kept: list[int] = []
    for number in dict.fromkeys([*numbers[:1], *numbers[-1:], *numbers]):
        if all(
            abs(middles[number] - middles[other]) >= (lengths[number] + lengths[other]) / 2 + space for other in kept
        ):
            kept.append(number)
    return sorted(kept)


B_LESS_A = "B − A"
"""What is shown where two passes are compared."""


def signed_figure(value: float | None, digits: int = 4) -> str:
    """A difference with its sign, `THE_SAME` for 0; see `figure`."""
    text = figure(value, digits)
    if value is not None and value > 0:
        return f"+{text}"
    return THE_SAME if value == 0 else text


THE_SAME = "the same"


def figures_of_two(a: float | None, b: float | None, change: float | None, digits: int = 4) -> str:
    """A number in A and in B and how they differ, as ``A 0.31 · B 0.42 · +0.11``; what is not known is left out."""
    if a is None and b is None:
        return NOT_RECORDED
    told = [f"{name} {figure(each, digits)}" for name, each in (("A", a), ("B", b)) if each is not None]
    return " · ".join([*told, *([] if change is None else [signed_figure(change, digits)])])


_EXPONENT = re.compile(r"e([+-])0*(?=\d)")


def true_signs(number: str) -> str:
    """A number that was put into letters, as it is read: with a true minus, ``1e-05`` as ``1e−5``."""
    return _EXPONENT.sub(lambda found: "e−" if found[1] == "-" else "e", number).replace("-", "−")


def numbers_alike(values: Iterable[float], digits: int) -> list[str]:
    """Numbers of one scale with so many significant digits: where one needs an exponent, all but 0 have one."""
    values = [float(value) for value in values]
    plain = [f"{value:.{digits}g}" for value in values]
    if any("e" in text for text in plain):
        plain = [_with_exponent(value, digits) if value else "0" for value in values]
    return [true_signs(text) for text in plain]


def _with_exponent(value: float, digits: int) -> str:
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{power}"


def signed(value: float, decimals: int) -> str:
    """A number with a true minus, and no minus before a zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return true_signs(text)
