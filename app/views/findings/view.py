"""The view of the findings: a list that moves every other view to where one of them can be seen."""

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Table
from app.replay.opened import OpenedCollection
from app.session import Session
from app.views.findings.panel import FindingsPanel
from app.views.panel_view import PanelView
from collector.findings import Report


class FindingsPanelView(PanelView):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = FindingsPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Findings": lambda: Table(*self.panel.numbers(), nothing="Nothing is found in this run.")}
        self.setFocusProxy(self.panel)
        self._opened: OpenedCollection | None = None
        self.panel.chosen.connect(session.go_to_finding)
        self.panel.place_requested.connect(session.go_to_evidence)
        self.panel.muted_changed.connect(self.choice_changed.emit)

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is None or opened.collection is not self._opened.collection:
            self.panel.show_waiting()
        self._opened = opened

    def show_findings(self, report: Report) -> None:
        self.panel.show_report(report)

    def restore_choice(self, names: list[str]) -> None:
        self.panel.set_muted(names)
