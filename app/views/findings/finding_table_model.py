"""The findings of a run as rows of a table."""

from collections.abc import Sequence
from enum import IntEnum

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PyQt6.QtGui import QColor

from app.palette import active
from app.views.findings.analysis.finding_text import severity_text, since_text
from app.widgets.plain_text import on_a_line, plain_tooltip
from collector.findings import Finding


class FindingColumn(IntEnum):
    """The columns from left to right."""

    SEVERITY = 0
    SINCE = 1
    TITLE = 2


HEADINGS = ("", "Since step", "Finding")


class FindingTableModel(QAbstractTableModel):
    """One row a finding, worst first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Finding] = ()

    def show_rows(self, rows: Sequence[Finding]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_heading = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return HEADINGS[section] if is_heading else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        texts = severity_text(row), since_text(row), row.title
        if role == Qt.ItemDataRole.DisplayRole:
            return on_a_line(texts[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(f"{row.title}\n{row.why}")
        if role == Qt.ItemDataRole.ForegroundRole and column == FindingColumn.SEVERITY:
            return QColor(severity_colour(row.severity))
        if role == Qt.ItemDataRole.TextAlignmentRole and column == FindingColumn.SINCE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def severity_colour(severity: str) -> str:
    """Of the active theme."""
    palette = active()
    return {"critical": palette.wrong, "warning": palette.hovered}.get(severity, palette.faint_text)
