"""The view of projections: samples in a plane, laid out by a process of its own."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.projection.analysis.point_run import PointRun
from app.views.projection.panel import ProjectionPanel
from app.views.projection.reading import BesideReading, Projections, SamplesReading


class ProjectionPanelView(PanelView):
    """One panel, and what computes for it, which ends with the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = ProjectionPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Projection": self._table}
        self.samples = samples = SamplesReading(session, self)
        self.projections = projections = Projections(session, self)
        self.beside = BesideReading(session, self)
        self._opened: OpenedCollection | None = None
        self._view: ReplayView | None = None
        panel = self.panel
        panel.sample_requested.connect(session.choose_sample)
        panel.step_requested.connect(session.show_step)
        panel.stories_selected.connect(lambda stories: session.go_to(selected=stories))
        panel.run_requested.connect(samples.read)
        panel.known_requested.connect(projections.look_up)
        panel.compute_requested.connect(lambda asked: projections.compute(*asked))
        panel.cancel_requested.connect(projections.cancel)
        samples.ready.connect(self._show_run)
        self.beside.ready.connect(self._show_beside)
        projections.projected.connect(panel.show_projected)
        projections.progressed.connect(panel.show_progress)
        projections.ended.connect(panel.show_ended)
        projections.failed.connect(session.problem_occurred)

    def show_collection(self, opened: OpenedCollection) -> None:
        before, self._opened = self._opened, opened
        is_other = before is None or opened.collection is not before.collection
        if is_other and before is not None:
            self.projections.cancel()
        self.panel.show_collection(opened.collection)
        if is_other or before is None or opened.comparing is not before.comparing:
            self._read_beside()

    def _read_beside(self) -> None:
        """What B has to show, where two runs are compared; two passes of one show the same samples."""
        both = None if self._opened is None else self._opened.comparing
        own, known = self.panel.own.run, self.panel.other.run
        if both is None:
            self.beside.cancel()
            self.panel.remove_other()
        elif both.held is None:
            is_known = known is not None and known.collection is both.b.collection
            self.beside.read(both.b.collection, known if is_known else None)
        elif own is not None:
            self.panel.show_other(own, both.names)

    def _show_run(self, run: PointRun | None) -> None:
        self.panel.show_run(run)
        both = None if self._opened is None else self._opened.comparing
        if run is not None and both is not None and both.held is not None:
            self.panel.show_other(run, both.names)

    def _show_beside(self, run: PointRun | str) -> None:
        both = None if self._opened is None else self._opened.comparing
        if isinstance(run, str):
            self.panel.show_alone(run)
        elif both is not None:
            self.panel.show_other(run, both.names)
        self._show_steps()

    def show_view(self, view: ReplayView, step: int) -> None:
        self._view = view
        self._show_steps()
        self.panel.show_sample(view.sample, view.story)
        self.panel.show_selected(view.selected)

    def _show_steps(self) -> None:
        """Each run at its own step: that of B is the one that lies next to that of A."""
        both, view = None if self._opened is None else self._opened.comparing, self._view
        if view is None:
            return
        if both is None:
            self.panel.show_step(view.step)
            return
        sides = [None if each is None else each.step for each in both.sides(view)]
        self.panel.show_steps(*sides)

    def about(self) -> Mapping[str, Cell]:
        request, number = self.panel.request_of(self.panel.own), self.panel.number
        setting = {request.method.setting: request.setting} if request.method.settings else {}
        run = self.panel.own.run
        measured = {} if run is None or number is None else {"measured_at_step": int(run.steps[number])}
        return {"layer": request.source or "raw data", "method": request.method.value, **setting, **measured}

    def _table(self) -> Table:
        notes = (
            "x, y: places in the plane, without a unit; sample: number among the projection's samples, from 0",
            "differences are B less A, where both are seen in one frame",
        )
        nothing = "No samples are laid out yet."
        return Table(*self.panel.numbers(), self.about(), notes, nothing=nothing)
