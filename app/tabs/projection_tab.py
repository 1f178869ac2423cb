"""The tab on projections: samples in a plane, laid out by a process of its own."""

from collections.abc import Callable, Mapping

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.panels.projection_panel import ProjectionPanel
from app.projections import Projections
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.saving import Table
from app.session import Session


class ProjectionTab(QWidget):
    """One panel, and what computes for it, which ends with the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = ProjectionPanel()
        self.projections = projections = Projections(self)
        session.closing.connect(projections.close)
        self._opened: OpenedCollection | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
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

    @property
    def panels(self) -> Mapping[str, QWidget]:
        return {"Projection": self.panel}

    @property
    def tables(self) -> Mapping[str, Callable[[], Table]]:
        return {}

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is not None and opened.collection is not self._opened.collection:
            self.projections.cancel()
        self._opened = opened
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_sample(view.sample)

    def show_frame(self, frame: Frame) -> None:
        """Nothing here is of a single pass."""

    def _asked(self, ask: object, what: object) -> None:
        if self._opened is not None:
            ask(self._opened.collection, what)  # type: ignore[operator]
