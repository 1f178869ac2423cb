"""The view of the findings: a list that moves every other view to where one of them can be seen."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Table
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.findings.entry import TwoReports
from app.views.findings.panel import FindingsPanel
from app.views.findings.reading import BothReading, MoversReading, RulesReading
from app.views.panel_view import PanelView
from collector.findings import Report


class FindingsPanelView(PanelView):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = FindingsPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Findings": lambda: Table(*self.panel.numbers(), nothing="Nothing is found in this run.")}
        self.setFocusProxy(self.panel)
        self._session = session
        self._opened: OpenedCollection | None = None
        self._shown: ReplayView | None = None
        self._rules = RulesReading(session, self)
        self._rules.ready.connect(self.panel.show_rules)
        self._both = BothReading(session, self)
        for signal in (self._both.part_ready, self._both.ready):
            signal.connect(self._show_both)
        self._movers = MoversReading(session, self)
        self._movers.ready.connect(self.panel.movers.show_movers)
        self._movers.failed.connect(self.panel.movers.show_failed)
        session.findings.failed.connect(self.panel.show_failed)
        self.panel.chosen.connect(session.go_to_finding)
        self.panel.place_requested.connect(session.go_to_evidence)
        self.panel.muted_changed.connect(session.findings.mute)
        self.panel.back_requested.connect(lambda: session.go_to(why_at=None))
        self._are_rules_read = False

    def show_collection(self, opened: OpenedCollection) -> None:
        is_other = self._opened is None or opened.collection is not self._opened.collection
        self._opened = opened
        if is_other:  # what the rules say of it follows
            self._shown = None
            self._both.leave()
            self.panel.show_waiting()
        else:
            self._show_reports()

    def show_findings(self, report: Report) -> None:
        self._show_reports()
        if not self._are_rules_read:
            self._are_rules_read = True
            self._rules.read()

    def _show_reports(self) -> None:
        """What is found in what is open; where that is compared with another run, what is found in which of both."""
        every, muted = self._session.findings.report, self._session.findings.muted
        both = None if self._opened is None else self._opened.comparing
        if every is None:
            return
        if both is None or both.held is not None:  # two passes of one run have the same findings
            self._both.leave()
            self.panel.show_report(every, muted)
        elif (two := self._both.known(both, every)) is not None:
            self.panel.show_report(every, muted, two)
        else:
            self._both.read(both, every)

    def _show_both(self, two: TwoReports) -> None:
        if (every := self._session.findings.report) is not None:
            self.panel.show_report(every, self._session.findings.muted, two)

    def show_view(self, view: ReplayView, step: int) -> None:
        before, self._shown = self._shown, view
        if view.finding is not None and (before is None or before.finding != view.finding):
            self.panel.show_chosen(view.finding)
        if before is None or before.why_at != view.why_at:
            self._movers.cancel()
            self.panel.show_movers(are_asked=view.why_at is not None)
            if view.why_at is not None:
                self.panel.movers.show_asked(view.why_at)
                self._movers.read(view.why_at)

    def figure_parts(self) -> Sequence[QWidget]:
        panel = self.panel
        if panel.are_movers_seen:
            return (panel.movers.title_label, panel.movers.list)
        return (panel.summary_label, panel.list, panel.text)
