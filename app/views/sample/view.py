"""The view of the probe's samples: which one is shown everywhere, and what the network makes of it."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.sample.panel import SamplePanel


class SamplePanelView(PanelView):
    """One panel, which has the samples in the order that the user chose."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = SamplePanel()
        super().__init__(self.panel, parent)
        self.tables = {"Sample": self._table}
        self.panel.sample_requested.connect(session.choose_sample)
        self._n_samples = 0
        self._sample = 0

    def show_collection(self, opened: OpenedCollection) -> None:
        self._n_samples = opened.n_samples
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)

    def show_frame(self, frame: Frame) -> None:
        self._sample = frame.view.sample
        self.panel.show_frame(frame, self._n_samples)
        self.panel.show_samples(frame.samples)

    def step_sample(self, n_places: int) -> bool:
        self.panel.request_by(n_places)
        return True

    def about(self) -> Mapping[str, Cell]:
        return {"sample": self._sample} if self._n_samples else {}

    def _table(self) -> Table:
        notes = (
            "sample: number in the probe, from 0; rows are in the order that was shown",
            "probability: of the predicted class, 0…1",
        )
        return Table(
            *self.panel.numbers(), notes=notes, is_of_pass=True, nothing="The run was recorded without samples."
        )
