"""The tab on projections: samples in a plane, laid out by a process of its own."""

from PyQt6.QtWidgets import QWidget

from app.panels.projection_panel import ProjectionPanel
from app.projections import Projections
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.tabs.panel_tab import PanelTab


class ProjectionTab(PanelTab):
    """One panel, and what computes for it, which ends with the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = ProjectionPanel()
        super().__init__(self.panel, {"Projection": self.panel}, parent)
        self.projections = projections = Projections(self)
        session.closing.connect(projections.close)
        self._opened: OpenedCollection | None = None
        panel = self.panel
        panel.sample_requested.connect(session.choose_sample)
        panel.step_requested.connect(session.show_nearest)
        panel.run_requested.connect(lambda known: self._asked(projections.read_run, known))
        panel.known_requested.connect(lambda wish: self._asked(projections.look_up, wish))
        panel.compute_requested.connect(lambda wish: self._asked(projections.compute, wish))
        panel.cancel_requested.connect(projections.cancel)
        projections.run_ready.connect(panel.show_run)
        projections.projected.connect(panel.show_projected)
        projections.progressed.connect(panel.show_progress)
        projections.ended.connect(panel.show_ended)

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is not None and opened.collection is not self._opened.collection:
            self.projections.cancel()
        self._opened = opened
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_sample(view.sample)

    def _asked(self, ask: object, what: object) -> None:
        if self._opened is not None:
            ask(self._opened.collection, what)  # type: ignore[operator]
