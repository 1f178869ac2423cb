"""The view of projections: samples in a plane, laid out by a process of its own."""

from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.projection.panel import ProjectionPanel
from app.views.projection.reading import OtherRun, Projections, SamplesReading
from collector.storage import Collection


class ProjectionPanelView(PanelView):
    """One panel, what computes for it, and the collection beside; they end with the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = ProjectionPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Projection": self._table}
        self.samples = samples = SamplesReading(session, self)
        self.projections = projections = Projections(session, self)
        self.other = other = OtherRun(session, self)
        self._opened: OpenedCollection | None = None
        panel = self.panel
        panel.sample_requested.connect(session.choose_sample)
        panel.step_requested.connect(session.show_step)
        panel.run_requested.connect(samples.read)
        panel.known_requested.connect(projections.look_up)
        panel.compute_requested.connect(lambda asked: projections.compute(*asked))
        panel.cancel_requested.connect(projections.cancel)
        panel.compare_requested.connect(self._on_compare_requested)
        panel.other_removed.connect(self._on_other_removed)
        samples.ready.connect(panel.show_run)
        projections.projected.connect(panel.show_projected)
        projections.progressed.connect(panel.show_progress)
        projections.ended.connect(panel.show_ended)
        projections.failed.connect(session.problem_occurred)
        other.opened.connect(panel.show_other)
        other.failed.connect(panel.show_not_opened)
        other.failed.connect(session.problem_occurred)

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is not None and opened.collection is not self._opened.collection:
            self.projections.cancel()
        self._opened = opened
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_sample(view.sample)

    def about(self) -> Mapping[str, Cell]:
        request, number = self.panel.request_of(self.panel.own), self.panel.number
        setting = {request.method.setting: request.setting} if request.method.settings else {}
        run = self.panel.own.run
        measured = {} if run is None or number is None else {"measured_at_step": int(run.steps[number])}
        return {"layer": request.source or "raw data", "method": request.method.value, **setting, **measured}

    def _table(self) -> Table:
        notes = ("x, y: places in the plane, without a unit; sample: number among the projection's samples, from 0",)
        nothing = "No samples are laid out yet."
        return Table(*self.panel.numbers(), self.about(), notes, nothing=nothing)

    def _on_compare_requested(self, path: Path) -> None:
        if self._opened is not None:
            self.other.open(path, self._opened.collection.path)

    def _on_other_removed(self, collection: Collection) -> None:
        self.projections.drop(collection)
        self.other.release()
