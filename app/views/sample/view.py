"""The view of the probe's samples: which one is shown everywhere, and what the network makes of it."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.sample.analysis.shown_output import ShownOutput
from app.views.sample.panel import SamplePanel
from app.views.sample.samples_difference import Beside, SamplesDifference


class SamplePanelView(PanelView):
    """One panel, which has the samples in the order that the user chose."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = SamplePanel()
        super().__init__(self.panel, parent)
        self.tables = {"Sample": self._table}
        self.panel.sample_requested.connect(session.choose_sample)
        self._n_samples = 0
        self._sample = 0
        self._names = ("A", "B")

    def show_collection(self, opened: OpenedCollection) -> None:
        self._n_samples = opened.n_samples
        if opened.comparing is not None:
            self._names = opened.comparing.names
        self.panel.show_collection(opened.collection)

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)

    def show_frame(self, frame: Frame) -> None:
        self._sample = frame.view.sample
        shown, beside = frame, None
        output = frame.prepared.get("sample")
        difference = frame.differences.get("sample")
        if frame.sides is not None and isinstance(difference, SamplesDifference):
            shown, other = frame.sides
            beside = Beside(self._names, other.sample, other.samples, difference)
            output = shown.prepared.get("sample")
        assert output is None or isinstance(output, ShownOutput)
        self.panel.show_frame(shown, self._n_samples, beside, output)
        self.panel.show_samples(shown.samples)

    def step_sample(self, n_places: int) -> bool:
        self.panel.request_by(n_places)
        return True

    def about(self) -> Mapping[str, Cell]:
        return {"sample": self._sample} if self._n_samples else {}

    def _table(self) -> Table:
        notes = (
            "sample: number in the probe, from 0; rows are in the order that was shown",
            "probability: of the predicted class, 0…1",
            "cross entropy in nats; differences are B less A",
        )
        return Table(
            *self.panel.numbers(), notes=notes, is_of_pass=True, nothing="The run was recorded without samples."
        )
