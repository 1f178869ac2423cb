"""How much each array of each layer differs between two passes."""

from collections.abc import Callable, Mapping, Sequence

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QResizeEvent
from PyQt6.QtWidgets import QTableView, QWidget

from app.palette import active
from app.views.compare.analysis.pass_rows import KINDS, PassRow, columns_of
from app.widgets.plain_text import on_a_line, plain_tooltip
from app.widgets.table_of_rows import choose_rows

_LOGITS = "logits"
_MARGIN_PX = 8
_STRENGTH = 0.6
_MOST_SHARE, _LEAST_NAME_PX = 0.4, 120
"""Of the table, for the names of layers."""
_TO_THE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
HOW = "The largest difference as a share of the largest value of either"


class PassTableModel(QAbstractTableModel):
    """The rows; the first column is the layer's name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[PassRow] = ()
        self.kinds: list[str] = []

    def show_rows(self, rows: Sequence[PassRow]) -> None:
        """Show these. Where layers and arrays are the same ones, nothing moves."""
        kinds = columns_of(rows)
        is_same = kinds == self.kinds and [row.layer for row in rows] == [row.layer for row in self.rows]
        if not is_same:
            self.beginResetModel()
        self.rows, self.kinds = rows, kinds
        if not is_same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(kinds)))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.kinds) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return KINDS[self.kinds[section - 1]] if section else "Layer"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _TO_THE_RIGHT if section else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return HOW if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if not column:
            name = row.layer or _LOGITS
            told: Mapping[int, Callable[[str], str]] = {
                Qt.ItemDataRole.DisplayRole: on_a_line,
                Qt.ItemDataRole.ToolTipRole: plain_tooltip,
            }
            return told[role](name) if role in told else None
        kind = self.kinds[column - 1]
        ways: Mapping[int, Callable[[PassRow, str], object]] = {
            Qt.ItemDataRole.DisplayRole: PassRow.text,
            Qt.ItemDataRole.ToolTipRole: lambda row, kind: plain_tooltip(row.tip(kind)),
            Qt.ItemDataRole.TextAlignmentRole: lambda *_: _TO_THE_RIGHT,
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Qt.ItemDataRole.BackgroundRole: self._shade,
        }
        return ways[role](row, kind) if role in ways else None

    def _colour(self, row: PassRow, kind: str) -> QColor | None:
        found = row.arrays.get(kind)
        return QColor(active().faint_text) if found is not None and (found.lacks or not found.size) else None

    def _shade(self, row: PassRow, kind: str) -> QColor | None:
        found = row.arrays.get(kind)
        if found is None or found.lacks or not found.size:
            return None
        colour = QColor(active().bar)
        colour.setAlphaF(_STRENGTH * min(found.size, 1.0))
        return colour


class PassTable(QTableView):
    """A click or Enter on a row goes there.

    Signals:
        entered_row(int): number of the row.
    """

    entered_row = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = PassTableModel(self)
        self.setModel(self.rows)
        self.setAccessibleName("How the passes differ")
        choose_rows(self)
        numbers, headings = self.verticalHeader(), self.horizontalHeader()
        assert numbers is not None
        assert headings is not None
        numbers.hide()
        numbers.setDefaultSectionSize(self.fontMetrics().height() + 8)
        headings.setHighlightSections(False)
        self.clicked.connect(lambda index: self.entered_row.emit(index.row()))
        self.activated.connect(lambda index: self.entered_row.emit(index.row()))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.rows.modelReset.connect(self._fit_columns)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()  # it scrolls, and takes what room is left

    def show_rows(self, rows: Sequence[PassRow]) -> None:
        """Show these."""
        self.rows.show_rows(rows)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _name_px(self) -> int:
        headings = self.horizontalHeader()
        assert headings is not None
        return max(self.sizeHintForColumn(0), headings.sectionSizeHint(0))

    def _fit_columns(self) -> None:
        """As wide as the widest heading, whatever the numbers of a pass; names leave room to the numbers."""
        headings = self.horizontalHeader()
        assert headings is not None
        columns = range(1, self.rows.columnCount())
        widest = max((headings.sectionSizeHint(each) for each in columns), default=0)
        self.setColumnWidth(0, min(self._name_px(), max(int(self.width() * _MOST_SHARE), _LEAST_NAME_PX)))
        for each in columns:
            self.setColumnWidth(each, widest + _MARGIN_PX)
