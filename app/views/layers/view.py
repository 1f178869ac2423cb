"""The view of the layers: a table that moves every other view to a layer."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QWidget

from app.analysis.health import health_of
from app.analysis.table import Table
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.layers.panel import LayersPanel
from app.views.panel_view import PanelView
from collector.findings import Report


class LayersPanelView(PanelView):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = LayersPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Layers": self._table}
        self.panel.layer_requested.connect(session.select_layer)
        self._opened: OpenedCollection | None = None
        self._layer: str | None = None

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is None or self._opened.collection is not opened.collection:
            self._layer = None
        self._opened = opened
        self.panel.show_collection(opened.collection, opened.comparing)

    def show_findings(self, report: Report) -> None:
        self.panel.show_health(health_of(report.findings))

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        before, self._layer = self._layer, view.layer
        if view.layer and view.layer != before:  # or the table would be scrolled back at each pass
            self.panel.show_layer(view.layer)

    def figure_parts(self) -> Sequence[QWidget]:
        return (self.panel.table,)

    def _table(self) -> Table:
        notes = [
            "parameters, units, units_kept: counts; output_shape: without the samples",
            "gradient_norm: of the last step at or before the playhead at which it was measured, over all parameters",
            "health: the worst of the findings that name the layer",
        ]
        beside = self.panel.model.beside
        if beside is not None:
            a, b = beside.beside.names
            notes.append(f"a: {a}; b: {b}, next to the step of a; log2_b_by_a: the logarithm to base 2 of b by a")
        return Table(*self.panel.numbers(), notes=notes, is_of_pass=True, nothing="No layers are recorded.")
