"""What the optimizer does with each layer."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
from PyQt6.QtWidgets import QApplication, QWidget

from app.analysis.beside import Beside
from app.analysis.health import health_of
from app.analysis.measures import Measure
from app.views.optimizer.analysis.layer_heat import LayerHeat, layer_heat
from app.views.optimizer.heat_colours import colour_table
from app.views.optimizer.heat_difference import with_difference
from app.views.optimizer.histogram_column import HistogramColumn, OfB
from app.views.optimizer.histogram_view import HistogramView
from app.views.optimizer.panel import OptimizerPanel
from app.views.optimizer.scale_bar import ScaleBar
from app.widgets.heat_map import HeatMap
from collector.comparing import pair_of
from collector.storage.schema import Metric
from tests.app.growing_run import GrowingRun
from tests.app.looks.pieces import Piece
from tests.app.made_up_findings import finding

N_STEPS = 60
STEPS = np.arange(float(N_STEPS))
RATIO = Measure("update_ratio", "update_ratio", "Update ratio", "", True)
NORM = Measure("gradient_norm", "gradient_norm", "Gradient norm", "", True)
SHARE = Measure("dead_fraction", "dead_fraction", "Dead units", "", False, "fraction")
ANGLE = Measure("gradient_angle", "gradient_angle", "Gradient angle", "", False, "degrees")
BEND = Metric("bend", "curvature", "How it bends.", is_linear=True)


def _run(factor: float = 1.0, n_layers: int = 4, *, is_odd: bool = False) -> GrowingRun:
    """Each layer of another size and shape."""
    run = GrowingRun(metrics={"bend": BEND})
    columns = {"learning_rate": 0.1 * 0.98**STEPS * factor, "learning_rate/decay": np.full(N_STEPS, 0.03)}
    for n in range(n_layers):
        wave = np.exp(np.sin(STEPS / (5 + n)) - STEPS / 40)
        wave[20:] *= factor
        columns[f"update_ratio/fc{n}"] = 10.0 ** -(1 + n % 5) * wave
        columns[f"dead_fraction/fc{n}"] = np.clip((STEPS - 10 * n) / 60 * factor, 0, 1)
        columns[f"gradient_angle/fc{n}"] = 90 + 40 * np.sin(STEPS / 6 + n) / factor
        columns[f"bend/fc{n}"] = (STEPS - 30) * (n + 1)
    columns["bend/total"] = STEPS - 20
    if is_odd:
        columns["update_ratio/fc0"][10:20] = columns["update_ratio/fc1"][10:20] = np.nan
        columns["nan/fc1"] = np.isnan(columns["update_ratio/fc1"]).astype(float)
        columns["gradient_norm/fc1"] = np.where((STEPS > 20) & (STEPS < 40), np.nan, 1 + columns["update_ratio/fc1"])
        columns["gradient_norm/fc2"] = STEPS / 9
        columns["no_gradient/fc1"] = ((STEPS > 20) & (STEPS < 40)).astype(float)
        columns["update_ratio/fc2"][30:] = 0.0
    run.grow(**columns)
    for _ in range(3):
        run.epochs.append(SimpleNamespace(epoch=len(run.epochs), step=20 * len(run.epochs) + 20))  # type: ignore[arg-type]
    return run


def _heat(measure: Measure = RATIO, **given: Any) -> LayerHeat:
    heat = layer_heat(_run(**given), measure)  # type: ignore[arg-type]
    assert heat is not None
    return heat


def _two(a: GrowingRun, b: GrowingRun, held_step: int | None = None) -> Any:
    """What the panel asks of two runs, or of one and a step of its own."""
    names = ("usual", "faster") if held_step is None else (f"step {held_step}", "this pass")
    beside = Beside(pair_of(a, b), names, held_step)  # type: ignore[arg-type]
    held = None if held_step is None else 0
    return SimpleNamespace(names=names, held=held, held_step=held_step, beside=beside, b=SimpleNamespace(collection=b))


def _difference(measure: Measure = RATIO, factor: float = 3.0, held_step: int | None = None) -> LayerHeat:
    a = _run(n_layers=5)
    b = a if held_step is not None else _run(factor)
    heat = layer_heat(a, measure)  # type: ignore[arg-type]
    assert heat is not None
    found = with_difference(heat, _two(a, b, held_step).beside).difference
    assert found is not None
    return found


def _scale(heat: LayerHeat | None, width: int, theme: str = "dark", mark: float | None = None) -> Piece:
    def make() -> QWidget:
        bar = ScaleBar()
        bar.show_heat(heat, mark)
        return bar

    return Piece(make, (width, 32), theme=theme)


def _map(heat: LayerHeat, size_px: tuple[int, int] = (420, 130), theme: str = "dark") -> Piece:
    """Its colours; the rest of it has pieces of its own."""

    def make() -> QWidget:
        shown = HeatMap(colour_table)
        shown.show_heat(heat, N_STEPS)
        shown.show_range(-1, 61)
        shown.show_step(30)
        return shown

    return Piece(make, size_px, theme=theme)


SCALES = {
    "scale": _scale(_heat(), 420, mark=1e-3),
    "scale_with_marks": _scale(_heat(is_odd=True), 520, "light", mark=1e-3),
    "scale_of_a_norm": _scale(_heat(NORM, is_odd=True), 520),
    "scale_narrow": _scale(_heat(), 170, "light"),
    "scale_of_little": _scale(_heat(n_layers=1), 420, mark=10.0),
    "scale_of_both_signs": _scale(_heat(Measure("bend", "bend", "Bend", "", False, is_own=True)), 300),
    "scale_of_a_share": _scale(_heat(SHARE), 420, "light"),
    "scale_of_angles": _scale(_heat(ANGLE), 300),
    "scale_of_angles_narrow": _scale(_heat(ANGLE), 165),
    "scale_of_a_ratio": _scale(_difference(), 420),
    "scale_of_a_difference_narrow": _scale(_difference(ANGLE), 240, "light"),
    "scale_of_the_same": _scale(_difference(factor=1.0), 300),
}

MAPS = {
    "map": _map(_heat(is_odd=True)),
    "map_of_a_norm": _map(_heat(NORM, is_odd=True), (300, 110), "light"),
    "map_of_a_ratio": _map(_difference()),
    "map_of_a_ratio_in_light": _map(_difference(factor=0.2), theme="light"),
    "map_of_a_difference": _map(_difference(ANGLE), (300, 110)),
    "map_of_a_held_step": _map(_difference(held_step=30), (300, 110), "light"),
}


def _counts(centre: float = 42, wide: float = 2.5, middle: int = 0, n: int = 1000, skew: float = 1.0) -> np.ndarray:
    """A hill of either sign; the negative one so many times as high."""
    made = np.zeros(129, np.int64)
    hill = (n * np.exp(-(((np.arange(1, 65) - centre) / wide) ** 2))).astype(int)
    made[65:], made[:64] = hill, (hill * skew).astype(int)[::-1]
    made[64] = middle
    return made


ONE = np.eye(129, dtype=np.int64)


def _histogram(
    counts: np.ndarray | None,
    size_px: tuple[int, int] = (300, 130),
    theme: str = "dark",
    title: str = "Gradients",
    colour: str = "loss",
    of_b: np.ndarray | None = None,
    words: str = "not recorded at this pass",
) -> Piece:
    def make() -> QWidget:
        view = HistogramView(title, colour)
        view.show_counts(counts, words, of_b=of_b)
        return view

    return Piece(make, size_px, theme=theme)


HISTOGRAMS = {
    "histogram": _histogram(_counts()),
    "histogram_of_more_negative_ones": _histogram(_counts(skew=3), (240, 110), "light", "Weights", "bar"),
    "histogram_wide": _histogram(_counts(30, 8), (600, 130), title="Updates", colour="right"),
    "histogram_least": _histogram(_counts(), (180, 76), "light"),
    "histogram_with_some_at_zero": _histogram(_counts(middle=300)),
    "histogram_with_many_at_zero": _histogram(_counts(middle=20_000), theme="light"),
    "histogram_with_many_at_zero_narrow": _histogram(_counts(middle=20_000), (180, 100)),
    "histogram_of_zeros": _histogram(ONE[64] * 50),
    "histogram_of_hardly_any_sides": _histogram(ONE[64] * 10**6 + ONE[100] * 5),
    "histogram_of_one_value": _histogram(ONE[20], theme="light"),
    "histogram_of_the_largest": _histogram(_counts(64, 1)),
    "histogram_of_the_smallest": _histogram(_counts(1, 1)),
    "histogram_of_no_number": _histogram(ONE[0] * 0),
    "histogram_of_nothing": _histogram(None, theme="light"),
    "histogram_of_two": _histogram(_counts(), (360, 130), of_b=_counts(44)),
    "histogram_of_two_in_light": _histogram(_counts(), (260, 130), "light", of_b=_counts(36, middle=9000)),
    "histogram_of_two_narrow": _histogram(_counts(middle=9000), (200, 110), of_b=_counts(40, middle=5000)),
    "histogram_of_two_that_are_the_same": _histogram(_counts(), (190, 110), of_b=_counts()),
    "histogram_of_two_one_of_zeros": _histogram(_counts(), (400, 130), of_b=ONE[64]),
}


Counts = Mapping[str, Mapping[str, np.ndarray]]
HILLS: Counts = {
    name: {"weight": _counts(46, n=at), "gradient": _counts(38, middle=5 * at), "update": _counts(34)}
    for name, at in (("fc1", 1000), ("fc2", 400))
}
OF_B: Counts = {"fc1": {"weight": _counts(48), "gradient": _counts(38)}}


def _column(
    size_px: tuple[int, int] = (300, 360),
    theme: str = "dark",
    layer: str | None = None,
    step_of_b: int = -1,
    histograms: Counts | None = None,
    damage: str = "",
) -> Piece:
    def make() -> QWidget:
        column = HistogramColumn()
        of_b = None if step_of_b < 0 else OfB(OF_B, step_of_b, {"fc1": "fc1"})
        column.show_pass(HILLS if histograms is None else histograms, 1500, damage, of_b)
        column.show_layer(layer)
        return column

    return Piece(make, size_px, theme=theme)


def _panel(
    run: GrowingRun | None,
    size_px: tuple[int, int] = (600, 380),
    theme: str = "dark",
    *,
    layer: str | None = None,
    measure: str = "",
    comparing: Any = None,
    has_finding: bool = False,
    histograms: Counts = HILLS,
) -> Piece:
    """All of the view, of a measure."""

    def make() -> QWidget:
        panel = OptimizerPanel()

        def answer(_: object, measure: Measure) -> None:
            heat = layer_heat(run, measure)  # type: ignore[arg-type]
            panel.show_heat(heat if heat is None or comparing is None else with_difference(heat, comparing.beside))

        panel.heat_requested.connect(answer)
        if run is not None:
            panel.show_collection(run, comparing)  # type: ignore[arg-type]
            panel.choose(measure)
            panel.show_histograms(histograms, 30, of_b=None if comparing is None else OfB(OF_B, 30, {}))
        if has_finding:
            panel.heat_map.show_health(health_of([finding("dead-units", "critical", ["fc2"], 0)]))
        panel.show_layer(layer)
        panel.show_step(30)
        return panel

    def then(panel: OptimizerPanel) -> None:
        while panel.is_filling:
            QApplication.processEvents()

    return Piece(make, size_px, then, theme)


USUAL, FASTER = _run(), _run(3.0)
PANELS = {
    "panel": _panel(USUAL),
    "panel_of_a_layer": _panel(_run(is_odd=True), theme="light", layer="fc1", has_finding=True),
    "panel_of_a_share": _panel(USUAL, (600, 380), measure="dead_fraction"),
    "panel_of_an_own_metric": _panel(USUAL, (600, 380), "light", measure="bend", layer="fc1"),
    "panel_of_rates_alone": _panel(GrowingRun().grow(learning_rate=np.ones(9)), (560, 380), histograms={}),
    "panel_of_histograms_alone": _panel(GrowingRun().grow(loss=np.ones(9)), (560, 380), "light"),
    "panel_not_recorded": _panel(GrowingRun().grow(loss=np.ones(9)), (400, 160), histograms={}),
    "panel_of_nothing": _panel(None, (400, 160), "light"),
    "panel_of_two": _panel(USUAL, comparing=_two(USUAL, FASTER)),
    "panel_of_two_of_a_layer": _panel(USUAL, (600, 380), "light", layer="fc2", comparing=_two(USUAL, FASTER)),
    "panel_of_a_held_step": _panel(USUAL, (600, 380), comparing=_two(USUAL, USUAL, 10)),
}

PIECES = {
    **SCALES,
    **MAPS,
    **HISTOGRAMS,
    "column": _column(),
    "column_of_nothing": _column((190, 280), histograms={}),
    "column_that_is_damaged": _column((300, 240), "light", histograms={}, damage="The block is cut off."),
    "column_narrow": _column((190, 280), "light", "fc1"),
    "column_of_two": _column(step_of_b=1500, layer="fc1"),
    "column_of_two_steps": _column((360, 360), "light", "fc2", 1510),
    **PANELS,
}
