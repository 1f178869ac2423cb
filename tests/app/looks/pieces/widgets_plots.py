"""Plots over steps, and the picture of many layers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from app.analysis import colours
from app.analysis.curve import Measured
from app.analysis.health import health_of
from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.heat_map import HeatMap
from app.widgets.steps_plot import StepsPlot
from collector.comparing.noise import Band
from tests.app.looks.pieces import Piece
from tests.app.made_up_findings import finding

N = 60
STEPS = np.arange(N + 1)
VALUES = 2.3 * np.exp(-STEPS / 20) + 0.1 * np.sin(STEPS)
EPOCHS, DOTS = np.array([20, 40, 60]), Line(np.array([20, 40, 60]), np.array([1.2, 0.7, 0.9]))
STYLES = (
    LineStyle("loss", width=1, strength=0.45),
    LineStyle("loss"),
    LineStyle("text", is_dots=True),
    LineStyle("second", is_second=True),
)


@dataclass(frozen=True)
class Heats:
    """As many layers as are named, each in its own colour, changing with the steps."""

    layers: tuple[str, ...]
    notes: Mapping[int, str] = field(default_factory=dict)
    title: str = "Made up"

    @property
    def short_names(self) -> tuple[str, ...]:
        return self.layers

    def text_at(self, layer: int, step: float) -> str:
        return f"{layer} at {step:.0f}"

    def picture(self, low: float, high: float, width: int) -> np.ndarray:
        steps = np.linspace(low, high, width)
        found = (100 + 60 * np.sin(steps / 9 + np.arange(len(self.layers))[:, None])).astype(np.uint8)
        found[list(self.notes)] = 128
        return found


def _table(_: Any) -> np.ndarray:
    return colours.DIVERGING[:256]


def make_map(names: tuple[str, ...], *, marked: bool = False, **given: Any) -> Callable[[], HeatMap]:
    def make() -> HeatMap:
        shown = HeatMap(_table)
        shown.show_absence("Nothing of this kind was measured.")
        shown.show_heat(Heats(names, **given) if names else None, N)
        shown.show_range(-1, N + 1)
        shown.show_step(30)
        if marked:
            shown.show_layer(names[1])
            shown.show_held(12)
            shown.show_health(health_of([finding("dead-units", "critical", [names[0]], 0)]))
        return shown

    return make


def _walk_down(shown: Any) -> None:
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down):
        QTest.keyClick(shown, key)


def _plot(*lines: Line | None, last: int = N, **given: Any) -> Callable[[], CurvePlot]:
    """Lines for each of the styles, none for None."""

    def make() -> CurvePlot:
        plot = CurvePlot(STYLES)
        plot.getPlotItem().setLabel("bottom", "step")
        nothing = Line(np.zeros(0, np.int64), np.zeros(0))
        shown = [each or nothing for each in (*lines, *[None] * (len(STYLES) - len(lines)))]
        plot.show_lines(shown, last, **given)
        plot.show_step(25)
        return plot

    return make


def _every_mark(plot: CurvePlot) -> None:
    plot.resume_marks.show_steps(np.array([33]))
    plot.dump_marks.show_steps(np.array([44, 45, 46, 52]))
    plot.show_held(10)


def _small(plot: CurvePlot) -> None:
    plot.show_range((20.0, 30.0))


def _log(plot: CurvePlot) -> None:
    plot.show_log(True)


def _words(plot: CurvePlot) -> None:
    plot.show_message("not recorded in this run")


def _strip(plot: CurvePlot) -> None:
    plot.keep_free(30)


def _steps(*, n_others: int = 6, mark: float | None = 1.0) -> Callable[[], StepsPlot]:
    def make() -> StepsPlot:
        plot = StepsPlot(["bar", "loss"], seconds=["second"])
        if n_others:
            plot.hold_others(STEPS, np.stack([VALUES * (0.4 + 0.1 * each) for each in range(n_others)]))
        curves = [(STEPS, VALUES), (STEPS, np.where(STEPS == 30, np.nan, VALUES[::-1]))]
        plot.show_curves(curves, N, EPOCHS)
        plot.show_mark(mark)
        plot.show_step(25)
        return plot

    return make


LINE, FAINT = Line(STEPS, VALUES), Line(STEPS, VALUES + 0.2 * (STEPS % 3))
SPARSE = Line(STEPS, np.where(np.isin(STEPS, (5, 30, 31)) | (STEPS > 50), VALUES, np.nan))
MARKS = {"epochs": EPOCHS, "not_finite": np.array([7, 8, 9, 41]), "without_gradient": np.array([3, 15])}
ESTIMATE = Measured("x", STEPS, VALUES, is_estimate=True, errors=np.full(N + 1, 0.2))
NOISE = Band(STEPS, VALUES - 0.6, VALUES + 0.6)
NAMES = ("conv1", "conv2", "fc1", "fc2")
LONG = tuple(f"a_block_with_a_long_name_as_people_give_them_{number}_linear" for number in range(3))

PIECES = {
    "map": Piece(make_map(NAMES), (420, 120)),
    "map_in_light": Piece(make_map(NAMES, marked=True), (420, 120), theme="light"),
    "map_marked": Piece(make_map(NAMES, marked=True, notes={2: "not recorded"}), (420, 120)),
    "map_of_long_names": Piece(make_map(LONG, marked=True), (300, 80)),
    "map_of_many": Piece(make_map(tuple(f"fc{number}" for number in range(40)), marked=True), (420, 220)),
    "map_of_one": Piece(make_map(("fc",)), (260, 60), theme="light"),
    "map_of_none": Piece(make_map(()), (300, 80)),
    "map_walked_over": Piece(make_map(NAMES), (420, 120), _walk_down),
    "curve": Piece(_plot(None, LINE, DOTS), (420, 200)),
    "curve_low": Piece(_plot(FAINT, LINE, DOTS, Line(STEPS, VALUES[::-1])), (360, 100), theme="light"),
    "curve_of_gaps": Piece(_plot(None, SPARSE), (360, 120)),
    "curve_of_one_value": Piece(_plot(None, Line(np.array([0]), np.array([0.5])), last=1), (300, 110)),
    "curve_of_none": Piece(_plot(last=1), (260, 90)),
    "curve_with_marks": Piece(_plot(None, LINE, DOTS, **MARKS), (420, 170), _every_mark),
    "curve_with_marks_in_light": Piece(_plot(None, LINE, **MARKS), (420, 170), _every_mark, "light"),
    "curve_with_bands": Piece(_plot(None, LINE, estimate=ESTIMATE, noise=NOISE), (420, 170)),
    "curve_closer": Piece(_plot(None, LINE, DOTS, **MARKS), (420, 170), _small),
    "curve_on_a_log_scale": Piece(_plot(None, Line(STEPS, VALUES**4)), (360, 170), _log, "light"),
    "curve_of_a_share": Piece(_plot(None, Line(STEPS, 1 / (1 + VALUES)), whole=(0.0, 1.0)), (360, 120)),
    "curve_from_nought": Piece(_plot(None, Line(STEPS, VALUES + 5), least=0.0), (360, 120)),
    "curve_of_large_values": Piece(_plot(None, Line(STEPS, VALUES * 1e4)), (360, 120)),
    "curve_of_tiny_values": Piece(_plot(None, Line(STEPS, -VALUES * 1e-7)), (360, 120), theme="light"),
    "curve_above_a_strip": Piece(_plot(None, LINE, DOTS), (360, 140), _strip),
    "curve_of_words": Piece(_plot(), (300, 110), _words),
    "steps": Piece(_steps(), (420, 170)),
    "steps_in_light": Piece(_steps(mark=None), (300, 110), theme="light"),
    "steps_alone": Piece(_steps(n_others=0), (300, 110)),
    "steps_on_a_log_scale": Piece(_steps(), (360, 170), _log),
}
