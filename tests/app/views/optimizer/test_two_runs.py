"""What the optimizer did in two runs, as a user sees it."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication

from app.analysis.measures import layer_measures
from app.palette import active
from app.replay.comparing import Comparing, Side
from app.views.optimizer.analysis.layer_heat import HIGHEST, NOT_RECORDED, LayerHeat, layer_heat
from app.views.optimizer.analysis.power_histogram import log2_quantile, quantile_changes
from app.views.optimizer.heat_colours import colour_table
from app.views.optimizer.heat_difference import MIDDLE, HeatDifference, with_difference
from app.views.optimizer.panel import OptimizerPanel
from app.widgets.heat_map import LEFT_PX
from app.window.main_window import MainWindow
from tests.app.views.optimizer.answering import draw


def optimizer(window: MainWindow) -> OptimizerPanel:
    """The panel, with all that it shows drawn."""
    window._session.go_to(tab="optimizer")
    QApplication.processEvents()
    view = window.pages["optimizer"].view
    assert view is not None
    panel = cast(OptimizerPanel, view.panel)  # type: ignore[attr-defined]
    draw(panel)
    return panel


def difference(panel: OptimizerPanel) -> HeatDifference:
    assert isinstance(panel.heat_map.heat, HeatDifference)
    return panel.heat_map.heat


def heat_of(comparing: Comparing, key: str) -> LayerHeat:
    """A measure of A and its difference."""
    run = comparing.a.collection
    measure = next(each for each in layer_measures(run.series) if each.key == key)
    heat = layer_heat(run, measure)
    assert heat is not None
    return with_difference(heat, comparing.beside)


def test_that_the_picture_is_log2_of_b_by_a_and_of_the_ground_s_colour_until_the_runs_part(
    two_in_window: MainWindow,
) -> None:
    panel = optimizer(two_in_window)
    shown = difference(panel)
    assert panel.scale_bar._unit == "log₂ B ÷ A"
    assert set(shown.numbers[:, shown.steps < 4].ravel().tolist()) == {MIDDLE}
    assert shown.values[0, shown.steps == 4] == pytest.approx(np.log2(5), abs=1e-3)
    assert QColor(*colour_table(shown)[MIDDLE].tolist()) == QColor(active().bar_ground)


def test_that_a_cell_tells_a_b_and_how_they_differ(two_in_window: MainWindow) -> None:
    panel = optimizer(two_in_window)
    heat_map = panel.heat_map
    at = QPointF(heat_map._x_of(4), heat_map.height() / len(difference(panel).layers) / 2)
    words = heat_map.text_at(at)
    assert "A " in words
    assert "log₂ B ÷ A +2.32" in words
    assert "the same" in heat_map.text_at(QPointF(heat_map._x_of(2), at.y()))


def test_that_of_many_steps_in_a_column_the_furthest_from_the_middle_is_seen(two_in_window: MainWindow) -> None:
    shown = difference(optimizer(two_in_window))
    numbers = np.full_like(shown.numbers, MIDDLE)
    numbers[0, 3], numbers[0, 4] = MIDDLE + 5, MIDDLE - 60
    object.__setattr__(shown, "numbers", numbers)
    assert shown.picture(-0.5, float(shown.steps[-1]) + 0.5, 1)[0].tolist() == [MIDDLE - 60]


def test_that_what_can_be_negative_is_told_as_b_less_a(two_in_window: MainWindow) -> None:
    comparing = two_in_window._session.comparing
    assert comparing is not None
    angle = heat_of(comparing, "gradient_angle").difference
    assert angle is not None
    assert angle.meaning == "B − A, degrees"
    a, b = angle.two[0].a, angle.two[0].b
    assert a is not None
    assert b is not None
    at = np.searchsorted(angle.steps, a.steps)
    assert np.array_equal(angle.values[0, at], b.values - a.values, equal_nan=True)
    assert angle.scale.low == -angle.scale.high


def test_that_a_layer_without_a_partner_is_marked_and_cannot_be_chosen_where_only_b_has_it(
    two_in_window: MainWindow,
) -> None:
    two_in_window._session.change_comparing(layers={"fc1": None})
    panel = optimizer(two_in_window)
    shown = difference(panel)
    row = shown.layers.index("fc1")
    assert shown.notes[row] == "only in A"
    assert set(shown.numbers[row].tolist()) == {NOT_RECORDED}
    assert panel.heat_map.text_at(QPointF(LEFT_PX + 50, (row + 0.5) * panel.heat_map.height() / len(shown.layers)))
    panel.show_layer("fc1")
    draw(panel)
    assert "only in A" in [each.label for each in panel.curves_legend.entries]


def test_that_the_chosen_layer_has_both_curves_and_their_figures(two_in_window: MainWindow) -> None:
    two_in_window._session.select_layer("fc1")
    panel = optimizer(two_in_window)
    own, of_b = panel.curves.lines[2], panel.curves.lines[1]
    assert len(own.steps) == len(of_b.steps) > 0
    assert not np.array_equal(own.values, of_b.values)
    a, b, change = panel.curves_legend.entries[:3]
    assert a.label.endswith("fc1 · usual")
    assert (b.label, b.is_dashed) == ("faster", True)
    assert float(change.figure) == pytest.approx(float(b.figure) - float(a.figure), rel=0.02)


def test_that_while_no_layer_is_chosen_there_are_lines_of_both(two_in_window: MainWindow) -> None:
    panel = optimizer(two_in_window)
    two_in_window._session.select_layer(None)
    draw(panel)
    assert panel.curves._others[1].shape == panel.curves._others_of_b[1].shape
    assert [each.label for each in panel.curves_legend.entries[1:3]] == ["usual", "faster"]


def test_that_the_rates_of_both_are_told(two_in_window: MainWindow) -> None:
    panel = optimizer(two_in_window)
    assert panel.rates_legend.entries[0].figure == "A 0.01 · B 0.05 · +0.04"


def test_that_histograms_lie_over_each_other_with_the_difference_of_their_quantiles(
    two_in_window: MainWindow,
) -> None:
    two_in_window._session.show_step(6)
    panel = optimizer(two_in_window)
    updates = panel.histograms.views["update"]
    assert len(updates.bars) == len(updates.bars_of_b) > 0
    assert updates.changes[0].startswith("log₂ |x|: median +")
    assert "B less A" in updates.text_at(updates.width() / 2)
    two_in_window._session.show_step(0)
    assert updates.changes == ("the same",)
    two_in_window._session.show_side(Side.A)
    assert not len(updates.bars_of_b)
    assert updates.changes == ()


def test_that_a_pass_that_is_held_is_what_all_steps_are_compared_with(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    session = window._session
    session.show_step(3)
    session.hold_pass()
    session.show_step(6)
    shown = difference(optimizer(window))
    at = shown.steps == 3
    assert set(shown.numbers[:, at].ravel().tolist()) == {MIDDLE}
    assert (shown.numbers[:, ~at] != MIDDLE).any()
    assert optimizer(window).heat_map._held == 3
    assert optimizer(window).histograms.place_label.text() == "A bars, step 3 · B line, step 6 · whole model"


def test_that_two_runs_that_are_the_same_have_no_colour(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.open(two_paths[0])
    window._session.hold_pass()
    comparing = window._session.comparing
    assert comparing is not None
    same = heat_of(Comparing(comparing.a, comparing.b, comparing.wish, comparing.pair), "update_ratio").difference
    assert same is not None
    assert same.is_same
    assert (same.numbers <= HIGHEST).all()


def test_that_the_table_has_both_and_the_difference_of_each_layer(two_in_window: MainWindow) -> None:
    optimizer(two_in_window)
    view = two_in_window.pages["optimizer"].view
    assert view is not None
    table = view.tables["Optimizer"]()
    assert tuple(table.headings[1:4]) == ("a:update_ratio/conv1", "b:update_ratio/conv1", "b-a:update_ratio/conv1")
    assert "b-a:learning_rate" in " ".join(table.headings)


def test_that_the_table_says_what_its_columns_are_and_of_what_they_are(two_in_window: MainWindow) -> None:
    optimizer(two_in_window)
    view = two_in_window.pages["optimizer"].view
    assert view is not None
    table = view.tables["Optimizer"]()
    assert list(table.notes) == [
        "a column for each layer; step: optimizer updates, from 0",
        "(estimate): from a sample of the parameters, with its standard error beside it",
        "a: usual; b: faster, next to the step of a; b-a: b less a",
    ]
    assert table.nothing == "Nothing of the optimizer was recorded."
    assert table.about == view.about() == {"measure": "update_ratio"}
    two_in_window._session.select_layer("fc1")
    two_in_window._session.show_side(Side.A)
    optimizer(two_in_window)
    assert view.about() == {"measure": "update_ratio", "layer": "fc1"}
    assert len(view.tables["Optimizer"]().notes) == 2


def test_that_a_quantile_lies_where_its_share_of_the_values_is_below() -> None:
    counts = np.zeros(129, np.int64)
    counts[64 + 40] = counts[64 - 40] = 50
    assert log2_quantile(counts, 0.5) == pytest.approx(-8.5)
    counts[64] = 300
    assert log2_quantile(counts, 0.5) == float("-inf")
    twice = np.zeros(129, np.int64)
    twice[64 + 41] = twice[64 - 41] = 50
    counts[64] = 0
    assert quantile_changes(counts, twice) == pytest.approx([1, 1])
    assert np.isnan(quantile_changes(counts, np.eye(129, dtype=int)[64])).all()


def test_that_with_repeats_what_lies_within_their_spread_is_the_same(
    two_in_window: MainWindow, repeat_paths: tuple[Path, Path]
) -> None:
    two_in_window._session.select_layer("fc1")
    assert optimizer(two_in_window).curves.noise_band.path().isEmpty()
    two_in_window._session.change_comparing(repeats=[str(each) for each in repeat_paths])
    assert not optimizer(two_in_window).curves.noise_band.path().isEmpty()
