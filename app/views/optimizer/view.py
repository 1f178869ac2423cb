"""The view of the optimizer: how strongly each layer learns, and how its numbers are distributed."""

from collections.abc import Mapping

from PyQt6.QtWidgets import QWidget

from app.analysis.health import health_of
from app.analysis.table import Cell, Table
from app.analysis.two_curves import two_notes
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.optimizer.frame import NAME, OptimizerFrame
from app.views.optimizer.histogram_column import OfB
from app.views.optimizer.panel import OptimizerPanel
from app.views.optimizer.reading import HeatReading
from app.views.panel_view import PanelView
from collector.findings import Report


class OptimizerPanelView(PanelView):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = OptimizerPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Optimizer": self._table}
        self._layer: str | None = None
        self._series: str | None = None
        self._opened: OpenedCollection | None = None
        self.panel.layer_requested.connect(session.select_layer)
        self.panel.step_requested.connect(session.show_step)
        reading = HeatReading(session, self)
        self.panel.heat_requested.connect(reading.read)
        reading.ready.connect(self.panel.show_heat)

    def show_collection(self, opened: OpenedCollection) -> None:
        if self._opened is None or self._opened.collection is not opened.collection:
            self.panel.heat_map.show_health({})
        self._opened = opened
        self.panel.show_collection(opened.collection, opened.comparing)

    def show_findings(self, report: Report) -> None:
        self.panel.heat_map.show_health(health_of(report.findings))

    def show_view(self, view: ReplayView, step: int) -> None:
        self.panel.show_step(step)
        self._layer = view.layer
        self.panel.show_layer(view.layer)
        if view.series != self._series:
            self._series = view.series
            if view.tab == NAME:
                self.panel.choose((view.series or "").partition("/")[0])

    def about(self) -> Mapping[str, Cell]:
        return {"measure": self.panel.chosen} | ({"layer": self._layer} if self._layer else {})

    def _table(self) -> Table:
        about = {"measure": self.panel.chosen}
        notes = (
            "a column for each layer; step: optimizer updates, from 0",
            "(estimate): from a sample of the parameters, with its standard error beside it",
            *two_notes(None if self._opened is None or (both := self._opened.comparing) is None else both.names),
        )
        return Table(*self.panel.numbers(), about, notes, nothing="Nothing of the optimizer was recorded.")

    def show_frame(self, frame: Frame) -> None:
        shown = frame.prepared[NAME]
        assert isinstance(shown, OptimizerFrame)
        if frame.sides is None or self._opened is None or (comparing := self._opened.comparing) is None:
            self.panel.show_histograms(shown.histograms, frame.step, shown.damage)
            return
        of_a, of_b = frame.sides
        a, b = of_a.prepared[NAME], of_b.prepared[NAME]
        assert isinstance(a, OptimizerFrame)
        assert isinstance(b, OptimizerFrame)
        other = OfB(b.histograms, of_b.step, comparing.pair.partner)
        self.panel.show_histograms(a.histograms, of_a.step, a.damage or b.damage, other)
