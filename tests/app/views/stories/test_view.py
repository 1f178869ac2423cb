"""The stories in the window, as a user goes through them: each click and key moves all views."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from app.replay.state import ReplayView
from app.views.projection.panel import ProjectionPanel
from app.views.stories.analysis.story_cells import Quantity
from app.views.stories.analysis.story_order import StoryOrder
from app.views.stories.panel import NO_STORIES, Page, StoriesPanel
from app.views.stories.view import StoriesPanelView
from app.window.main_window import MainWindow
from collector.findings import Evidence
from tests.app.painted import painted
from tests.app.parts import part
from tests.app.pointer import click
from tests.app.views.projection import projected_run
from tests.app.views.projection.clouds import around, choose, drag
from tests.app.views.stories.told_run import N_PROBE, STEP, Told, write_told

LEFT = Qt.MouseButton.LeftButton
N_MEASUREMENTS = 6

Show = Callable[..., StoriesPanel]


@pytest.fixture
def told() -> Told:
    return Told(n_measurements=N_MEASUREMENTS)


@pytest.fixture
def show(window: MainWindow, told: Told, tmp_path: Path) -> Show:
    """Opens a run that tells these stories; the stories are in front."""

    def show(**how: object) -> StoriesPanel:
        window.open(write_told(tmp_path / "told.json", told, **how))  # type: ignore[arg-type]
        panel = part(window, "stories")
        assert isinstance(panel, StoriesPanel)
        return panel

    return show


def view_of(window: MainWindow) -> ReplayView:
    view = window._session.view
    assert view is not None
    return view


def turn_to(panel: StoriesPanel, page: Page) -> None:
    button = panel.segments.buttons[page.value]
    click(button, button.rect().center())
    assert panel.page is page


def test_that_a_click_on_a_cell_goes_to_its_sample_and_its_measurement(show: Show, window: MainWindow) -> None:
    panel = show()
    raster = panel.over_time.raster
    click(raster, raster.cell_place(30, 4).center())
    assert view_of(window).step == 4 * STEP
    assert view_of(window).story == panel.over_time.order[30]
    assert panel.card.title.text() == f"sample #{3 * panel.over_time.order[30]} of the training data"


def test_that_a_sample_of_the_probe_is_shown_in_all_views(show: Show, window: MainWindow) -> None:
    panel = show()
    choose(panel.over_time.order_box, StoryOrder.RECORDED.value)
    raster = panel.over_time.raster
    click(raster, raster.cell_place(2, 0).center())
    assert view_of(window).sample == 2
    click(raster, raster.cell_place(N_PROBE, 0).center())
    assert (view_of(window).story, view_of(window).sample) == (N_PROBE, 2)


def test_that_a_finding_of_samples_selects_them_and_tells_the_story_of_the_first(
    show: Show, window: MainWindow
) -> None:
    panel = show()
    window.show_view("network")

    window._session.go_to_evidence(Evidence(tab="stories", step=2 * STEP, stories=(7, 3, 21)))

    assert window.tabs.current.spec.name == "stories"
    assert (view_of(window).step, view_of(window).story, view_of(window).selected) == (
        2 * STEP,
        7,
        frozenset({3, 7, 21}),
    )
    assert panel.sample == 7
    assert panel.selection_label.text().startswith("3 selected: ")


def test_that_another_sample_of_the_probe_tells_its_own_story(show: Show, window: MainWindow) -> None:
    panel = show()
    panel.story_requested.emit(20, None)
    assert panel.sample == 20
    window._session.choose_sample(3)
    assert panel.sample == 3


def test_that_the_axis_of_steps_moves_the_playhead_alone(show: Show, window: MainWindow) -> None:
    panel = show()
    raster = panel.over_time.raster
    story = view_of(window).story
    click(raster, QPointF(raster.cell_place(0, 3).center().x(), raster.plot().bottom() + 10))
    assert view_of(window).step == 3 * STEP
    assert view_of(window).story == story


def test_that_arrows_walk_over_the_cells_and_enter_chooses(show: Show, window: MainWindow) -> None:
    panel = show()
    raster = panel.over_time.raster
    raster.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(raster, key)
    before = int(np.flatnonzero(panel.over_time.order == 0)[0])  # sample 0 of the probe was shown
    assert view_of(window).story == panel.over_time.order[min(before + 2, len(panel.over_time.order) - 1)]
    assert view_of(window).step == STEP


def test_that_page_down_goes_to_the_next_sample_in_the_order_that_is_seen(show: Show, window: MainWindow) -> None:
    panel = show()
    panel.story_requested.emit(int(panel.over_time.order[5]), None)
    assert window.view("stories").step_sample(1)
    assert panel.sample == panel.over_time.order[6]


def test_that_the_wheel_zooms_into_samples_and_fit_shows_all(show: Show) -> None:
    panel = show()
    raster = panel.over_time.raster
    raster.look(raster.view.zoomed(10, 2, 0.25, 1.0))
    assert raster.view.bottom - raster.view.top == 10
    click(panel.over_time.fit_button, panel.over_time.fit_button.rect().center())
    assert raster.view.is_whole


@pytest.mark.parametrize("order", list(StoryOrder))
def test_that_the_rows_stand_in_the_order_that_is_chosen(show: Show, order: StoryOrder, told: Told) -> None:
    panel = show()
    choose(panel.over_time.order_box, order.value)
    numbers = panel.over_time.order
    expected = {
        StoryOrder.RECORDED: np.arange(told.n_samples),
        StoryOrder.CONFIDENCE: np.argsort(told.confidences.astype(float).mean(axis=0), kind="stable"),
        StoryOrder.SUSPICIOUS: told.suspicion.order,
    }
    assert sorted(numbers.tolist()) == list(range(told.n_samples))
    if order in expected:
        assert numbers.tolist() == expected[order].tolist()


def test_that_a_rectangle_on_the_data_map_selects_in_all_views(show: Show, window: MainWindow) -> None:
    panel = show()
    turn_to(panel, Page.MAP)
    cloud = panel.data_map.cloud
    wanted = np.zeros(len(cloud.places), bool)
    wanted[7] = True
    first, last = around(cloud, wanted, margin=4)
    inside = ((cloud.places >= (first.x(), first.y())) & (cloud.places <= (last.x(), last.y()))).all(axis=1)
    drag(cloud, [first, last])
    assert view_of(window).selected == frozenset(np.flatnonzero(inside).tolist())
    turn_to(panel, Page.TIME)
    assert panel.selection_label.text().startswith(f"{int(inside.sum())} selected: ")
    panel.over_time.only_selected.setChecked(True)
    assert set(panel.over_time.order.tolist()) == set(np.flatnonzero(inside).tolist())
    click(panel.let_go_button, panel.let_go_button.rect().center())
    assert view_of(window).selected is None
    assert len(panel.over_time.order) == len(wanted)


def test_that_the_data_map_lies_by_variability_and_confidence(show: Show, told: Told) -> None:
    panel = show()
    turn_to(panel, Page.MAP)
    values = told.label_probabilities.astype(float)
    np.testing.assert_allclose(panel.data_map.cloud.positions, np.stack([values.std(axis=0), values.mean(axis=0)], 1))


def test_that_the_most_suspicious_tile_is_first_and_a_click_shows_it(
    show: Show, window: MainWindow, told: Told
) -> None:
    panel = show()
    turn_to(panel, Page.SUSPECTS)
    tiles = panel.suspects.tiles
    lowest = int(told.suspicion.order[0])
    index = tiles.model().index(0, 0)
    click(tiles.viewport(), tiles.visualRect(index).center())
    assert view_of(window).story == lowest
    assert index.data().startswith(f"label {panel.run.label_text(lowest)}")
    assert panel.run.label_text(lowest) in painted(tiles).texts, "the name alone"


def test_that_a_cell_of_the_confusion_selects_its_samples(show: Show, window: MainWindow, told: Told) -> None:
    panel = show()
    window._session.show_step(3 * STEP)
    turn_to(panel, Page.CONFUSION)
    grid = panel.confusion.matrix
    counts = panel.run.matrices[3] - np.diag(panel.run.matrices[3].diagonal())
    row, column = np.unravel_index(int(counts.argmax()), counts.shape)
    click(grid, grid.place_of(int(row), int(column)).center())
    expected = np.flatnonzero((told.labels == row) & (told.predictions[3] == column))
    assert view_of(window).selected == frozenset(expected.tolist())


def test_that_a_depth_selects_who_has_it_and_goes_to_its_measurement(show: Show, window: MainWindow) -> None:
    panel = show()
    turn_to(panel, Page.DEPTH)
    grid = panel.depths.depths
    click(grid, grid.place_of(1, 4).center())
    assert view_of(window).step == 4 * STEP
    assert view_of(window).selected == frozenset(np.flatnonzero(panel.run.depths[4] == 1).tolist())


def test_that_votes_of_a_layer_choose_the_layer(show: Show, window: MainWindow) -> None:
    panel = show()
    turn_to(panel, Page.DEPTH)
    panel.story_requested.emit(9, None)
    grid = panel.depths.votes
    click(grid, grid.place_of(2, 3).center())
    assert (view_of(window).layer, view_of(window).step) == ("fc1", 3 * STEP)


def test_that_arrows_on_the_curve_of_a_story_move_the_playhead(show: Show, window: MainWindow) -> None:
    panel = show()
    window._session.show_step(2 * STEP)
    panel.card.curve.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(panel.card.curve, Qt.Key.Key_Right)
    assert view_of(window).step == 3 * STEP


def test_that_a_text_is_told_and_not_painted(show: Show, told: Told) -> None:
    panel = show(texts=tuple(f"text number {each}" for each in range(told.n_samples)), has_pictures=False)
    panel.story_requested.emit(11, None)
    assert panel.card.text_area.isVisible()
    assert not panel.card.picture.isVisible()
    assert panel.card.text.text() == "text number 11"
    turn_to(panel, Page.SUSPECTS)
    assert not panel.suspects.tiles.tiles.has_pictures


def test_that_colours_of_each_quantity_are_painted(show: Show) -> None:
    panel = show()
    seen = set()
    for quantity in Quantity:
        choose(panel.over_time.quantity_box, quantity.value)
        raster = panel.over_time.raster
        image = raster.grab().toImage()
        x = int(raster.cell_place(0, 0).center().x())
        seen.add(tuple(image.pixelColor(x, y).name() for y in range(10, int(raster.plot().bottom()))))
    assert len(seen) == len(Quantity)


def test_that_an_old_file_says_what_is_not_recorded_and_how_to(window: MainWindow, tmp_path: Path) -> None:
    window.open(projected_run.write_run(tmp_path / "old.json"))
    panel = part(window, "stories")
    turn_to(panel, Page.MAP)
    assert "--story_samples" in panel.data_map.pages.state.label.text()
    turn_to(panel, Page.CHANGES)
    assert "--augmentations" in panel.changes.pages.state.label.text()


def test_that_a_run_without_samples_says_how_to_record_them(window: MainWindow, tmp_path: Path) -> None:
    window.open(projected_run.write_run(tmp_path / "none.json", is_projected=False))
    assert part(window, "stories").empty_state.label.text() == NO_STORIES


def test_that_what_is_selected_here_stands_out_in_the_projection_and_the_other_way_round(
    window: MainWindow, tmp_path: Path
) -> None:
    window.open(projected_run.write_run(tmp_path / "old.json"))
    stories = part(window, "stories")
    stories.selection_requested.emit(frozenset({3, 8}))
    stories.story_requested.emit(8, None)
    projection = part(window, "projection")
    assert isinstance(projection, ProjectionPanel)
    assert np.flatnonzero(projection.own.cloud.selection).tolist() == [3, 8]
    assert projection.own.cloud.current == 8
    projection.own.cloud._select(np.arange(60) < 2)
    assert view_of(window).selected == frozenset({0, 1})


def test_that_the_numbers_can_be_saved(show: Show, window: MainWindow, told: Told) -> None:
    show()
    view = window.view("stories")
    assert isinstance(view, StoriesPanelView)
    assert len(view.tables["Stories"]().rows) == told.n_samples
    assert view.tables["Stories: confusion"]().headings == ("label", "prediction", "samples", "change")
    for table, about, notes in (
        (view.tables["Stories"](), "No stories are recorded, or they are still being read.", NOTES),
        (
            view.tables["Stories: confusion"](),
            "There is no matrix without labels and predictions.",
            ("samples of each label by predicted class at the playhead; change: since the one before",),
        ),
    ):
        assert (table.nothing, tuple(table.notes)) == (about, notes)
        assert table.about == {"measured_at_step": view.panel.number * STEP}
    view.panel.show_place(-1, 0, None, None)  # before the first measurement
    assert view.about() == {}
    assert len(view.tables["Stories"]().rows) == told.n_samples
    assert list(view.tables["Stories: confusion"]().rows) == []


NOTES = (
    "a row for each sample; learnt_step: the first measurement that takes it for its label, empty: never",
    "forgotten: how often it was right at one measurement and wrong at the next (Toneva et al., ICLR 2019)",
    "confidence, variability: mean and deviation of the label's probability (Swayamdipta et al., EMNLP 2020)",
    "aum: mean margin, logits (Pleiss et al., NeurIPS 2020); depth: layers, from 0 (Baldock et al., 2021)",
)


def test_that_before_stories_are_read_there_are_no_numbers(window: MainWindow, tmp_path: Path) -> None:
    window.open(projected_run.write_run(tmp_path / "none.json", is_projected=False))
    part(window, "stories")
    view = window.view("stories")
    assert isinstance(view, StoriesPanelView)
    for name in ("Stories", "Stories: confusion"):
        table = view.tables[name]()
        assert (table.headings, list(table.rows), table.about) == ((), [], {})
