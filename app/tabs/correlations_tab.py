"""The tab on correlations: how alike the layers are, and how steady they are under small changes of a sample."""

from collections.abc import Callable, Mapping

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.panels.correlations_panel import CorrelationsPanel
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.saving import Table
from app.session import Session


class CorrelationsTab(QWidget):
    """One panel, with tables of its own for the pair and for the augmentations."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = CorrelationsPanel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panel)
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.step_requested.connect(session.show_nearest)
        self.panel.reading_requested.connect(session.read_similarity)
        session.similarity_ready.connect(self.panel.show_reading)

    @property
    def panels(self) -> Mapping[str, QWidget]:
        return {"Correlations": self.panel}

    @property
    def tables(self) -> Mapping[str, Callable[[], Table]]:
        panel = self.panel
        return {"Correlations: pair": panel.pair_numbers, "Correlations: augmentations": panel.augmentation_numbers}

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_view(view, step)

    def show_frame(self, frame: Frame) -> None:
        """Nothing here is of a single pass."""
