"""A plot over the steps that costs next to nothing when only the playhead moves, and can show many lines at once."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QObject, QPoint, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from app.analysis.curve import Measured, smoothed
from app.palette import active
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from collector.comparing.noise import Band
from collector.report.thinning import thinned

_REACH_PX = 5
_FAINT = 0.35
_THIN_STRENGTH = 0.55
_POINTS_OF_ALL = 12_000
"""So many points of thin lines are drawn at most: a dozen layers need no more detail than that."""


_NO_OTHERS = np.zeros(0, np.int64), np.zeros((0, 0))


class Playhead(QObject):
    """Stands in for the line in the plot's scene: it is painted over a kept picture of everything else.

    Signals:
        moved: it stands elsewhere, or came, or went.
    """

    moved = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._step = 0.0
        self._last = 1.0
        self._is_visible = False
        self.pen = QPen()

    def value(self) -> float:
        """The step it stands at."""
        return self._step

    def setValue(self, step: float) -> None:
        if step != self._step:
            self._step = float(step)
            self.moved.emit()

    def setBounds(self, bounds: tuple[float, float]) -> None:
        self._last = bounds[1]

    def clipped(self, step: float) -> float:
        """The nearest step that a run has."""
        return min(max(step, 0.0), self._last)

    def isVisible(self) -> bool:
        return self._is_visible

    def setVisible(self, is_visible: bool) -> None:
        if is_visible != self._is_visible:
            self._is_visible = is_visible
            self.moved.emit()

    def hide(self) -> None:
        self.setVisible(False)

    def setPen(self, pen: QPen) -> None:
        self.pen = QPen(pen)

    def setHoverPen(self, pen: QPen) -> None:
        """It looks the same when pointed at; the cursor tells that it can be dragged."""


class StepsPlot(CurvePlot):
    """As `CurvePlot`, with a kept picture, and with thin lines of other layers behind its own."""

    def __init__(self, colours: Sequence[str], *, seconds: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """A plot with a curve for each of these fields of `app.palette.Palette`.

        Args:
            colours: of the run's own curves.
            seconds: of those of another run, if there are any.
        """
        faint = [LineStyle(colour, width=1, strength=_FAINT) for colour in colours]
        second = [LineStyle(colour, is_second=True) for colour in seconds]
        super().__init__([*faint, *second, *(LineStyle(colour) for colour in colours)], parent=parent)
        self._n_seconds = len(second)
        self._others = self._others_of_b = _NO_OTHERS
        self._kept: QPixmap | None = None
        self._painted_at: int | None = None
        self._is_dragging = False
        item = self.getPlotItem()
        item.removeItem(self.playhead)
        self.playhead = Playhead(self)
        self.playhead.moved.connect(self._on_moved)
        self._thin, self._thin_of_b = pg.PlotCurveItem(), pg.PlotCurveItem()
        for thin in (self._thin, self._thin_of_b):
            thin.setZValue(-5)
            item.addItem(thin, ignoreBounds=True)
        self._mark = pg.InfiniteLine(angle=0)
        self._mark.hide()
        item.addItem(self._mark, ignoreBounds=True)
        self.scene().changed.connect(self._forget)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._restyle()

    def show_curves(
        self,
        curves: Sequence[tuple[np.ndarray, np.ndarray] | None],
        last_step: int,
        epochs: np.ndarray,
        *,
        seconds: Sequence[Measured | None] = (),
        not_finite: np.ndarray | None = None,
        without_gradient: np.ndarray | None = None,
        estimate: Measured | None = None,
        noise: Band | None = None,
        least: float | None = None,
        whole: tuple[float, float] | None = None,
    ) -> None:
        """Show steps int ``[R]`` and values float ``[R]`` for each colour; of many values boldly their moving mean.

        Of another run there is one of ``seconds`` for each of its colours, or none at all, and of many values only the
        mean. The rest is as in `show_lines`.
        """
        faint, bold = [], []
        for curve in curves:
            smooth = None if curve is None else smoothed(curve[1])
            each = NO_LINE if curve is None else Line(*curve)
            faint.append(NO_LINE if smooth is None else each)
            bold.append(each if smooth is None else Line(each.steps, smooth))
        of_b = [NO_LINE if curve is None else Line(curve.steps, _mean(curve.values)) for curve in seconds]
        self.show_lines(
            [*faint, *(of_b or [NO_LINE] * self._n_seconds), *bold],
            last_step,
            epochs,
            not_finite,
            without_gradient=without_gradient,
            estimate=estimate,
            noise=noise,
            least=least,
            whole=whole,
        )

    @property
    def others(self) -> tuple[np.ndarray, np.ndarray]:
        """The thin lines: steps int ``[R]`` and values float ``[L, R]``."""
        return self._others

    def hold_others(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Thin lines, steps int ``[R]`` and values float ``[L, R]``; they come with the next `show_curves`."""
        self._others, self._others_of_b = _smooth(steps, values), _NO_OTHERS

    def hold_others_of_b(self, steps: np.ndarray, values: np.ndarray) -> None:
        """Those of another run beside them."""
        self._others_of_b = _smooth(steps, values)

    def show_mark(self, value: float | None) -> None:
        """A dashed line at a value; none for None."""
        self._mark.setVisible(value is not None and (value > 0 or not self.is_log))
        if value is not None and self._mark.isVisible():
            self._mark.setValue(np.log10(value) if self.is_log else value)

    def show_step(self, step: int) -> None:
        self._step = step
        self.playhead.setValue(step)

    def show_axes(self, is_shown: bool) -> None:
        """Have numbers and a playhead, also where there are but thin lines."""
        self._show_numbers(is_shown)
        self.playhead.setVisible(is_shown)

    def clear_lines(self) -> None:
        self._others = self._others_of_b = _NO_OTHERS
        super().clear_lines()

    def _draw(self) -> None:
        super()._draw()
        if not hasattr(self, "_thin"):
            return
        for thin, others in ((self._thin, self._others), (self._thin_of_b, self._others_of_b)):
            self._draw_thin(thin, *self._between_others(others))

    def _draw_thin(self, thin: pg.PlotCurveItem, steps: np.ndarray, values: np.ndarray) -> None:
        if not values.size:
            thin.setData([], [])
            return
        most = max(min(int(self.getPlotItem().vb.width()), _POINTS_OF_ALL // len(values)), 100)
        xs: list[np.ndarray] = []
        ys: list[np.ndarray | list[float]] = []
        for row in values:
            x, y = thinned(steps, row, most)
            xs += [x, x[-1:]]
            ys += [self._scaled(y), [np.nan]]
        thin.setData(np.concatenate(xs), np.concatenate(ys), connect="finite")

    def _fit(self) -> None:
        super()._fit()
        is_known = self._whole is not None and self._range is None and not self.is_log
        if not hasattr(self, "_thin") or is_known:
            return
        parts = [self._between_others(others)[1].ravel() for others in (self._others, self._others_of_b)]
        shown = self._scaled(np.concatenate(parts))
        finite = shown[np.isfinite(shown)]
        if not len(finite):
            return
        bounds = [float(finite.min()), float(finite.max())]
        if any(len(line.steps) for line in self.lines):
            bounds += self.getPlotItem().vb.viewRange()[1]
        elif self._least is not None and not self.is_log:
            bounds.append(self._least)
        self.getPlotItem().setYRange(min(bounds), max(bounds), padding=0.02)

    def _between_others(self, others: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        steps, values = others
        left, right = self.shown_range
        first = max(int(np.searchsorted(steps, int(np.ceil(left)))) - 1, 0)
        stop = int(np.searchsorted(steps, int(np.floor(right)), side="right")) + 1
        return steps[first:stop], values[:, first:stop]

    def _restyle(self) -> None:
        super()._restyle()
        if hasattr(self, "_thin"):
            for thin, name in ((self._thin, "faint_text"), (self._thin_of_b, "second")):
                colour = QColor(getattr(active(), name))
                colour.setAlphaF(_THIN_STRENGTH)
                thin.setPen(pg.mkPen(colour, width=1))
            self._mark.setPen(pg.mkPen(active().faint_text, width=1, style=Qt.PenStyle.DashLine))
            self._forget()
            self.viewport().update()

    def _forget(self, *_: object) -> None:
        self._kept = None

    def _across(self) -> int | None:
        """The pixel at which the playhead stands; None where it is not in sight."""
        if not self.playhead.isVisible():
            return None
        box = self.getPlotItem().vb
        low, high = self.shown_range
        if not low <= self.playhead.value() <= high:
            return None
        return self.mapFromScene(box.mapViewToScene(pg.Point(self.playhead.value(), 0))).x()

    def _on_moved(self) -> None:
        across = self._across()
        for each in {at for at in (self._painted_at, across) if at is not None}:
            self.viewport().update(QRect(each - 2, 0, 5, self.viewport().height()))

    def _is_near(self, at: QPoint) -> bool:
        across = self._across()
        inside = self.getPlotItem().vb.sceneBoundingRect().contains(self.mapToScene(at))
        return across is not None and inside and abs(at.x() - across) <= _REACH_PX

    def paintEvent(self, event: QPaintEvent | None) -> None:
        viewport = self.viewport()
        if self._kept is None or self._kept.deviceIndependentSize().toSize() != viewport.size():
            ratio = viewport.devicePixelRatioF()
            kept = QPixmap(viewport.size() * ratio)
            kept.setDevicePixelRatio(ratio)
            kept.fill(QColor(active().background))
            with QPainter(kept) as painter:
                self.render(painter, viewport.rect().toRectF(), viewport.rect())
            self._kept = kept
        painter = QPainter(viewport)
        painter.drawPixmap(0, 0, self._kept)
        self._painted_at = self._across()
        if self._painted_at is not None:
            painter.setPen(QPen(self.playhead.pen.color(), 2))
            box = self.mapFromScene(self.getPlotItem().vb.sceneBoundingRect()).boundingRect()
            painter.drawLine(self._painted_at, box.top(), self._painted_at, box.bottom())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._kept = None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self._is_near(event.pos()):
            self._is_dragging = True
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._is_dragging:
            step = self.getPlotItem().vb.mapSceneToView(self.mapToScene(event.pos())).x()
            self.step_requested.emit(self.playhead.clipped(step))
            return
        shape = Qt.CursorShape.SplitHCursor if self._is_near(event.pos()) else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._is_dragging:
            self._is_dragging = False
            return
        super().mouseReleaseEvent(event)


def _mean(values: np.ndarray) -> np.ndarray:
    """The moving mean of many values; few as they are."""
    smooth = smoothed(values)
    return values if smooth is None else smooth


def _smooth(steps: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return steps, np.array([_mean(row) for row in values]).reshape(values.shape)
