"""The groups of points: colour, name, count. A click hides a group or shows it again."""

from __future__ import annotations

from heapq import nlargest

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QWIDGETSIZE_MAX, QBoxLayout, QFrame, QPushButton, QScrollArea, QToolTip, QWidget

from app.analysis.class_groups import PointGroups
from app.palette import active
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import plain_tooltip
from app.widgets.walk import CellWalk

ROW_PX = 20
ROWS_BELOW = 5
"""Below a cloud, groups stand in columns of so many; those of two clouds are alike then."""

_SWATCH_PX = 11
_COLUMN_PX, _COLUMN_GAP_PX = (96, 130), 12
"""A column has room for its names, from the first to the second of these before there are fewer columns."""
_WIDTH_PX, _FRAME_PX = 170, 4
_NAME_SPACE_PX, _COUNT_SPACE_PX = 9, 7
_SCROLL_BAR_PX = 16
_MOST_SHARE = 0.25
"""Of the room of a cloud and its legend, for long names."""
_TIP = "Click: hide or show. Double-click: only this one."
_MEASURED = 50
"""The widest name is one of the longest."""


class LegendRows(QWidget):
    """One row a group, in one column or in several.

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
        self.listed = np.zeros(0, int)
        """Numbers of the groups that have a row: of many classes most have no samples."""
        self._is_wide = False
        self._wanted_px = 0
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Groups of points: hide or show")
        self.walk = CellWalk(self, lambda: [1] * len(self.listed), lambda row, _: QRectF(self.place_of(row)))

    def show_groups(self, groups: PointGroups | None, visible: np.ndarray) -> None:
        """Show these; those not ``visible``, bool ``[G]``, are crossed out."""
        self.groups, self.visible = groups, visible
        self._place()

    @property
    def wanted_px(self) -> int:
        """Width at which each name can be read whole."""
        return self._wanted_px

    def show_wide(self, is_wide: bool) -> None:
        """Use the width for columns, as many as are needed and fit."""
        self._is_wide = is_wide
        self._place()

    def place_of(self, number: int) -> QRect:
        """Where a row stands; columns are filled one after the other."""
        n_columns = self._n_columns()
        n_rows = max(1, -(-len(self.listed) // n_columns))
        column, row = divmod(number, n_rows)
        width = self.width() // n_columns
        if self._is_wide:
            width = min(width, max(self._wanted_px + _COLUMN_GAP_PX, _COLUMN_PX[0]))
        return QRect(column * width, row * ROW_PX, width - (_COLUMN_GAP_PX if n_columns > 1 else 0), ROW_PX)

    def _n_columns(self) -> int:
        wanted = -(-len(self.listed) // ROWS_BELOW) if self._is_wide else 1
        least_px = int(np.clip(self._wanted_px + _COLUMN_GAP_PX, *_COLUMN_PX))
        return max(1, min(wanted, self.width() // least_px))

    def _place(self) -> None:
        counts = np.zeros(0, int) if self.groups is None else self.groups.counts
        # those of two clouds stand alike, also where one of them has no samples of a group
        self.listed = np.arange(len(counts)) if self._is_wide else np.flatnonzero(counts)
        names = [] if self.groups is None else [self.groups.names[each] for each in self.listed.tolist()]
        longest = nlargest(_MEASURED, names, key=len)
        name_px = max(map(self.fontMetrics().horizontalAdvance, longest), default=0) + 1
        self._wanted_px = name_px + self._beside_name_px()
        self.setFixedHeight(ROW_PX * -(-len(self.listed) // self._n_columns()))
        self.update()

    def _counts(self) -> list[str]:
        return [] if self.groups is None else [f"{count:,}" for count in self.groups.counts[self.listed].tolist()]

    def _beside_name_px(self) -> int:
        """What of a row's width is not the name's."""
        count_px = max(map(self.fontMetrics().horizontalAdvance, self._counts()), default=0)
        return _SWATCH_PX + _NAME_SPACE_PX + _COUNT_SPACE_PX + count_px + 2

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(150, self.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.groups is None:
            return
        painter = QPainter(self)
        metrics = self.fontMetrics()
        room = self.place_of(0).width() - self._beside_name_px()
        names = elided_apart(metrics, [self.groups.names[each] for each in self.listed], room)
        counts = self._counts()
        colours, are_on = self.groups.colours[self.listed].tolist(), self.visible[self.listed].tolist()
        for row_number, (told, colour, figure, is_on) in enumerate(zip(names, colours, counts, are_on, strict=True)):
            place = QRectF(self.place_of(row_number))
            swatch = QRectF(place.left() + 2, place.top() + (ROW_PX - _SWATCH_PX) / 2, _SWATCH_PX, _SWATCH_PX)
            painter.setPen(QColor(*colour))
            painter.setBrush(QColor(*colour) if is_on else Qt.BrushStyle.NoBrush)
            painter.drawRect(swatch)
            row = place.adjusted(_SWATCH_PX + _NAME_SPACE_PX, 0, -2, 0)
            painter.setPen(QColor(active().text if is_on else active().faint_text))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, told)
            if not is_on:
                middle = int(row.center().y())
                left = int(row.left())
                painter.drawLine(left, middle, left + metrics.horizontalAdvance(told), middle)
            painter.setPen(QColor(active().faint_text))
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        self._emit_at(event, self.toggled)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        self._emit_at(event, self.singled_out)

    def _emit_at(self, event: QMouseEvent | None, signal: object) -> None:
        assert event is not None
        number = self.group_at(event.position().toPoint())
        if number is not None:
            signal.emit(number)  # type: ignore[attr-defined]

    def group_at(self, at: QPoint) -> int | None:
        """Number of the group whose row a point lies in."""
        rows = (row for row in range(len(self.listed)) if self.place_of(row).contains(at))
        return next((int(self.listed[row]) for row in rows), None)

    def tip(self, at: QPoint) -> str:
        """The group at a point in words; empty where there is none."""
        number = self.group_at(at)
        if number is None or self.groups is None:
            return ""
        n_points = int(self.groups.counts[number])
        is_hidden = "" if self.visible[number] else ", hidden"
        return f"{self.groups.names[number]}: {n_points:,} point{'s' * (n_points != 1)}{is_hidden}\n{_TIP}"

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.tip(event.pos())), self)
            return True
        return super().event(event)


class PointLegend(QWidget):
    """The rows, as many as there are, and a button that shows all groups again.

    Signals:
        changed: other groups are visible than before.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.visible = np.zeros(0, bool)
        self._is_below = False
        self._room_px = 0
        self.rows = LegendRows()
        self.rows.toggled.connect(self._on_toggled)
        self.rows.singled_out.connect(self._on_singled_out)
        self.all_button = QPushButton()
        self.all_button.setToolTip("Show all groups again")
        self.all_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all_button.clicked.connect(lambda *_: self._show(np.ones(len(self.visible), bool)))
        self._area = area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.rows)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(area, stretch=1)
        self._layout.addWidget(self.all_button, alignment=Qt.AlignmentFlag.AlignBottom)
        self.show_below(False)

    def show_below(self, is_below: bool) -> None:
        """Stand below a cloud, wide and low, or at its right."""
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if is_below else QBoxLayout.Direction.TopToBottom)
        self._is_below = is_below
        self.all_button.setText("All" if is_below else "Show all")
        policy = self.all_button.sizePolicy()
        policy.setRetainSizeWhenHidden(is_below)  # columns stay where they are; below rows it takes nothing from them
        self.all_button.setSizePolicy(policy)
        self.rows.show_wide(is_below)
        self._fit()

    def show_room(self, room_px: int) -> None:
        """So much is there for the cloud and this beside it."""
        self._room_px = room_px
        self._fit()

    def _fit(self) -> None:
        """Beside a cloud be as wide as long names are, below it as high as the rows, where that leaves most to it."""
        wanted = self.rows.wanted_px + _FRAME_PX + _SCROLL_BAR_PX
        px = max(_WIDTH_PX, min(wanted, int(self._room_px * _MOST_SHARE)))
        self.setMinimumWidth(0 if self._is_below else px)
        self.setMaximumWidth(QWIDGETSIZE_MAX if self._is_below else px)
        rows_px = min(len(self.rows.listed), ROWS_BELOW) * ROW_PX + _FRAME_PX
        high = max(rows_px, self.all_button.sizeHint().height())
        self.setMinimumHeight(high if self._is_below else 0)
        self.setMaximumHeight(high if self._is_below else QWIDGETSIZE_MAX)

    def show_groups(self, groups: PointGroups | None) -> None:
        """Show these; what is hidden stays so as long as the groups are the same."""
        before = self.rows.groups
        if groups is None or before is None or before.names != groups.names:
            self.visible = np.ones(0 if groups is None else len(groups.names), bool)
        self.rows.show_groups(groups, self.visible)
        self.all_button.setVisible(not self.visible.all())
        self._fit()

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
