"""The view of gradients: the raster of their signs above the curves of what becomes of them."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QSplitter, QWidget

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.gradients.dynamics_panel import DynamicsPanel
from app.views.gradients.raster_panel import RasterPanel
from app.views.gradients.reading import SignReading
from app.views.panel_view import PanelView


class GradientsPanelView(PanelView):
    """Both are on the same layer and step, and the user shares out the room between them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.raster, self.dynamics = RasterPanel(), DynamicsPanel()
        splitter = QSplitter(Qt.Orientation.Vertical)
        super().__init__(splitter, {"Gradients: raster": self.raster, "Gradients: curves": self.dynamics}, parent)
        panels: tuple[RasterPanel | DynamicsPanel, ...] = (self.raster, self.dynamics)
        for number, panel in enumerate(panels):
            splitter.addWidget(panel)
            splitter.setStretchFactor(number, 1)
            panel.layer_requested.connect(session.select_layer)
            panel.step_requested.connect(session.show_step)
        splitter.setChildrenCollapsible(False)
        reading = SignReading(session, self)
        self.raster.tiles_requested.connect(reading.read)
        reading.part_ready.connect(self.raster.show_signs)

    def show_collection(self, opened: OpenedCollection) -> None:
        self.raster.show_collection(opened)
        self.dynamics.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        for panel in (self.raster, self.dynamics):
            panel.show_step(step)
            panel.show_layer(view.layer)
