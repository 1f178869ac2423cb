"""The view of the probe's samples: which one is shown everywhere, and what the network makes of it."""

from PyQt6.QtWidgets import QWidget

from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.session import Session
from app.views.panel_view import PanelView
from app.views.sample.panel import SamplePanel


class SamplePanelView(PanelView):
    """One panel, which has the samples in the order that the user chose."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = SamplePanel()
        super().__init__(self.panel, {"Sample": self.panel}, parent)
        self.panel.sample_requested.connect(session.choose_sample)
        self._n_samples = 0

    def show_collection(self, opened: OpenedCollection) -> None:
        self._n_samples = opened.n_samples
        self.panel.show_collection(opened.collection)

    def show_frame(self, frame: Frame) -> None:
        self.panel.show_frame(frame, self._n_samples)
        self.panel.show_samples(frame.samples)

    def step_sample(self, n_places: int) -> bool:
        self.panel.request_by(n_places)
        return True
