"""What is seen and told of one sample, of one measurement, and where nothing is known at one."""

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.stories.analysis.story_cells import scale_colours
from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.map_page import MapPage
from app.views.stories.moment import Moment
from app.views.stories.time_page import theme_colours
from tests.app.views.stories.made_up_story import changes_of, story_of
from tests.app.views.stories.told_run import Told

SCALE = scale_colours().tolist()
NOTHING = list(theme_colours().nothing)


def page_of(qtbot: QtBot, page: Any, run: StoryRun, number: int = 0, sample: int | None = 0) -> Any:
    qtbot.addWidget(page)
    page.show_moment(Moment(run, number, sample))
    return page


def voted(predictions: list[list[int]], votes: list[list[list[int]]]) -> StoryRun:
    """By measurements and samples; by measurements, layers and samples."""
    told = Told(len(predictions[0]), len(predictions))
    layers = ("conv1", "conv2", "fc1")[: len(votes[0])]
    return story_of(told, predictions=np.array(predictions), votes=np.array(votes), layers=layers)


def test_that_a_share_is_of_those_whose_depth_is_known(qtbot: QtBot) -> None:
    run = voted([[0, -1], [1, 1], [-1, -1]], [[[0, 0]], [[1, 0]], [[1, 1]]])
    page = page_of(qtbot, DepthPage(), run)
    assert page.depths.accessibleDescription() == "0 to 100 %"
    one, half, none = SCALE[254], SCALE[127], SCALE[0]
    assert page.depths.colours.tolist() == [[one, half, none], [none, half, none]]


def test_that_of_depths_that_are_not_known_there_are_none(qtbot: QtBot) -> None:
    page = page_of(qtbot, DepthPage(), voted([[-1, -1]], [[[0, 1]]]))
    assert page.depths.accessibleDescription() == "0 to 100 %"
    assert page.depths.colours.tolist() == [[SCALE[0]], [SCALE[0]]]


def test_that_flips_are_shares_of_those_that_flipped_and_nothing_where_none_did(qtbot: QtBot) -> None:
    run = voted([[0, 0], [0, 1], [1, 0], [1, 0]], [[[0, 0]], [[0, 1]], [[0, 0]], [[0, 0]]])
    page = page_of(qtbot, DepthPage(), run)
    one, half, none = SCALE[254], SCALE[127], SCALE[0]
    assert page.flips.colours.tolist() == [[NOTHING, one, half, NOTHING], [NOTHING, none, half, NOTHING]]


@pytest.mark.parametrize(("number", "marked"), [(0, (1, 0)), (1, (None, 1)), (None, (None, None))])
def test_that_the_depth_of_the_sample_is_marked_where_it_is_known(
    number: int | None, marked: tuple[int | None, int | None], qtbot: QtBot
) -> None:
    run = voted([[0], [-1]], [[[1]], [[1]]])
    page = page_of(qtbot, DepthPage(), run, number)  # type: ignore[arg-type]
    assert page.depths._marked == marked
    assert page.votes._marked == page.flips._marked == (None, number)


def test_that_a_measurement_without_predictions_confuses_nothing(qtbot: QtBot) -> None:
    told = Told(2, 3)
    run = story_of(told, labels=np.array([0, 1]), predictions=np.array([[-1, -1], [0, 0], [-1, -1]]), class_names="ab")
    page = page_of(qtbot, ConfusionPage(), run)
    assert page.matrix.accessibleDescription() == "0 to 0"
    assert page.heading.about == "0 of 0 right, step 0"
    assert page.pairs_heading.about == "0; a click selects their samples"
    assert page.matrix.colours.tolist() == [[NOTHING] * 2] * 2
    assert (page.matrix._figures == "").all()
    page.show_moment(Moment(run, 1))
    right, wrong = (list(each) for each in (theme_colours().right, theme_colours().wrong))
    assert page.matrix.colours.tolist() == [[right, NOTHING], [wrong, NOTHING]]
    assert page.matrix._figures.tolist() == [["1", ""], ["1", ""]]
    assert page.change._figures.tolist() == [["+1", ""], ["+1", ""]]
    assert page.change.accessibleDescription() == "−1 to +1"
    page.show_moment(Moment(run, 2))
    assert page.change._figures.tolist() == [["−1", ""], ["−1", ""]]


def test_that_a_kind_of_one_change_flips_all_or_nothing(qtbot: QtBot) -> None:
    page = ChangesPage()
    qtbot.addWidget(page)
    page.show_changes(changes_of([0, 1], [[0, 0], [-1, -1]]), ())
    assert page.kinds._figures.tolist() == [["0 %"], ["100 %"]]
    assert page.kinds.colours.tolist() == [[SCALE[0]], [SCALE[254]]]
    assert page.heading.title == "1 of 1 changes flip the prediction"
    page.show_changes(changes_of([0], [[0]]), ())
    assert page.heading.title == "0 of 0 changes flip the prediction"
    assert page.tiles.current == 0


def test_that_few_flips_of_very_many_are_not_told_as_none(qtbot: QtBot) -> None:
    page = ChangesPage()
    qtbot.addWidget(page)
    for n, text in ((200, "<1 %"), (100, "1 %")):  # each second one is noise
        page.show_changes(changes_of([0, 1, *[0] * (2 * n)], [[0] * (2 * n + 2)]), ())
        assert page.kinds._figures[:, 0].tolist() == ["0 %", text]


def test_that_a_map_of_one_sample_has_it_in_its_middle(qtbot: QtBot) -> None:
    page = MapPage()
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show_moment(Moment(story_of(Told(1, 3), label_probabilities=np.full((3, 1), 0.5, np.float32)), 0))
    place = page.cloud.pixel_of(0)
    assert page.cloud.rect().adjusted(50, 50, -50, -50).contains(place.toPoint())
    page.show_moment(Moment(story_of(Told(1, 3), label_probabilities=np.full((3, 1), np.nan, np.float32)), 0))
    assert not page.cloud.rect().contains(page.cloud.pixel_of(0).toPoint())
