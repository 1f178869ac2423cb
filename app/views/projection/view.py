"""The view of projections: samples in a plane, laid out by a process of its own."""

from pathlib import Path

from PyQt6.QtWidgets import QWidget

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.projection.analysis.point_run import PointRun
from app.views.projection.layouts_job import Projections
from app.views.projection.other_run import ComparedRun
from app.views.projection.panel import ProjectionPanel
from collector.storage import Collection


class ProjectionPanelView(PanelView):
    """One panel, what computes for it, and the collection beside; they end with the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = ProjectionPanel()
        super().__init__(self.panel, {"Projection": self.panel}, parent)
        self.projections = projections = Projections(self)
        self.compared = compared = ComparedRun(self)
        session.closing.connect(projections.close)
        session.closing.connect(compared.close)
        self._opened: OpenedCollection | None = None
        panel = self.panel
        panel.sample_requested.connect(session.choose_sample)
        panel.step_requested.connect(session.show_step)
        panel.run_requested.connect(self._on_run_requested)
        panel.known_requested.connect(projections.look_up)
        panel.compute_requested.connect(lambda asked: projections.compute(*asked))
        panel.cancel_requested.connect(projections.cancel)
        panel.compare_requested.connect(self._on_compare_requested)
        panel.other_removed.connect(self._on_other_removed)
        projections.run_ready.connect(panel.show_run)
        projections.projected.connect(panel.show_projected)
        projections.progressed.connect(panel.show_progress)
        projections.ended.connect(panel.show_ended)
        projections.failed.connect(session.problem_occurred)
        compared.opened.connect(panel.show_other)
        compared.failed.connect(panel.show_not_opened)
        compared.failed.connect(session.problem_occurred)

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is not None and opened.collection is not self._opened.collection:
            self.projections.cancel()
        self._opened = opened
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_sample(view.sample)

    def _on_run_requested(self, known: PointRun | None) -> None:
        if self._opened is not None:
            self.projections.read_run(self._opened.collection, known)

    def _on_compare_requested(self, path: Path) -> None:
        if self._opened is not None:
            self.compared.open(path, self._opened.collection.path)

    def _on_other_removed(self, collection: Collection) -> None:
        self.projections.drop(collection)
        self.compared.release()
