"""How much is shown of what there is a lot of: at the most, and one more."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.moment import Moment
from app.views.stories.story_card import StoryCard
from app.views.stories.suspects_page import SuspectsPage
from app.views.stories.tile_list import TileList, Tiles
from app.views.stories.time_page import TimePage
from tests.app.painted import painted
from tests.app.views.stories.made_up_story import RUN, TEXTS, changes_of, story_of
from tests.app.views.stories.told_run import Told

ENDLESS = "abcdefghi " * 900


def test_that_the_beginning_and_the_end_of_a_long_text_are_on_the_card_and_less_of_it_at_a_row(qtbot: QtBot) -> None:
    card, page = StoryCard(), TimePage()
    for each in (card, page):
        qtbot.addWidget(each)
    run = replace(TEXTS, texts=(ENDLESS,) * 24)
    card.show_story(run, 3, 4)
    assert len(card.text.text()) == 700
    page.show_moment(Moment(run, 4))
    assert len(page._text_of(3)) in (79, 80), "without a space at its end"
    page.show_moment(Moment(replace(TEXTS, texts=("a" * 80,) * 12 + ("b" * 81,) * 12), 4))
    assert page._text_of(3) == "a" * 80
    assert "…" in page._text_of(20)


def test_that_a_tile_has_as_many_letters_as_three_lines_can_have(qtbot: QtBot) -> None:
    tiles = TileList("made up")
    qtbot.addWidget(tiles)
    tiles.resize(2_000, 300)
    heights = []
    for n in (400, 401, 5_000):
        text = "w" * n
        tiles.show_tiles(Tiles((0,), lambda _: None, lambda _: [], lambda _: text, has_pictures=False))  # noqa: B023
        tiles.doItemsLayout()
        letters = "".join(painted(tiles).texts)
        heights.append((len(letters.replace(" ", "")), "…" in letters))
    assert heights[0] == (400, False)
    assert [is_cut for _, is_cut in heights[1:]] == [True, True]


@pytest.mark.parametrize(("n_classes", "n_pairs", "n_rows"), [(8, 56, 56), (9, 72, 60)])
def test_that_of_very_many_confused_pairs_the_first_sixty_are_listed(
    n_classes: int, n_pairs: int, n_rows: int, qtbot: QtBot
) -> None:
    page = ConfusionPage()
    qtbot.addWidget(page)
    labels, predictions = np.divmod(np.arange(n_classes**2), n_classes)
    page.show_moment(Moment(story_of(Told(n_classes**2, 1), labels=labels, predictions=predictions[None]), 0))
    assert page.pairs_heading.about == f"{n_pairs}; a click selects their samples"
    assert len(page.pairs.rows.rows) == n_rows


@pytest.mark.parametrize(("n_classes", "why"), [(1, "1"), (2, ""), (200, ""), (201, "201")])
def test_that_a_matrix_is_made_of_two_to_two_hundred_classes(n_classes: int, why: str, qtbot: QtBot) -> None:
    page = ConfusionPage()
    qtbot.addWidget(page)
    labels = np.arange(n_classes)
    run = story_of(Told(n_classes, 1), labels=labels, predictions=labels[None], class_names=())
    page.show_moment(Moment(run, 0))
    words = f"There are {why} classes; a matrix is made of 200 or fewer."
    assert (page.pages.state.label.text() if page.pages.is_empty else "") == (words if why else "")
    assert (run.matrices is None) == bool(why)


def test_that_names_are_seen_to_be_none_of_some_others(qtbot: QtBot) -> None:
    page, suspects = ChangesPage(), SuspectsPage()
    for each in (page, suspects):
        qtbot.addWidget(each)
    page.show_changes(changes_of([0, 1], [[0, 0]]), tuple(f"name {each}" for each in range(90)))
    assert list(page.tiles.tiles.others) == [f"→ name {each}" for each in range(50)]
    card = StoryCard()
    qtbot.addWidget(card)
    card.show_story(replace(RUN, class_names=tuple(f"name {each}" for each in range(90))), 3, 4)
    assert list(card.figures._others) == [f"name {each}" for each in range(50)]
    suspects.show_moment(Moment(RUN, 4))
    assert list(suspects.tiles.tiles.others) == []
