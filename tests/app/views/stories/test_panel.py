"""The panel of the stories alone: what it asks for and when, whose story it tells, and what it says meanwhile."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.panel import Page, StoriesPanel
from tests.app.views.stories.made_up_story import changes_of, story_of
from tests.app.views.stories.told_run import STEP, Told


class Measured:
    """So many measurements of so many samples."""

    def __init__(self, n: int, n_samples: int = 0, *, has_samples: bool = False) -> None:
        self.n, self.n_samples, self.has_samples = n, n_samples, has_samples

    def __len__(self) -> int:
        return self.n

    @property
    def steps(self) -> np.ndarray:
        return np.arange(self.n) * STEP


def collection(**changes: Any) -> Any:
    known = {
        "stories": Measured(0),
        "projections": Measured(0),
        "projection": None,
        "probe": None,
        "augmentations": None,
        "augmentation_records": Measured(0),
    }
    return SimpleNamespace(**(known | changes))


class Asked:
    """What a panel asked for."""

    def __init__(self, panel: StoriesPanel) -> None:
        self.runs: list[StoryRun | None] = []
        self.changes: list[int] = []
        self.stories: list[tuple[int, int | None]] = []
        panel.run_requested.connect(self.runs.append)
        panel.changes_requested.connect(self.changes.append)
        panel.story_requested.connect(lambda story, number: self.stories.append((story, number)))


@pytest.fixture
def panel(qtbot: QtBot) -> StoriesPanel:
    panel = StoriesPanel()
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    return panel


@pytest.fixture
def told(panel: StoriesPanel) -> Asked:
    return Asked(panel)


def words(panel: StoriesPanel) -> str:
    return panel.empty_state.label.text() if panel.empty_state.isVisible() else ""


NO_STORIES = (
    "No stories of samples were recorded.\n"
    "Record them with --story_samples 2000, or with stories=(inputs, labels) for Collector or KerasCollector."
)
NOT_YET = "Nothing is measured yet; the stories appear here when training begins."


def test_that_it_is_said_what_there_is_to_wait_for(panel: StoriesPanel) -> None:
    assert words(panel) == "Open a collection to see what became of its samples."
    for shown, text in (
        (collection(), NO_STORIES),
        (collection(stories=Measured(0, 40)), NOT_YET),
        (collection(projection=SimpleNamespace()), NOT_YET),
    ):
        panel.show_collection(shown)
        assert words(panel) == text
    panel.show_run(story_of(Told(), collection=shown))
    assert words(panel) == ""
    panel.show_changes("Nothing is measured yet.")
    assert words(panel) == ""


def test_that_samples_are_asked_for_where_there_are_any_and_again_when_there_are_more(
    panel: StoriesPanel, told: Asked
) -> None:
    panel.show_collection(collection())
    assert told.runs == []
    shown = collection(stories=Measured(0, 40, has_samples=True))
    panel.show_collection(shown)
    panel.show_collection(shown)
    assert told.runs == [None]
    run = story_of(Told(), collection=shown)
    panel.show_run(run)
    shown.stories = Measured(1, 40, has_samples=True)
    panel.show_collection(shown)
    shown.projections = Measured(1)
    panel.show_collection(shown)
    shown.projections = Measured(1, has_samples=True)
    panel.show_collection(shown)
    assert told.runs == [None, run, run, run]
    other = collection(projections=Measured(3))
    panel.show_collection(other)
    assert told.runs[4:] == [None]


def test_that_what_was_read_of_another_collection_is_not_shown(panel: StoriesPanel) -> None:
    first, second = collection(stories=Measured(6, 40)), collection(stories=Measured(6, 40))
    panel.show_collection(first)
    panel.show_collection(second)
    for late in (None, story_of(Told(), collection=first)):
        panel.show_run(late)
        assert panel.run is None
    run = story_of(Told(), collection=second)
    panel.show_run(run)
    assert panel.run is run
    assert panel.about_label.text() == "40 training samples · 6 measurements"
    panel.show_collection(first)
    assert panel.run is None


def test_that_changes_are_asked_for_once_at_each_measurement(panel: StoriesPanel, told: Asked) -> None:
    panel.show_collection(collection())
    panel.show_page(Page.CHANGES)
    assert panel.changes.pages.state.label.text() == (
        "No changes of a sample were recorded.\nRecord them with --augmentations end, or epochs."
    )
    shown = collection(augmentations=SimpleNamespace(), augmentation_records=Measured(2))
    panel.show_collection(shown)
    for step in (3, STEP - 1, STEP, STEP + 5, 0):
        panel.show_place(step, 0, None, None)
    assert told.changes == [0, STEP, 0]
    shown.augmentation_records = Measured(3)
    panel.show_collection(shown)
    assert told.changes == [0, STEP, 0, 0]


def test_that_changes_have_the_names_of_the_classes(panel: StoriesPanel) -> None:
    panel.show_collection(collection(probe=SimpleNamespace(class_names=("ant", "bee"))))
    panel.show_changes(changes_of([1, 0], [[1, 0]]))
    assert panel.changes.heading.about == "epoch 2, step 1,200; unchanged: predicted bee"
    panel.show_collection(collection())
    panel.show_changes(changes_of([1, 0], [[1, 0]]))
    assert panel.changes.heading.about == "epoch 2, step 1,200; unchanged: predicted class 1"


@pytest.mark.parametrize(
    ("probe_sample", "story", "sample"),
    [(0, 7, 7), (0, 0, 0), (0, 39, 39), (0, 40, None), (1, None, 5), (0, None, None), (1, 3, 3)],
)
def test_that_the_story_is_the_chosen_samples_or_that_of_the_probe(
    panel: StoriesPanel, probe_sample: int, story: int | None, sample: int | None
) -> None:
    in_probe = np.full(40, -1)
    in_probe[5] = 1
    assert panel.sample is None
    panel.show_run(story_of(Told(), in_probe=in_probe))
    panel.show_place(0, probe_sample, story, None)
    assert panel.sample == sample
    assert panel.card.pages.is_empty == (sample is None)


@pytest.mark.parametrize(("step", "number"), [(-1, None), (0, 0), (STEP - 1, 0), (STEP, 1), (5 * STEP, 5), (999, 5)])
def test_that_the_measurement_is_the_last_one_at_or_before_the_playhead(
    panel: StoriesPanel, step: int, number: int | None
) -> None:
    assert panel.number is None
    panel.show_run(story_of(Told()))
    panel.show_place(step, 0, None, None)
    assert panel.number == number
    assert panel.over_time.raster.number == number


@pytest.mark.parametrize(
    ("page", "story", "by", "place"),
    [
        (Page.TIME, None, 1, 0),
        (Page.TIME, 0, 1, 1),
        (Page.TIME, 0, -1, 0),
        (Page.TIME, 38, 5, 39),
        (Page.TIME, 20, -3, 17),
        (Page.SUSPECTS, None, -1, 0),
        (Page.SUSPECTS, 7, 2, 9),
    ],
)
def test_that_the_next_sample_is_that_of_the_order_that_is_seen(
    panel: StoriesPanel, told: Asked, page: Page, story: int | None, by: int, place: int
) -> None:
    panel.show_run(story_of(Told()))
    panel.show_page(page)
    order = list(panel.over_time.order if page is Page.TIME else panel.suspects.tiles.tiles.numbers)
    panel.show_place(0, 0, None if story is None else int(order[story]), None)
    assert panel.step_sample(by)
    assert told.stories == [(order[place], None)]


def test_that_where_no_order_is_seen_there_is_no_next_sample(panel: StoriesPanel, told: Asked) -> None:
    assert not panel.step_sample(1)
    panel.show_run(story_of(Told()))
    for page in (Page.MAP, Page.DEPTH, Page.CHANGES, Page.CONFUSION):
        panel.show_page(page)
        assert panel.page is page
        assert not panel.step_sample(1)
    assert told.stories == []


def test_that_a_selection_is_told_below_and_let_go_there(panel: StoriesPanel, qtbot: QtBot) -> None:
    panel.show_run(story_of(Told(), labels=np.arange(40) % 2))
    panel.show_place(0, 0, None, None)
    assert not panel.let_go_button.isVisible()
    panel.show_place(0, 0, None, frozenset({0, 1, 2, 99}))  # of which one is not among these
    assert panel.let_go_button.isVisible()
    assert panel.selection_label.text() == "3 selected: 2 of ant, 1 of bee"
    assert panel.selected == frozenset({0, 1, 2, 99})
    with qtbot.waitSignal(panel.selection_requested) as told:
        panel.let_go_button.click()
    assert told.args == [None]


def test_that_everything_is_seen_again(panel: StoriesPanel) -> None:
    panel.show_run(story_of(Told()))
    raster = panel.over_time.raster
    raster.look(raster.view.zoomed(3, 2, 0.5, 0.5))
    assert not raster.view.is_whole
    panel.fit()
    assert raster.view.is_whole
    raster.look(raster.view.zoomed(3, 2, 0.5, 0.5))
    panel.over_time.fit_button.click()
    assert raster.view.is_whole


def test_that_a_click_on_a_button_or_a_box_leaves_the_keys_where_they_are(
    panel: StoriesPanel,
) -> None:
    time, suspects, changes, chart = panel.over_time, panel.suspects, panel.changes, panel.data_map
    boxes = (time.only_selected, suspects.only_selected, changes.only_flips)
    for each in (*boxes, time.fit_button, chart.fit_button, panel.let_go_button):
        assert each.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_that_only_what_is_selected_can_be_seen_alone(panel: StoriesPanel) -> None:
    panel.show_run(story_of(Told()))
    for page, box in ((Page.TIME, panel.over_time.only_selected), (Page.SUSPECTS, panel.suspects.only_selected)):
        panel.show_page(page)
        for selected in (None, frozenset({3, 9, 21})):
            panel.show_place(0, 0, None, selected)
            assert box.isEnabled() == (selected is not None)
    panel.over_time.only_selected.setChecked(True)
    panel.show_page(Page.TIME)
    every = panel.over_time.raster
    assert sorted(every.order.tolist()) == [3, 9, 21]
    panel.show_place(0, 0, None, frozenset({4}))
    assert every.order.tolist() == [4]
    panel.show_place(0, 0, None, None)
    assert len(every.order) == 40
