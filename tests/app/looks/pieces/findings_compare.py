"""Two runs as wholes: their map, its scale and strip, what differs in words, and two passes array by array."""

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QPoint
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.analysis.measures import layer_measures
from app.analysis.row import Row
from app.views.compare.analysis.difference_heat import DifferenceHeat, difference_heat
from app.views.compare.analysis.pass_rows import pass_rows
from app.views.compare.analysis.sections import Entry, LayerNames, layer_entries
from app.views.compare.difference_strip import DifferenceStrip
from app.views.compare.heat_colours import difference_table
from app.views.compare.panel import ComparePanel
from app.views.compare.pass_table import PassTable
from app.views.compare.ratio_bar import RatioBar
from app.views.compare.sections_list import SectionsList
from app.widgets.heat_map import HeatMap
from collector.comparing.difference_map import DifferenceMap
from collector.comparing.pass_differences import ArrayDifference
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.findings import LONG, unfocused

STEPS = np.arange(0, 200, 10)
LAYERS = ("conv1", "conv2", "fc1", LONG)


def _heat(values: np.ndarray | None = None, *, has_noise: bool = False) -> DifferenceHeat:
    if values is None:
        values = np.outer([1.0, 0.0, -0.5, 0.1], np.maximum(STEPS - 60, 0) / 30)
        values[2, 3], values[2, 4], values[3, 5:8], values[0, -1] = np.nan, np.nan, np.inf, -np.inf
    differs = np.nan_to_num(values, nan=1) != 0
    differs[2:3, 4:5] = False
    steps = STEPS[: values.shape[1]]
    found = DifferenceMap("gradient_norm", LAYERS[: len(values)], steps, steps, values, differs)
    return difference_heat(found, "Gradient norm", has_noise=has_noise)


def _strip(low: float = 0, high: float = 200, chosen: int | None = None, step: float = 50) -> Callable[[], QWidget]:
    def make() -> DifferenceStrip:
        strip = DifferenceStrip()
        strip.show_range(low, high)
        strip.show_stretches([(30, 60), (90, 90), (150, 190)], 10, 199)
        strip.show_step(step)
        strip.show_chosen(chosen)
        return strip

    return make


def _bar(heat: DifferenceHeat | None) -> Callable[[], QWidget]:
    def make() -> RatioBar:
        bar = RatioBar()
        bar.show_heat(heat)
        return bar

    return make


def _map(heat: DifferenceHeat, low: float = 0, high: float = 200) -> Callable[[], QWidget]:
    def make() -> HeatMap:
        shown = HeatMap(difference_table)
        shown.show_heat(heat, 199)
        shown.show_range(low, high)
        shown.show_step(50)
        shown.show_layer("fc1")
        return shown

    return make


def _array(layer: str, kind: str, distance: float, ratio: float = np.nan, lacks: str = "") -> ArrayDifference:
    return ArrayDifference(layer, kind, distance, 2.0, ratio, lacks)


OF_PASS = pass_rows(
    [
        _array("fc1", "weight", 1.0, 1.0),
        _array("fc1", "bias", 0.0),
        _array("fc1", "weight_gradient", np.inf, lacks="b"),
        _array(LONG, "weight", 0.002, -1.0),
        _array(LONG, "bias_update", np.inf),
        _array("", "logits", 0.19),
    ]
)


def _table() -> PassTable:
    table = PassTable()
    table.show_rows(OF_PASS)
    return table


NAMES = LayerNames(
    ("conv1", "fc1", LONG), ("conv1", "fc1", "head"), {"conv1": "conv1", LONG: "head"}, {"conv1": "name", LONG: "given"}
)
SECTIONS: dict[str, Sequence[Entry]] = {
    "Options": [
        Entry(Row("Option", "seed: 0 in A, 1 in B")),
        Entry(Row("Group of parameters", "learning rate: 0.01 in A, 0.1 in B")),
    ],
    "Measures": [
        Entry(
            Row(
                "since step 7 · most at step 1,200",
                f"Gradient norm: differs by up to 50.00 %, in {LONG}",
                is_faint=True,
            )
        )
    ],
    "Findings": [Entry(Row("only in B · since step 0 · fc1", "100 % of its units are dead.", "critical"))],
    "Layers": layer_entries(NAMES),
    "Not compared": [],
}


def _sections(chosen: str, row: int | None = None) -> Callable[[], QWidget]:
    def make() -> SectionsList:
        sections = SectionsList()
        sections.show_sections(SECTIONS, NAMES, OF_PASS)
        sections.choose(chosen)
        sections.list.choose(row)
        return sections

    return make


def _nothing_differs() -> SectionsList:
    sections = SectionsList()
    sections.show_sections({}, None, [])
    return sections


VERDICT = "Batches equal up to step 30, weights equal up to step 20; first difference: loss at step 30 (by 73 %)."


def _panel(
    heat: DifferenceHeat | None, *, noise: str = "", repeats: str = "", step: float = 100, number: int | None = None
) -> Callable[[], ComparePanel]:
    def make() -> ComparePanel:
        panel = ComparePanel()
        panel.show_verdict(VERDICT, can_go=heat is not None, noise=noise, repeats=repeats)
        panel.show_measures(
            layer_measures([f"{each}/fc1" for each in ("gradient_norm", "weight_norm", "own")]), "gradient_norm"
        )
        panel.show_heat(heat, 199)
        panel.show_step(step, (number, 3))
        panel.show_layer("fc1")
        panel.show_sections(SECTIONS, NAMES, OF_PASS)
        return panel

    return make


def _of_passes() -> ComparePanel:
    panel = ComparePanel()
    panel.show_heat(None, 1, is_of_runs=False)
    panel.show_verdict("From pass 1 to pass 2 nothing has changed.")
    panel.show_sections({}, None, OF_PASS)
    return panel


def _waiting() -> ComparePanel:
    panel = ComparePanel()
    panel.show_waiting()
    return panel


NOISE = "Noise: the spread of 3 runs."
CLOSE = np.array([[0.01, 0.0, -0.02]])
PIECES = unfocused(
    {
        "strip": Piece(_strip(), (420, 30)),
        "strip_of_the_second": Piece(_strip(chosen=1, step=95), (420, 30), theme="light"),
        "strip_closer": Piece(_strip(25.5, 61.2, 0, 70), (420, 30)),
        "strip_narrow": Piece(_strip(0, 1_200_000), (200, 30)),
        "bar": Piece(_bar(_heat()), (520, 30)),
        "bar_light": Piece(_bar(_heat()), (400, 30), theme="light"),
        "bar_narrow": Piece(_bar(_heat()), (180, 30)),
        "bar_of_little": Piece(_bar(_heat(CLOSE)), (300, 30)),
        "bar_with_noise": Piece(_bar(_heat(CLOSE, has_noise=True)), (420, 30)),
        "bar_of_nothing": Piece(_bar(None), (200, 30)),
        "map": Piece(_map(_heat()), (420, 90)),
        "map_light": Piece(_map(_heat(has_noise=True)), (420, 90), theme="light"),
        "map_closer": Piece(_map(_heat(), 35, 85), (420, 90), lambda shown: QTest.mouseMove(shown, QPoint(200, 30))),
        "map_of_one_step": Piece(_map(_heat(CLOSE[:, :1])), (300, 40)),
        "pass_table": Piece(_table, (520, 110)),
        "pass_table_chosen": Piece(_table, (420, 110), lambda table: table.selectRow(1), "light"),
        "pass_table_narrow": Piece(_table, (240, 110)),
        "sections": Piece(_sections("Options"), (480, 120)),
        "sections_measures": Piece(_sections("Measures", 0), (480, 110), theme="light"),
        "sections_findings": Piece(_sections("Findings"), (480, 110)),
        "sections_layers": Piece(_sections("Layers", 3), (480, 260)),
        "sections_layer_of_b": Piece(_sections("Layers", 1), (300, 140), theme="light"),
        "sections_least": Piece(_sections("Options"), (1, 1)),
        "sections_pass_least": Piece(_sections("This pass"), (1, 1)),
        "sections_of_nothing": Piece(_nothing_differs, (300, 90)),
        "nothing": Piece(ComparePanel, (400, 120)),
        "waiting": Piece(_waiting, (400, 120), theme="light"),
        "panel": Piece(_panel(_heat(), noise=NOISE, repeats="Other repeats…"), (640, 420)),
        "panel_least": Piece(_panel(_heat(), noise=NOISE, repeats="Other repeats…"), (1, 1)),
        "panel_light": Piece(_panel(_heat(), step=30, number=0), (560, 380), theme="light"),
        "panel_at_its_end": Piece(
            _panel(_heat(), step=190, number=2), (560, 380), lambda panel: panel.show_range((100, 195))
        ),
        "panel_without_measures": Piece(_panel(None), (560, 260)),
        "panel_of_passes": Piece(_of_passes, (480, 200)),
    }
)
