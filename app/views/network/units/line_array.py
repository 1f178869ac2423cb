"""Lines of many styles and widths, drawn in as few strokes as can be."""

from collections.abc import Iterator, Sequence

import numpy as np
from PyQt6.QtGui import QPainter, QPen

from app.analysis.graph.strongest import style_runs
from app.views.network.shape_arrays import lines_of
from app.views.network.text import is_vector, pixel_ratio
from app.views.network.units.analysis.parallel_lines import parallel_lines
from app.views.network.units.edge_pens import wide

STROKE = 400
"""Lines drawn at once at most, where somebody may wish to stop."""


class LineArray:
    """Lines from points to points.

    Args:
        starts: ``[k, 2]``
        ends: ``[k, 2]``
        styles: ``[k]``; neighbours of the same style are drawn in one stroke.
        widths: how many px wide the lines of each style are, int ``[styles]``.
        painter: what will draw them, already with its transform.
    """

    def __init__(
        self, starts: np.ndarray, ends: np.ndarray, styles: np.ndarray, widths: np.ndarray, painter: QPainter
    ) -> None:
        self._painter = painter
        self._widths = widths
        self._are_shapes = is_vector(painter)
        if not self._are_shapes:
            ratio = pixel_ratio(painter)
            n_parallel = np.rint(widths[styles] * ratio).astype(int)
            starts, ends, line = parallel_lines(starts, ends, n_parallel, 1 / (painter.worldTransform().m11() * ratio))
            styles = styles[line]
        self._runs = style_runs(styles)
        self._lines = lines_of(np.concatenate([starts, ends], axis=1, dtype=np.float64))

    def draw(self, pens: Sequence[QPen]) -> None:
        """Draw the lines in order, each with the pen of its style."""
        if self._are_shapes:
            pens = wide(pens, self._widths)
        for style, start, stop in self._runs:
            self._painter.setPen(pens[style])
            self._painter.drawLines(self._lines[start:stop])

    def strokes(self, pens: Sequence[QPen]) -> Iterator[None]:
        """The same a little at a time: draws some lines each time that it is asked to go on."""
        for style, start, stop in self._runs:
            for begin in range(start, stop, STROKE):
                self._painter.setPen(pens[style])
                self._painter.drawLines(self._lines[begin : min(begin + STROKE, stop)])
                yield
