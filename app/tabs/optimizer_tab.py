"""The tab on the optimizer: how strongly each layer learns, and how its numbers are distributed."""

from collections.abc import Callable, Mapping

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.panels.optimizer_panel import OptimizerPanel
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.saving import Table
from app.session import Session


class OptimizerTab(QWidget):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = OptimizerPanel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.step_requested.connect(session.show_nearest)

    @property
    def panels(self) -> Mapping[str, QWidget]:
        return {"Optimizer": self.panel}

    @property
    def tables(self) -> Mapping[str, Callable[[], Table]]:
        return {}

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_layer(view.layer)

    def show_frame(self, frame: Frame) -> None:
        self.panel.show_histograms(frame.taken.histograms, frame.step)
