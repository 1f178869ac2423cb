"""The changes of one sample in the window: each click on a tile, a kind or a layer tells more of it, or goes there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from app.analysis.augmentation_text import NONE, augmentation_text
from app.analysis.axis import place_text
from app.views.stories.analysis.changes import Changes
from app.views.stories.changes_page import ChangesPage
from app.views.stories.panel import Page
from app.window.main_window import MainWindow
from tests.app.painted import painted
from tests.app.parts import part
from tests.app.pointer import click


def click_tile(page: ChangesPage, place: int) -> None:
    index = page.tiles.model().index(place, 0)
    page.tiles.scrollTo(index)
    click(page.tiles.viewport(), page.tiles.visualRect(index).center())


@pytest.fixture
def page(window: MainWindow, two_paths: tuple[Path, Path]) -> ChangesPage:
    window.open(two_paths[0])
    window._session.show_step(12)
    panel = part(window, "stories")
    button = panel.segments.buttons[Page.CHANGES.value]
    click(button, button.rect().center())
    found: ChangesPage = panel.changes
    return found


@pytest.fixture
def flipping(page: ChangesPage) -> ChangesPage:
    """The same, of a network that takes change 3 for another class, as the first layer that is asked does."""
    found = shown(page)
    classes, votes = found.classes.copy(), found.votes.copy()
    asked = int(np.flatnonzero((votes >= 0).all(axis=1))[0])
    classes[3], votes[asked, 3] = classes[0] + 1, votes[asked, 0] + 1
    page.show_changes(replace(found, classes=classes, votes=votes), ())
    return page


def shown(page: ChangesPage) -> Changes:
    assert page.shown is not None
    return page.shown


def test_that_the_changes_are_those_of_the_playhead(page: ChangesPage, window: MainWindow) -> None:
    assert shown(page).step == 12
    assert (
        page.heading.title
        == f"{int(shown(page).flipped.sum())} of {len(shown(page).header) - 1} changes flip the prediction"
    )
    window._session.show_step(7)
    assert shown(page).step == 6


def test_that_the_headings_say_of_which_measurement_and_by_whose_votes_it_flips(flipping: ChangesPage) -> None:
    found = shown(flipping)
    assert flipping.tiles.current == 3, "what flips it is chosen first"
    assert flipping.heading.about.startswith(place_text(found.epoch, found.step))
    assert flipping.heading.about.endswith(f"unchanged: predicted class {found.classes[0]}")
    assert flipping.kinds_heading.about == found.votes_about != ""
    click_tile(flipping, found.order.tolist().index(3))
    assert flipping.layers_heading.about == f"the vote flips first by {found.first_flipped(3)}"
    click_tile(flipping, found.order.tolist().index(0))
    assert flipping.layers_heading.about == ""


def test_that_a_mean_over_no_changes_has_no_column(flipping: ChangesPage) -> None:
    assert flipping.layers.columns == ["stability", "flips", "others", "vote"]
    found = shown(flipping)
    flipping.show_changes(replace(found, classes=np.full_like(found.classes, found.classes[0])), ())
    assert flipping.layers.columns == ["stability", "others", "vote"]
    assert flipping.layers.accessibleDescription() == "≤ 0 to 1, same vote, another"
    assert flipping.kinds.accessibleDescription() == "0 to 100 %"
    flipping.show_changes(replace(found, classes=np.arange(len(found.classes))), ())
    assert flipping.layers.columns == ["stability", "flips", "vote"]


def test_that_a_long_name_on_a_tile_is_seen_to_be_no_other_class(page: ChangesPage) -> None:
    page.show_changes(
        shown(page), tuple(f"the digit that people write for the number {n}, in words" for n in range(10))
    )
    own = int(shown(page).classes[0])
    said = next(text for text in painted(page.tiles).texts if text.startswith("→"))
    assert "…" in said
    assert [letter for letter in said if letter.isdigit()] == [str(own)]


def test_that_words_stand_in_the_place_of_changes_only_while_there_are_none(page: ChangesPage) -> None:
    found = shown(page)
    page.show_changes("No changes were recorded.", ())
    assert page.pages.state.isVisible()
    assert page.pages.state.label.text() == "No changes were recorded."
    page.show_changes(found, ())
    assert not page.pages.state.isVisible()


def test_that_the_box_leaves_the_unchanged_sample_and_what_flips(flipping: ChangesPage) -> None:
    box = flipping.only_flips
    assert list(flipping.tiles.tiles.numbers) == shown(flipping).order.tolist()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert list(flipping.tiles.tiles.numbers) == [0, 3]


def test_that_a_click_on_a_tile_tells_of_that_change_which_stays_at_another_step(
    page: ChangesPage, window: MainWindow
) -> None:
    change = shown(page).order.tolist()[-1]
    click_tile(page, len(shown(page).order) - 1)
    assert page.tiles.current == change
    assert page.layers_heading.title == augmentation_text(shown(page).header, change)
    window._session.show_step(7)
    assert page.tiles.current == change


@pytest.mark.parametrize("is_output", [True, False])
def test_that_a_click_on_a_kind_chooses_what_flips_it_and_goes_to_the_layer(
    flipping: ChangesPage, window: MainWindow, is_output: bool
) -> None:
    found = shown(flipping)
    kinds = [kind for kind in dict.fromkeys(found.header.kinds) if kind != NONE]
    asked = np.flatnonzero((found.votes >= 0).any(axis=1)).tolist()
    flipping.tiles.chosen.emit(0)
    window._session.select_layer(None)
    row = len(asked) if is_output else 0
    click(flipping.kinds, flipping.kinds.place_of(row, kinds.index(found.header.kinds[3])).center())
    assert flipping.tiles.current == 3
    assert window._session.view is not None
    assert window._session.view.layer == (None if is_output else found.layers[asked[0]])


def test_that_a_click_on_a_layer_of_one_change_goes_there(page: ChangesPage, window: MainWindow) -> None:
    row = len(shown(page).layers) - 1
    click(page.layers, page.layers.place_of(row, 0).center())
    assert window._session.view is not None
    assert window._session.view.layer == shown(page).layers[row]
