"""The curves over the run: which lines are drawn, what their axes reach to, and what is told at a measurement."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.correlations.across_run import AcrossMeasure
from app.views.correlations.analysis.evolution import Lines
from app.views.correlations.analysis.similarity_run import PairMeasure
from app.views.correlations.evolution_page import EvolutionPage
from app.views.correlations.evolution_plot import EvolutionPlot
from tests.app.views.correlations.made_up import across_of, run_of

STEPS = np.array([0, 1000, 2000])


@pytest.fixture
def plot(qtbot: QtBot) -> EvolutionPlot:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(500, 400)
    plot = EvolutionPlot(page)
    plot.resize(500, 400)
    page.show()
    qtbot.waitExposed(page)
    return plot


def lines(values: object, chosen: tuple[int, ...] = (0,), **more: object) -> Lines:
    found = np.array(values, float)
    return Lines([str(each) for each in range(len(found))], found, chosen, [""] * len(chosen), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "band", "low", "high"),
    [
        ([[0.25, 0.5, 0.75]], None, 0.0, 0.75),
        ([[0.25, -0.5, np.nan]], None, -0.5, 0.25),
        ([[-0.25, -0.5, -0.25]], None, -0.5, -0.25),
        ([[0.25, 0.5, 0.75]], [[-0.125, 0.9]] * 3, -0.125, 0.9),
        ([[0.0, 0.0, 0.0]], None, -0.1, 0.1),
        ([[0.5, 0.5, 0.5], [2.0, 0.0, 1.0]], None, 0.0, 2.0),
    ],
)
def test_that_the_axis_of_values_reaches_from_nought_or_the_least_to_the_largest(
    plot: EvolutionPlot, values: object, band: object, low: float, high: float
) -> None:
    plot.show_evolution(STEPS, lines(values, band=None if band is None else np.array(band)), 2000)
    seen = plot.getPlotItem().vb.viewRange()[1]
    room = (high - low) * 0.2 + 1e-9
    assert low - room <= seen[0] <= low
    assert high <= seen[1] <= high + room


def test_that_strong_lines_have_dots_and_the_others_are_thin(plot: EvolutionPlot) -> None:
    values = [[0.1, 0.2, np.nan], [0.3, 0.4, 0.5], [0.6, np.nan, 0.7]]
    plot.show_evolution(STEPS, lines(values, (2, 0)), 2000)
    *_, first, second = plot.lines
    assert np.array_equal(first.values, values[2], equal_nan=True)
    assert np.array_equal(second.values, values[0], equal_nan=True)
    assert [each.tolist() for each in plot.others[1]] == [values[1]]
    dots = [each.getData() for each in plot.dots]
    assert [each[0].tolist() for each in dots] == [[0, 2000], [0, 1000]]
    assert [each[1].tolist() for each in dots] == [[0.6, 0.7], [0.1, 0.2]]
    plot.show_evolution(STEPS, lines(values, (1,)), 2000)
    assert [len(each.getData()[0]) for each in plot.dots] == [3, 0]
    assert len(plot.others[1]) == 2


def test_that_the_line_of_another_network_is_dashed(plot: EvolutionPlot) -> None:
    values = [[0.1, 0.2, 0.3], [0.3, 0.4, 0.5]]
    for is_of_two in (True, False):
        plot.show_evolution(STEPS, lines(values, (0, 1), is_of_two=is_of_two), 2000)
        dashed, *solid = (each.values.tolist() for each in plot.lines[2:])
        assert dashed == (values[1] if is_of_two else [])
        assert solid == ([values[0], []] if is_of_two else values)


def test_that_a_band_is_drawn_where_chance_is_known(plot: EvolutionPlot) -> None:
    band = np.array([[-0.1, 0.2], [-0.2, 0.1], [0.0, 0.3]])
    for shown, low, high in ((band, [-0.1, -0.2, 0.0], [0.2, 0.1, 0.3]), (None, [], [])):
        plot.show_evolution(STEPS, lines([[0.1, 0.2, 0.3]], band=shown), 2000)
        found = plot.band_values
        assert (found[0].tolist(), found[1].tolist()) == (low, high)
    colour = plot.band.brush().color()
    assert (colour.name(), 0 < colour.alpha() < 128) == (active().faint_text, True)


def test_that_where_no_line_has_a_number_it_is_said_and_no_axis_made_up(plot: EvolutionPlot) -> None:
    for values, nothing, words in (
        ([[np.nan] * 3], "Being worked out …", "Being worked out …"),
        ([[np.nan, 0.5, np.nan]], "Being worked out …", ""),
    ):
        plot.show_evolution(STEPS, lines(values, nothing=nothing), 2000)
        assert plot._message == words
        assert plot.getPlotItem().getAxis("left").style["showValues"] == (not words)


# --- the page


@pytest.fixture
def page(qtbot: QtBot) -> EvolutionPage:
    page = EvolutionPage()
    qtbot.addWidget(page)
    page.resize(620, 170)
    page.show()
    qtbot.waitExposed(page)
    return page


def test_that_the_figures_of_a_measurement_are_told_beside_their_names(page: EvolutionPage) -> None:
    page.show_evolution(run_of().evolution(PairMeasure.CKA, (2, 0)), 90)
    page.show_measurement(1)
    assert page.pair_heading.title == "fc1 × conv1"
    assert page.pair_heading.figure == "0.60"
    assert [(each.label, each.is_dashed) for each in page.rank_legend.entries] == [("fc1", False), ("conv1", False)]
    ranks = run_of().effective_rank[1]
    assert [each.figure for each in page.rank_legend.entries] == [f"{ranks[2]:.1f}", f"{ranks[0]:.1f}"]
    assert page.strip.current == 1
    page.show_evolution(run_of().evolution(PairMeasure.CKA, (3, 0)), 90)
    page.show_measurement(3)
    assert page.pair_heading.figure == "–"
    assert page.strip_heading.about == "grey: no variance · by epochs that had ended"
    page.show_step(35)
    assert [each.playhead.value() for each in (page.pairs, page.ranks)] == [35, 35]


def test_that_of_two_networks_both_are_told_and_the_second_is_dashed(page: EvolutionPage) -> None:
    page.show_evolution(across_of().evolution(AcrossMeasure.CKA_DIFFERENCE, (0, 2)), 90)
    page.show_measurement(0)
    assert [(each.label, each.is_dashed) for each in page.rank_legend.entries] == [("usual", False), ("faster", True)]
    assert page.pair_heading.figure.count(" · ") == 1


@pytest.mark.parametrize(("n", "told"), [(4, "by step"), (90, "by step, {shown} of 90")])
def test_that_it_is_told_how_many_small_matrices_are_left_out(page: EvolutionPage, n: int, told: str) -> None:
    run = run_of(steps=np.arange(n) * 10, epochs=np.zeros(n, int))
    for values in run.measures.values():
        values[:] = 0.5
    page.show_evolution(run.evolution(PairMeasure.CKA, (0, 1)), 90)
    page.show_measurement(0)
    assert page.strip_heading.about == told.format(shown=len(page.strip.shown()))


def test_that_of_a_run_without_a_measurement_nothing_is_grey(page: EvolutionPage) -> None:
    run = run_of(steps=np.arange(4))
    none = replace(
        run,
        steps=run.steps[:0],
        epochs=run.epochs[:0],
        measures={name: values[:0] for name, values in run.measures.items()},
        null=run.null[:0],
        effective_rank=run.effective_rank[:0],
    )
    page.show_evolution(none.evolution(PairMeasure.CKA, (0, 1)), 90)
    assert page.strip.names == ()
    assert page.pairs.lines[-1].values.size == 0
