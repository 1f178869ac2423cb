"""The view of the pinned unit, and what became of it over all passes."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Cell, Table
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.panel_view import PanelView
from app.views.unit.analysis.unit_history import UnitHistory
from app.views.unit.frame import UnitFrame
from app.views.unit.panel import UnitPanel
from app.views.unit.reading import HistoryReading


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

    def show_collection(self, opened: OpenedCollection) -> None:
        before, self._opened = self._opened, opened
        collection = opened.collection
        is_other = before is None or before.collection is not collection
        if is_other:
            self._unit = self._history = None
        self.panel.show_run(opened.graph, collection.layers, collection.passes.steps, opened.last_step)
        if not is_other and self._unit:
            self._read_history()

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        if view.unit == self._unit:
            return
        self._unit, self._history = view.unit, None
        if view.unit is None:
            self.panel.show_nothing()
        else:
            self.panel.show_unit(*view.unit)
            self._read_history()

    def show_frame(self, frame: Frame) -> None:
        self._sample = frame.view.sample
        shown = frame.prepared["unit"]
        assert isinstance(shown, UnitFrame)
        self.panel.show_frame(shown)

    def _read_history(self) -> None:
        column, unit = self.panel.column, self._unit
        if column is not None and unit is not None and column.stage != "input":
            self.reading.read(column, int(column.positions[unit[1]]), self._history)

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
