"""How the name and the spark line of a layer are painted in their cells."""

import numpy as np
from PyQt6.QtCore import QLineF, QModelIndex, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.analysis.health import Health
from app.analysis.joined import stretches
from app.palette import active
from app.views.layers.analysis.layer_rows import LayerRow
from app.views.layers.analysis.spark import Spark
from app.views.layers.layer_table_model import HEALTH_ROLE, ROW_ROLE, LayerTableModel
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import elided, width_of
from app.widgets.severity_mark import MARK_PX, paint_mark

INDENT_PX = 10
_MARGIN = 6
_FIGURE = "0.0000000"
_LEAST_LINE_PX = 40
_NEAR_ROWS = 40
"""As many rows as are on the screen."""


class _Delegate(QStyledItemDelegate):
    """Paints the cell as the theme does, without its text, and leaves the rest to `paint_row`."""

    _is_selected = False

    def _colour(self, wanted: str) -> QColor:
        """The colour of this name in the palette; on the selection's ground only that of text can be read."""
        return QColor(active().text if self._is_selected else getattr(active(), wanted))

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        assert painter is not None
        assert isinstance(row, LayerRow)
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        text, shown.text = shown.text or "", ""
        shown.state &= ~QStyle.StateFlag.State_HasFocus
        assert shown.widget is not None
        style = shown.widget.style()
        assert style is not None
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        painter.save()
        painter.setClipRect(shown.rect)
        self._is_selected = bool(shown.state & QStyle.StateFlag.State_Selected)
        room = QRectF(shown.rect).adjusted(_MARGIN, 0, -_MARGIN, 0)
        self.paint_row(painter, room, row, text, index)
        painter.restore()

    def paint_row(self, painter: QPainter, room: QRectF, row: LayerRow, text: str, index: QModelIndex) -> None:
        """Paint what the cell says."""
        raise NotImplementedError


class NameDelegate(_Delegate):
    """Indents a layer by the modules around it, and names the module where it begins."""

    def paint_row(self, painter: QPainter, room: QRectF, row: LayerRow, text: str, index: QModelIndex) -> None:
        metrics = painter.fontMetrics()
        name = row.short_name
        told_px = width_of(metrics, name) + (width_of(metrics, row.parent) + 1 if row.is_first else 0)
        indent_px = float(row.depth * INDENT_PX)
        if row.is_first:  # whose module tells how deep it lies
            indent_px = min(indent_px, max(room.width() - told_px, 0))
        room.setLeft(room.left() + indent_px)
        if row.is_first:
            left = room.width() - width_of(metrics, name)
            parent = elided(metrics, row.parent, left, Qt.TextElideMode.ElideLeft)  # ends of modules differ
            painter.setPen(self._colour("faint_text"))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, parent)
            room.setLeft(room.left() + width_of(metrics, parent))
        painter.setPen(self._colour("text" if row.layer.is_stage else "faint_text"))
        shown = elided(metrics, name, room.width() + 1)
        if shown != name:
            near = _names_around(index)
            shown = elided_apart(metrics, [name, *near], room.width() + 1)[0]
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


class HealthDelegate(_Delegate):
    """The mark of the worst that is found, and of how much there is."""

    def paint_row(self, painter: QPainter, room: QRectF, row: LayerRow, text: str, index: QModelIndex) -> None:
        health = index.data(HEALTH_ROLE)
        if not isinstance(health, Health):
            return
        painter.setPen(self._colour("text"))
        numbers = QRectF(room.left() + MARK_PX + 5, room.top(), room.width(), room.height())
        if len(health.findings) > 1:
            painter.drawText(numbers, Qt.AlignmentFlag.AlignVCenter, str(len(health.findings)))
        paint_mark(painter, QPointF(room.left() + MARK_PX / 2, room.center().y()), health.severity)


class SparkDelegate(_Delegate):
    """The gradient norm over the run, the playhead on it, and the figure there."""

    def paint_row(self, painter: QPainter, room: QRectF, row: LayerRow, text: str, index: QModelIndex) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        model = index.model()
        if isinstance(model, LayerTableModel) and model.beside is not None:
            self._paint_both(painter, room.adjusted(0, 4, 0, -4), model, row)
            return
        if row.spark is None or not len(row.spark.across):
            painter.setPen(self._colour("faint_text"))
            painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, text)
            return
        figure_px = width_of(painter.fontMetrics(), _FIGURE)
        line = QRectF(room.left(), room.top() + 4, room.width() - figure_px - 4, room.height() - 8)
        if line.width() >= _LEAST_LINE_PX:
            playhead = model.playhead if isinstance(model, LayerTableModel) else None
            paint_spark(painter, line, row.spark, playhead, self._colour("bar"))
        painter.setPen(QColor(active().text))
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, text)

    def _paint_both(self, painter: QPainter, room: QRectF, model: LayerTableModel, row: LayerRow) -> None:
        """B's over A's, on one scale; their figures have columns of their own."""
        assert model.beside is not None
        own, of_b = model.beside.sparks_of(row)
        if own is not None:
            paint_spark(painter, room, own, model.playhead, self._colour("bar"))
        if of_b is not None:
            playhead = model.playhead if own is None else None
            paint_spark(painter, room, of_b, playhead, self._colour("second"), is_dashed=True)
        if own is not None and model.held is not None:
            x = round(room.left() + model.held * room.width())
            painter.setPen(QPen(QColor(active().hovered), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(x, room.top(), x, room.bottom()))


def paint_spark(
    painter: QPainter,
    room: QRectF,
    spark: Spark,
    playhead: float | None,
    colour: QColor,
    *,
    is_dashed: bool = False,
) -> None:
    """Paint a small curve into a room, with a line at the playhead.

    Red marks hang from the top where a value is not finite, faint ones lie on the ground where there was no gradient.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    across = room.left() + spark.across * room.width()
    up = room.bottom() - spark.up * room.height()
    painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine))
    for each in stretches(np.isfinite(up)):
        points = list(map(QPointF, across[each], up[each]))
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
        else:
            painter.drawEllipse(points[0], 1.0, 1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QColor(active().wrong))
    places = np.unique((room.left() + spark.not_finite * room.width()).round())
    ticks = [QLineF(x, room.top() - 2, x, room.top() + 3) for x in places.tolist()]
    painter.drawLines(ticks)  # type: ignore[call-overload] # the stubs know no lists
    painter.setPen(QPen(QColor(active().faint_text), 2))
    places = np.unique((room.left() + spark.without_gradient * room.width()).round())
    dashes = [QLineF(x - 1, room.bottom() + 1, x + 1, room.bottom() + 1) for x in places.tolist()]
    painter.drawLines(dashes)  # type: ignore[call-overload] # the stubs know no lists
    if playhead is not None:
        x = round(room.left() + min(playhead, 1.0) * room.width())
        painter.setPen(QColor(active().hovered))
        painter.drawLine(QLineF(x, room.top() - 2, x, room.bottom() + 2))


def _names_around(index: QModelIndex) -> list[str]:
    """Names of the layers that stand near one, from which it has to be told apart."""
    rows = range(index.row() - _NEAR_ROWS, index.row() + _NEAR_ROWS)
    near = (index.siblingAtRow(row).data(ROW_ROLE) for row in rows)
    return [row.short_name for row in near if isinstance(row, LayerRow)]
