"""The view of features: filters, feature maps, activation strips."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.frame import Frame
from app.replay.opened import Comparing, OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.features.analysis.sequence_maps import Rows
from app.views.features.frame import stages_of
from app.views.features.panel import FeaturesPanel
from app.views.features.reading import DifferenceReading, FeatureReading
from app.views.panel_view import PanelView


class FeaturesPanelView(PanelView):
    """One panel, whose history is read in the background."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = FeaturesPanel()
        super().__init__(self.panel, parent)
        self._offer_tables()
        self._sample = 0
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.sample_requested.connect(session.choose_sample)
        self.panel.step_requested.connect(session.show_step)
        self.panel.unit_requested.connect(lambda stage, number: session.pin_unit((stage, number)))
        self.reading = reading = FeatureReading(session, self)
        self.panel.history_requested.connect(reading.read)
        reading.progressed.connect(self.panel.show_progress)
        reading.ready.connect(self.panel.show_history)
        self.differences = DifferenceReading(session, self)
        self.differences.ready.connect(self.panel.show_largest_differences)
        self._comparing: Comparing | None = None

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened.collection, stages_of(opened))
        self._offer_tables()
        before, self._comparing = self._comparing, opened.comparing
        if self._comparing is before:
            return
        self.panel.show_comparing(opened.comparing)
        if opened.comparing is None:
            self.differences.cancel()
        else:
            self.differences.read()

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self.panel.show_layer(view.layer)
        self._offer_tables()
        self.panel.show_unit(view.unit)

    def show_frame(self, frame: Frame) -> None:
        self._sample = frame.view.sample
        self.panel.show_frame(frame)

    def about(self) -> Mapping[str, Cell]:
        stage = self.panel.stage
        return {"sample": self._sample} | ({"layer": stage.name} if stage is not None else {})

    def _table(self) -> Table:
        notes = (
            "a row for each unit that was kept; activation: of the sample, activation_mean: over the probe's samples",
            "dead: no sample of the probe makes it more than 0 at this pass; dead_since: a step",
        )
        about = {"sample": self._sample}
        return Table(*self.panel.numbers(), about, notes, is_of_pass=True, nothing="No layer with units is recorded.")

    def _offer_tables(self) -> None:
        """Those of what is shown."""
        self.tables = {"Features": self._table}
        if self.panel.choices[0]:
            self.tables["Features: experts"] = self._expert_table
        if self.panel.shows_sequences:
            of_sequences = {"sequence": self._sequence_table, "attention": self._attention_table}
            self.tables |= {f"Features: {name}": table for name, table in of_sequences.items()}

    def _expert_table(self) -> Table:
        name, choices = self.panel.choices
        notes = ("share: of all choices of an expert for the probe, that fell on it at the pass of this step",)
        rows: list[tuple[str | int | float | None, ...]] = []
        if choices is not None:
            of_steps = zip(choices.steps.tolist(), choices.shares.tolist(), strict=True)
            rows = [(step, number, share) for step, shares in of_steps for number, share in enumerate(shares)]
        nothing = "How often each expert is chosen is still being read, or was not recorded."
        return Table(("step", "expert", "share"), rows, {"layer": name}, notes, nothing=nothing)

    def _sequence_table(self) -> Table:
        notes = ("a row for each kept position and unit of the layer: what it gives there for the sample",)
        nothing = "This layer gives nothing along a sequence that is kept of this sample."
        rows = self.panel.sequences.sequence_numbers()
        return self._of_sequences(("layer", "position", "unit"), rows, notes, nothing)

    def _attention_table(self) -> Table:
        notes = ("a row for each head, kept query and kept key: the weight behind the softmax",)
        nothing = "This layer attends to nothing, or its weights are not kept of this sample."
        rows = self.panel.sequences.attention_numbers()
        return self._of_sequences(("head", "query", "key"), rows, notes, nothing)

    def _of_sequences(self, names: tuple[str, ...], rows: Rows, notes: tuple[str, ...], nothing: str) -> Table:
        is_one = not rows or len(rows[0]) == len(names) + 1
        values = ("value",) if is_one else ("value_a", "value_b", "value_difference")
        return Table((*names, *values), rows, {"sample": self._sample}, notes, is_of_pass=True, nothing=nothing)
