"""The groups of points: colour, name, count. A click hides a group or shows it again."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.analysis.point_groups import PointGroups
from app.palette import active

ROW_PX = 22
_SWATCH_PX = 11


class LegendRows(QWidget):
    """One row a group.

    Signals:
        toggled(int): this group was clicked.
        singled_out(int): this group was double-clicked.
    """

    toggled = pyqtSignal(int)
    singled_out = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups: PointGroups | None = None
        self.visible = np.zeros(0, bool)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click: hide or show. Double-click: only this one.")

    def show_groups(self, groups: PointGroups | None, visible: np.ndarray) -> None:
        """Show these; those not ``visible``, bool ``[G]``, are crossed out."""
        self.groups, self.visible = groups, visible
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, ROW_PX * (0 if self.groups is None else len(self.groups.names)))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.groups is None:
            return
        painter = QPainter(self)
        metrics = self.fontMetrics()
        for number, (name, colour, count) in enumerate(
            zip(self.groups.names, self.groups.colours.tolist(), self.groups.counts.tolist(), strict=True)
        ):
            top, is_on = number * ROW_PX, bool(self.visible[number])
            swatch = QRectF(2, top + (ROW_PX - _SWATCH_PX) / 2, _SWATCH_PX, _SWATCH_PX)
            painter.setPen(QColor(*colour))
            painter.setBrush(QColor(*colour) if is_on else Qt.BrushStyle.NoBrush)
            painter.drawRect(swatch)
            figure = f"{count:,}"
            room = self.width() - _SWATCH_PX - 16 - metrics.horizontalAdvance(figure)
            told = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            row = QRectF(_SWATCH_PX + 9, top, self.width() - _SWATCH_PX - 11, ROW_PX)
            painter.setPen(QColor(active().text if is_on else active().faint_text))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, told)
            if not is_on:
                middle = top + ROW_PX / 2
                painter.drawLine(
                    int(row.left()), int(middle), int(row.left()) + metrics.horizontalAdvance(told), int(middle)
                )
            painter.setPen(QColor(active().faint_text))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._tell(event, self.toggled)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self._tell(event, self.singled_out)

    def _tell(self, event: QMouseEvent | None, signal: object) -> None:
        assert event is not None
        number = int(event.position().y()) // ROW_PX
        if self.groups is not None and 0 <= number < len(self.groups.names):
            signal.emit(number)  # type: ignore[attr-defined]


class PointLegend(QWidget):
    """The rows, as many as there are, and a button that shows all groups again.

    Signals:
        changed: other groups are visible than before.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.visible = np.zeros(0, bool)
        self.rows = LegendRows()
        self.rows.toggled.connect(self._on_toggled)
        self.rows.singled_out.connect(self._on_singled_out)
        self.all_button = QPushButton("Show all")
        self.all_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.all_button.clicked.connect(lambda *_: self._show(np.ones(len(self.visible), bool)))
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area, stretch=1)
        column.addWidget(self.all_button)
        self.setFixedWidth(170)

    def show_groups(self, groups: PointGroups | None) -> None:
        """Show these; what is hidden stays so as long as the groups are the same."""
        before = self.rows.groups
        if groups is None or before is None or before.names != groups.names:
            self.visible = np.ones(0 if groups is None else len(groups.names), bool)
        self.rows.show_groups(groups, self.visible)
        self.all_button.setVisible(not self.visible.all())

    def _show(self, visible: np.ndarray) -> None:
        self.visible = visible
        self.rows.show_groups(self.rows.groups, visible)
        self.all_button.setVisible(not visible.all())
        self.changed.emit()

    def _on_toggled(self, number: int) -> None:
        visible = self.visible.copy()
        visible[number] = not visible[number]
        self._show(visible)

    def _on_singled_out(self, number: int) -> None:
        self._show(np.arange(len(self.visible)) == number)
