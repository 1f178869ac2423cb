"""Samples as points in a plane: zoomed, moved, pointed at, and selected by a lasso or a rectangle."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

import numpy as np
from PyQt6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from app.analysis.class_groups import PointGroups
from app.analysis.figures import numbers_alike
from app.analysis.plane_view import PlaneView
from app.analysis.point_raster import is_inside, nearest_point, next_point, painted, point_codes
from app.palette import SMALL_PX, active, font
from app.widgets.plain_text import elided
from app.widgets.sample_card import SampleCard
from app.widgets.value_axis import round_above
from app.widgets.walk import PlaceWalk

REACH_PX = 7.0
_CLICK_PX = 4.0
_DIMMED = 0.22
"""How much colour is left to what is not selected."""


_LINE_STRENGTH, _LEAST_STRENGTH, _LINES_AT_FULL = 0.4, 0.05, 200
"""Of a line between two places of a sample: the more there are, the fainter each."""


class Tool(Enum):
    """What dragging does."""

    MOVE = "Move"
    LASSO = "Lasso"
    RECTANGLE = "Rectangle"


_CLOSER = 1.25
_TICK_PX, _CLOSE_TICK_PX = 70.0, 30.0
"""Numbers are so far apart, and where fewer than two would be seen, so far."""
_NUMBERS_PX, _NUMBER_LEFT_PX, _NUMBER_GAP_PX = 20.0, 8.0, 4.0
"""Height of the numbers at the lower border; where those at the left one begin, and what is free behind them."""
_LEAST_SPAN, _SPAN = 1e-6, 0.1
"""As shares of the largest number of an axis: places closer together are alike, and what then lies around them."""
_USUAL = "0.00"
"""As wide as such a number is."""


def _with_span(bounds: np.ndarray) -> np.ndarray:
    """Places ``[N, 2]``, and some around them where all are alike: an axis without a span has no numbers."""
    if not len(bounds):
        return bounds
    low, high = bounds.min(0), bounds.max(0)
    most = np.maximum(np.abs(low), np.abs(high))
    around = np.where(high - low > _LEAST_SPAN * most, 0.0, np.where(most > 0, most, 1.0) * _SPAN)
    return np.array([low - around, high + around])


class PointWalk(PlaceWalk):
    """Stands on a sample, at first on the one that the views show."""

    zooms = True

    def __init__(self, cloud: PointCloud) -> None:
        self._cloud = cloud
        self._sample: int | None = None
        super().__init__(cloud)

    @property
    def sample(self) -> int | None:
        """The sample it stands on; None where no point is seen."""
        shown = self._cloud.shown()
        for each in (self._sample, self._cloud.current):
            if each is not None and each < len(shown) and shown[each]:
                return each
        return int(shown.argmax()) if shown.any() else None

    def place(self) -> QRectF | None:
        sample = self.sample
        if sample is None:
            return None
        around = self._cloud.radius() + 6
        middle = self._cloud.pixel_of(sample)
        return QRectF(middle.x() - around, middle.y() - around, 2 * around, 2 * around)

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        sample = self.sample
        if sample is None:
            return
        found = next_point(self._cloud.places, self._cloud.shown(), sample, across, down)
        self._sample = sample if found is None else found
        self._cloud.bring_into_sight(self._sample)
        self._cloud.point_at(self._sample)

    def choose(self) -> None:
        if self.sample is not None:
            self._cloud.clicked.emit(self.sample)

    def zoom(self, *, is_closer: bool) -> None:
        if self.sample is not None:
            self._cloud.zoom(_CLOSER if is_closer else 1 / _CLOSER, self.sample)


class PointCloud(QWidget):
    """One picture of all points, made anew when they or the view change, recoloured when only colours do.

    Signals:
        hovered(int): the pointer is on this sample; −1: on none.
        clicked(int): the user clicked this sample.
        selected(object): bool ``[N]``, or None where the selection was let go.
    """

    hovered = pyqtSignal(int)
    clicked = pyqtSignal(int)
    selected = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels: np.ndarray | None = None
        self.positions = np.zeros((0, 2), np.float32)
        self.view: PlaneView | None = None
        self.tool = Tool.MOVE
        self.selection: np.ndarray | None = None
        self.current: int | None = None
        self._ends: np.ndarray | None = None
        self.axes = ("", "")
        self.hovered_sample = -1
        self._groups: PointGroups | None = None
        self._visible = np.zeros(0, bool)
        self._bounds = self.positions
        self._is_fitted = True
        self.is_plot = False
        """Whether the axes are numbers of their own, with ticks, and not a plane's."""
        self._codes: np.ndarray | None = None
        self._places = np.zeros((0, 2))
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._trail: list[QPointF] = []
        self._card: SampleCard | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Samples as points")
        self.walk = PointWalk(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # also by a click, so that Escape lets a selection go

    def show_points(self, positions: np.ndarray, bounds: np.ndarray) -> None:
        """Show the points ``[N, 2]``; ``bounds`` ``[M, 2]`` is what has to fit in until the user zooms or moves."""
        if len(positions) != len(self.positions):
            self.selection, self.hovered_sample = None, -1
        self.positions = positions
        self._bounds = bounds
        if self._is_fitted:
            self.view = None
        self._place()

    def show_groups(self, groups: PointGroups, visible: np.ndarray) -> None:
        """Colour the points, and hide the groups that are not ``visible``, bool ``[G]``."""
        self._groups, self._visible = groups, visible
        self._place()

    def show_selection(self, selection: np.ndarray | None) -> None:
        """Put some points, bool ``[N]``, before all others; None: no selection."""
        self.selection = selection
        self._place()

    def show_current(self, sample: int | None) -> None:
        """Put a ring around a sample."""
        if sample != self.current:
            self.current = sample
            self.update()

    def show_ends(self, ends: np.ndarray | None) -> None:
        """Draw a line from each point to where another run has the same sample, ``[N, 2]``; None: none."""
        self._ends = ends
        self.update()

    def show_axes(self, right: str, up: str) -> None:
        """What the axes mean; empty: nothing."""
        if (right, up) != self.axes:
            self.axes = (right, up)
            self.update()

    def show_card(self, card: SampleCard | None) -> None:
        """What is told of the sample under the pointer."""
        self._card = card
        self.setAccessibleDescription("" if card is None else ", ".join(text for text, _ in card.lines))
        self.update()

    def fit(self) -> None:
        """Show everything."""
        self.view, self._is_fitted = None, True
        self._place()

    def shown(self) -> np.ndarray:
        """Which points are not hidden, bool ``[N]``."""
        if self._groups is None or len(self._groups.groups) != len(self.positions):
            return np.ones(len(self.positions), bool)
        return np.asarray(self._visible[self._groups.groups])

    def pixel_of(self, sample: int) -> QPointF:
        """Where a sample is painted."""
        x, y = self._places[sample]
        return QPointF(x, y)

    @property
    def places(self) -> np.ndarray:
        """Where the samples are painted, in pixels, float ``[N, 2]``."""
        return self._places

    def bring_into_sight(self, sample: int) -> None:
        """Move the view no further than it takes to see a sample."""
        around = self.radius() + 6
        at = self._places[sample]
        inside = np.clip(at, around, np.maximum((self.width() - around, self.height() - around), around))
        if self.view is not None and (inside != at).any():
            self._look(self.view.moved(*(inside - at).tolist()))

    def zoom(self, factor: float, sample: int) -> None:
        """Nearer by a factor, with a sample where it was."""
        if self.view is not None:
            self._look(self.view.zoomed(factor, *self._places[sample].tolist()))

    def radius(self) -> float:
        """Of the points in pixels: the more there are, the smaller; the nearer, the larger."""
        zoom = 1.0 if self.view is None else self.view.scale / self.view.fitted
        base = 4.5 if len(self.positions) <= 1000 else 3.0 if len(self.positions) <= 4000 else 2.0
        return round(2 * min(base * max(zoom, 1.0) ** 0.35, 9.0)) / 2

    def _place(self) -> None:
        """Find out again where the points are."""
        self._codes = self._pixels = None
        if self.view is None:
            self.view = self._whole()
        self._places = self.view.to_pixels(self.positions)
        self.walk.mark()
        self.update()

    def _whole(self) -> PlaneView:
        """What shows everything; in a plot beside the numbers and names inside its left and its lower border."""
        left = below = 0
        if self.is_plot:
            metrics = QFontMetrics(font(SMALL_PX))
            left = round(_NUMBER_LEFT_PX + metrics.horizontalAdvance(_USUAL) + _NUMBER_GAP_PX) + metrics.height()
            below = round(_NUMBERS_PX) + metrics.height()
        width, height = max(self.width() - left, 1), max(self.height() - below, 1)
        bounds = _with_span(self._bounds) if self.is_plot else self._bounds
        inside = PlaneView.fit(bounds, width, height, fills=self.is_plot)
        return replace(inside, width=width + left, height=height + below).moved(left / 2, -below / 2)

    def _paint_points(self) -> QImage:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        if self._codes is None or self._codes.shape != (height, width):
            order = np.flatnonzero(self.shown())
            if self.selection is not None:
                order = order[np.argsort(self.selection[order], kind="stable")]
            self._codes = point_codes(self._places * ratio, order, self.radius() * ratio, width, height)
            self._pixels = None
        ground = QColor(active().background)
        if self._pixels is None:
            rgb = (ground.red(), ground.green(), ground.blue())
            self._pixels = np.ascontiguousarray(painted(self._codes, self._colours(rgb), rgb))
        image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)  # type: ignore[call-overload]
        image.setDevicePixelRatio(ratio)
        return image

    def _colours(self, ground: tuple[int, int, int]) -> np.ndarray:
        if self._groups is None or len(self._groups.groups) != len(self.positions):
            return np.full((len(self.positions), 3), 128, np.uint8)
        colours = self._groups.colours[self._groups.groups]
        if self.selection is not None:
            faint = np.array(ground) + (colours - np.array(ground, float)) * _DIMMED
            colours = np.where(self.selection[:, None], colours, faint).astype(np.uint8)
        return np.asarray(colours)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.drawImage(0, 0, self._paint_points())
        self._paint_lines(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(active().line), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        for sample, colour in ((self.current, active().text), (self.hovered_sample, active().hovered)):
            if sample is not None and 0 <= sample < len(self._places) and self.shown()[sample]:
                painter.setPen(QPen(QColor(colour), 2))
                painter.drawEllipse(self.pixel_of(sample), self.radius() + 4, self.radius() + 4)
        self._paint_axes(painter)
        if self._trail:
            painter.setPen(QPen(QColor(active().hovered), 1.5, Qt.PenStyle.DashLine))
            painter.drawPolygon(QPolygonF(self._corners()))
        if self._card is not None and 0 <= self.hovered_sample < len(self._places):
            self._card.paint(painter, self.pixel_of(self.hovered_sample), QRectF(self.rect()))

    def _paint_lines(self, painter: QPainter) -> None:
        """Of a selection only its own; that of the sample under the pointer is told from the others."""
        if self._ends is None or self.view is None or len(self._ends) != len(self._places):
            return
        ends = self.view.to_pixels(self._ends)
        seen = self.shown() if self.selection is None else self.shown() & self.selection
        painter.setClipRect(self.rect())
        colour = QColor(active().faint_text)
        colour.setAlphaF(max(_LINE_STRENGTH * min(1.0, _LINES_AT_FULL / max(int(seen.sum()), 1)), _LEAST_STRENGTH))
        painter.setPen(QPen(colour, 1))
        places = np.concatenate([self._places[seen], ends[seen]], axis=1).tolist()
        painter.drawLines([QLineF(*each) for each in places])  # type: ignore[call-overload] # the stubs know no lists
        if 0 <= self.hovered_sample < len(ends):
            painter.setPen(QPen(QColor(active().hovered), 2))
            painter.drawLine(self.pixel_of(self.hovered_sample), QPointF(*ends[self.hovered_sample]))

    def _paint_axes(self, painter: QPainter) -> None:
        """The names of the axes inside the lower and the left border, behind the numbers of a plot."""
        painter.setFont(font(SMALL_PX))
        painter.setPen(QColor(active().faint_text))
        below = left = 6.0
        if self.is_plot and self.view is not None:
            below, left = self._paint_ticks(painter, self.view)
        inside, metrics = QRectF(self.rect()).adjusted(8, 6, -8, -below), painter.fontMetrics()
        right = elided(metrics, self.axes[0], inside.width(), Qt.TextElideMode.ElideRight)
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter, right)
        other = below + metrics.height()  # a long name stands above the other one, a short one in the middle
        start = other if metrics.horizontalAdvance(self.axes[1]) > self.height() - 2 * other else 0.0
        turned = QRectF(start, left, self.height() - start - (6 if start else 0), self.width())
        up = elided(metrics, self.axes[1], turned.width(), Qt.TextElideMode.ElideRight)
        painter.save()
        painter.translate(0, self.height())
        painter.rotate(-90)
        painter.drawText(turned, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, up)
        painter.restore()

    def _paint_ticks(self, painter: QPainter, view: PlaneView) -> tuple[float, float]:
        """Numbers inside the lower and the left border; the px that they take there."""
        left = _NUMBER_LEFT_PX
        for axis, long in ((0, self.width()), (1, self.height())):
            per_px = 1 / (view.scale * (view.stretch if axis == 0 else 1.0))
            low = (view.x, view.y)[axis] - long / 2 * per_px
            for apart_px in (_TICK_PX, _CLOSE_TICK_PX):
                every = round_above(per_px * apart_px)
                numbers = range(int(np.ceil(low / every)), int((low + long * per_px) / every) + 1)
                values = [number * every for number in numbers]
                texts = numbers_alike(values, 6)
                placed = [
                    self._number(painter, axis, text, (value - low) / per_px)
                    for value, text in zip(values, texts, strict=True)
                ]
                whole = [each for each in placed if each is not None]
                if len(whole) > 1:
                    break
            for tick, place, text in whole:
                painter.drawLine(tick)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
                left = left if axis == 0 else max(left, place.right() + _NUMBER_GAP_PX)
        return _NUMBERS_PX, left

    def _number(self, painter: QPainter, axis: int, text: str, at: float) -> tuple[QLineF, QRectF, str] | None:
        """A tick, and where its number stands; None where there is no room for all of it: a part would be another."""
        size = painter.boundingRect(QRectF(), 0, text).size()
        below = self.height() - _NUMBERS_PX
        if axis == 0:
            tick, inside = QLineF(at, self.height() - 4, at, self.height()), QRectF(0, below, self.width(), _NUMBERS_PX)
            place = QRectF(QPointF(at - size.width() / 2, below), size)
        else:
            at = self.height() - at
            tick, inside = QLineF(0, at, 4, at), QRectF(0, 0, self.width(), below)
            place = QRectF(QPointF(_NUMBER_LEFT_PX, at - size.height() / 2), size)
        return (tick, place, text) if inside.contains(place) else None

    def _corners(self) -> list[QPointF]:
        if self.tool is Tool.RECTANGLE and len(self._trail) > 1:
            area = QRectF(self._trail[0], self._trail[-1]).normalized()
            return [area.topLeft(), area.topRight(), area.bottomRight(), area.bottomLeft()]
        return self._trail

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._last = event.position()
            self._trail = []

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        at = event.position()
        if self._pressed is None:
            self._hover(at)
        elif self._trail or (at - self._pressed).manhattanLength() > _CLICK_PX:
            self._hover(None)
            if self.tool is Tool.MOVE:
                self._look(self.view.moved(at.x() - self._last.x(), at.y() - self._last.y()) if self.view else None)
                self._pressed = QPointF(-1e6, -1e6)  # this is no click any more
            else:
                self._trail = [*(self._trail or [self._pressed]), at]
                self.update()
            self._last = at

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        pressed, self._pressed = self._pressed, None
        if len(self._trail) > 1:
            corners = np.array([(each.x(), each.y()) for each in self._corners()])
            self._trail = []
            self._select(is_inside(self._places, corners) & self.shown())
        elif (event.position() - pressed).manhattanLength() <= _CLICK_PX:
            sample = self._sample_at(event.position())
            if sample is not None:
                self.clicked.emit(sample)
            elif self.selection is not None:
                self._select(None)

    def leaveEvent(self, event: object) -> None:
        self._hover(None)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        if self.view is not None and event.angleDelta().y():
            at = event.position()
            self._look(self.view.zoomed(1.0015 ** event.angleDelta().y(), at.x(), at.y()))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape and self.selection is not None:
            self._select(None)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        if self.view is not None:
            self.view = None if self._is_fitted else self.view.resized(self.width(), self.height())
            self._place()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._pixels = None
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def _look(self, view: PlaneView | None) -> None:
        self.view, self._is_fitted = view, False
        self._place()

    def _select(self, selection: np.ndarray | None) -> None:
        selection = selection if selection is not None and selection.any() else None
        self.show_selection(selection)
        self.selected.emit(selection)

    def _sample_at(self, at: QPointF) -> int | None:
        return nearest_point(self._places, self.shown(), at.x(), at.y(), max(REACH_PX, self.radius() + 2))

    def _hover(self, at: QPointF | None) -> None:
        self.point_at(None if at is None else self._sample_at(at))

    def point_at(self, found: int | None) -> None:
        """Have what is known of a sample told; None: of none."""
        sample = -1 if found is None else found
        if sample != self.hovered_sample:
            self.hovered_sample = sample
            self._card = None
            self.hovered.emit(sample)
            self.update()
