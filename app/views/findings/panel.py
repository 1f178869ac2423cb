"""The findings of a run: a list, and below it all that is known of the one that is chosen."""

from collections.abc import Iterable

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.views.findings.analysis.finding_text import (
    evidence_text,
    finding_text,
    not_judged_text,
    severity_text,
    summary_text,
)
from app.views.findings.finding_table_model import FindingColumn, FindingTableModel
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import PlainLabel, plain, plain_action_text
from collector.findings import Evidence, Finding, Report

NOTHING_OPEN = "Open a collection to read what is found in it."
JUDGING = "The rules are being put to this run."

_MOST_EVIDENCE = 4
_MOST_TEXT = 8_000
_SEVERITY_PX, _SINCE_PX = 66, 84


class FindingsPanel(QWidget):
    """A table, the text of the chosen finding, and where it can be seen.

    Signals:
        chosen(Finding): the user goes to a finding.
        place_requested(Evidence): the user goes to one of the places where it can be seen.
        muted_changed(list): names of the rules that are not to be shown.
    """

    chosen = pyqtSignal(object)
    place_requested = pyqtSignal(object)
    muted_changed = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: Report | None = None
        self._muted: list[str] = []
        self.model = FindingTableModel(self)
        self.summary_label = PlainLabel()
        self.summary_label.setWordWrap(True)
        self.show_muted_box = QCheckBox("Show muted ones")
        self.show_muted_box.toggled.connect(lambda _: self._fill())
        self.table = self._table()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("What is known of the finding")
        self._places = QVBoxLayout()
        self._places.setSpacing(2)
        self.mute_button = QPushButton("Mute this rule")
        self.mute_button.setToolTip("Findings of this rule are not shown any more, in this run and others")
        self.mute_button.clicked.connect(lambda *_: self._toggle_muted())
        self.pages = EmptyStateLayout(self, self._filled(), NOTHING_OPEN)
        self.setFocusProxy(self.table)

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Findings")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.setTabKeyNavigation(False)
        rows, columns, selection = table.verticalHeader(), table.horizontalHeader(), table.selectionModel()
        assert rows is not None
        assert columns is not None
        assert selection is not None
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(FindingColumn.TITLE, QHeaderView.ResizeMode.Stretch)
        table.setColumnWidth(FindingColumn.SEVERITY, _SEVERITY_PX)
        table.setColumnWidth(FindingColumn.SINCE, _SINCE_PX)
        table.clicked.connect(self._on_chosen)
        table.activated.connect(self._on_chosen)
        selection.selectionChanged.connect(self._show_text)
        return table

    def _filled(self) -> QWidget:
        page = QWidget()
        line = QHBoxLayout()
        line.addWidget(self.summary_label, stretch=1)
        line.addWidget(self.show_muted_box)
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 8)
        column.addLayout(line)
        column.addWidget(self.table, stretch=2)
        column.addLayout(self._places)
        column.addWidget(self.text, stretch=3)
        column.addWidget(self.mute_button, alignment=Qt.AlignmentFlag.AlignLeft)
        return page

    def show_waiting(self) -> None:
        """A run is open, and is being judged."""
        self._report = None
        self.pages.show_text(JUDGING)

    def show_report(self, report: Report) -> None:
        """Show what is found in a run; what was chosen stays chosen where it is still there."""
        self._report = report
        self.pages.show_content()
        self._fill()

    def show_chosen(self, finding: Finding) -> None:
        """Somebody went to a finding from elsewhere."""
        if finding in self.model.rows:
            self.table.selectRow(list(self.model.rows).index(finding))

    def set_muted(self, names: Iterable[str]) -> None:
        """Rules whose findings are not shown."""
        self._muted = list(names)
        self._fill()

    @property
    def current(self) -> Finding | None:
        """The finding that is chosen."""
        selection = self.table.selectionModel()
        rows = selection.selectedRows() if selection else []
        return self.model.rows[rows[0].row()] if rows else None

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Column names and a row for each finding that is shown."""
        headings = ("severity", "rule", "since", "until", "layers", "finding", "why")
        return headings, [
            (severity_text(each), each.rule, each.since, each.until, ", ".join(each.layers), each.title, each.why)
            for each in self.model.rows
        ]

    def _fill(self) -> None:
        if self._report is None:
            return
        before = self.current
        muted = [each for each in self._report.findings if each.rule in self._muted]
        shown = [each for each in self._report.findings if each not in muted or self.show_muted_box.isChecked()]
        self.model.show_rows(shown)
        self.summary_label.setText(summary_text(self._report, len(muted)))
        self.show_muted_box.setVisible(bool(muted))
        self.table.setVisible(bool(shown))
        again = next((row for row, each in enumerate(shown) if before and _is_same(each, before)), None)
        if again is not None:
            self.table.selectRow(again)
        elif shown:
            self.table.selectRow(0)
        self._show_text()

    def _show_text(self, *_: object) -> None:
        finding = self.current
        while (item := self._places.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.hide()
                button.deleteLater()
        self.mute_button.setVisible(finding is not None)
        if finding is None:
            lacking = not_judged_text(self._report.not_judged) if self._report else ""
            self.text.setPlainText(plain(lacking, _MOST_TEXT))
            return
        is_muted = finding.rule in self._muted
        self.mute_button.setText("Show this rule again" if is_muted else "Mute this rule")
        self.text.setPlainText(plain(finding_text(finding), _MOST_TEXT))
        for each in finding.evidence[:_MOST_EVIDENCE]:
            self._places.addWidget(self._place_button(each), alignment=Qt.AlignmentFlag.AlignLeft)

    def _place_button(self, evidence: Evidence) -> QPushButton:
        button = QPushButton(plain_action_text(evidence_text(evidence)))
        button.setToolTip("Go there")
        button.clicked.connect(lambda *_: self.place_requested.emit(evidence))
        return button

    def _toggle_muted(self) -> None:
        if (finding := self.current) is not None:
            is_muted = finding.rule in self._muted
            self._muted = [name for name in self._muted if name != finding.rule] + [finding.rule] * (not is_muted)
            self.muted_changed.emit(self._muted)
            self._fill()

    def _on_chosen(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.model.rows[index.row()])


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether it is the same finding of a run that has grown."""
    return one.rule == other.rule and one.layers[:1] == other.layers[:1]
