"""Numbers of pairs or layers over the measurements of a run: the chosen ones strong, the others thin behind them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPoint
from PyQt6.QtGui import QColor, QMouseEvent, QResizeEvent
from PyQt6.QtWidgets import QWidget

from app.analysis.figures import signed
from app.palette import active
from app.views.correlations.analysis.evolution import Lines
from app.widgets.curve_plot import NO_LINE, Line
from app.widgets.plain_text import plain_tooltip
from app.widgets.steps_plot import StepsPlot

COLOURS = ("bar", "second")
"""Of the strong lines, fields of `app.palette.Palette`."""

_DOT_PX = 6
_REACH_PX = 10
_BAND_ALPHA = 70


class EvolutionPlot(StepsPlot):
    """A click moves the playhead. A line under the pointer tells its name and its number at the nearest measurement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COLOURS, seconds=COLOURS[1:], parent=parent)
        self._steps = np.zeros(0, np.int64)
        self._shown = Lines((), np.zeros((0, 0)), (), ())
        self._band_ends = [pg.PlotCurveItem(pen=None) for _ in range(2)]
        self.band = pg.FillBetweenItem(*self._band_ends)
        self.band.setZValue(-8)
        self.dots = [pg.ScatterPlotItem(size=_DOT_PX, pen=None) for _ in COLOURS]
        for item in (*self._band_ends, self.band, *self.dots):
            self.getPlotItem().addItem(item, ignoreBounds=True)
        self.range_requested.connect(lambda low, high: self.show_range((low, high)))
        self.everything_requested.connect(lambda: self.show_range(None))
        self._restyle()

    def show_evolution(self, steps: np.ndarray, lines: Lines, last_step: int) -> None:
        """Show lines over the measurements; one has a gap where it is not finite. The axis of values has 0.

        Args:
            steps: of the measurements, rising, int ``[E]``.
            lines: what is shown; no more are strong than there are colours.
            last_step: of the run.
        """
        self._steps, self._shown = steps, lines
        values = lines.values
        self.hold_others(steps, values[np.setdiff1d(np.arange(len(values)), lines.chosen)])
        strong = [Line(steps, values[number]) for number in lines.chosen]
        strong += [NO_LINE] * (len(COLOURS) - len(strong))
        bounds = np.empty((0, 2)) if lines.band is None or not len(steps) else lines.band
        for place, end in enumerate(self._band_ends):
            end.setData(steps if len(bounds) else [], bounds[:, place])
        finite = np.concatenate([part[np.isfinite(part)] for part in (values.ravel(), bounds.ravel())])
        whole = None
        if len(finite):
            low, high = min(float(finite.min()), 0.0), float(finite.max())
            whole = (low, high) if high > low else (low - 0.1, high + 0.1)
        solid, dashed = ([*strong[:1], NO_LINE], strong[1]) if lines.is_of_two else (strong, NO_LINE)
        self.show_lines([NO_LINE] * len(COLOURS) + [dashed, *solid], last_step, whole=whole)
        self.show_message("" if np.isfinite(values).any() else lines.nothing)
        self.show_axes(len(finite) > 0)
        for dots, line in zip(self.dots, strong, strict=True):
            known = np.isfinite(line.values)
            dots.setData(line.steps[known], line.values[known])

    @property
    def band_values(self) -> tuple[np.ndarray, np.ndarray]:
        """The lower and the upper end of what chance would give, as drawn."""
        low, high = (end.getData()[1] for end in self._band_ends)
        return (np.zeros(0), np.zeros(0)) if low is None else (low, high)

    def tell(self, at: QPoint) -> str:
        """The line under a pixel of the viewport, in words; empty where there is none."""
        values = self._shown.values
        if not values.size:
            return ""
        box = self.getPlotItem().vb
        scene = self.mapToScene(at)
        if not box.sceneBoundingRect().contains(scene):
            return ""
        here = box.mapSceneToView(scene)
        nearest = int(np.abs(self._steps - here.x()).argmin())
        with np.errstate(all="ignore"):
            between = np.array([_at(self._steps, row, here.x()) for row in values])
        apart = np.abs(between - here.y()) / max(abs(box.viewPixelSize()[1]), 1e-12)
        if not np.isfinite(apart).any() or np.nanmin(apart) > _REACH_PX:
            return ""
        number = int(np.nanargmin(apart))
        told = signed(float(values[number, nearest]), self._shown.decimals)
        return f"{self._shown.names[number]}: {told} at step {self._steps[nearest]:,}"

    def _restyle(self) -> None:
        super()._restyle()
        if not hasattr(self, "dots"):
            return
        palette = active()
        colour = QColor(palette.faint_text)
        colour.setAlpha(_BAND_ALPHA)
        self.band.setBrush(colour)
        for dots, name in zip(self.dots, COLOURS, strict=True):
            dots.setBrush(QColor(getattr(palette, name)))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "dots"):
            # beside its numbers, however high it is: the two of a page are not alike
            self.getPlotItem().getAxis("bottom").showLabel(False)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is not None:
            self.viewport().setToolTip(plain_tooltip(self.tell(event.pos())))


def _at(steps: np.ndarray, values: np.ndarray, step: float) -> float:
    """Value of a line at a step between two measurements."""
    return float(np.interp(step, steps, values))
