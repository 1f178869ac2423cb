"""The notes of a run as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum
from math import inf

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.views.notes.analysis.note_rows import NoteRow
from app.widgets.plain_text import on_a_line, plain_tooltip


class NoteColumn(IntEnum):
    """The columns from left to right."""

    STEP = 0
    RUN = 1
    LAYER = 2
    TEXT = 3


HEADINGS = ("Step", "Run", "Layer", "Note")

NO_STEP = "–"

SORT_ROLE = Qt.ItemDataRole.UserRole
"""What a column is sorted by; notes of no step come last."""


class NoteTableModel(QAbstractTableModel):
    """One row a note."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[NoteRow] = ()

    def show_rows(self, rows: Sequence[NoteRow]) -> None:
        """Show these notes. Where only more have come, those that were there stay, and so does the selection."""
        known = len(self.rows)
        if known and list(rows[:known]) == list(self.rows):
            if len(rows) > known:
                self.beginInsertRows(QModelIndex(), known, len(rows) - 1)
                self.rows = rows
                self.endInsertRows()
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return HEADINGS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return on_a_line(_texts(row)[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(_texts(row)[column])
        if role == SORT_ROLE:
            return _order(row) if column == NoteColumn.STEP else _texts(row)[column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    """Of a cell and of its heading."""
    side = Qt.AlignmentFlag.AlignRight if column == NoteColumn.STEP else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _texts(row: NoteRow) -> tuple[str, str, str, str]:
    """What the columns say."""
    return NO_STEP if row.step is None else f"{row.step:,}", row.run, row.layer or "", row.text


def _order(row: NoteRow) -> float:
    """By step, those of no step behind all others."""
    return inf if row.step is None else float(row.step)
