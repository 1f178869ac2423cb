"""What the pages of the stories say beside their pictures, what they mark, and what they say where there is nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.probabilities import percent
from app.palette import active
from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.analysis.story_text import sample_title, story_rows
from app.views.stories.cell_grid import CellGrid
from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.moment import Moment
from app.views.stories.panel import NOTHING, Page, StoriesPanel
from app.views.stories.story_card import StoryCard
from app.views.stories.suspects_page import SuspectsPage
from app.widgets.point_cloud import Tool
from app.window.main_window import MainWindow
from app.window.theme import apply_theme
from tests.app.painted import Paints, painted
from tests.app.pointer import click
from tests.app.views.projection import projected_run
from tests.app.views.projection.clouds import choose
from tests.app.views.stories.told_run import NAMES, STEP, Told, write_told

TurnTo = Callable[[Page], None]
LEFT = Qt.MouseButton.LeftButton


def run_of(panel: StoriesPanel) -> StoryRun:
    assert panel.run is not None
    return panel.run


def framed(grid: Any) -> QRectF:
    """What a grid marks."""
    (frame,) = painted(grid).lines(active().hovered)
    place: QRectF = frame.place
    return place


def is_near(place: QRectF, wanted: QRectF) -> bool:
    return bool(np.allclose(place.getRect(), wanted.getRect(), atol=1.5))  # type: ignore[arg-type]


def test_that_the_stories_begin_over_time_and_each_page_says_what_it_is_for(panel: StoriesPanel) -> None:
    buttons = panel.segments.buttons
    assert [page for page in Page if buttons[page.value].isChecked()] == [Page.TIME]
    assert all(button.toolTip() for button in buttons.values())


def test_that_before_anything_is_open_the_panel_says_so(qtbot: QtBot) -> None:
    panel = StoriesPanel()
    qtbot.addWidget(panel)
    panel.show()
    assert panel.empty_state.isVisible()
    assert panel.empty_state.label.text() == NOTHING


# --- over time


def test_that_the_raster_is_on_the_measurement_the_sample_and_the_selection_of_all_views(
    panel: StoriesPanel, window: MainWindow
) -> None:
    raster = panel.over_time.raster
    assert raster.number == 3
    window._session.go_to(story=20, selected=frozenset({4, 5}), step=4 * STEP)
    assert (raster.number, raster.current) == (4, 20)
    bars = [each for each in painted(raster).pictures if each.left() > raster.plot().right()]
    assert len(bars) == 1


def test_that_the_key_is_of_the_colours_that_are_seen_and_rows_have_words(panel: StoriesPanel) -> None:
    raster, key = panel.over_time.raster, panel.over_time.key
    before = key.accessibleName()
    assert before
    raster.look(raster.view.zoomed(0, 0, 0.2, 1.0))
    side = [each.text for each in painted(raster).words if each.place.right() < raster.plot().left()]
    assert set(side) & set(NAMES)
    box = panel.over_time.quantity_box
    choose(box, box.itemText(1))
    assert key.accessibleName() not in ("", before)


def test_that_texts_at_the_side_begin_and_end_as_they_do_and_end_where_the_rows_begin(panel: StoriesPanel) -> None:
    page, run = panel.over_time, run_of(panel)
    texts = (" the  quick\nfox ", f"jumps {'over ' * 99}dogs ")
    page.show_moment(Moment(replace(run, inputs=None, texts=texts * 20), 3))
    page.raster.look(page.raster.view.zoomed(0, 0, 0.2, 1.0))
    side = {each.text for each in painted(page.raster).words if each.place.right() < page.raster.plot().left()}
    assert side == {"the quick fox", "jumps o…er dogs", "step"}


# --- the data map


def test_that_the_data_map_names_its_axes_and_its_bands_and_marks_who_is_chosen(
    panel: StoriesPanel, window: MainWindow, turn_to: TurnTo
) -> None:
    turn_to(Page.MAP)
    page = panel.data_map
    assert {"variability of p(label)", "mean p(label)"} <= set(painted(page.cloud).texts)
    bands = page.key.accessibleName()
    assert bands.startswith("right at ")
    assert bands.endswith("80–100 %")
    assert bands.count("%") == 1, "the unit is said once"
    image = page.cloud.grab().toImage()
    places = [page.cloud.pixel_of(sample).toPoint() for sample in range(40)]
    assert len({image.pixelColor(each).name() for each in places}) > 2
    window._session.go_to(story=20, selected=frozenset({4, 5}))
    assert page.cloud.current == 20
    assert np.flatnonzero(page.cloud.selection).tolist() == [4, 5]


def test_that_the_data_map_shows_where_there_are_points(panel: StoriesPanel, turn_to: TurnTo) -> None:
    turn_to(Page.MAP)
    page, run = panel.data_map, run_of(panel)
    probabilities = np.random.default_rng(0).uniform(0.2, 0.3, (6, len(run))).astype(np.float32)
    page.show_moment(Moment(replace(run, label_probabilities=probabilities), 3))
    places = page.cloud.places
    assert np.ptp(places[:, 1]) > page.cloud.height() / 3
    page.show_moment(Moment(replace(run, label_probabilities=np.full((6, len(run)), 0.001, np.float32)), 3))
    assert page.cloud.rect().contains(page.cloud.pixel_of(0).toPoint())
    of_a_thousand = (0.001 + probabilities.cumsum(axis=1) * 2e-5 * np.array([[-1], [1]] * 3)).astype(np.float32)
    page.show_moment(Moment(replace(run, label_probabilities=of_a_thousand), 3))
    assert np.ptp(page.cloud.places[:, 0]) > page.cloud.width() / 3


def test_that_a_drag_on_the_data_map_does_what_the_chosen_tool_says(panel: StoriesPanel, turn_to: TurnTo) -> None:
    turn_to(Page.MAP)
    tools = panel.data_map.tools.buttons
    assert [name for name, button in tools.items() if button.isChecked()] == [Tool.RECTANGLE.value]
    assert all(button.toolTip() for button in tools.values())
    for tool in Tool:
        tools[tool.value].click()
        assert panel.data_map.cloud.tool is tool


def test_that_the_card_of_a_point_goes_with_the_pointer(panel: StoriesPanel, turn_to: TurnTo) -> None:
    turn_to(Page.MAP)
    cloud = panel.data_map.cloud
    cloud.hovered.emit(13)
    assert cloud.accessibleDescription() != ""
    cloud.hovered.emit(-1)
    assert cloud.accessibleDescription() == ""


# --- what looks mislabelled


def test_that_suspects_say_by_what_they_are_sorted_and_mark_who_is_chosen(
    panel: StoriesPanel, window: MainWindow, turn_to: TurnTo
) -> None:
    turn_to(Page.SUSPECTS)
    page, suspicion = panel.suspects, run_of(panel).suspicion
    assert suspicion is not None
    assert page.heading.about == suspicion.about != ""
    window._session.go_to(story=20, selected=frozenset({4, 5}))
    assert (page.tiles.current, page.tiles.marked) == (20, frozenset({4, 5}))


@pytest.mark.parametrize(("number", "sample"), [(4, 9), (3, 20)])
def test_that_tiles_are_painted_anew_at_another_measurement_and_for_another_sample(
    panel: StoriesPanel, qtbot: QtBot, number: int, sample: int
) -> None:
    page = SuspectsPage()
    qtbot.addWidget(page)
    page.resize(600, 400)
    page.show()
    qtbot.waitExposed(page)
    page.show_moment(Moment(run_of(panel), 3, 9))
    paints = Paints(page.tiles.viewport())

    def paints_at_once() -> int:
        before = paints.n
        QApplication.processEvents()
        return paints.n - before

    qtbot.waitUntil(lambda: not paints_at_once())
    page.show_moment(Moment(run_of(panel), number, sample))
    assert paints_at_once() > 0


def test_that_tiles_of_pictures_tell_the_names_alone_whatever_they_are(panel: StoriesPanel, qtbot: QtBot) -> None:
    page, run = SuspectsPage(), run_of(panel)
    qtbot.addWidget(page)
    odd = replace(run, class_names=("predicted ant", "label bee", "cat", "dog"))
    assert odd.suspicion is not None
    page.show_moment(Moment(odd, 5))
    for sample in odd.suspicion.order.tolist():
        label, said, figure = (text for text, _ in page.tiles.tiles.lines_of(sample))
        assert label == odd.label_text(sample)
        assert said == f"→ {odd.prediction_text(sample, 5)}"
        assert figure == f"AUM {odd.suspicion.figure_text(sample)}"


# --- depth


def test_that_the_depth_page_says_what_its_pictures_are_of(panel: StoriesPanel, turn_to: TurnTo) -> None:
    panel.story_requested.emit(9, None)
    turn_to(Page.DEPTH)
    page, run = panel.depths, run_of(panel)
    assert page.heading.about.endswith("; a click selects them")
    assert page.flips_heading.title == "First vote to change"
    assert page.flips_heading.about.startswith("of the samples whose prediction changed")
    assert page.votes_heading.title == f"Votes on {sample_title(run, 9)}"
    assert page.votes_heading.about == f"label {run.label_text(9)}; votes of 10 neighbours"
    for grid in (page.depths, page.votes, page.flips):
        assert (len(grid.rows), len(grid.columns)) == (len(run.layers) + 1, run.n_measurements)


def test_that_the_playhead_and_the_depth_of_the_sample_are_marked(panel: StoriesPanel, turn_to: TurnTo) -> None:
    panel.story_requested.emit(9, None)
    turn_to(Page.DEPTH)
    page, run = panel.depths, run_of(panel)
    assert run.depths is not None
    depth = int(run.depths[3, 9])
    assert is_near(framed(page.depths), page.depths.place_of(depth, 3))
    for grid in (page.votes, page.flips):
        assert is_near(framed(grid), grid.place_of(0, 3).united(grid.place_of(len(run.layers), 3)))


def test_that_without_a_sample_the_votes_say_how_to_choose_one(panel: StoriesPanel, qtbot: QtBot) -> None:
    page = DepthPage()
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    for sample in (9, None):
        page.show_moment(Moment(run_of(panel), 3, sample))
    assert (page.votes_heading.title, page.votes_heading.about) == ("Votes on the sample", "")
    assert "Choose a sample" in " ".join(painted(page.votes).texts)


# --- the confusion


def test_that_the_confusion_says_how_many_are_right_and_since_when_it_has_changed(
    panel: StoriesPanel, window: MainWindow, turn_to: TurnTo, told: Told
) -> None:
    turn_to(Page.CONFUSION)
    page = panel.confusion
    right = int((told.predictions[3] == told.labels).sum())
    assert page.heading.about == f"{right} of {told.n_samples} right, step {3 * STEP}"
    assert page.change_heading.about == f"since step {2 * STEP}"
    assert page.pairs_heading.about == f"{len(page.pairs.rows.rows)}; a click selects their samples"
    assert list(page.matrix.rows) == list(page.change.rows) == list(NAMES)
    window._session.show_step(0)
    assert page.change_heading.about == ""
    assert "no measurement before this one" in " ".join(painted(page.change).texts)


def test_that_the_scales_below_the_grids_end_where_their_colours_do(panel: StoriesPanel, turn_to: TurnTo) -> None:
    panel.story_requested.emit(9, None)
    turn_to(Page.DEPTH)
    page, run = panel.depths, run_of(panel)
    assert run.depths is not None
    shares = [np.bincount(row[row >= 0], minlength=1).max() / (row >= 0).sum() for row in run.depths]
    assert page.depths.accessibleDescription() == f"0 to {percent(float(max(shares)))}"
    assert page.flips.accessibleDescription() == "0 to 100 %"
    assert run.votes is not None
    assert run.predictions is not None
    seen = sorted({*run.votes[:, :, 9].ravel().tolist(), *run.predictions[:, 9].tolist()})
    assert page.votes.accessibleDescription() == ", ".join(run.name_of(each) for each in seen)
    turn_to(Page.CONFUSION)
    assert run.matrices is not None
    now, before = run.matrices[3], run.matrices[2]
    assert panel.confusion.matrix.accessibleDescription() == f"0 to {now.max()}"
    most = np.abs(now - before).max()
    assert panel.confusion.change.accessibleDescription() == f"−{most} to +{most}"


def test_that_a_confusion_that_has_not_changed_says_so(panel: StoriesPanel, qtbot: QtBot) -> None:
    page, run = ConfusionPage(), run_of(panel)
    qtbot.addWidget(page)
    page.resize(600, 500)
    page.show()
    assert run.predictions is not None
    same = replace(run, predictions=run.predictions[[0, 0, 0, 0, 0, 0]])
    page.show_moment(Moment(same, 3))
    assert painted(page.change).texts == [f"Nothing has changed since step\N{NO-BREAK SPACE}{2 * STEP}."]


def test_that_a_cell_that_was_clicked_is_marked_in_both_matrices(panel: StoriesPanel, turn_to: TurnTo) -> None:
    turn_to(Page.CONFUSION)
    page = panel.confusion
    click(page.matrix, page.matrix.place_of(1, 2).center())
    for grid in (page.matrix, page.change):
        assert is_near(framed(grid), grid.place_of(1, 2))


def test_that_before_the_first_measurement_nothing_is_confused(panel: StoriesPanel, qtbot: QtBot) -> None:
    page = ConfusionPage()
    qtbot.addWidget(page)
    page.show()
    page.show_moment(Moment(run_of(panel), None))
    assert page.pages.state.isVisible()
    assert page.pages.state.label.text() == "Nothing is measured at or before this step."


# --- all of them


OF_PAGE: dict[Page, Callable[[StoriesPanel], Any]] = {
    Page.MAP: lambda panel: panel.data_map,
    Page.SUSPECTS: lambda panel: panel.suspects,
    Page.DEPTH: lambda panel: panel.depths,
    Page.CONFUSION: lambda panel: panel.confusion,
}


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (Page.MAP, "Without classes there is no probability of a label, and no data map."),
        (Page.SUSPECTS, "Nothing is recorded that tells how the network took each sample."),
        (Page.DEPTH, "Without classes no neighbours vote, and no depth is known."),
        (Page.CONFUSION, "There is no matrix without labels and predictions that are classes."),
    ],
)
def test_that_a_page_of_what_was_not_recorded_says_so_until_a_run_that_has_it(
    panel: StoriesPanel, turn_to: TurnTo, page: Page, words: str
) -> None:
    turn_to(page)
    shown, run = OF_PAGE[page](panel), run_of(panel)
    assert not shown.pages.state.isVisible()
    numbers = dict.fromkeys(
        ("labels", "predictions", "confidences", "label_probabilities", "margins", "losses", "votes"), None
    )
    shown.show_moment(Moment(replace(run, **numbers), 3))  # type: ignore[arg-type]
    assert shown.pages.state.isVisible()
    assert shown.pages.state.label.text().startswith(words)
    shown.show_moment(Moment(run, 3))
    assert not shown.pages.state.isVisible()


@pytest.mark.parametrize("page", [Page.DEPTH, Page.CONFUSION])
def test_that_pages_are_drawn_in_the_colours_of_another_theme(
    panel: StoriesPanel, turn_to: TurnTo, qapp: QApplication, page: Page
) -> None:
    turn_to(page)
    grid = panel.depths.flips if page is Page.DEPTH else panel.confusion.matrix
    before = grid.colours.copy()
    apply_theme(qapp, "light")
    assert (grid.colours != before).any()


def test_that_words_stand_in_the_place_of_stories_only_while_there_are_none(
    panel: StoriesPanel, window: MainWindow, told: Told, tmp_path: Path
) -> None:
    assert not panel.empty_state.isVisible()
    window.open(projected_run.write_run(tmp_path / "none.json", is_projected=False))
    assert panel.empty_state.isVisible()
    window.open(write_told(tmp_path / "again.json", told))
    assert not panel.empty_state.isVisible()


# --- the card of a sample


def test_that_the_card_tells_of_the_sample_and_the_measurement(panel: StoriesPanel, window: MainWindow) -> None:
    card, run = panel.card, run_of(panel)
    for sample, number in ((9, 3), (20, 3), (20, 4)):
        window._session.go_to(story=sample, step=number * STEP)
        assert card.figures.rows == story_rows(run, sample, number)
        (playhead,) = painted(card.curve).lines(active().hovered)
        assert playhead.place.center().x() == pytest.approx(4 + (number + 0.5) * (card.curve.width() - 8) / 6, abs=1)
        picture = run.picture(sample)
        assert picture is not None
        image = card.picture.image
        assert image is not None
        assert image.pixelColor(0, sample % 6).lightnessF() == pytest.approx(float(picture[sample % 6, 0]), abs=0.02)


def test_that_a_card_whose_sample_is_gone_says_how_to_choose_one(qtbot: QtBot, panel: StoriesPanel) -> None:
    card = StoryCard()
    qtbot.addWidget(card)
    for sample in (9, None, 9, 2):
        card.show_story(run_of(panel), sample, 3)
        assert card.pages.is_empty == (sample is None)
    assert card.pages.state.label.text() == (
        "Choose a sample: a row of Over time, a point of the Data map, or one that is Suspicious."
    )


def test_that_an_empty_card_says_how_to_choose_a_sample(qtbot: QtBot, panel: StoriesPanel) -> None:
    card = StoryCard()
    qtbot.addWidget(card)
    card.show()
    parts = (card.pages.state, card.picture, card.text_area, card.curve, card.figures)
    assert [each.isVisible() for each in parts] == [True, False, False, False, False]
    card.show_story(run_of(panel), 9, 3)
    assert [each.isVisible() for each in parts] == [False, True, False, True, True]


def test_that_the_box_of_a_text_is_as_high_as_the_text_up_to_a_most(qtbot: QtBot, panel: StoriesPanel) -> None:
    card, run = StoryCard(), run_of(panel)
    qtbot.addWidget(card)
    card.show()
    heights = []
    for text in ("a few words", "some more words " * 5, "very many words " * 100, "endless words " * 1000):
        card.show_story(replace(run, texts=(text,) * len(run)), 2, len(heights))
        heights.append(card.text_area.height())
    line = card.text.fontMetrics().lineSpacing()
    assert heights[0] < 3 * line < heights[1] < heights[2] == heights[3] == 132


def test_that_a_long_word_is_broken_rather_than_scrolled_to(qtbot: QtBot, panel: StoriesPanel) -> None:
    card, run = StoryCard(), run_of(panel)
    qtbot.addWidget(card)
    card.resize(212, 400)
    card.show()
    card.show_story(replace(run, texts=("see https://example.org/" + "a_long_way_down/" * 6,) * len(run)), 2, 3)
    assert card.text.width() <= card.text_area.viewport().width()
    assert card.text.text().replace("\u200b", "") == "see https://example.org/" + "a_long_way_down/" * 6


@pytest.mark.parametrize(("height", "picture_px"), [(300, 64), (460, 132), (600, 132)])
def test_that_the_picture_gives_way_to_the_figures(
    height: int, picture_px: int, qtbot: QtBot, panel: StoriesPanel
) -> None:
    card = StoryCard()
    qtbot.addWidget(card)
    card.resize(212, height)
    card.show_story(run_of(panel), 9, 3)
    card.show()
    assert card.picture.height() == picture_px
    assert card.figures.height() == 17 * len(card.figures.rows)


@pytest.mark.parametrize("page", Page)
def test_that_no_page_is_higher_than_the_smallest_window_has_room_for_whatever_was_seen_before(
    panel: StoriesPanel, turn_to: TurnTo, page: Page
) -> None:
    panel.story_requested.emit(9, None)
    turn_to(Page.CONFUSION)
    turn_to(page)
    assert panel.minimumSizeHint().height() <= (313 if page is Page.CONFUSION else 254)


@pytest.mark.parametrize("kind", [DepthPage, ChangesPage, ConfusionPage])
def test_that_plots_which_share_a_page_are_whole_where_there_is_least_room(kind: type[Any], qtbot: QtBot) -> None:
    page = kind()
    qtbot.addWidget(page)
    page.pages.show_content()
    page.show()
    page.resize(430, page.minimumSizeHint().height())
    for grid in page.findChildren(CellGrid):
        assert grid.geometry().bottom() < grid.parentWidget().height()


@pytest.mark.parametrize("page", OF_PAGE)
def test_that_a_page_on_which_no_sample_can_be_chosen_does_not_ask_for_one(
    panel: StoriesPanel, turn_to: TurnTo, page: Page
) -> None:
    turn_to(page)
    run = run_of(panel)
    names = ("labels", "predictions", "confidences", "label_probabilities", "margins", "losses", "votes")
    without = replace(run, in_probe=np.full(len(run), -1))
    for shown, has_card in ((without, True), (replace(without, **dict.fromkeys(names)), False)):  # type: ignore[arg-type]
        panel.show_run(shown)
        assert panel.sample is None
        assert panel._side.isVisibleTo(panel) == has_card
    panel.story_requested.emit(2, None)
    assert panel._side.isVisibleTo(panel)


def test_that_a_sample_that_is_no_picture_is_painted_as_bars(qtbot: QtBot, panel: StoriesPanel) -> None:
    card = StoryCard()
    qtbot.addWidget(card)
    card.show()
    run = run_of(panel)
    card.show_story(replace(run, inputs=np.eye(len(run), 5, dtype=np.float32)), 2, 3)
    assert card.picture.isVisible()
    bars = [each for each in painted(card.picture).shapes if each.area]
    assert bars
