"""The view of correlations: how alike the layers are, and how steady they are under small changes of a sample."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
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
        super().__init__(self.panel, parent)
        self.tables = {
            "Correlations": self._table,
            "Correlations: pair": self._pair_table,
            "Correlations: augmentations": self._augmentations_table,
        }
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.step_requested.connect(session.show_step)
        measurements, matrix = MeasurementsReading(session, self), MatrixReading(session, self)
        self.panel.run_requested.connect(measurements.read)
        self.panel.procrustes_requested.connect(measurements.read_procrustes)
        measurements.progressed.connect(self.panel.show_progress)
        measurements.ready.connect(self.panel.show_run)
        self.panel.reading_requested.connect(matrix.read)
        matrix.ready.connect(self.panel.show_reading)

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_view(view, step)

    def about(self) -> Mapping[str, Cell]:
        return {"measured": self.panel.place_label.title} if self.panel.place_label.title else {}

    def _table(self) -> Table:
        notes = (
            "a row for each pair of layers at each measurement, on the samples of the probe",
            "cka: debiased linear CKA, at most 1; correlations: means over all pairs of features, -1…1",
            "across: of a layer of A and one of B; differences are B less A; null: what 95 of 100 are by chance",
        )
        return Table(*self.panel.numbers(), notes=notes, nothing="No similarity of layers was recorded.")

    def _pair_table(self) -> Table:
        reading = self.panel.pair.reading
        about = {} if reading is None else {"row_layer": reading.request.row, "column_layer": reading.request.column}
        notes = ("Pearson correlations, -1…1; empty where a feature does not vary",)
        return Table(*self.panel.pair_numbers(), about, notes, nothing="The matrix of the pair is not there yet.")

    def _augmentations_table(self) -> Table:
        notes = ("a column for each layer: how stable it is, -1…1; strength: without a unit",)
        nothing = "No augmentations were recorded, or they are still being read: look at their page first."
        return Table(*self.panel.augmentation_numbers(), notes=notes, nothing=nothing)
