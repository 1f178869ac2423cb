"""Both drawings of the network on one page: one in front of the other, and what goes to both of them."""

from itertools import pairwise
from unittest.mock import Mock

import pytest
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.views.network.modules.modules_view import ModulesView
from app.views.network.panel import NetworkControls, NetworkPage
from app.views.network.units.network_view import NetworkView
from tests.app.made_up_findings import finding


@pytest.fixture
def page(qtbot: QtBot) -> NetworkPage:
    made = NetworkPage(NetworkView(), ModulesView())
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


def test_that_one_of_both_is_seen_and_it_fills_the_page(page: NetworkPage) -> None:
    for as_modules in (False, True, True, False):
        page.show_drawing(as_modules=as_modules)
        assert page.are_modules_seen is page.modules.isVisible() is as_modules
        assert page.units.isVisible() is not as_modules
        front = page.modules if as_modules else page.units
        assert front.geometry() == page.rect()


@pytest.mark.parametrize("what", ["highlight_layer", "show_health"])
def test_that_what_is_chosen_and_found_goes_to_both(
    page: NetworkPage, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    units, modules = Mock(), Mock()
    monkeypatch.setattr(page.units, what, units)
    monkeypatch.setattr(page.modules, what, modules)
    given = "fc1" if what == "highlight_layer" else health_of([finding("dead-units", "critical", ["fc1"], 0)])
    for as_modules in (False, True):
        page.show_drawing(as_modules=as_modules)
        getattr(page, what)(given)
    assert [each.args for each in units.mock_calls] == [each.args for each in modules.mock_calls] == [(given,)] * 2


def test_that_only_the_drawing_in_front_is_fitted(page: NetworkPage, monkeypatch: pytest.MonkeyPatch) -> None:
    fits = units, modules = Mock(), Mock()
    monkeypatch.setattr(page.units, "fit", units)
    monkeypatch.setattr(page.modules, "fit", modules)
    for as_modules, counts in ((False, (1, 0)), (True, (0, 1)), (False, (1, 0))):
        page.show_drawing(as_modules=as_modules)
        for fit in fits:
            fit.reset_mock()  # what is made larger fits itself
        page.fit()
        assert (units.call_count, modules.call_count) == counts


@pytest.mark.parametrize("is_of_two", [False, True])
def test_that_the_buttons_have_room_as_soon_as_all_that_is_shown_has(qtbot: QtBot, is_of_two: bool) -> None:
    controls = NetworkControls()
    qtbot.addWidget(controls)
    controls.show_drawing(as_modules=True, is_of_two=is_of_two)
    assert not controls.open_button.isHidden() and not controls.close_button.isHidden()
    needed = controls.sizeHint().width() + 2  # of the space behind the last one
    for px, are_hidden in ((needed, False), (needed - 1, True), (needed + 1, False), (0, True)):
        controls.show_room(px)
        assert controls.open_button.isHidden() is controls.close_button.isHidden() is are_hidden
        assert not controls.drawings.isHidden()
        assert controls.told_box.isHidden() is not is_of_two
    controls.show_room(needed)
    controls.show_drawing(as_modules=False, is_of_two=is_of_two)
    assert controls.open_button.isHidden() and controls.close_button.isHidden()
    controls.show_drawing(as_modules=True, is_of_two=is_of_two)
    assert not controls.open_button.isHidden() and not controls.close_button.isHidden()


def test_that_before_a_drawing_is_shown_there_is_nothing_to_open(qtbot: QtBot) -> None:
    controls = NetworkControls()
    qtbot.addWidget(controls)
    controls.show_room(10_000)
    assert controls.open_button.isHidden() and controls.close_button.isHidden()


def test_that_the_buttons_are_reached_by_tab_and_not_taken_by_a_click(qtbot: QtBot) -> None:
    controls = NetworkControls()
    qtbot.addWidget(controls)
    for button in (controls.open_button, controls.close_button):
        assert button.focusPolicy() == button.focusPolicy().TabFocus
        assert button.autoRaise()


def test_that_the_controls_stand_close_to_one_another_and_away_from_the_end(qtbot: QtBot) -> None:
    controls = NetworkControls()
    qtbot.addWidget(controls)
    controls.show_drawing(as_modules=True, is_of_two=True)
    controls.adjustSize()
    controls.show()
    row = [controls.told_box, controls.open_button, controls.close_button, controls.drawings]
    assert row[0].x() == 0
    assert row[-1].geometry().right() + 1 + 6 == controls.width()
    for left, right in pairwise(row):
        assert right.x() - (left.geometry().right() + 1) == 2
    assert min(each.y() for each in row) == 0
    assert max(each.geometry().bottom() for each in row) + 1 == controls.height()
