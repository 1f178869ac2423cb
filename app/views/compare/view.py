"""The view of what differs: it is about both runs, whichever of them is shown."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QFileDialog, QWidget

from app.analysis.differences import Differences, place_among
from app.analysis.measures import layer_measures
from app.analysis.table import Cell
from app.replay.comparing import Comparing, Side
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.views.compare.analysis.difference_heat import difference_heat
from app.views.compare.analysis.first_place import first_place
from app.views.compare.analysis.pass_rows import pass_rows, pass_verdict
from app.views.compare.analysis.sections import (
    Entry,
    LayerNames,
    finding_entries,
    layer_entries,
    measure_entries,
    not_compared_entries,
    option_entries,
    sample_entries,
)
from app.views.compare.frame import NAME
from app.views.compare.panel import ComparePanel
from app.views.compare.sections_list import LAYERS
from app.views.compare.tables import map_table, pass_table, section_table
from app.views.panel_view import PanelView
from collector.comparing.pass_differences import ArrayDifference
from collector.comparing.words import verdict
from collector.storage.paths import folder_here

NO_REPEATS = "No estimate of noise, so that every difference counts."


class ComparePanelView(PanelView):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = ComparePanel()
        super().__init__(self.panel, parent)
        self._session = session
        self._of_pass: list[ArrayDifference] | None = None
        self.tables = {
            "Compare: over the steps": lambda: map_table(session.comparing, self._known),
            "Compare: what differs": lambda: section_table(self.panel.sections.sections),
            "Compare: this pass": lambda: pass_table(self._of_pass),
        }
        panel = self.panel
        panel.step_requested.connect(self._go_to_step)
        panel.layer_requested.connect(session.select_layer)
        panel.first_requested.connect(self._go_to_first)
        panel.entered.connect(self._go_to)
        panel.metric_requested.connect(self._choose)
        panel.difference_requested.connect(session.find_difference)
        panel.repeats_requested.connect(self._ask_for_repeats)
        panel.partner_chosen.connect(self._pair)
        session.comparing_changed.connect(self._on_changed)
        session.differences.ready.connect(self._on_changed)

    @property
    def _comparing(self) -> Comparing | None:
        return self._session.comparing

    @property
    def _known(self) -> Differences | None:
        return self._session.differences.known

    def show_collection(self, opened: OpenedCollection) -> None:
        self._on_changed()

    def show_view(self, view: ReplayView, step: int) -> None:
        self._show_place()

    def show_frame(self, frame: Frame) -> None:
        found = frame.differences.get(NAME)
        if isinstance(found, list):
            self._of_pass = found
            self._show_sections()

    def about(self) -> Mapping[str, Cell]:
        return {"measure": self.panel.heat.title} if self.panel.heat is not None else {}

    def figure_parts(self) -> Sequence[QWidget]:
        panel = self.panel
        of_map = (panel.ratio_bar, panel.heat_map, panel.strip) if panel.heat is not None else ()
        return (panel.verdict_label, *of_map, panel.sections.body)

    def restore_choice(self, names: list[str]) -> None:
        if names and not self._session.differences.metric:
            self._session.differences.choose(names[0])

    def fit(self) -> None:
        self.panel.show_range(None)

    def showEvent(self, event: QShowEvent | None) -> None:
        self._on_changed()

    def _on_changed(self, *_: object) -> None:
        """What is compared, or what is known of it; out of sight it is caught up with when it is seen."""
        if not self.isVisible():
            return
        comparing = self._comparing
        if comparing is None:
            self._of_pass = None
            self.panel.show_nothing()
        elif comparing.held is not None:
            self.panel.show_heat(None, 1, is_of_runs=False)
            self._show_sections()
        else:
            self._session.differences.ask()
            if (known := self._known) is None:
                self.panel.show_waiting()
            else:
                self._show_known(comparing, known)
        self._show_place()

    def _show_known(self, comparing: Comparing, known: Differences) -> None:
        found = known.comparison
        noise = f"Noise: {found.noise}." if found.noise else NO_REPEATS
        if known.no_noise:
            noise = f"The repeats tell no noise: {known.no_noise}."
        repeats = "Other repeats…" if comparing.wish.repeats else "Add repeats of A…"
        can_go = found.first_difference is not None
        self.panel.show_verdict(verdict(found), can_go=can_go, noise=noise if can_go else "", repeats=repeats * can_go)
        collection = comparing.a.collection
        measures = layer_measures([f"{each}/layer" for each in known.metrics], collection.metrics)
        heat = None
        if known.map is not None and known.map.layers:
            title = next((each.title for each in measures if each.key == known.map.metric), known.map.metric)
            heat = difference_heat(known.map, title, has_noise=bool(found.noise))
            self.panel.show_measures(measures, known.map.metric)
        self.panel.show_heat(heat, comparing.a.last_step)
        self._show_sections()

    def _show_sections(self) -> None:
        comparing = self._comparing
        if comparing is None:
            return
        of_pass = pass_rows(self._of_pass or [])
        if comparing.held is not None:
            if self._of_pass is not None:
                self.panel.show_verdict(pass_verdict(self._of_pass, comparing.names))
            self.panel.show_sections({}, None, of_pass)
            return
        if (known := self._known) is None:
            return
        found, collection, names = known.comparison, comparing.a.collection, _layer_names(comparing)
        classes = () if collection.probe is None else collection.probe.class_names
        pair = comparing.pair
        last = int(collection.passes.steps[pair.passes[-1][0]]) if pair.passes else 0
        sections = {
            "Options": option_entries(found),
            "Measures": measure_entries(found, collection.metrics),
            "Samples": sample_entries(found, classes, last),
            "Findings": finding_entries(found),
            LAYERS: layer_entries(names),
            "Not compared": not_compared_entries(found, known.no_noise),
        }
        self.panel.show_sections(sections, names, of_pass)

    def _show_place(self) -> None:
        comparing, view = self._comparing, self._session.view
        if comparing is None or view is None:
            return
        is_b = self._session.side is Side.B and comparing.held is None
        step = float(comparing.on_a(np.array([view.step]))[0]) if is_b else float(view.step)
        heat = self.panel.heat
        self.panel.show_step(float(np.nan_to_num(step)), place_among(heat.map, step) if heat is not None else (None, 0))
        partner = {other: one for one, other in comparing.pair.partner.items()}
        self.panel.show_layer(partner.get(view.layer or "") if is_b else view.layer)

    def _go_to_step(self, step: float) -> None:
        """A step of A, wherever the user is."""
        if self._comparing is not None and self._comparing.held is None and self._session.side is Side.B:
            self._session.show_side(Side.DIFFERENCE)
        self._session.show_step(step)

    def _go_to_first(self) -> None:
        known = self._known
        if known is not None and known.comparison.first_difference is not None:
            self._session.show_side(Side.DIFFERENCE)
            self._session.go_to_evidence(first_place(known.comparison.first_difference))

    def _go_to(self, entry: Entry) -> None:
        if entry.metric:
            self._choose(entry.metric)
        if entry.place is not None:
            if self._session.side is Side.B:
                self._session.show_side(Side.DIFFERENCE)
            self._session.go_to_evidence(entry.place)

    def _choose(self, metric: str) -> None:
        self._session.differences.choose(metric)
        self.choice_changed.emit([metric])

    def _ask_for_repeats(self) -> None:
        comparing = self._comparing
        if comparing is None:
            return
        folder = str(folder_here(comparing.a.collection.path))
        names, _ = QFileDialog.getOpenFileNames(self, "Repeats of A with other seeds", folder, "Collections (*.json)")
        if names:
            self._session.change_comparing(repeats=[str(Path(each)) for each in names])

    def _pair(self, layer: str, partner: str | None) -> None:
        """A layer of B has one partner: the one that was chosen last."""
        if (comparing := self._comparing) is not None:
            others = {one: other for one, other in comparing.wish.layers.items() if other is None or other != partner}
            self._session.change_comparing(layers={**others, layer: partner})


def _layer_names(comparing: Comparing) -> LayerNames:
    a, b = (tuple(each.collection.layers) for each in (comparing.a, comparing.b))
    pairs = comparing.pair.layers.pairs
    return LayerNames(a, b, {each.a: each.b for each in pairs}, {each.a: each.how for each in pairs})
