"""The view of features: filters, feature maps, activation strips."""

from PyQt6.QtWidgets import QWidget

from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.features.panel import FeaturesPanel
from app.views.features.reading import FeatureReading
from app.views.panel_view import PanelView


class FeaturesPanelView(PanelView):
    """One panel, whose history is read in the background."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = FeaturesPanel()
        super().__init__(self.panel, {"Features": self.panel}, parent)
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.sample_requested.connect(session.choose_sample)
        self.panel.step_requested.connect(session.show_step)
        self.panel.unit_requested.connect(lambda stage, number: session.pin_unit((stage, number)))
        self.reading = reading = FeatureReading(session, self)
        self.panel.history_requested.connect(reading.read)
        reading.progressed.connect(self.panel.show_progress)
        reading.ready.connect(self.panel.show_history)

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_layer(view.layer)
        self.panel.show_unit(view.unit)

    def show_frame(self, frame: Frame) -> None:
        self.panel.show_frame(frame)
