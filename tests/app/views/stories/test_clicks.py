"""What else can be clicked, pointed at and chosen by keys among the stories."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.replay.state import ReplayView
from app.views.stories.panel import Page, StoriesPanel
from app.window.main_window import MainWindow
from tests.app.pointer import click
from tests.app.views.stories.told_run import STEP, Told

LEFT = Qt.MouseButton.LeftButton


def view_of(window: MainWindow) -> ReplayView:
    assert window._session.view is not None
    return window._session.view


def move(widget: QWidget, at: QPointF) -> None:
    """Move the pointer to a place: from another one, or nothing would be heard of it."""
    for place in (QPoint(1, 1), at.toPoint()):
        QTest.mouseMove(widget, place)


def test_that_a_click_beside_a_row_chooses_its_sample_and_no_measurement(
    panel: StoriesPanel, window: MainWindow
) -> None:
    raster = panel.over_time.raster
    click(raster, QPointF(raster.plot().left() - 8, raster.cell_place(25, 0).center().y()))
    assert view_of(window).story == panel.over_time.order[25]
    assert view_of(window).step == 3 * STEP


def test_that_the_pointer_over_a_cell_tells_of_its_sample_there_and_nothing_beside_it(panel: StoriesPanel) -> None:
    raster = panel.over_time.raster
    move(raster, raster.cell_place(30, 4).center())
    told = raster.accessibleDescription()
    assert f"sample #{3 * panel.over_time.order[30]}" in told
    QTest.mouseMove(raster, QPoint(2, 2))
    assert raster.accessibleDescription() == ""


def test_that_a_point_of_the_data_map_tells_of_its_sample_and_a_click_chooses_it(
    panel: StoriesPanel, window: MainWindow, turn_to: Callable[[Page], None]
) -> None:
    turn_to(Page.MAP)
    cloud = panel.data_map.cloud
    at = QPointF(*cloud.places[13].tolist())
    move(cloud, at)
    pointed = cloud.hovered_sample
    assert f"sample #{3 * pointed}" in cloud.accessibleDescription()
    click(cloud, at)
    assert view_of(window).story == pointed
    assert view_of(window).step == 3 * STEP


def test_that_fit_shows_the_whole_data_map_again(panel: StoriesPanel, turn_to: Callable[[Page], None]) -> None:
    turn_to(Page.MAP)
    cloud = panel.data_map.cloud
    before = cloud.places.copy()
    cloud._look(cloud.view.zoomed(3.0, 50, 50))
    assert not np.allclose(cloud.places, before)
    click(panel.data_map.fit_button, panel.data_map.fit_button.rect().center())
    np.testing.assert_allclose(cloud.places, before)


def test_that_enter_chooses_a_suspect_and_of_those_the_selected_can_be_seen_alone(
    panel: StoriesPanel, window: MainWindow, told: Told, turn_to: Callable[[Page], None]
) -> None:
    window._session.go_to(selected=frozenset({3, 8, 21}))
    turn_to(Page.SUSPECTS)
    tiles, box = panel.suspects.tiles, panel.suspects.only_selected
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert list(tiles.tiles.numbers) == [each for each in told.suspicion.order.tolist() if each in (3, 8, 21)]
    tiles.setCurrentIndex(tiles.model().index(1, 0))
    QTest.keyClick(tiles, Qt.Key.Key_Return)
    assert view_of(window).story == tiles.tiles.numbers[1]


@pytest.mark.parametrize("by", ["change", "pairs"])
def test_that_a_confused_pair_is_selected_by_its_change_and_in_the_list(
    panel: StoriesPanel, window: MainWindow, told: Told, turn_to: Callable[[Page], None], by: str
) -> None:
    turn_to(Page.CONFUSION)
    page = panel.confusion
    pair = page._pairs[0]
    if by == "change":
        click(page.change, page.change.place_of(pair.label, pair.taken_for).center())
    else:
        index = page.pairs.model().index(0, 0)
        click(page.pairs.viewport(), page.pairs.visualRect(index).center())
    wanted = (told.labels == pair.label) & (told.predictions[3] == pair.taken_for)
    assert view_of(window).selected == frozenset(np.flatnonzero(wanted).tolist())


def test_that_what_flipped_first_is_gone_to(
    panel: StoriesPanel, window: MainWindow, turn_to: Callable[[Page], None]
) -> None:
    turn_to(Page.DEPTH)
    grid = panel.depths.flips
    click(grid, grid.place_of(1, 4).center())
    assert (view_of(window).layer, view_of(window).step) == (panel.run.layers[1], 4 * STEP)
