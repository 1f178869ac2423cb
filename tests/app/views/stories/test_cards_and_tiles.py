"""What the card of a sample and the lists of tiles do beside painting: keys, sizes, what is asked for and when."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot

from app.views.stories.analysis.story_text import story_rows
from app.views.stories.changes_page import ChangesPage
from app.views.stories.map_page import MapPage, correctness_groups
from app.views.stories.moment import Moment
from app.views.stories.panel import Page, StoriesPanel
from app.views.stories.story_card import StoryCard, StoryCurve
from app.views.stories.suspects_page import SuspectsPage
from app.views.stories.tile_list import TileList, Tiles
from app.views.stories.time_page import theme_colours
from tests.app.on_screen import shown
from tests.app.views.stories.made_up_story import LOSS_ONLY, RUN, TEXTS, VECTORS, changes_of, story_of
from tests.app.views.stories.told_run import STEP, Told

LEFT = Qt.MouseButton.LeftButton


# --- the curve and the card


@pytest.mark.parametrize(
    ("number", "back", "on"), [(None, [], [0]), (0, [], [STEP]), (3, [2 * STEP], [4 * STEP]), (6, [5 * STEP], [])]
)
def test_that_keys_on_the_curve_go_to_the_measurement_before_and_after(
    number: int | None, back: list[float], on: list[float], qtbot: QtBot
) -> None:
    curve, told = shown(qtbot, StoryCurve()), []
    curve.step_requested.connect(told.append)
    QTest.keyClick(curve, Qt.Key.Key_Return)
    QTest.keyClick(curve, Qt.Key.Key_Right)
    assert told == [], "of no story"
    curve.show_story(RUN, 5, number)
    QTest.keyClick(curve, Qt.Key.Key_Left)
    assert told == back
    told.clear()
    QTest.keyClick(curve, Qt.Key.Key_Right)
    assert told == on


def test_that_a_card_tells_anew_only_of_another_sample_measurement_or_run(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, told = shown(qtbot, StoryCard()), []
    monkeypatch.setattr(card.curve, "show_story", lambda *given: told.append(given[1:]))
    for given in ((RUN, 5, 3), (RUN, 5, 3), (RUN, 5, 4), (RUN, 6, 4), (LOSS_ONLY, 6, 4), (LOSS_ONLY, 6, 4)):
        card.show_story(*given)
    assert told == [(5, 3), (5, 4), (6, 4), (6, 4)]


def test_that_figures_have_as_many_lines_as_there_are(qtbot: QtBot) -> None:
    card = shown(qtbot, StoryCard(), 212, 600)
    for run in (LOSS_ONLY, RUN, LOSS_ONLY):
        card.show_story(run, 5, 3)
        QApplication.processEvents()
        assert card.figures.height() == 17 * len(story_rows(run, 5, 3))


@pytest.mark.parametrize(
    ("run", "title", "parts"),
    [
        (RUN, "sample #15 of the training data", (True, False)),
        (VECTORS, "sample #15 of the training data", (True, False)),
        (TEXTS, "sample #15 of the training data", (False, True)),
        (replace(RUN, texts=TEXTS.texts), "sample #15 of the training data", (False, True)),
        (replace(RUN, inputs=None, of=""), "sample #15", (False, False)),
    ],
)
def test_that_a_card_shows_a_text_or_a_picture_or_neither(
    run: Any, title: str, parts: tuple[bool, bool], qtbot: QtBot
) -> None:
    card = shown(qtbot, StoryCard())
    card.show_story(run, 5, 3)
    assert card.title.text() == title
    assert (card.picture.isVisible(), card.text_area.isVisible()) == parts
    assert (card.picture.image is None) == (run.picture(5) is None)


# --- tiles


def tiles_of(n: int, **more: Any) -> Tiles:
    return Tiles(range(n), lambda _: None, lambda number: [(f"n{number}", "text")], **more)


def test_that_all_tiles_are_as_large_as_one_of_them(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = shown(qtbot, TileList("made up"), 360, 300)
    usual, times = tiles.tile_size, 0

    def tile_size() -> Any:
        nonlocal times
        times += 1
        return usual()

    monkeypatch.setattr(tiles, "tile_size", tile_size)
    tiles.show_tiles(tiles_of(2_000))
    tiles.doItemsLayout()
    assert 0 < times < 100


def test_that_others_are_told_to_all_who_look_on_and_nothing_else_is(qtbot: QtBot) -> None:
    tiles = shown(qtbot, TileList("made up"), 360, 300)
    model = tiles.model()
    with qtbot.waitSignals([model.modelAboutToBeReset, model.modelReset], order="strict"):
        tiles.show_tiles(tiles_of(3))
    assert model.rowCount() == 3
    assert [model.data(model.index(1, 0), role) for role in Qt.ItemDataRole if role.name.startswith("D")] == [
        "n1", None,
    ]  # fmt: skip
    assert model.data(model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole) == "n1"


def test_that_tiles_scroll_by_pixels_and_only_down(qtbot: QtBot) -> None:
    tiles = shown(qtbot, TileList("made up"), 360, 300)
    assert tiles.verticalScrollMode() is QAbstractItemView.ScrollMode.ScrollPerPixel
    for given in (tiles_of(100), tiles_of(100, text_of=lambda n: "long words " * 90, has_pictures=False)):
        tiles.show_tiles(given)
        tiles.doItemsLayout()
        assert tiles.verticalScrollBar().maximum() > 300
        assert not tiles.horizontalScrollBar().isVisible()
        assert tiles.visualRect(tiles.model().index(99, 0)).right() <= tiles.viewport().width()


# --- changes


CHANGES = changes_of([0, 1, 0, 1, 0], [[0, 0, 0, 1, 0], [0, 1, 0, 1, 1]])


@pytest.fixture
def page(qtbot: QtBot) -> ChangesPage:
    page: ChangesPage = shown(qtbot, ChangesPage(), 560, 400)
    page.show_changes(CHANGES, ("ant", "bee"))
    return page


def test_that_the_output_is_no_layer_to_go_to(page: ChangesPage) -> None:
    asked: list[str] = []
    page.layer_requested.connect(asked.append)
    for grid, rows in ((page.layers, range(3)), (page.kinds, range(3))):
        for row in rows:
            QTest.mouseClick(grid, LEFT, pos=grid.place_of(row, 0).center().toPoint())
    assert asked == ["conv1", "conv2"] * 2


def test_that_a_kind_that_flips_nothing_leaves_what_is_chosen(page: ChangesPage) -> None:
    page.tiles.chosen.emit(4)
    for row, column, chosen in ((0, 1, 4), (2, 1, 4), (1, 1, 4), (2, 0, 1), (0, 0, 3)):  # blur, then noise
        QTest.mouseClick(page.kinds, LEFT, pos=page.kinds.place_of(row, column).center().toPoint())
        assert page.tiles.current == chosen


def test_that_a_picture_of_a_change_has_three_colours(page: ChangesPage) -> None:
    header = replace(CHANGES.header, pictures=np.arange(5 * 4 * 9, dtype=np.uint8).reshape(5, 4, 3, 3))
    page.show_changes(replace(CHANGES, header=header), ())
    colour = page._image_of(2).pixelColor(1, 0)
    assert (colour.red(), colour.green(), colour.blue()) == (73, 82, 91)


def test_that_what_is_said_of_a_class_without_a_name_is_its_number_and_of_none_so(page: ChangesPage) -> None:
    assert [page._name_of(number) for number in (-1, 0, 1, 2)] == ["none", "ant", "bee", "class 2"]
    assert [text for text, _ in page._lines_of(1)] == ["noise 0.25", "→ bee", "first by conv2"]
    assert [colour for _, colour in page._lines_of(1)] == ["faint_text", "wrong", "faint_text"]
    assert [colour for _, colour in page._lines_of(2)] == ["faint_text", "text", "faint_text"]


# --- the data map, and the panel


def test_that_bands_go_from_the_colour_of_wrong_over_yellow_to_that_of_right() -> None:
    theme = theme_colours()
    shares = np.array([0, 0.19, 0.2, 0.5, 0.8, 0.99, 1, np.nan])
    groups = correctness_groups(shares, theme)
    assert groups.names == ("0–20", "20–40", "40–60", "60–80", "80–100", "not known")
    assert groups.counts.tolist() == [2, 1, 1, 0, 3, 1]
    middle = np.array((232, 185, 60))
    colours = groups.colours.astype(int)
    assert colours[0].tolist() == list(theme.wrong)
    assert colours[2].tolist() == middle.tolist()
    assert colours[4].tolist() == list(theme.right)
    assert np.abs(colours[1] - (colours[0] + middle) / 2).max() <= 0.5
    assert np.abs(colours[3] - (colours[4] + middle) / 2).max() <= 0.5
    assert colours[5].tolist() == [142, 149, 158], "grey"


def test_that_the_data_map_names_its_bands_with_their_unit_once(qtbot: QtBot) -> None:
    page = shown(qtbot, MapPage(), 430, 290)
    predictions = np.where(np.arange(7)[:, None] < np.array([7, 2, 0] * 8), RUN.labels, -1)
    for run, words in (
        (replace(RUN, predictions=predictions), "right at 0–20, 20–40, 80–100 %"),
        (replace(RUN, predictions=np.full((7, 24), 9)), "right at 0–20 %"),
        (replace(RUN, predictions=None), "not known"),
    ):
        page.show_moment(Moment(run, 3))
        assert page.key.accessibleName() == words


def test_that_a_suspect_is_said_in_marks_where_it_is_pictured_and_in_words_where_not(qtbot: QtBot) -> None:
    page = shown(qtbot, SuspectsPage(), 430, 290)
    for run, words in ((RUN, "cat"), (VECTORS, "cat"), (TEXTS, "label cat"), (replace(RUN, inputs=None), "label cat")):
        page.show_moment(Moment(run, 3))
        tiles = page.tiles.tiles
        assert tiles.lines_of(2)[0][0] == words
        assert tiles.has_pictures == (run.inputs is not None and not run.texts)
        assert tiles.text_of(2) == (run.texts[2] if run.texts else "sample #6")
        assert (tiles.vector_of(2) is None) == (run is not VECTORS)


@pytest.fixture
def panel(qtbot: QtBot) -> StoriesPanel:
    panel: StoriesPanel = shown(qtbot, StoriesPanel(), 700, 400)
    return panel


def test_that_at_first_the_playhead_is_at_the_beginning(panel: StoriesPanel) -> None:
    panel.show_run(story_of(Told(4, 3), steps=np.arange(3)))
    assert panel.number == 0
    assert panel.sample is None


def test_that_a_page_that_comes_to_the_front_shows_the_moment_and_those_behind_wait(panel: StoriesPanel) -> None:
    panel.show_run(RUN)
    panel.show_place(4 * STEP, 0, 5, None)
    assert panel.confusion.heading.about == ""
    panel.segments.buttons[Page.CONFUSION.value].click()
    assert panel.confusion.heading.about.endswith(f"step {4 * STEP}")
    panel.show_place(2 * STEP, 0, 5, None)
    assert panel.confusion.heading.about.endswith(f"step {2 * STEP}")
    assert panel.over_time.raster.number == 4
    panel.segments.buttons[Page.TIME.value].click()
    assert panel.over_time.raster.number == 2


def test_that_the_card_scrolls_down_and_not_across(panel: StoriesPanel) -> None:
    panel.show_run(RUN)
    panel.show_place(4 * STEP, 0, 5, None)
    panel.resize(700, panel.minimumSizeHint().height())
    QApplication.processEvents()
    assert panel._side.verticalScrollBar().isVisible()
    assert not panel._side.horizontalScrollBar().isVisible()
    assert panel.card.width() == panel._side.viewport().width()
