"""A list of rows of two parts, each as tall as its text takes at the list's width."""

from collections.abc import Sequence

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QTextLayout, QTextOption
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.analysis.row import Row
from app.palette import SMALL_PX, TEXT_PX, active, font
from app.widgets.plain_text import elided, on_a_line, plain_tooltip
from app.widgets.severity_mark import MARK_PX, paint_mark, severity_colour

ROW_ROLE = Qt.ItemDataRole.UserRole
_MARGIN_PX, _LINE_PX, _APART_PX = 8.0, 4.0, 2.0
_INDENT_PX = MARK_PX + 7.0
_MOST_LINES = 4
_LEAST_PX = 120.0


class RowListModel(QAbstractListModel):
    """The rows. Where they are as many as before, only what they say changes, and nothing moves."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these."""
        if len(rows) == len(self.rows):
            changed = [number for number, (one, other) in enumerate(zip(rows, self.rows, strict=True)) if one != other]
            self.rows = rows
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return on_a_line(row.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return on_a_line(f"{row.above}: {row.text}")
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(row.tip)
        return row if role == ROW_ROLE else None


class RowList(QListView):
    """A click or Enter on a row goes there; arrows only choose.

    Signals:
        entered_row(int): number of the row that the user goes to.
        chosen_changed: another row is chosen, or none.
    """

    entered_row = pyqtSignal(int)
    chosen_changed = pyqtSignal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """A list that is called so."""
        super().__init__(parent)
        self._is_filling = False
        self.rows = RowListModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_RowDelegate(self))
        self.setAccessibleName(name)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setWordWrap(True)  # or Qt lays rows out anew at another height alone
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.clicked.connect(lambda index: self.entered_row.emit(index.row()))
        self.activated.connect(lambda index: self.entered_row.emit(index.row()))
        selection = self.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(self._on_selection_changed)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # it scrolls, and takes what room is left

    @property
    def row_px(self) -> float:
        """Width of a row, the same whether or not there is a scroll bar: or the bar would change what needs it."""
        bar, frame = self.verticalScrollBar(), 2 * self.frameWidth()
        return max(float(self.width() - frame - (0 if bar is None else bar.sizeHint().width())), _LEAST_PX)

    @property
    def chosen(self) -> int | None:
        """Number of the row that is chosen."""
        return next((each.row() for each in self.selectedIndexes()), None)

    def show_rows(self, rows: Sequence[Row], chosen: int | None) -> None:
        """Show these, of which one is chosen, without a signal; what was in sight stays there.

        Where the chosen row was in sight it is afterwards too.
        """
        bar = self.verticalScrollBar()
        assert bar is not None
        before, was_in_sight = bar.value(), self.chosen is None or self._is_in_sight(self.chosen)
        self._is_filling = True
        self.rows.show_rows(rows)
        self.choose(chosen)
        self._is_filling = False
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()  # now, or there would be no place to go back to
        bar.setValue(before)
        if chosen is not None and was_in_sight and not self._is_in_sight(chosen):
            self.scrollTo(self.rows.index(chosen))

    def _is_in_sight(self, number: int) -> bool:
        viewport = self.viewport()
        assert viewport is not None
        return viewport.rect().intersected(place := self.visualRect(self.rows.index(number))) == place

    def _on_selection_changed(self, *_: object) -> None:
        if not self._is_filling:
            self.chosen_changed.emit()

    def choose(self, number: int | None) -> None:
        """Choose a row; none for None."""
        if number is None:
            self.clearSelection()
        elif number != self.chosen:
            self.setCurrentIndex(self.rows.index(number))


class _RowDelegate(QStyledItemDelegate):
    """The small line with its mark, and the text, wrapped."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        view, row = self.parent(), index.data(ROW_ROLE)
        assert isinstance(view, RowList)
        text = _laid_out(row.text, _text_width(row, view.row_px))
        return QSize(
            int(view.row_px), int(_small().height() + _APART_PX + text.boundingRect().height() + 2 * _LINE_PX) + 1
        )

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        assert painter is not None
        assert isinstance(row, Row)
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        shown.text = ""
        assert shown.widget is not None
        style = shown.widget.style()
        assert style is not None
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        palette, is_selected = active(), bool(shown.state & QStyle.StateFlag.State_Selected)
        view = self.parent()
        assert isinstance(view, RowList)
        room = QRectF(shown.rect).adjusted(_MARGIN_PX, _LINE_PX, -_MARGIN_PX, -_LINE_PX)
        painter.save()
        painter.setClipRect(shown.rect)
        height = _small().height()
        if row.severity is not None:
            at = QPointF(room.left() + MARK_PX / 2, room.top() + height / 2)
            paint_mark(painter, at, row.severity)
            room.setLeft(room.left() + _INDENT_PX)
        colour = severity_colour(row.severity) if row.severity else QColor(palette.faint_text)
        painter.setPen(QColor(palette.text) if is_selected else colour)
        painter.setFont(font(SMALL_PX))
        above = elided(_small(), row.above, room.width(), Qt.TextElideMode.ElideRight)
        painter.drawText(QPointF(room.left(), room.top() + _small().ascent()), above)
        painter.setPen(QColor(palette.faint_text if row.is_faint and not is_selected else palette.text))
        _laid_out(row.text, _text_width(row, view.row_px)).draw(
            painter, QPointF(room.left(), room.top() + height + _APART_PX)
        )
        painter.restore()
        if shown.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(palette.hovered))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(shown.rect.adjusted(0, 0, -1, -1))


def _small() -> QFontMetricsF:
    return QFontMetricsF(font(SMALL_PX))


def _text_width(row: Row, width: float) -> float:
    return max(width - 2 * _MARGIN_PX - _INDENT_PX * (row.severity is not None), _LEAST_PX / 2)


def _laid_out(text: str, width: float) -> QTextLayout:
    """The text in at most so many lines, the last of which is shortened where there are more."""
    shown = on_a_line(text)
    layout = _lines_of(shown, width)
    if layout.lineCount() > _MOST_LINES:
        start = layout.lineAt(_MOST_LINES - 1).textStart()
        last = elided(QFontMetricsF(font(TEXT_PX)), shown[start:], width, Qt.TextElideMode.ElideRight)
        layout = _lines_of(shown[:start] + last, width)
    return layout


def _lines_of(text: str, width: float) -> QTextLayout:
    layout, height = QTextLayout(text, font(TEXT_PX)), 0.0
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0.0, height))
        height += line.height()
    layout.endLayout()
    return layout
