"""The findings of a run: a list, and below it all that is known of the one that is chosen; or who moved first."""

from collections.abc import Iterable, Mapping

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.analysis.health import is_same
from app.views.findings.analysis.finding_text import (
    evidence_text,
    finding_sections,
    judged_sections,
    judged_text,
    rule_sections,
    summary_text,
)
from app.views.findings.entry import Entry, TwoReports
from app.views.findings.movers_page import MoversPage
from app.views.findings.section_text import SectionText
from app.widgets.elided_text import ElidedButton
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import PlainLabel, plain_action_text, plain_tooltip
from app.widgets.row_list import RowList
from collector.findings import Evidence, Finding, Report, Rule

NOTHING_OPEN = "Open a collection to read what is found in it."
JUDGING = "The rules are being put to this run."

_MOST_PLACES = 4
_LEAST_LIST_PX, _LEAST_TEXT_PX = 60, 60


class FindingsPanel(QWidget):
    """A list, the text of the chosen finding, and where it can be seen. Of two runs it says which of both has what.

    Signals:
        chosen(Finding): the user goes to a finding.
        place_requested(Evidence): the user goes to one of the places where something can be seen.
        muted_changed(list): names of the rules that are not to be shown.
        back_requested: who moved first is not asked any more.
    """

    chosen = pyqtSignal(object)
    place_requested = pyqtSignal(object)
    muted_changed = pyqtSignal(list)
    back_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: Report | None = None
        self._rules: Mapping[str, Rule] = {}
        self._muted: frozenset[str] = frozenset()
        self._shown_places: list[Evidence] = []
        self._two: TwoReports | None = None
        self._entries: list[Entry] = []
        self.summary_label = PlainLabel()
        self.summary_label.setObjectName("heading")
        self.summary_label.setWordWrap(True)
        self.summary_label.setIndent(1)  # as its links
        self.judged_button = _link("", "What was judged, what could not be, and why")
        self.judged_button.setCheckable(True)
        self.judged_button.toggled.connect(lambda _: self._show_other_text())
        self.show_muted_box = QCheckBox("Show muted ones")
        self.show_muted_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_muted_box.toggled.connect(lambda _: self._fill())
        self.list = RowList("Findings")
        self.list.setMinimumHeight(_LEAST_LIST_PX)
        self.list.installEventFilter(self)
        self.list.entered_row.connect(lambda number: self.chosen.emit(self.shown[number]))
        self.list.chosen_changed.connect(self._on_chosen_changed)
        self.text = SectionText("What is known of the finding")
        self.text.setMinimumHeight(_LEAST_TEXT_PX)
        self.what_button = _link("What is this?", "What the rule computes, from where on it tells, and what it is not")
        self.what_button.setCheckable(True)
        self.what_button.toggled.connect(lambda _: self._show_other_text())
        self.mute_button = _link("", "Findings of a muted rule are not shown any more, in this run and others")
        self.mute_button.clicked.connect(lambda *_: self._toggle_muted())
        self.movers = MoversPage()
        self.movers.place_requested.connect(self.place_requested)
        self.movers.back_button.clicked.connect(lambda *_: self.back_requested.emit())
        self._pages = QStackedWidget()
        self._pages.addWidget(self._filled())
        self._pages.addWidget(self.movers)
        self._empty = EmptyStateLayout(self, self._pages, NOTHING_OPEN)
        self.empty_state = self._empty.state
        self._instead = NOTHING_OPEN
        self.setFocusProxy(self.list)

    def _filled(self) -> QWidget:
        self._places = QVBoxLayout()
        self._places.setSpacing(0)
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        buttons.addWidget(self.what_button)
        buttons.addStretch()
        buttons.addWidget(self.mute_button)
        below = QWidget()
        known = QVBoxLayout(below)
        known.setContentsMargins(0, 2, 0, 0)
        known.setSpacing(2)
        known.addLayout(self._places)
        known.addWidget(self.text)
        known.addLayout(buttons)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(self.list)
        self._parts.addWidget(below)
        self._parts.setStretchFactor(0, 2)
        self._parts.setStretchFactor(1, 3)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addWidget(self.summary_label)
        column.addWidget(self.judged_button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.show_muted_box)
        column.addWidget(self._parts)
        return page

    def show_waiting(self) -> None:
        """A run is open, and is being judged."""
        self._report, self._entries = None, []
        self.judged_button.setChecked(False)
        self.list.show_rows([], None)
        self._pages.setCurrentIndex(0)
        self._show_instead(JUDGING)

    def show_failed(self, why: str) -> None:
        """The rules cannot be put to the run; what they said of it before stays."""
        if self._report is None:
            self._show_instead(f"What the rules say of this run cannot be told. {why}")

    def _show_instead(self, words: str) -> None:
        self._instead = words
        self._empty.show_text(words)

    @property
    def shown(self) -> list[Finding]:
        """What is in the list, from top to bottom."""
        return [each.finding for each in self._entries]

    def show_report(self, report: Report, muted: Iterable[str], two: TwoReports | None = None) -> None:
        """Show what is found in a run, or in two; what was chosen stays chosen where it is still there.

        Args:
            report: with the findings of muted rules.
            muted: names of these rules.
            two: the findings of two runs, of which ``report`` is of the first; None: there is one.
        """
        self._report, self._muted, self._two = report, frozenset(muted), two
        self._empty.show_content()
        self._fill()

    def show_rules(self, rules: Mapping[str, Rule]) -> None:
        """What is known of the rules, by their names."""
        self._rules = rules
        self._show_text()

    def show_chosen(self, finding: Finding) -> None:
        """Somebody went to a finding."""
        if finding in self.shown:
            self.list.choose(self.shown.index(finding))

    def show_movers(self, *, are_asked: bool) -> None:
        """Whether who moved first is seen, in place of the findings."""
        self._pages.setCurrentIndex(int(are_asked))
        if are_asked:
            self._empty.show_content()
        elif self._report is None:
            self._empty.show_text(self._instead)

    @property
    def are_movers_seen(self) -> bool:
        """Whether who moved first is seen."""
        return self._pages.currentWidget() is self.movers

    @property
    def current(self) -> Finding | None:
        """The finding that is chosen."""
        return None if self.list.chosen is None else self.shown[self.list.chosen]

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Column names and a row for each finding that is shown."""
        headings = ("severity", "rule", "since", "until", "layers", "finding", "why")
        two = self._two is not None and self._two.found is not None
        rows: list[tuple[str | int | float | None, ...]] = []
        for entry in self._entries:
            each = entry.finding
            told = (each.severity, each.rule, each.since, each.until, ", ".join(each.layers), each.title, each.why)
            since_b = None if entry.beside is None else entry.beside.since
            rows.append((entry.whose.value, *told, since_b) if two else told)
        return (("found_in", *headings, "since_in_b") if two else headings), rows

    def _fill(self) -> None:
        if self._report is None:
            return
        before, two = self.current, self._two
        is_told = two is not None and two.found is not None
        every = two.entries if two is not None and is_told else [Entry(each) for each in self._report.findings]
        told = [each for each in every if each.finding.rule not in self._muted]
        n_muted = len(every) - len(told)
        self._entries = every if self.show_muted_box.isChecked() else told
        alone = summary_text([each.finding for each in told], n_muted)
        self.summary_label.setText(alone if two is None else two.summary(self._muted))
        self.judged_button.setText(judged_text(self._report))
        self.show_muted_box.setVisible(bool(n_muted))
        again = next((number for number, each in enumerate(self.shown) if before and is_same(each, before)), 0)
        rows = [each.row() for each in self._entries]
        self.list.show_rows(rows, again if rows else None)
        self._fit_list()
        self.list.setVisible(bool(rows))
        self.judged_button.setVisible(bool(rows))
        self._show_text()

    def _fit_list(self) -> None:
        """The list is no taller than its rows: what is read below it needs the room. The first is seen whole."""
        frame, heights = 2 * self.list.frameWidth(), list(map(self.list.sizeHintForRow, range(len(self._entries))))
        least = max(frame + sum(heights[:1]), _LEAST_LIST_PX)
        self.list.setMinimumHeight(least)
        self.list.setMaximumHeight(max(frame + sum(heights), least))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:
            self._fit_list()
        return super().eventFilter(watched, event)

    def _on_chosen_changed(self) -> None:
        self.judged_button.setChecked(False)
        self._show_other_text()

    def _show_other_text(self) -> None:
        self._show_text()
        self.text.show_start()

    def _show_text(self) -> None:
        finding = None if self.judged_button.isChecked() else self.current
        self._show_places([] if finding is None else finding.evidence[:_MOST_PLACES])
        for button in (self.mute_button, self.what_button):
            button.setVisible(finding is not None)
        two = self._two
        if finding is None:
            told = judged_sections(self._report, self._rules) if self._report else []
            self.text.show_sections([*told, *(two.judged_sections() if two else ())])
            return
        is_muted = finding.rule in self._muted
        self.mute_button.setText("Show this rule again" if is_muted else "Mute this rule")
        told = rule_sections(finding, self._rules.get(finding.rule)) if self.what_button.isChecked() else []
        assert self.list.chosen is not None
        beside = [] if two is None else self._entries[self.list.chosen].sections(two.names)
        self.text.show_sections(told or [*finding_sections(finding), *beside])

    def _show_places(self, places: list[Evidence]) -> None:
        """Have a button for each place; those that stand there already stay, for whoever is about to press one."""
        if places == self._shown_places:
            return
        self._shown_places = places
        while (item := self._places.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.hide()
                button.deleteLater()
        for each in places:
            self._places.addWidget(self._place_button(each))

    def _place_button(self, evidence: Evidence) -> QPushButton:
        words = evidence_text(evidence)
        button = _link(f"→ {plain_action_text(words)}", "")
        button.setToolTip(plain_tooltip(f"Go to {words}"))
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda *_: self.place_requested.emit(evidence))
        return button

    def _toggle_muted(self) -> None:
        if (finding := self.current) is not None:
            self.muted_changed.emit(sorted(self._muted ^ {finding.rule}))


def _link(text: str, tip: str) -> QPushButton:
    """A button that is but words."""
    button = ElidedButton(text)
    button.setObjectName("link")
    button.setToolTip(plain_tooltip(tip))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
