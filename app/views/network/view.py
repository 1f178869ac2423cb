"""The view of the network: by its units, or as modules within modules."""

from collections.abc import Mapping, Sequence
from functools import partial

from PyQt6.QtWidgets import QWidget

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph import Graph
from app.analysis.health import health_of
from app.analysis.table import Cell, Table
from app.replay.differences import differences_of
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.network.frame import NAME, NetworkFrame, modules_of
from app.views.network.modules.analysis.module_differences import ModuleDifference
from app.views.network.modules.analysis.module_folding import is_drawn_as_modules
from app.views.network.modules.analysis.module_table import module_rows
from app.views.network.modules.box_walk import BoxWalk
from app.views.network.modules.modules_view import ModulesView
from app.views.network.modules.reading import LayoutReading, close_all_modules, open_all_modules, toggle_module
from app.views.network.panel import NetworkControls, NetworkPage
from app.views.network.units.analysis.graph_numbers import numbers_of
from app.views.network.units.network_view import NetworkView
from app.views.network.units.unit_walk import UnitWalk
from app.views.panel_view import PanelView
from collector.findings import Report

OF_TWO_EDGES = "B − A; of a kernel or a block the norm of what differs, with the sign of its mean"
OF_TWO_MODULES = (
    "log2_ratio: log₂ of B ÷ A; output_difference: ‖B − A‖ ÷ ‖A‖ of the activations on the probe",
    "input_difference: the same of what it reads, the largest of several; added: output_difference less that",
)


class NetworkPanelView(PanelView):
    """Both drawings, one in front of the other, and the controls beside the tabs that choose between them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.units, self.modules = NetworkView(), ModulesView()
        UnitWalk(self.units)
        BoxWalk(self.modules)
        self.page = NetworkPage(self.units, self.modules)
        super().__init__(self.page, parent)
        self.tables = {
            "Network: units": lambda: self._table("units"),
            "Network: edges": lambda: self._table("edges"),
            "Network: modules": self._modules,
        }
        self.corner = self.controls = NetworkControls()
        self._opened: OpenedCollection | None = None
        self._graph: Graph | None = None
        self._shown: ReplayView | None = None
        self.units.layer_clicked.connect(session.select_layer)
        self.units.unit_pinned.connect(lambda stage, number: session.pin_unit((stage, number)))
        self.units.unit_unpinned.connect(lambda: session.pin_unit(None))
        self.units.column_requested.connect(lambda number: session.set_options(first_column=number))
        self.modules.layer_clicked.connect(session.select_layer)
        self.modules.module_toggled.connect(partial(toggle_module, session))
        self.controls.as_modules_requested.connect(session.draw_as_modules)
        self.controls.told_requested.connect(self.modules.show_told)
        self.controls.all_open_requested.connect(partial(open_all_modules, session))
        self.controls.all_closed_requested.connect(partial(close_all_modules, session))
        self._layout = LayoutReading(session, self)
        for laid_out in (self._layout.part_ready, self._layout.ready):
            laid_out.connect(self.modules.show_layout)

    def show_collection(self, opened: OpenedCollection) -> None:
        graph = opened.graph if opened.comparing is None else differences_of(opened.comparing).graph
        if self._opened is None or self._opened.collection is not opened.collection:
            self._shown = None
            self.page.show_health({})
        before, self._opened = self._shown, opened
        self._show_drawing()
        if graph is not self._graph:
            self.units.show_graph(graph)
            self._graph, self._shown = graph, None
            if before is not None:  # what is pinned and marked in the graph before is so in this one
                self.show_view(before, before.step)

    def show_view(self, view: ReplayView, step: int) -> None:
        assert self._opened is not None
        before, self._shown = self._shown, view
        self._show_drawing()
        if before is None or (before.as_modules, before.open_modules) != (view.as_modules, view.open_modules):
            self._layout.read(view)
        if before is None or before.layer != view.layer:
            self.page.highlight_layer(view.layer)
        if before is None or before.unit != view.unit:
            self.modules.mark_pinned(None if view.unit is None else view.unit[0])
            if view.unit is None:
                self.units.unpin()
            else:
                self.units.pin(*view.unit)

    def _show_drawing(self) -> None:
        opened, view = self._opened, self._shown
        if opened is not None and view is not None:
            as_modules = is_drawn_as_modules(modules_of(opened), view.as_modules)
            self.page.show_drawing(as_modules=as_modules)
            self.controls.show_drawing(as_modules=as_modules, is_of_two=opened.comparing is not None)

    def show_findings(self, report: Report) -> None:
        self.page.show_health(health_of(report.findings))

    def show_frame(self, frame: Frame) -> None:
        shown = frame.prepared[NAME] if frame.sides is None else frame.differences[NAME]
        assert self._opened is not None
        assert isinstance(shown, NetworkFrame)
        if shown.graph is not None:
            self.units.show_view(shown.graph)
        self.modules.show_numbers(shown.modules)

    def fit(self) -> None:
        self.page.fit()

    def about(self) -> Mapping[str, Cell]:
        return {} if self._shown is None else {"sample": self._shown.sample}

    def figure_parts(self) -> Sequence[QWidget]:
        return (self.modules if self.page.are_modules_seen else self.units,)

    def _modules(self) -> Table:
        layout, numbers = self.modules.module_layout, self.modules.numbers
        if not self.page.are_modules_seen or layout is None or numbers is None:
            nothing = "The network is drawn as units. Draw it as modules (M) to save their numbers."
            return Table((), (), nothing=nothing)
        headings, rows = module_rows(layout.boxes, numbers)
        notes = (
            "a row for each module that is seen; of a closed one the activation is that of its last layer",
            "mean_abs_activation: over the probe; gradient_norm: of all its parameters",
            *(OF_TWO_MODULES if isinstance(numbers, ModuleDifference) else ()),
        )
        return Table(headings, rows, {}, notes, is_of_pass=True)

    def _table(self, part: str) -> Table:
        if self.page.are_modules_seen:
            nothing = "The network is drawn as modules. Draw it as units (M) to save their numbers and edges."
            return Table((), (), nothing=nothing)
        view = self.units.graph_view
        if view is None:
            return Table((), (), nothing="There is no network yet.")
        numbers = numbers_of(view)
        if part == "units":
            columns = [each for each in view.graph.columns if each.drawing is not Drawing.PICTURE]
            n_true = sum(column.true_units for column in columns)
            kept = f"{len(numbers.units.rows):,} units that were kept, of {n_true:,}; unit: number in its layer"
            return Table(numbers.units.headings, numbers.units.rows, self.about(), (kept,), is_of_pass=True)
        mode = view.options.edges.value
        notes = (
            f"{len(numbers.edges.rows):,} edges: all between units that were kept, not only those that are drawn",
            f"{mode}: what the edges show" if view.difference is None else f"{mode}_difference: {OF_TWO_EDGES}",
        )
        nothing = f"No {view.options.edges.value} of an edge was recorded at this pass."
        return Table(numbers.edges.headings, numbers.edges.rows, {}, notes, is_of_pass=True, nothing=nothing)
