"""A plot over the steps of a run, with the playhead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QPainter, QResizeEvent
from PyQt6.QtWidgets import QWidget

from app.analysis.curve import Measured, y_range
from app.analysis.room_at_ends import with_room
from app.palette import SMALL_PX, active, font
from app.widgets.empty_state import write_absence
from app.widgets.error_band import StepsBand, error_band
from app.widgets.plain_text import plain
from app.widgets.step_axis import BESIDE_PX, StepAxis
from app.widgets.step_marks import DumpMarks, EpochMarks, HeldMark, NoGradientMarks, NotFiniteMarks, ResumeMarks
from app.widgets.step_walk import StepWalk
from app.widgets.value_axis import ValueAxis
from collector.comparing.noise import Band
from collector.report.thinning import is_jagged, standing_alone, thinned

_MARGIN = 0.02
_DOT_PX = 8
_MANY_DOTS = 30
_DASH = (4, 3)
"""Of the second of two runs, in widths of its line."""

_ALONE_PX = 3
"""Size of a value that stands alone, in widths of its line."""

_LABELLED_PX = 140
"""Lower plots have the name of their axis beside its numbers, and the room that it would take below them."""

_NAME_SPACE_PX = 6

_ROOM, _ROOM_FOR_ENDS = 0.06, 0.12
"""Above and below the values, and those that are known beforehand: the numbers at its ends are not to be cut off."""

_CLOSEST_STEPS = 4
"""No fewer steps can be zoomed into."""


@dataclass(frozen=True)
class LineStyle:
    """How one of a plot's curves is drawn; ``colour`` is a field of `app.palette.Palette`."""

    colour: str
    width: int = 2
    strength: float = 1.0
    is_dots: bool = False
    is_second: bool = False
    """Of the other of two runs: dashed where it is strong."""

    @property
    def is_faint(self) -> bool:
        """Whether it shows each of many noisy values, behind their mean."""
        return self.strength < 1 and not self.is_dots

    @property
    def is_dashed(self) -> bool:
        return self.is_second and not (self.is_faint or self.is_dots)


@dataclass(frozen=True, eq=False)
class Line:
    """What one of a plot's curves shows: steps ``[R]``, of a second run perhaps between two, and values ``[R]``."""

    steps: np.ndarray
    values: np.ndarray


NO_LINE = Line(np.zeros(0, np.int64), np.zeros(0))


class CurvePlot(pg.PlotWidget):
    """Draws a fixed number of curves. A click or a drag says where the playhead shall be; zoomed in a drag moves along.

    The heading or the legend above it is its name, see `HeadingLine.name`.

    Signals:
        step_requested(float): the user pointed at this step.
        range_requested(float, float): the user zoomed or dragged to these steps.
        everything_requested: the user double-clicked, to see the whole run.
        menu_requested(float, QPoint): the user asks what can be done at this step; where on the screen.
    """

    step_requested = pyqtSignal(float)
    range_requested = pyqtSignal(float, float)
    everything_requested = pyqtSignal()
    menu_requested = pyqtSignal(float, QPoint)

    def __init__(self, styles: Sequence[LineStyle], *, is_zoomable: bool = True, parent: QWidget | None = None) -> None:
        self._lines: list[Line] = []  # which Qt's own calls from the next line already ask for
        super().__init__(parent, enableMenu=False, axisItems={"left": ValueAxis(), "bottom": StepAxis()})
        self._styles = tuple(styles)
        self._lines = [NO_LINE] * len(styles)
        self._least: float | None = None
        self._whole: tuple[float, float] | None = None
        self._is_log = False
        self._strip_px = 0.0
        self._message = ""
        self._drag_along: Callable[..., None] | None = None
        self._last_step = 1
        self._has_steps_below = True
        self._range: tuple[float, float] | None = None
        item = self.getPlotItem()
        self._curves = [item.plot(**_shape(style)) for style in styles]
        # a single value between two that are missing, or of a run of one pass, has no line to be seen by
        self._alone = [item.plot(pen=None, symbol="o", symbolPen=None) for _ in styles]
        for curve in (*self._curves, *self._alone):
            curve.setDynamicRangeLimit(None)
        self.not_finite_marks, self.epoch_marks, self.resume_marks = NotFiniteMarks(), EpochMarks(), ResumeMarks()
        self.no_gradient_marks, self.held_mark = NoGradientMarks(), HeldMark()
        self.dump_marks = DumpMarks()
        self._marks = (
            *(self.epoch_marks, self.resume_marks, self.dump_marks),
            *(self.no_gradient_marks, self.not_finite_marks, self.held_mark),
        )
        for marks in self._marks:
            item.addItem(marks, ignoreBounds=True)
        for marks in (self.epoch_marks, self.resume_marks, self.dump_marks):
            marks.setZValue(-10)
        self._estimate: Measured | None = None
        self._noise: Band | None = None
        self.error_band, self.noise_band = StepsBand(), StepsBand()
        for band in (self.error_band, self.noise_band):
            item.addItem(band, ignoreBounds=True)
        self._step = 0
        self.playhead = pg.InfiniteLine(0, movable=True)
        self.playhead.sigDragged.connect(lambda line: self.step_requested.emit(line.value()))
        item.addItem(self.playhead, ignoreBounds=True)
        self.playhead.hide()
        item.setMouseEnabled(x=is_zoomable, y=False)
        item.hideButtons()
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())  # it would outlive the plot
        item.disableAutoRange()
        item.layout.setContentsMargins(4, 2, BESIDE_PX, 4)
        item.vb.sigResized.connect(lambda *_: self._fit())  # what is to be left free is counted in pixels
        if is_zoomable:
            item.vb.sigRangeChangedManually.connect(self._on_zoomed)
            self._drag_along = item.vb.mouseDragEvent
        else:
            item.vb.wheelEvent = lambda event, *_: event.ignore()  # for whatever the plot lies in
        item.vb.mouseDragEvent = self._on_drag
        self.scene().sigMouseClicked.connect(self._on_click)
        self.walk = StepWalk(self, self._steps_with_values, self._playhead_step, self.step_requested.emit)
        self._restyle()

    @property
    def is_log(self) -> bool:
        """Whether values stand on a log scale."""
        return self._is_log

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return tuple(self._lines)

    @property
    def last_step(self) -> int:
        """Of the run that is shown."""
        return self._last_step

    @property
    def asked_range(self) -> tuple[float, float] | None:
        """The steps that were asked for; None for the whole run."""
        return self._range

    @property
    def shown_range(self) -> tuple[float, float]:
        """The steps between the left and the right border."""
        low, high = self.getPlotItem().vb.viewRange()[0]
        return float(low), float(high)

    def show_lines(
        self,
        lines: Sequence[Line],
        last_step: int,
        epochs: np.ndarray | None = None,
        not_finite: np.ndarray | None = None,
        *,
        without_gradient: np.ndarray | None = None,
        estimate: Measured | None = None,
        noise: Band | None = None,
        least: float | None = None,
        whole: tuple[float, float] | None = None,
    ) -> None:
        """Show the curves; the range of steps stays as it was asked for.

        Args:
            lines: one for each style.
            last_step: of the run.
            epochs: steps at which epochs ended, rising.
            not_finite: steps to mark as NaN or Inf, rising.
            without_gradient: steps to mark as having had no gradient, rising.
            estimate: the curve that gets a band where it has standard errors.
            noise: a band where one more repeat of the run would lie.
            least: the axis of values begins no higher.
            whole: the axis of values while the whole run is seen, where it is known beforehand.
        """
        self._lines, self._estimate, self._noise = list(lines), estimate, noise
        self._last_step, self._least, self._whole = max(last_step, 1), least, whole
        self.epoch_marks.show_steps(np.zeros(0) if epochs is None else epochs)
        self.not_finite_marks.show_steps(np.zeros(0) if not_finite is None else not_finite)
        self.no_gradient_marks.show_steps(np.zeros(0) if without_gradient is None else without_gradient)
        span = self._last_step * (1 + 2 * _MARGIN)
        margin = self._last_step * _MARGIN
        self.getPlotItem().setLimits(
            xMin=-margin, xMax=self._last_step + margin, maxXRange=span, minXRange=min(_CLOSEST_STEPS, span)
        )
        self.playhead.setBounds((0, self._last_step))
        self.show_step(self._step)  # may have been beyond the run that was shown before
        is_any = any(len(line.steps) for line in lines)
        self.playhead.setVisible(is_any)
        self._show_numbers(is_any)
        self.show_range(self._range)

    def clear_lines(self) -> None:
        """Show nothing, no playhead either."""
        self._lines, self._estimate, self._noise = [NO_LINE] * len(self._styles), None, None
        self._draw()
        for marks in self._marks:
            marks.show_steps(np.zeros(0))
        self.playhead.hide()
        self._show_numbers(False)

    def show_steps_below(self, is_shown: bool) -> None:
        """Have numbers below the plot, or none where those of another plot stand for them."""
        self._has_steps_below = is_shown
        axis = self.getPlotItem().getAxis("bottom")
        axis.setStyle(showValues=is_shown and not self.message)
        axis.setHeight(None if is_shown else 4)

    def _show_numbers(self, is_shown: bool) -> None:
        """Axes of an empty plot have no numbers: they would be made up."""
        item = self.getPlotItem()
        item.getAxis("left").setStyle(showValues=is_shown)
        item.getAxis("bottom").setStyle(showValues=is_shown and self._has_steps_below)

    @property
    def message(self) -> str:
        """Why nothing is to be seen; empty where something is."""
        return self._message

    def show_message(self, text: str) -> None:
        """Say in the middle why nothing is to be seen; nothing for no text."""
        if text != self._message:
            self._message = plain(text)
            self.scene().update()

    def drawForeground(self, painter: QPainter | None, rect: QRectF) -> None:
        super().drawForeground(painter, rect)
        if self._lines is None or painter is None:
            return
        painter.setFont(font(SMALL_PX))
        axis = self.getPlotItem().getAxis("bottom")
        if axis.labelText and axis.style["showValues"] and not axis.label.isVisible():
            at, numbers = self.getPlotItem().vb.sceneBoundingRect().bottomLeft(), self.fontMetrics()
            across = at.x() - QFontMetricsF(painter.font()).horizontalAdvance(axis.labelText) - _NAME_SPACE_PX
            line = np.floor(at.y() + axis.style["tickTextOffset"][1] + numbers.ascent())  # that of the numbers
            painter.setPen(QColor(active().faint_text))
            painter.drawText(QPointF(across, line), axis.labelText)
        if not self._message:
            return
        write_absence(painter, self.getPlotItem().vb.sceneBoundingRect().adjusted(6, 2, -6, -2), self._message)

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        with QSignalBlocker(self.playhead):
            self.playhead.setValue(step)

    def show_held(self, step: int | None) -> None:
        """Mark the step that is held, which another is compared with; None: none is."""
        self.held_mark.show_steps(np.zeros(0) if step is None else np.array([step]))

    def show_range(self, steps: tuple[float, float] | None) -> None:
        """Show these steps; None for the whole run, also while it grows."""
        self._range = steps
        low, high = steps or (-self._last_step * _MARGIN, self._last_step * (1 + _MARGIN))
        self.getPlotItem().setXRange(low, high, padding=0)
        self._fit()
        self._draw()

    def keep_free(self, strip_px: float) -> None:
        """Leave a strip so high above the axis of steps free of values, for what stands there."""
        if strip_px != self._strip_px:
            self._strip_px = strip_px
            self._fit()
            self._draw()

    def show_log(self, is_log: bool) -> None:
        """Put values on a log scale, where those that are not above 0 have no place; or back on a linear one."""
        if is_log != self._is_log:
            self._is_log = is_log
            self.getPlotItem().getAxis("left").setLogMode(x=False, y=is_log)
            self._fit()
            self._draw()

    def _draw(self) -> None:
        """Hand over of each curve as much as can be seen at this size."""
        left, right = self.shown_range
        most = max(int(self.getPlotItem().vb.width()), 200)
        for curve, alone, line, style in zip(self._curves, self._alone, self._lines, self._styles, strict=True):
            steps, values = _between(line, left, right, is_joined=not style.is_dots)
            if style.is_dots:
                curve.setSymbolSize(_DOT_PX if len(steps) <= _MANY_DOTS else _DOT_PX / 2)
            else:
                steps, values = thinned(steps, values, most)
            values = self._scaled(values)
            # told only where it is so: finding gaps and drawing around them is slow
            connect = "all" if np.isfinite(values).all() else "finite"
            curve.setData(steps, values, connect=connect, skipFiniteCheck=connect == "all")
            if not style.is_dots:
                # as one shape, a wide line that goes up and down all the time takes ten times as long to fill
                # but each of its segments would begin its dashes anew
                curve.curve.setSegmentedLineMode("on" if is_jagged(values) and not style.is_dashed else "off")
                is_alone = standing_alone(values)
                alone.setData(steps[is_alone], values[is_alone])
        self.error_band.show_band(error_band(self._estimate), left, right, most, is_log=self._is_log)
        self.noise_band.show_band(self._noise, left, right, most, is_log=self._is_log)
        self.getPlotItem().vb.prepareForPaint()  # or it would be painted twice

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        if self._is_log:
            with np.errstate(all="ignore"):
                values = np.log10(values)
        return values if np.isfinite(values).all() else np.where(np.isfinite(values), values, np.nan)

    def _fit(self) -> None:
        """Show the values of the visible steps."""
        left, right = self.shown_range
        parts = [
            self._scaled(_between(line, left, right, is_joined=not style.is_dots)[1])
            for line, style in zip(self._lines, self._styles, strict=True)
        ]
        bounds, share = self._whole, _ROOM_FOR_ENDS
        if bounds is None or self._range is not None or self._is_log:
            noisy = [number for number, style in enumerate(self._styles) if number == 0 or style.is_faint]
            least = None if self._is_log or self._range else self._least
            bounds, share = y_range(parts, least=least, noisy=noisy), _ROOM
        if bounds is None:
            return
        has_dots = any(style.is_dots and len(part) for style, part in zip(self._styles, parts, strict=True))
        dot_px = _DOT_PX / 2 + 1 if has_dots else 0.0
        item = self.getPlotItem()
        low, high = with_room(
            bounds,
            max(item.vb.height(), 1.0),
            share=share,
            least_px=dot_px,
            lowest=min(float(np.min(part, initial=np.inf, where=np.isfinite(part))) for part in parts),
            strip_px=self._strip_px + dot_px if self._strip_px else 0.0,
        )
        item.setYRange(low, high, padding=0)

    def _steps_with_values(self) -> np.ndarray:
        """Where any of the run's own curves has a value, int ``[R]`` rising."""
        own = [line.steps for line, style in zip(self._lines, self._styles, strict=True) if not style.is_second]
        return np.unique(np.concatenate(own))

    def _playhead_step(self) -> float:
        return float(self.playhead.value())

    def _on_zoomed(self, *_: object) -> None:
        self.range_requested.emit(*self.shown_range)

    def _on_click(self, event: object) -> None:
        at: QPointF = event.scenePos()  # type: ignore[attr-defined]
        box = self.getPlotItem().vb
        is_left = event.button() == Qt.MouseButton.LeftButton  # type: ignore[attr-defined]
        if event.isAccepted():  # type: ignore[attr-defined]
            return  # by something in the plot that has a use for it
        if not (is_left and self.playhead.isVisible() and box.sceneBoundingRect().contains(at)):
            return
        if event.double():  # type: ignore[attr-defined]
            self.everything_requested.emit()
        else:
            self._request_step(at)

    def _on_drag(self, event: object, axis: int | None = None) -> None:
        """A plot that shows all steps has nowhere to move along to: the playhead follows the pointer."""
        is_left = event.button() == Qt.MouseButton.LeftButton  # type: ignore[attr-defined]
        if is_left and self._range is None and self.playhead.isVisible():
            event.accept()  # type: ignore[attr-defined]
            self._request_step(event.scenePos())  # type: ignore[attr-defined]
        elif self._drag_along is not None:
            self._drag_along(event, axis)
        else:
            event.ignore()  # type: ignore[attr-defined]

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """A menu of a step: of that at the pointer, or, by the key, of the playhead's."""
        if event is None or not self.playhead.isVisible():
            return
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = QPointF(event.pos())
        if by_key or self.getPlotItem().vb.sceneBoundingRect().contains(self.mapToScene(event.pos())):
            self.menu_requested.emit(self._playhead_step() if by_key else self._step_at(at), event.globalPos())
            event.accept()

    def _request_step(self, at: QPointF) -> None:
        self.step_requested.emit(self._step_at(at))

    def _step_at(self, at: QPointF) -> float:
        """The step at a point of the scene, which is as large as the plot."""
        step = self.getPlotItem().vb.mapSceneToView(at).x()
        return min(max(step, 0.0), float(self._last_step))

    def _restyle(self) -> None:
        """Take the colours of the theme."""
        palette = self._dressed_in = active()
        item = self.getPlotItem()
        self.setBackground(palette.background)
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(palette.line)
            axis.setTextPen(palette.faint_text)
        item.showGrid(x=True, y=True, alpha=0.15)
        for curve, alone, style in zip(self._curves, self._alone, self._styles, strict=True):
            colour = QColor(getattr(palette, style.colour))
            alone.setSymbolBrush(colour)
            alone.setSymbolSize(style.width * _ALONE_PX)
            colour.setAlphaF(style.strength)
            if style.is_dots:
                curve.setSymbolBrush(colour)
            else:
                curve.setPen(pg.mkPen(colour, width=style.width, dash=_DASH if style.is_dashed else None))
        self.error_band.show_colour(QColor(getattr(palette, self._styles[0].colour)))
        self.noise_band.show_colour(QColor(palette.faint_text))
        self.playhead.setPen(pg.mkPen(palette.hovered, width=2))
        self.playhead.setHoverPen(pg.mkPen(palette.hovered, width=4))
        for marks in self._marks:
            marks.update()

    def close(self) -> bool:
        """Close it as any widget is closed: pyqtgraph would take the plot out, and leave events to find it gone."""
        return QWidget.close(self)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if self._lines:
            axis = self.getPlotItem().getAxis("bottom")
            axis.showLabel(bool(axis.labelText) and self.height() >= _LABELLED_PX)
            self._draw()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        is_change = event is not None and event.type() == QEvent.Type.PaletteChange
        # a plot hears of many such events while it is put into its place
        if is_change and hasattr(self, "playhead") and self._dressed_in is not active():
            self._restyle()


def _shape(style: LineStyle) -> dict[str, object]:
    return {"pen": None, "symbol": "o", "symbolSize": _DOT_PX, "symbolPen": None} if style.is_dots else {}


def _between(line: Line, left: float, right: float, *, is_joined: bool) -> tuple[np.ndarray, np.ndarray]:
    """What lies between two steps; of joined values also those next to them, whose lines cross the view."""
    # whole numbers, or NumPy would make a copy of all steps as floats
    first = int(np.searchsorted(line.steps, int(np.ceil(left))))
    stop = int(np.searchsorted(line.steps, int(np.floor(right)), side="right"))
    part = slice(max(first - is_joined, 0), stop + is_joined)
    return line.steps[part], line.values[part]
