"""The view of gradients: the raster of their signs above the curves of what becomes of them."""

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QSplitter, QWidget

from app.analysis.table import Cell, Table
from app.analysis.two_curves import two_notes
from app.noise_reading import NoiseReading
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.gradients.dynamics_panel import DynamicsPanel
from app.views.gradients.raster_panel import RasterPanel
from app.views.gradients.reading import DynamicsReading, SignReading
from app.views.panel_view import PanelView
from collector.storage import Collection


class GradientsPanelView(PanelView):
    """Both are on the same layer and step, and the user shares out the room between them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.raster, self.dynamics = RasterPanel(), DynamicsPanel()
        splitter = QSplitter(Qt.Orientation.Vertical)
        super().__init__(splitter, parent)
        self.tables = {"Gradients: raster": self._raster_table, "Gradients: curves": self._curves_table}
        self._layer: str | None = None
        panels: tuple[RasterPanel | DynamicsPanel, ...] = (self.raster, self.dynamics)
        for number, panel in enumerate(panels):
            splitter.addWidget(panel)
            splitter.setStretchFactor(number, 1)
            panel.layer_requested.connect(session.select_layer)
            panel.step_requested.connect(session.show_step)
        splitter.setChildrenCollapsible(False)
        signs = SignReading(session, self)
        self.raster.tiles_requested.connect(signs.read)
        signs.part_ready.connect(self.raster.show_signs)
        self._collection: Collection | None = None
        self._dynamics = DynamicsReading(session, self)
        self._dynamics.ready.connect(self.dynamics.show_run)
        noise = NoiseReading(session, self)
        self.dynamics.noise_requested.connect(noise.read)
        noise.ready.connect(self.dynamics.show_noise)
        self._names: tuple[str, str] | None = None

    def show_collection(self, opened: OpenedCollection) -> None:
        self._names = None if opened.comparing is None else opened.comparing.names
        self.raster.show_collection(opened)
        if opened.collection is not self._collection:
            self._collection = opened.collection
            self.dynamics.show_nothing()
        self._dynamics.read()

    def show_view(self, view: ReplayView, step: int) -> None:
        self._layer = view.layer
        for panel in (self.raster, self.dynamics):
            panel.show_step(step)
            panel.show_layer(view.layer)

    def about(self) -> Mapping[str, Cell]:
        return {"layer": self._layer} if self._layer else {}

    def figure_parts(self) -> Sequence[QWidget]:
        return self.raster, self.dynamics

    def _raster_table(self) -> Table:
        notes = (
            "shares of the parameters first_column … last_column, 0…1; they are counted from first to last layer",
            "where a row stands for several steps its shares were rounded up to 1/255 each",
        )
        nothing = "No signs of gradients were recorded, or they are still being read."
        return Table(*self.raster.numbers(), notes=notes, nothing=nothing)

    def _curves_table(self) -> Table:
        notes = (
            "step: optimizer updates, from 0; names are those of the collection: metric@threshold~ema/layer",
            "(estimate): from a sample of the parameters, with its standard error beside it",
            *two_notes(self._names),
        )
        nothing = "No dynamics of the gradients were recorded."
        return Table(*self.dynamics.numbers(), self.about(), notes, nothing=nothing)
