"""An array as a picture of cells, in SVG."""

from xml.etree.ElementTree import Element

import numpy as np

from collector.report.markup import element

_MOST_ROWS, _MOST_COLUMNS = 24, 48
_TOP, _BOTTOM = 24, 20


def matrix_picture(values: np.ndarray, *, title: str, rows: str, columns: str, width: int = 420) -> Element:
    """Cells, red above 0 and blue below, the stronger the farther; what is no number in a colour of its own.

    Args:
        values: float ``[R, C]``; of more than fit so many, evenly spread, are shown, and the picture says so.
        rows, columns: what they are, as ``samples``.
    """
    kept = _spread(values.shape[0], _MOST_ROWS), _spread(values.shape[1], _MOST_COLUMNS)
    shown = values[np.ix_(*kept)].astype(np.float64)
    finite = np.abs(shown[np.isfinite(shown)])
    largest = float(finite.max()) if len(finite) else 0.0
    wide = width / max(1, shown.shape[1])
    high = min(14.0, wide * 2)
    height = _TOP + high * shown.shape[0] + _BOTTOM
    picture = element("svg", viewBox=f"0 0 {width} {height:.1f}", width=width, height=f"{height:.1f}", role="img")
    picture.append(element("title", title))
    picture.append(element("text", title, x=0, y=14, class_="title"))
    for (row, column), value in np.ndenumerate(shown):
        place = {"x": f"{column * wide:.2f}", "y": f"{_TOP + row * high:.2f}"}
        size = {"width": f"{wide + 0.05:.2f}", "height": f"{high + 0.05:.2f}"}
        if not np.isfinite(value):
            picture.append(element("rect", **place, **size, class_="cell-odd"))
        elif value and largest:
            strength = f"{abs(value) / largest:.3f}"
            picture.append(
                element("rect", **place, **size, class_="plus" if value > 0 else "minus", fill_opacity=strength)
            )
    frame = {"x": 0.5, "y": _TOP, "width": width - 1, "height": f"{high * shown.shape[0]:.1f}"}
    picture.append(element("rect", **frame, fill="none", class_="frame"))
    of = [_counted(n, len(each), what) for n, each, what in zip(values.shape, kept, (rows, columns), strict=True)]
    scale = f"{of[0]} down, {of[1]} across; red above 0, blue below, ±{largest:.3g}"
    picture.append(element("text", scale, x=0, y=f"{height - 5:.1f}"))
    return picture


def _spread(n: int, most: int) -> np.ndarray:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(np.int64)


def _counted(n: int, shown: int, what: str) -> str:
    return f"{shown:,} of {n:,} {what}" if shown < n else f"{n:,} {what}"
