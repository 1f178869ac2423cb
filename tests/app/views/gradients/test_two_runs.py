"""The gradients of two runs: where signs differ, and the curves over each other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PyQt6.QtCore import QDeadlineTimer
from PyQt6.QtWidgets import QApplication

from app.replay.comparing import Comparing, Side, compared_passes, compared_runs
from app.replay.opened import open_for_replay
from app.views.gradients.analysis.dynamics import DynamicsRun, dynamics_run
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest
from app.views.gradients.analysis.sign_shares import shares_of_bits
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.analysis.signs_difference import SignsDifference, why_not
from app.views.gradients.view import GradientsPanelView
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison
from collector.storage import Collection
from collector.storage.signs import LARGER, NEGATIVE, POSITIVE, ZERO


@pytest.fixture(scope="module")
def comparing(two_paths: tuple[Path, Path]) -> Iterator[Comparing]:
    a, b = (open_for_replay(path) for path in two_paths)
    yield compared_runs(a, b, SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    for each in (a, b):
        each.collection.close()


def slow_classes(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The class of each column, one after the other."""
    near_zero = (NEGATIVE, POSITIVE, ZERO)
    classes = []
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        is_near = one in near_zero, other in near_zero
        if one == other:
            classes.append(LARGER)
        elif all(is_near):
            classes.append(ZERO)
        else:
            classes.append(NEGATIVE if is_near[0] else POSITIVE)
    return np.array(classes)


def classes_of(difference: SignsDifference, row: int) -> np.ndarray:
    first, second = np.unpackbits(difference.bits(row, 0, -(-difference.n_columns // 8)), axis=1)
    return (first * NEGATIVE + second * POSITIVE)[: difference.n_columns]


def columns(collection: Collection, row: int) -> np.ndarray:
    return collection.signs.columns(row, 0, collection.signs.n_columns)


def test_that_each_column_is_of_the_class_that_looking_at_both_gives(comparing: Comparing) -> None:
    difference = SignsDifference(comparing.beside)
    assert len(difference) == len(comparing.a.collection.signs) > 2
    seen = set()
    for row in range(len(difference)):
        expected = slow_classes(columns(comparing.a.collection, row), columns(comparing.b.collection, row))
        assert np.array_equal(classes_of(difference, row), expected)
        seen |= set(expected.tolist())
    assert len(seen) > 1


def test_that_before_the_runs_part_all_is_the_same(comparing: Comparing) -> None:
    difference = SignsDifference(comparing.beside)
    first = int(np.flatnonzero(difference.steps < 4)[-1])
    assert not classes_of(difference, first).any()


def test_that_from_afar_the_shares_are_those_of_the_bits(comparing: Comparing) -> None:
    difference = SignsDifference(comparing.beside)
    row = len(difference) - 1
    of_columns = classes_of(difference, row)
    for group in range(-(-len(of_columns) // 256)):
        part = of_columns[group * 256 : (group + 1) * 256]
        for place, number in enumerate((NEGATIVE, POSITIVE, ZERO)):
            share = difference.overview(row)[place, group]
            assert share == pytest.approx(255 * (part == number).mean(), abs=2)
            assert bool(share) == bool((part == number).any())


def test_that_a_row_that_is_held_is_what_all_rows_are_compared_with(comparing: Comparing) -> None:
    held = compared_passes(comparing.a, 1)
    difference, run = SignsDifference(held.beside), comparing.a.collection
    row = int(np.flatnonzero(run.signs.steps == held.held_step)[0])
    assert not classes_of(difference, row).any()
    expected = slow_classes(columns(run, row), columns(run, 0))
    assert np.array_equal(classes_of(difference, 0), expected)


def test_that_tiles_are_made_of_it_as_of_any_raster(comparing: Comparing) -> None:
    difference = SignsDifference(comparing.beside)
    answers: list[SignAnswer] = []
    row = len(difference) - 1
    request = SignRequest((), len(difference), counted=(row, 0, difference.n_columns))
    SignTiles(cast("object", difference), lambda _: None).read(request, lambda each: not answers.append(each))  # type: ignore[arg-type,func-returns-value]
    counts = answers[0].counts
    assert counts is not None
    assert counts[:4].tolist() == [int((classes_of(difference, row) == each).sum()) for each in range(4)]
    assert shares_of_bits(np.zeros((1, 4, 1), np.uint8), 0, 8).sum() == 0


def test_that_rasters_of_other_columns_are_not_laid_over_each_other(comparing: Comparing) -> None:
    other = replace(comparing, pair=compared_runs(comparing.a, comparing.b, _swapped(comparing)).pair)
    assert why_not(comparing.beside) == ""
    assert why_not(other.beside) == "the raster of B has other columns"


def _swapped(comparing: Comparing) -> SavedComparison:
    wish = comparing.wish
    return SavedComparison(a=wish.a, b=wish.b, layers={"fc1": "fc2", "fc2": "fc1"})


def gradients(window: MainWindow) -> GradientsPanelView:
    """The view, with all that it shows drawn."""
    window._session.go_to(tab="gradients")
    QApplication.processEvents()
    view = window.pages["gradients"].view
    assert isinstance(view, GradientsPanelView)
    raster = view.raster.raster
    deadline = QDeadlineTimer(20_000)

    def is_drawn() -> bool:
        lacks = raster.tiles.lacks(raster.keys(), len(view.raster._steps))
        return not (view.dynamics.is_filling or lacks or view.raster._timer.isActive())

    while not is_drawn() and not deadline.hasExpired():
        QApplication.processEvents()
    assert is_drawn()
    return view


def test_that_the_raster_shows_where_signs_differ_and_keeps_the_place(two_in_window: MainWindow) -> None:
    two_in_window._session.show_step(2)
    view = gradients(two_in_window)
    legend = dict(view.raster.legend.entries())
    assert legend["ground"] == "the same 100 %"
    assert "B against A" in view.raster.heading.title
    view.raster.raster.zoom(100, 1, 0.5)
    before = view.raster.raster.view
    two_in_window._session.show_side(Side.A)
    assert view.raster.raster.view == before
    assert view.raster.heading.title == "Signs of small gradients"
    assert dict(gradients(two_in_window).raster.legend.entries())["ground"].startswith("larger than 1e−5")


def test_that_curves_lie_over_each_other_with_the_figures_of_both(two_in_window: MainWindow) -> None:
    cards = gradients(two_in_window).dynamics.cards
    near_zero, moves = cards[0], cards[1]
    assert len(near_zero.plot.lines[1].steps) == len(near_zero.plot.lines[2].steps) > 0
    a, b = near_zero.legend.entries[:2]
    assert (a.label, b.label, b.is_dashed) == ("Near zero · usual", "faster", True)
    assert [" | " in each.figure for each in moves.legend.entries[:2]] == [True, True]


def test_that_a_step_that_is_held_is_marked_in_all_plots(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.open(two_paths[0])
    window._session.show_step(3)
    window._session.hold_pass()
    window._session.show_step(9)
    view = gradients(window)
    assert {float(card.plot.held_mark.steps[0]) for card in view.dynamics.cards} == {3.0}
    assert view.raster.raster._held == 3
    assert not any(len(card.plot.lines[len(card.kind.curves)].steps) for card in view.dynamics.cards)


def test_that_the_tables_have_both(two_in_window: MainWindow) -> None:
    view = gradients(two_in_window)
    headings = view.tables["Gradients: curves"]().headings
    assert headings[1].startswith("a:near_zero_fraction")
    assert headings[3].startswith("b-a:near_zero_fraction")
    assert "near_zero_in_b_alone" in view.tables["Gradients: raster"]().headings


def test_that_each_table_says_what_its_columns_are_and_of_what_they_are(two_in_window: MainWindow) -> None:
    view = gradients(two_in_window)
    raster, curves = view.tables["Gradients: raster"](), view.tables["Gradients: curves"]()
    assert list(raster.notes) == [
        "shares of the parameters first_column … last_column, 0…1; they are counted from first to last layer",
        "where a row stands for several steps its shares were rounded up to 1/255 each",
    ]
    assert raster.nothing == "No signs of gradients were recorded, or they are still being read."
    assert list(curves.notes) == [
        "step: optimizer updates, from 0; names are those of the collection: metric@threshold~ema/layer",
        "(estimate): from a sample of the parameters, with its standard error beside it",
        "a: usual; b: faster, next to the step of a; b-a: b less a",
    ]
    assert curves.nothing == "No dynamics of the gradients were recorded."
    assert curves.about == view.about() == {}
    two_in_window._session.select_layer("fc1")
    two_in_window._session.show_side(Side.A)
    view = gradients(two_in_window)
    assert view.tables["Gradients: curves"]().about == view.about() == {"layer": "fc1"}
    assert len(view.tables["Gradients: curves"]().notes) == 2
    assert view.figure_parts() == (view.raster, view.dynamics)


def test_that_with_repeats_there_is_the_band_in_which_one_more_would_lie(
    two_in_window: MainWindow, repeat_paths: tuple[Path, Path]
) -> None:
    card = gradients(two_in_window).dynamics.cards[0]
    assert card.plot.noise_band.path().isEmpty()
    two_in_window._session.change_comparing(repeats=[str(each) for each in repeat_paths])
    gradients(two_in_window)
    assert not card.plot.noise_band.path().isEmpty()


def test_that_while_another_run_is_looked_through_nothing_of_the_one_before_is_seen(
    window: MainWindow, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(two_paths[0])
    curves, seen = gradients(window).tables["Gradients: curves"], []
    assert curves().rows

    def looked_through(*run: Any) -> DynamicsRun:
        seen.append(list(curves().rows))
        return dynamics_run(*run)

    monkeypatch.setattr("app.views.gradients.reading.dynamics_run", looked_through)
    window.open(two_paths[1])
    assert seen == [[]]
