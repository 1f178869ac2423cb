"""The view of correlations: how alike the layers are, and how steady they are under small changes of a sample."""

from PyQt6.QtWidgets import QWidget

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.correlations.panel import CorrelationsPanel
from app.views.correlations.reading import MatrixReading, MeasurementsReading
from app.views.panel_view import PanelView


class CorrelationsPanelView(PanelView):
    """One panel, with tables of its own for the pair and for the augmentations."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = CorrelationsPanel()
        super().__init__(self.panel, {"Correlations": self.panel}, parent)
        self.tables = {
            "Correlations: pair": self.panel.pair_numbers,
            "Correlations: augmentations": self.panel.augmentation_numbers,
        }
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.step_requested.connect(session.show_step)
        measurements, matrix = MeasurementsReading(session, self), MatrixReading(session, self)
        self.panel.run_requested.connect(measurements.read)
        measurements.progressed.connect(self.panel.show_progress)
        measurements.ready.connect(self.panel.show_run)
        self.panel.reading_requested.connect(matrix.read)
        matrix.ready.connect(self.panel.show_reading)

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_view(view, step)
