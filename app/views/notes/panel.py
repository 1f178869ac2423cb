"""The notes of a run: what the collector warned of, where the run went on, what in the file is damaged."""

from collections.abc import Sequence

from PyQt6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.views.notes.analysis.note_rows import NoteRow
from app.views.notes.note_table_model import SORT_ROLE, NoteColumn, NoteTableModel
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import PlainLabel, plain
from app.widgets.table_of_rows import choose_rows

NOTHING_OPEN = "Open a collection to read its notes."
NO_NOTES = "The collector left no notes on this run."

_WHOLE_LINES = 7
_STEP_PX, _LAYER_PX = 60, 60
_MOST_SHARE = 0.3
"""Of the panel, for a name."""


class NotesPanel(QWidget):
    """A table that can be filtered, and below it the whole text of the note that is chosen.

    Signals:
        place_requested(NoteRow): the user goes to a note.
    """

    place_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = NoteTableModel(self)
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.model)
        self.shown.setSortRole(SORT_ROLE)
        self.shown.setFilterKeyColumn(-1)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter_edit = QLineEdit()
        self.filter_edit.setPlaceholderText("Filter by words, layer or step")
        self.filter_edit.setAccessibleName("Filter of the notes")
        self.filter_edit.setClearButtonEnabled(True)
        self.filter_edit.textChanged.connect(self._on_filter_changed)
        self.count_label = PlainLabel()
        self.count_label.setObjectName("faint")
        self.table = self._table()
        self.whole_text = QPlainTextEdit()
        self.whole_text.setReadOnly(True)
        self.whole_text.setTabChangesFocus(True)
        self.whole_text.setAccessibleName("The whole note")
        self.whole_text.setMaximumHeight(_WHOLE_LINES * self.fontMetrics().lineSpacing())
        self._pages = EmptyStateLayout(self, self._filled(), NOTHING_OPEN)
        self.empty_state = self._pages.state
        self.setFocusProxy(self.table)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.shown)
        table.setAccessibleName("Notes")
        choose_rows(table)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        rows, columns, selection = table.verticalHeader(), table.horizontalHeader(), table.selectionModel()
        assert rows is not None
        assert columns is not None
        assert selection is not None
        rows.hide()
        rows.setDefaultSectionSize(self.fontMetrics().height() + 10)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(NoteColumn.TEXT, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(NoteColumn.STEP, _STEP_PX)
        table.clicked.connect(self._on_chosen)
        table.activated.connect(self._on_chosen)
        # not the current row, which comes with the keyboard's focus alone
        selection.selectionChanged.connect(self._show_whole_text)
        return table

    def _filled(self) -> QWidget:
        line = QHBoxLayout()
        line.addWidget(self.filter_edit)
        line.addWidget(self.count_label)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 8)
        column.addLayout(line)
        column.addWidget(self.table, stretch=1)
        column.addWidget(self.whole_text)
        return page

    def show_rows(self, rows: Sequence[NoteRow]) -> None:
        """Show the notes of a run, or of two, or those that have come since."""
        self.model.show_rows(rows)
        self.table.setColumnHidden(NoteColumn.RUN, not any(row.run for row in rows))
        self.table.setColumnHidden(NoteColumn.LAYER, not any(row.layer for row in rows))
        self._fit_columns()
        if self.model.rows:
            self._pages.show_content()
        else:
            self._pages.show_text(NO_NOTES)
        self._count()
        if self.chosen is None:
            self.table.selectRow(0)  # a note is longer than its row
        self._show_whole_text()

    def _fit_columns(self) -> None:
        """Names are as wide as they are, but leave room to what is said."""
        most = max(int(self.width() * _MOST_SHARE), _LAYER_PX)
        for column in (NoteColumn.RUN, NoteColumn.LAYER):
            if not self.table.isColumnHidden(column):
                wanted = self.table.sizeHintForColumn(column) + 8
                self.table.setColumnWidth(column, min(max(wanted, _LAYER_PX), most))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit_columns()

    @property
    def chosen(self) -> NoteRow | None:
        """The note whose whole text is seen."""
        selection = self.table.selectionModel()
        rows = selection.selectedRows() if selection else []
        return self._row(rows[0]) if rows else None

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Column names and a row for each note that is shown."""
        rows = [self._row(self.shown.index(number, 0)) for number in range(self.shown.rowCount())]
        known = [row for row in rows if row is not None]
        if any(row.run for row in known):
            return ("run", "step", "layer", "note"), [(row.run, row.step, row.layer, row.text) for row in known]
        return ("step", "layer", "note"), [(row.step, row.layer, row.text) for row in known]

    def _row(self, index: QModelIndex) -> NoteRow | None:
        return self.model.rows[self.shown.mapToSource(index).row()] if index.isValid() else None

    def _on_filter_changed(self, text: str) -> None:
        self.shown.setFilterFixedString(text.strip())
        self._count()

    def _count(self) -> None:
        n_shown, n_all = self.shown.rowCount(), len(self.model.rows)
        of = "" if n_shown == n_all else f"{n_shown:,} of "
        self.count_label.setText(f"{of}{n_all:,} note{'s' * (n_all != 1)}")

    def _show_whole_text(self, *_: object) -> None:
        row = self.chosen
        self.whole_text.setPlainText("" if row is None else plain(row.text))
        self.whole_text.setVisible(row is not None)

    def _on_chosen(self, index: QModelIndex) -> None:
        if (row := self._row(index)) is not None:
            self.place_requested.emit(row)
