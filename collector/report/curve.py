"""A curve as SVG.

`R` recorded values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import numpy as np

from collector.findings.finding import Severity
from collector.report.markup import element
from collector.report.thinning import standing_alone, thinned

_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 10, 24, 20
_DECADES = 2.0
"""Curves that span more powers of ten than this are drawn on a log scale."""
_MOST_ODD = 60


@dataclass(frozen=True)
class Mark:
    """A step that a curve is marked at."""

    step: int
    severity: Severity


@dataclass(frozen=True)
class _Scale:
    """Values to places between top and bottom."""

    low: float
    high: float
    is_log: bool

    def up(self, values: np.ndarray | float) -> np.ndarray:
        """0 at the lowest, 1 at the highest; NaN where there is no place on the scale."""
        with np.errstate(all="ignore"):
            if self.is_log:
                share = (np.log10(values) - np.log10(self.low)) / (np.log10(self.high) - np.log10(self.low))
            else:  # halves, as the whole span may be beyond any float
                share = (values / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return np.where(np.isfinite(share), share, np.nan)


def curve_picture(
    steps: np.ndarray,
    values: np.ndarray,
    *,
    title: str,
    last: int,
    marks: Sequence[Mark] = (),
    size: tuple[int, int] = (420, 150),
) -> Element:
    """The values over the steps, with their range, on a log scale where they span hundreds and more.

    Args:
        steps: rising, int ``[R]``.
        values: float ``[R]``; NaN and Inf are crosses on the upper edge.
        last: the run's last step, at the right edge.
        marks: steps with a dashed line.
        size: width and height in pixels.
    """
    width, height = size
    finite = values[np.isfinite(values)]
    scale = _scale_of(finite)
    inner = width - _LEFT - _RIGHT, height - _TOP - _BOTTOM
    across = _LEFT + steps / max(last, 1) * inner[0]
    picture = element("svg", viewBox=f"0 0 {width} {height}", width=width, height=height, role="img")
    picture.append(element("title", f"{title} over the steps"))
    picture.append(element("text", title + " (log scale)" * scale.is_log, x=_LEFT, y=14, class_="title"))
    picture.append(_line("frame", _LEFT, height - _BOTTOM, width - _RIGHT, height - _BOTTOM))
    for value in dict.fromkeys([finite.max(), finite.min()] if len(finite) else []):
        down = _TOP + 9 + (1 - float(scale.up(value))) * (inner[1] - 9)
        picture.append(element("text", f"{value:.3g}", x=_LEFT - 6, y=f"{down:.1f}", text_anchor="end"))
    picture.append(element("text", "step 0", x=_LEFT, y=height - 5))
    picture.append(element("text", f"{last:,}", x=width - _RIGHT, y=height - 5, text_anchor="end"))
    for mark in marks:
        place = round(_LEFT + mark.step / max(last, 1) * inner[0], 1)
        picture.append(_line(f"mark {mark.severity}", place, _TOP - 4, place, height - _BOTTOM))
    picture.extend(_drawn(across, values, scale, inner))
    odd = across[~np.isfinite(values)]
    for place in odd[:: max(1, len(odd) // _MOST_ODD)]:
        picture.append(element("path", d=f"M{place - 3:.1f} {_TOP - 3}l6 6m-6 0l6 -6", class_="odd"))
    return picture


def spark(steps: np.ndarray, values: np.ndarray, last: int, size: tuple[int, int] = (120, 24)) -> Element:
    """The curve alone, for a table's cell."""
    width, height = size
    scale = _scale_of(values[np.isfinite(values)])
    drawn = _drawn(steps / max(last, 1) * (width - 4) + 2, values, scale, (width, height - 4), top=2)
    return element("svg", *drawn, viewBox=f"0 0 {width} {height}", width=width, height=height)


def _drawn(
    across: np.ndarray, values: np.ndarray, scale: _Scale, inner: tuple[int, int], top: float = _TOP
) -> list[Element]:
    """Lines through neighbours, and a dot for each value that has none."""
    across, values = thinned(across, np.where(np.isfinite(values), values, np.nan), 2 * inner[0])
    down = top + (1 - scale.up(values)) * inner[1]
    alone, shown = standing_alone(down), np.isfinite(down)
    joined = shown & ~alone
    path = "".join(f"{'L' if i and shown[i - 1] else 'M'}{across[i]:.1f} {down[i]:.1f}" for i in np.flatnonzero(joined))
    places = zip(across[alone], down[alone], strict=True)
    dots = [element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=2, class_="dot") for x, y in places]
    return ([element("path", d=path, class_="curve")] if path else []) + dots


def _scale_of(finite: np.ndarray) -> _Scale:
    if not len(finite):
        return _Scale(0.0, 1.0, is_log=False)
    low, high = float(finite.min()), float(finite.max())
    if low > 0 and np.log10(high) - np.log10(low) > _DECADES:
        return _Scale(low, high, is_log=True)
    if low == high:
        return _Scale(low - (abs(low) / 2 or 0.5), high + (abs(high) / 2 or 0.5), is_log=False)
    return _Scale(low, high, is_log=False)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Element:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)
