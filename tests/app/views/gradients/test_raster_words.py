"""What the sign raster says of a pixel, of a name that is cut short, and of itself."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from app.views.gradients.raster_axes import ABOVE_PX, LAYER_PX
from app.views.gradients.raster_panel import HOW_TO, RasterPanel
from app.views.gradients.raster_view import Cell
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, made_up_run, read_all

BANDS = bands_of(("conv1 weight", 1200), ("conv1 bias", 6), ("fc1 weight", 300))
SHAPES = {"conv1": SimpleNamespace(parameters={"weight": [30, 40]})}


def made(n_rows: int = 3, **given: Any) -> SimpleNamespace:
    classes = (np.arange(1506) // 3 + np.arange(n_rows)[:, None]) % 5
    signs = MadeUpSigns(classes.astype(np.uint8), 500 * np.arange(n_rows))
    return made_up_run(signs, BANDS, **given)


@pytest.fixture
def panel(qtbot: QtBot) -> RasterPanel:
    panel = RasterPanel()
    qtbot.addWidget(panel)
    run = made()
    run.layers = SHAPES
    panel.show_collection(run)  # type: ignore[arg-type]
    return panel


def shares(*given: int) -> np.ndarray:
    return np.array(given, np.uint8)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Cell(45, 45, 1, 1, shares(255, 0, 0, 0, 0), True), "conv1 weight[1, 5] · step 500 · negative, near zero"),
        (Cell(45, 45, 2, 2, shares(0, 0, 0, 0, 0), True), "conv1 weight[1, 5] · step 1,000 · larger than 1e−5"),
        (Cell(1201, 1201, 0, 0, shares(0, 255, 0, 0, 0), True), "conv1 bias, value 1 · step 0 · positive, near zero"),
        (Cell(1201, 1201, 0, 0, shares(0, 0, 255, 0, 0), True), "conv1 bias, value 1 · step 0 · exactly zero"),
        (Cell(1201, 1201, 0, 0, shares(0, 0, 0, 255, 0), True), "conv1 bias, value 1 · step 0 · NaN or Inf"),
        (Cell(1201, 1201, 0, 0, shares(0, 0, 0, 0, 255), True), "conv1 bias, value 1 · step 0 · no gradient"),
        (
            Cell(40, 1079, 0, 1, shares(0, 0, 0, 0, 0), True),
            "conv1 weight, values 40 to 1,079 · steps 0 to 500 · 2,080 gradients, all larger than 1e−5",
        ),
        (
            Cell(1100, 1210, 0, 0, shares(1, 128, 0, 64, 255), True),
            "conv1 weight to fc1 weight · step 0 · "
            "of 111 gradients about 0.4 % negative, 50.2 % positive, 25.1 % NaN or Inf, 100 % without a gradient",
        ),
        (
            Cell(0, 3, 1, 1, shares(0, 0, 9, 0, 0), True),
            "conv1 weight, values 0 to 3 · step 500 · of 4 gradients about 3.5 % exactly zero",
        ),
        (Cell(0, 3, 0, 0, None, True), "conv1 weight, values 0 to 3 · step 0 · being read"),
        (Cell(0, 3, 0, 0, None, False), "conv1 weight, values 0 to 3 · step 0 · damaged in the file"),
        (Cell(1506, 1507, 0, 0, None, False), "columns 1,506 to 1,507 · step 0 · damaged in the file"),
    ],
)
def test_that_a_pixel_is_told_in_words(panel: RasterPanel, cell: Cell, words: str) -> None:
    assert panel.words(cell) == words


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (0.1, 0, "conv1: columns 0 to 1,205"),
        (0.1, LAYER_PX - 1, "conv1: columns 0 to 1,205"),
        (0.9, 3, "fc1: columns 1,206 to 1,505"),
        (0.1, LAYER_PX, "conv1 weight: 1,200 values"),
        (0.9, ABOVE_PX - 1, "fc1 weight: 300 values"),
        (0.1, ABOVE_PX, ""),
        (0.1, -1, ""),
        (-0.1, 3, ""),
        (1.1, 3, ""),
    ],
)
def test_that_a_name_which_may_be_cut_short_is_told_where_it_stands(
    panel: RasterPanel, x: float, y: int, words: str
) -> None:
    panel.raster.resize(500, 300)
    plot = panel.raster.places().plot
    assert panel.raster.band_text(QPointF(plot.left() + x * plot.width(), y)) == words


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({}, "a row every 30 steps, a column for each of 1,506 parameters"),
        ({"every": 1}, "a row every step, a column for each of 1,506 parameters"),
        ({"every": 1000}, "a row every 1,000 steps, a column for each of 1,506 parameters"),
        ({"parameters": 1507}, "a row every 30 steps, columns for 1,506 of 1,507 parameters, evenly spread"),
    ],
)
def test_that_the_heading_tells_how_it_was_recorded(panel: RasterPanel, given: dict[str, int], about: str) -> None:
    panel.show_collection(made(**given))  # type: ignore[arg-type]
    assert (panel.heading.title, panel.heading.about) == ("Signs of small gradients", about)


@pytest.mark.parametrize(
    ("step", "row"),
    [(-5.0, 0), (0.0, 0), (499.9, 0), (500.0, 1), (999.0, 1), (1000.0, 2), (5000.0, 2)],
)
def test_that_the_row_is_the_last_at_or_before_the_step(panel: RasterPanel, step: float, row: int) -> None:
    assert panel.row is None
    assert panel.heading.figure == ""
    panel.show_step(step)
    assert panel.row == row
    assert panel.heading.figure == f"row of step {500 * row:,}"


def test_that_what_lies_under_the_mouse_is_told_to_all_and_forgotten_when_it_leaves(panel: RasterPanel) -> None:
    run = made()
    panel.resize(700, 400)
    panel.show()
    panel.show_collection(run)  # type: ignore[arg-type]
    read_all(panel.raster, run.signs, BANDS)
    plot = panel.raster.places().plot
    at = QPoint(int(plot.left()) + 1, int(plot.top()) + 1)
    panel.raster.hovered.emit(at)
    cell = panel.raster.cell_at(QPointF(at))
    assert cell is not None
    words = panel.words(cell)
    assert panel.readout.text() == panel.raster.accessibleDescription() == panel.readout.toolTip() == words
    panel.raster.hovered.emit(None)
    assert panel.readout.text() == HOW_TO
    assert (panel.raster.accessibleDescription(), panel.readout.toolTip()) == ("", "")
    assert panel.raster.accessibleName() == "Signs of small gradients: steps downwards, parameters to the right"
    assert panel.fit_button.toolTip() == "Show all parameters and steps (double click)"
    assert panel.fit_button.accessibleName() == "Show all parameters and steps"


def test_that_the_legend_s_tooltip_has_all_of_it_in_words(panel: RasterPanel) -> None:
    panel.legend.show_seen(not_finite=True, no_gradient=False)
    panel.legend.show_shares("Columns in view:", (0.5, 0.25, 0.125, 0.125, 0.0, 0.0))
    assert panel.legend.toolTip().split("\n") == [
        "Columns in view:",
        "NaN or Inf 0.0 %",
        "negative, near zero 25.0 %",
        "positive, near zero 12.5 %",
        "exactly zero 12.5 %",
        "larger than 1e−5 50.0 %",
        "both signs in one pixel",
        "Paler: fewer of the gradients that share a pixel.",
        "A run of an earlier Strobe counts NaN, Inf and missing gradients as larger.",
    ]


def test_that_of_another_run_the_row_of_the_playhead_is_told_at_once(panel: RasterPanel) -> None:
    panel.show_step(600)
    assert panel.heading.figure == "row of step 500"
    panel.show_collection(made(n_rows=1))  # type: ignore[arg-type]
    assert panel.heading.figure == "row of step 0"
    panel.show_collection(made(n_rows=0))  # type: ignore[arg-type]
    assert panel.heading.figure == ""
