"""The view of the run's curves, on which the playhead is moved."""

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Table
from app.analysis.two_curves import two_notes
from app.noise_reading import NoiseReading
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.timeline.panel import TimelinePanel
from collector.findings import Report

NAME = "timeline"


class TimelinePanelView(PanelView):
    """One panel, whose chosen curves are remembered."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = TimelinePanel()
        super().__init__(self.panel, parent)
        self.tables = {"Timeline": self._table}
        self._series: str | None = None
        self._names: tuple[str, str] | None = None
        noise = NoiseReading(session, self)
        self.panel.noise_requested.connect(noise.read)
        noise.ready.connect(self.panel.show_noise)
        self.panel.step_requested.connect(session.show_step)
        self.panel.finding_requested.connect(session.go_to_finding)
        self.panel.why_requested.connect(session.ask_why)
        self.panel.chosen_changed.connect(lambda: self.choice_changed.emit(self.panel.chosen()))

    def show_collection(self, opened: OpenedCollection) -> None:
        self._names = None if opened.comparing is None else opened.comparing.names
        self.panel.show_collection(opened.collection, opened.comparing)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step, is_following=view.is_following)
        self.panel.show_chosen(view.finding)
        if view.series != self._series:
            self._series = view.series
            self.panel.show_asked(view.series if view.tab == NAME else None)

    def show_findings(self, report: Report) -> None:
        self.panel.show_findings(report.findings)

    def restore_choice(self, names: list[str]) -> None:
        self.panel.choose(names)

    def _table(self) -> Table:
        notes = ["step: optimizer updates, from 0; a value is that of the batch of its step", *two_notes(self._names)]
        return Table(*self.panel.numbers(), notes=notes, nothing="No curve that is shown has a value.")
