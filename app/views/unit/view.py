"""The view of the pinned unit, and what became of it over all passes."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.graph.columns import Column
from app.analysis.graph.graph import Graph
from app.analysis.table import Cell, Table
from app.replay.differences import differences_of
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.unit.analysis.unit_history import UnitHistory
from app.views.unit.frame import NAME, UnitFrame
from app.views.unit.panel import UnitPanel
from app.views.unit.reading import HistoryReading, WeightDifferenceReading


class UnitPanelView(PanelView):
    """One panel, whose history is read in the background."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = UnitPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Unit": self._table, "Unit: incoming weights": self._weights}
        self.reading = HistoryReading(session, self)
        self._opened: OpenedCollection | None = None
        self._unit: tuple[str, int] | None = None
        self._history: UnitHistory | None = None
        self._sample = 0
        self.panel.step_requested.connect(session.show_step)
        self.panel.unpin_requested.connect(lambda: session.pin_unit(None))
        self.reading.progressed.connect(self.panel.show_progress)
        self.reading.ready.connect(self._on_history_ready)
        self.other_reading = HistoryReading(session, self)
        self.other_reading.ready.connect(self._on_other_ready)
        self.weight_reading = WeightDifferenceReading(session, self)
        self.weight_reading.ready.connect(self.panel.show_largest_difference)

    def show_collection(self, opened: OpenedCollection) -> None:
        before, self._opened = self._opened, opened
        collection, comparing = opened.collection, opened.comparing
        both = None if comparing is None else differences_of(comparing)
        graph = opened.graph if both is None else both.graph
        layers = collection.layers if both is None else both.common.layers
        is_other = before is None or before.collection is not collection
        is_compared_anew = before is None or before.comparing is not comparing
        if is_other:
            self._unit = self._history = None
        self.panel.show_run(graph, layers, collection.passes.steps, opened.last_step)
        if comparing is None:
            self.panel.show_names(None)
        else:
            held = None if comparing.held is None else int(comparing.a.collection.passes.steps[comparing.held])
            self.panel.show_names(comparing.names, held)
        if is_compared_anew:
            self.other_reading.cancel()
            self.panel.show_other_history(None)
        if self.panel.column is None and self._unit:  # the graph is another one
            self._history = None
            self.panel.show_unit(*self._unit)
        if not is_other and self._unit:
            self._read_history()

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        if view.unit == self._unit:
            return
        self._unit, self._history = view.unit, None
        self.other_reading.cancel()
        self.weight_reading.cancel()
        if view.unit is None:
            self.panel.show_nothing()
        else:
            self.panel.show_unit(*view.unit)
            self._read_history()

    def show_frame(self, frame: Frame) -> None:
        self._sample = frame.view.sample
        shown = frame.prepared[NAME] if frame.sides is None else frame.differences[NAME]
        assert isinstance(shown, UnitFrame)
        self.panel.show_frame(shown)

    def _read_history(self) -> None:
        opened, unit = self._opened, self._unit
        if opened is None or unit is None or self.panel.column is None or self.panel.column.is_input:
            return
        if (found := _place_of(opened.graph, *unit)) is not None:
            self.reading.read(*found, self._history)
        comparing = opened.comparing
        if comparing is None:
            return
        self.weight_reading.read(unit[0])
        if comparing.held is not None:
            return  # of two passes of a run it is the same unit, with the same history
        partner = comparing.pair.partner.get(unit[0])
        if partner is not None and (found := _place_of(comparing.b.graph, partner, unit[1])) is not None:
            self.other_reading.read(*found, of=comparing.b)

    def _on_other_ready(self, history: UnitHistory) -> None:
        comparing = None if self._opened is None else self._opened.comparing
        if comparing is not None:
            self.panel.show_other_history(history.on(comparing.on_a))

    def _on_history_ready(self, history: UnitHistory) -> None:
        self._history = history
        self.panel.show_history(history)

    def about(self) -> Mapping[str, Cell]:
        return {"layer": self._unit[0], "unit": self._unit[1], "sample": self._sample} if self._unit else {}

    def _table(self) -> Table:
        notes = (
            "activation: of the sample; activation_mean: over the probe's samples",
            "gradient_norm: of the unit's incoming weights, in the step that follows the pass",
        )
        nothing = "No unit is pinned, or its history is still being read."
        return Table(*self.panel.numbers(), self.about(), notes, nothing=nothing)

    def _weights(self) -> Table:
        about = {name: cell for name, cell in self.about().items() if name != "sample"}
        notes = ("row, column: within the filter, or 0; weight is empty where it was not recorded",)
        nothing = "No unit is pinned, or its incoming weights were not recorded."
        return Table(*self.panel.weight_numbers(), about, notes, is_of_pass=True, nothing=nothing)


def _place_of(graph: Graph, stage: str, number: int) -> tuple[Column, int] | None:
    """The column of a unit and its place among the drawn ones; None where it is not among them."""
    at = graph.column_number(stage)
    if at is None or not 0 <= number < graph.columns[at].true_units:
        return None
    position = int(graph.columns[at].positions[number])
    return (graph.columns[at], position) if position >= 0 else None
