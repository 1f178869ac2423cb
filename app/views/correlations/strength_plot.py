"""How far a layer's output stays the same as a change of the sample grows, for each kind of change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPoint, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QResizeEvent
from PyQt6.QtWidgets import QWidget

from app.analysis.augmentation_text import NONE
from app.palette import SMALL_PX, active, font
from app.views.correlations.analysis.augmentation_correlation import mean_by_strength
from app.widgets.empty_state import write_absence
from app.widgets.plain_text import plain_tooltip
from app.widgets.value_axis import ValueAxis

_DOT_PX, _REACH_PX = 7, 9
_LEAST_PX, _ALL_TICKS_PX, _AXIS_PX, _END_PX = 140, 220, 80, 12
_NO_VALUE = "no number: this layer gives the same for every feature"
_TICKS = [(-1, "−1"), (-0.5, "−0.5"), (0, "0"), (0.5, "0.5"), (1, "1")]


class StrengthPlot(pg.PlotWidget):
    """Dots of one kind and their mean in equal parts of the strengths; the means of the other kinds are thin.

    Signals:
        augmentation_pointed(int): the pointer is over the dot of this augmentation; −1 when it is over none.
        kind_requested(str): the user clicked the thin line of this kind.
    """

    augmentation_pointed = pyqtSignal(int)
    kind_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False, axisItems={"left": ValueAxis()})
        self._kinds: Sequence[str] = ()
        self._strengths, self._values = np.zeros(0), np.zeros(0)
        self._chosen = ""
        self._means: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._pointed = -1
        item = self.getPlotItem()
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())  # it would outlive the plot
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.vb.wheelEvent = lambda event, *_: event.ignore()
        item.setLabel("bottom", "strength")
        item.setLabel("left", "correlation")
        item.layout.setContentsMargins(4, 2, 10, 8)
        item.disableAutoRange()
        self._thin = pg.PlotCurveItem(connect="finite")
        self._strong = pg.PlotCurveItem()
        self.dots = pg.ScatterPlotItem(size=_DOT_PX, pen=None)
        for drawn in (self._thin, self.dots, self._strong):
            item.addItem(drawn)
        item.getAxis("left").setStyle(showValues=False)  # until there are any
        self.setMinimumWidth(_LEAST_PX)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # kinds are chosen in a list, too
        self._restyle()

    @property
    def chosen(self) -> str:
        """The kind whose dots are shown."""
        return self._chosen

    def show_stability(self, kinds: Sequence[str], strengths: np.ndarray, values: np.ndarray, chosen: str) -> None:
        """Show one layer.

        Args:
            kinds: of each augmentation.
            strengths: float ``[A]`` in −1…1.
            values: correlation with the unchanged sample, float ``[A]``.
            chosen: the kind whose dots are shown.
        """
        self._kinds, self._strengths, self._values, self._chosen = kinds, strengths, values, chosen
        named = np.array(list(kinds))
        self._means = {
            kind: mean_by_strength(strengths[named == kind], values[named == kind])
            for kind in dict.fromkeys(kinds)
            if kind != NONE
        }
        rest = [means for kind, means in self._means.items() if kind != chosen]
        gap = [np.nan]
        xs = np.concatenate([part for x, _ in rest for part in (x, gap)] or [np.zeros(0)])
        ys = np.concatenate([part for _, y in rest for part in (y, gap)] or [np.zeros(0)])
        self._thin.setData(xs, ys, connect="finite")
        self._strong.setData(*self._means.get(chosen, (np.zeros(0), np.zeros(0))))
        shown = self._shown()
        self.dots.setData(strengths[shown], values[shown])
        finite = values[np.isfinite(values)]
        self.getPlotItem().getAxis("left").setStyle(showValues=len(finite) > 0)  # they would be made up
        low = np.floor(min(float(finite.min(initial=1.0)), 0.9) * 10) / 10
        self.getPlotItem().setYRange(low, 1.0, padding=0.04)

    def _shown(self) -> np.ndarray:
        """Numbers of the augmentations that have a dot."""
        if not len(self._kinds):
            return np.zeros(0, np.int64)
        return np.flatnonzero((np.array(list(self._kinds)) == self._chosen) & np.isfinite(self._values))

    def augmentation_at(self, at: QPoint) -> int:
        """Number of the augmentation whose dot is at a pixel of the viewport; −1 where there is none."""
        shown = self._shown()
        apart = self._apart(self._strengths[shown], self._values[shown], at)
        return int(shown[apart.argmin()]) if len(apart) and apart.min() <= _REACH_PX else -1

    def kind_at(self, at: QPoint) -> str:
        """The kind whose line is at a pixel of the viewport; empty where there is none."""
        x = self.getPlotItem().vb.mapSceneToView(self.mapToScene(at)).x()
        for kind, (strengths, values) in self._means.items():
            if kind == self._chosen or not len(strengths) or not strengths[0] <= x <= strengths[-1]:
                continue
            on_line = np.array([x]), np.array([np.interp(x, strengths, values)])
            if self._apart(*on_line, at)[0] <= _REACH_PX:
                return kind
        return ""

    def _apart(self, strengths: np.ndarray, values: np.ndarray, at: QPoint) -> np.ndarray:
        """Distance of some points from a pixel, in pixels."""
        box = self.getPlotItem().vb
        here = box.mapSceneToView(self.mapToScene(at))
        per_x, per_y = (max(abs(each), 1e-12) for each in box.viewPixelSize())
        return np.hypot((strengths - here.x()) / per_x, (values - here.y()) / per_y)

    def drawForeground(self, painter: QPainter | None, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        if painter is not None and len(self._kinds) and not np.isfinite(self._values).any():
            painter.setFont(font(SMALL_PX))
            write_absence(painter, self.getPlotItem().vb.sceneBoundingRect(), _NO_VALUE)

    def _restyle(self) -> None:
        palette = active()
        self.setBackground(palette.background)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(palette.line)
            axis.setTextPen(palette.faint_text)
        self.getPlotItem().showGrid(x=True, y=True, alpha=0.15)
        thin = QColor(palette.faint_text)
        thin.setAlphaF(0.55)
        self._thin.setPen(pg.mkPen(thin, width=1))
        self._strong.setPen(pg.mkPen(palette.bar, width=2))
        dots = QColor(palette.bar)
        dots.setAlphaF(0.75)
        self.dots.setBrush(dots)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is None:
            return
        number = self.augmentation_at(event.pos())
        self.viewport().setToolTip(plain_tooltip("" if number >= 0 else self.kind_at(event.pos())))
        if number != self._pointed:
            self._pointed = number
            self.augmentation_pointed.emit(number)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if event is not None and self.augmentation_at(event.pos()) < 0 and (kind := self.kind_at(event.pos())):
            self.kind_requested.emit(kind)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "dots"):
            axis = self.getPlotItem().getAxis("bottom")
            axis.showLabel(self.height() >= 120)
            self.getPlotItem().getAxis("left").showLabel(self.width() >= _ALL_TICKS_PX)
            beside_px = _END_PX / max(self.width() - _AXIS_PX, 2 * _END_PX)
            self.getPlotItem().setXRange(-1, 1, padding=beside_px)  # for the numbers at both ends
            axis.setTicks([_TICKS if self.width() >= _ALL_TICKS_PX else _TICKS[::2]])

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "dots"):
            self._restyle()
