"""The curves of two runs over each other, as a user sees them."""

from pathlib import Path

import numpy as np
import pytest

from app.replay.comparing import Side
from app.views.timeline.curve_card import CurveCard
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison


def card(window: MainWindow, number: int = 0) -> CurveCard:
    return window.pages["timeline"].view.panel.cards[number]  # type: ignore[union-attr]


def test_that_b_lies_over_a_and_the_heading_tells_both(two_in_window: MainWindow) -> None:
    window = two_in_window
    loss = card(window)
    assert len(loss.plot.lines[4].steps) == len(loss.plot.lines[1].steps) > 0
    assert loss.heading_line.about.startswith("A — usual, B ╌ faster")
    a, b, change = loss.heading_line.figure.split(" · ")
    assert a.startswith("A ")
    assert b.startswith("B ")
    assert float(change.replace("−", "-")) == pytest.approx(float(b[2:]) - float(a[2:]), abs=2e-3)
    assert not window.pages["timeline"].alone_label.isVisible()


def test_that_what_is_the_same_in_both_says_so(two_in_window: MainWindow) -> None:
    two_in_window._session.show_step(2)
    assert card(two_in_window).heading_line.figure.endswith("the same")
    assert card(two_in_window, 1).heading_line.about.startswith("the same in usual and faster")


def test_that_of_a_alone_nothing_of_b_is_left(two_in_window: MainWindow) -> None:
    two_in_window._session.show_side(Side.A)
    loss = card(two_in_window)
    assert not len(loss.plot.lines[4].steps)
    assert "B" not in loss.heading_line.figure
    assert "faster" not in loss.heading_line.about


def test_that_a_pass_that_is_held_is_marked_and_its_figure_told(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    session = window._session
    session.show_step(3)
    then = card(window).heading_line.figure
    session.hold_pass()
    session.show_step(9)
    assert card(window).plot.held_mark.steps.tolist() == [3]
    assert card(window).heading_line.figure.startswith(f"A {then} · B ")
    session.stop_comparing()
    assert not len(card(window).plot.held_mark.steps)


def test_that_with_repeats_there_is_the_band_in_which_one_more_would_lie(
    window: MainWindow, two_paths: tuple[Path, Path], repeat_paths: tuple[Path, Path]
) -> None:
    repeats = [str(each) for each in repeat_paths]
    window._session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), repeats=repeats))
    assert not card(window).plot.noise_band.path().isEmpty()
    assert "band: where one more repeat of A lies" in card(window).heading_line.about
    window._session.change_comparing(repeats=[])
    assert card(window).plot.noise_band.path().isEmpty()


def test_that_the_table_has_both_and_the_difference(two_in_window: MainWindow) -> None:
    view = two_in_window.pages["timeline"].view
    assert view is not None
    table = view.tables["Timeline"]()
    assert tuple(table.headings[:4]) == ("step", "a:loss", "b:loss", "b-a:loss")
    assert any("b less a" in note for note in table.notes)
    a, b, change = np.array([row[1:4] for row in table.rows], float).T
    assert change == pytest.approx(b - a)


def test_that_keys_walk_along_the_steps_of_a(two_in_window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    two_in_window._session.change_comparing(clock="epoch", offset=0.25)
    steps = card(two_in_window).plot._steps_with_values()
    assert np.array_equal(steps, steps.round())
