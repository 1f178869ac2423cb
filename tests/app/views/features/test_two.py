"""Two runs in the features, and two passes of one: B less A."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF

from app.analysis import colours
from app.replay.comparing import Side
from app.views.features.analysis.activation_strips import Strip, Strips
from app.views.features.analysis.dead_marks import DeadMarks, marks_of_two, n_dead_of_two
from app.views.features.panel import FeaturesPanel
from app.views.features.titled_grid import SAME
from app.window.main_window import MainWindow
from tests.app.parts import part


@pytest.fixture
def features(two_in_window: MainWindow) -> FeaturesPanel:
    """The convolution, at the last pass."""
    panel: FeaturesPanel = part(two_in_window, "features")
    two_in_window._session.select_layer("conv1")
    return panel


def both(window: MainWindow, kind: str, layer: str = "conv1", number: int = -1) -> tuple[np.ndarray, np.ndarray]:
    comparing = window._session.comparing
    a, b = (getattr(each.collection.passes[number].layers[layer], kind) for each in (comparing.a, comparing.b))
    return a.astype("f4"), b.astype("f4")


def test_that_filters_are_those_of_b_less_those_of_a(features: FeaturesPanel, two_in_window: MainWindow) -> None:
    a, b = both(two_in_window, "weight")
    tiles = features.filters.grid.tiles
    assert tiles.values.tolist() == (b - a)[:, 0].tolist()
    assert features.filters.heading.about.startswith("B − A")
    tip = features.filters.grid.tip(features.filters.grid.rect_of(0).center())
    assert "A " in tip and " · B " in tip


def test_that_maps_have_the_colours_of_both_signs_in_the_scale_of_both_runs(
    features: FeaturesPanel, two_in_window: MainWindow
) -> None:
    most = 0.0
    for number in range(5):
        a, b = both(two_in_window, "feature_maps", number=number)
        most = max(most, float(np.abs(b - a).max()))
    tiles = features.before.grid.tiles
    assert tiles.scale == pytest.approx(most)
    a, b = both(two_in_window, "feature_maps")
    expected = colours.DIVERGING[colours.diverging_numbers(b[0] - a[0], tiles.scale)]
    assert tiles.pixels().tolist() == expected.tolist()
    assert features.before.scale.low.startswith("−")


def test_that_where_both_are_the_same_it_says_so(features: FeaturesPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.show_pass(1)
    for titled in (features.filters, features.before, features.after):
        assert (titled.grid.tiles, titled.grid.message) == (None, SAME)
        assert titled.scale.accessibleName() == ""
    two_in_window._session.select_layer("fc1")
    assert features.strips_heading.about.startswith("B − A: the same in A and B")


def test_that_strips_are_differences_and_a_unit_is_told_of_both(
    features: FeaturesPanel, two_in_window: MainWindow
) -> None:
    two_in_window._session.select_layer("fc1")
    a, b = both(two_in_window, "activation", "relu2")
    strip = features.strips.strips[0]
    assert strip.values.tolist() == (b - a)[0].tolist()
    tip = features.strips.tip(QPointF(features.strips.cell_of(0, 3).center()))
    assert "A " in tip and " · B " in tip


def test_that_a_unit_that_is_dead_in_one_alone_has_half_a_cross() -> None:
    marks = marks_of_two(np.array([2, 5, 7, 9]), np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool))
    assert marks.words == {2: "dead in A and B", 5: "dead in A alone", 7: "dead in B alone"}
    assert marks.only_in == {5: "A", 7: "B"}
    assert marks.summary == "dead: 1 in A (\\), 1 in B (/), 1 in both"
    assert DeadMarks({3: "dead"}).summary == "1 dead"


def test_that_dead_units_of_strips_are_counted_by_the_run_that_they_are_dead_in() -> None:
    one = Strip("fc", "relu", np.arange(3), 3, np.zeros(3), "relu", np.array([1, 1, 0], bool))
    other = replace(one, dead=np.array([0, 1, 1], bool))
    assert n_dead_of_two(Strips((replace(one, sides=(one, other)),), 0.0)) == (
        "dead: 1 in A (\\), 1 in B (/), 1 in both"
    )
    assert n_dead_of_two(Strips((), 0.0)) == ""


def test_that_both_guesses_are_told(features: FeaturesPanel) -> None:
    words = features.sample.words.text()
    assert "A predicts:" in words and "B predicts:" in words


def test_that_the_curve_of_dead_units_is_there_for_both(features: FeaturesPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.select_layer("fc1")
    assert features.dead_units.heading.figure.startswith("A ")
    assert " · B " in features.dead_units.heading.figure
    two_in_window._session.stop_comparing()
    assert " · B " not in features.dead_units.heading.figure


def test_that_a_run_alone_is_as_ever(features: FeaturesPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.show_side(Side.A)
    a, _ = both(two_in_window, "weight")
    assert features.filters.grid.tiles.values.tolist() == a[:, 0].tolist()
    assert features.filters.heading.about == "3×3"
    assert "A predicts" not in features.sample.words.text()


def test_that_the_table_has_a_b_and_the_difference(features: FeaturesPanel, two_in_window: MainWindow) -> None:
    table = two_in_window.view("features").tables["Features"]()
    assert table.headings[2:5] == ("activation_a", "activation_b", "activation_difference")
    assert table.headings[-2:] == ("dead_a", "dead_b")
    for row in table.rows:
        assert row[4] == pytest.approx(row[3] - row[2], abs=1e-6)


def test_that_a_pass_that_is_held_is_compared_in_the_same_way(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.open(two_paths[0])
    panel = part(window, "features")
    window._session.select_layer("conv1")
    window._session.hold_pass()
    assert (panel.filters.heading.about, panel.filters.grid.message) == ("B − A · 3×3", SAME)
    window._session.show_last()
    passes = window._session.opened.collection.passes
    change = passes[4].layers["conv1"].weight - passes[0].layers["conv1"].weight
    assert panel.filters.grid.tiles.values.tolist() == change[:, 0].tolist()


def test_that_dead_units_of_strips_are_counted_among_those_that_can_be() -> None:
    one = Strip("fc", "relu", np.arange(3), 3, np.zeros(3), "relu", np.array([1, 1, 0], bool))
    free = replace(one, rectifier=None, dead=None)
    assert Strips((one, one, free), 0.0).dead_words == "4 of 6 dead"
    assert Strips((replace(one, dead=np.zeros(3, bool)), free), 0.0).dead_words == ""
