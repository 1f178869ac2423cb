"""Marks on a plot where findings begin: pointed at they say what, and a click goes there."""

from collections.abc import Sequence

import pyqtgraph as pg
from PyQt6.QtCore import QLineF, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPainterPath, QPen
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from pyqtgraph.GraphicsScene.mouseEvents import HoverEvent, MouseClickEvent

from app.palette import SMALL_PX, active, font
from app.views.timeline.analysis.onsets import Onset, onsets
from app.widgets.curve_plot import CurvePlot
from app.widgets.plain_text import plain_tooltip
from app.widgets.severity_mark import MARK_PX, paint_mark, severity_colour
from collector.findings import Finding

_APART_PX = MARK_PX + 14.0
_ABOVE_PX = MARK_PX / 2 + 2.0
_REACH_PX = MARK_PX / 2 + 3.0
_STRIP_PX = _ABOVE_PX + _REACH_PX
_LINE_STRENGTH = 0.55
_ABOVE_ALL = 1000.0


class OnsetMarks(pg.GraphicsObject):
    """They stand on the axis of steps, each below a thin line, with how many are as severe as the worst at its place.

    Signals:
        finding_clicked(Finding): the user goes to a finding.
    """

    finding_clicked = pyqtSignal(object)

    def __init__(self, plot: CurvePlot) -> None:
        """Marks in a plot, over everything in it.

        They lie on it and not in it, in pixels: where values are huge, the way back from pixels is lost to rounding.
        """
        super().__init__(plot.getPlotItem())
        self._plot = plot
        self._box = plot.getPlotItem().getViewBox()
        self._findings: Sequence[Finding] = ()
        self._chosen: Finding | None = None
        self.setZValue(_ABOVE_ALL)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Mark where these begin."""
        if list(findings) != list(self._findings):
            self._findings = tuple(findings)
            self._plot.keep_free(_STRIP_PX if findings else 0.0)
            self.update()

    def show_chosen(self, finding: Finding | None) -> None:
        """Mark the one that the user went to."""
        if finding != self._chosen:
            self._chosen = finding
            self.update()

    @property
    def marks(self) -> list[Onset]:
        """What is to be seen in the range of steps that is shown, from left to right, in px of the scene."""
        (left, right), (low, _) = self._box.viewRange()
        shown = [each for each in self._findings if left <= each.since <= right]
        return onsets(shown, [self._box.mapViewToScene(QPointF(each.since, low)).x() for each in shown], _APART_PX)

    def place_of(self, mark: Onset) -> QPointF:
        """The middle of a mark in the scene."""
        return QPointF(mark.at, self._box.sceneBoundingRect().bottom() - _ABOVE_PX)

    def mark_at(self, at: QPointF) -> Onset | None:
        """The mark at a point of the scene."""
        near = [mark for mark in self.marks if (self.place_of(mark) - at).manhattanLength() <= 2 * _REACH_PX]
        return min(near, key=lambda mark: abs(mark.at - at.x()), default=None)

    def boundingRect(self) -> QRectF:
        return self.mapRectFromScene(self._box.sceneBoundingRect())

    def shape(self) -> QPainterPath:
        """The strip that marks stand in: what is above it is the plot's."""
        path, room = QPainterPath(), self.boundingRect()
        room.setTop(room.bottom() - _STRIP_PX)
        path.addRect(room)
        return path

    def paint(
        self, painter: QPainter | None, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None
    ) -> None:
        if painter is None:
            return
        top = self.boundingRect().top()
        for mark in self.marks:
            self._paint_mark(painter, mark, self.mapFromScene(self.place_of(mark)), top)

    def _paint_mark(self, painter: QPainter, mark: Onset, at: QPointF, top: float) -> None:
        worst, is_chosen = mark.findings[0], self._chosen in mark.findings
        colour = severity_colour(worst.severity)
        if worst.severity != "note" or is_chosen:
            colour.setAlphaF(1.0 if is_chosen else _LINE_STRENGTH)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(colour, 1, Qt.PenStyle.SolidLine if is_chosen else Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(round(at.x()), at.y(), round(at.x()), top))
        paint_mark(painter, at, worst.severity, ground=QColor(active().background))
        n_alike = sum(each.severity == worst.severity for each in mark.findings)
        if n_alike > 1:
            painter.setFont(font(SMALL_PX))
            painter.setPen(QColor(active().faint_text))
            painter.drawText(at + QPointF(MARK_PX / 2 + 2, MARK_PX / 2 - 1), str(n_alike))

    def hoverEvent(self, event: HoverEvent) -> None:
        mark = None if event.isExit() else self.mark_at(event.scenePos())
        self.setToolTip(plain_tooltip("" if mark is None else mark.text))
        if mark is None:
            self.unsetCursor()
        elif event.acceptClicks(Qt.MouseButton.LeftButton):
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        mark = self.mark_at(event.scenePos()) if event.button() == Qt.MouseButton.LeftButton else None
        if mark is None or event.double():
            event.ignore()
            return
        event.accept()
        self.finding_clicked.emit(mark.next_to(self._chosen))
