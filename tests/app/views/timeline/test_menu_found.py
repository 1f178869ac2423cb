"""What a search in the menu of curves finds, how much of it, and what is left of it."""

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.timeline.curve_menu import CurveMenu
from tests.app.views.timeline.menu_user import MANY, open_with

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


@pytest.fixture
def chosen(menu: CurveMenu) -> list[tuple[str, bool]]:
    """What is chosen, and whether the menu is still there then."""
    chosen: list[tuple[str, bool]] = []
    menu.name_chosen.connect(lambda name: chosen.append((name, menu.isVisible())))
    return chosen


@pytest.mark.parametrize(("n", "rest"), [(19, []), (20, []), (21, ["and 1 more"])])
def test_that_up_to_twenty_are_listed_and_the_rest_is_counted(
    menu: CurveMenu, qtbot: QtBot, n: int, rest: list[str]
) -> None:
    open_with(qtbot, menu, ("loss", *(f"gradient_norm/layer{number}" for number in range(n))))
    qtbot.keyClicks(menu.search, "norm")
    listed = min(n, 20)
    assert [each.data() for each in menu.found[:listed]] == [f"gradient_norm/layer{number}" for number in range(listed)]
    assert [each.text() for each in menu.found[listed:]] == rest
    assert [each.isEnabled() for each in menu.found] == [True] * listed + [False] * len(rest)
    assert [each for each in menu.actions() if each.isVisible()][1:] == menu.found


def test_that_return_closes_the_menu_before_it_tells_what_was_chosen(
    menu: CurveMenu, qtbot: QtBot, chosen: list[tuple[str, bool]]
) -> None:
    open_with(qtbot, menu, MANY)
    qtbot.keyClicks(menu.search, "xyz")
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert chosen == []
    assert menu.isVisible()
    menu.search.setText("layer3")
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert chosen == [("gradient_norm/layer3", False)]


def test_that_what_is_found_is_chosen_by_a_click_and_those_that_are_shown_have_a_tick(
    menu: CurveMenu, qtbot: QtBot, chosen: list[tuple[str, bool]]
) -> None:
    open_with(qtbot, menu, MANY, chosen=("gradient_norm/layer5",))
    menu.search.setText("layer5")
    (action,) = menu.found
    assert (action.text(), action.isCheckable(), action.isChecked()) == ("Gradient norm · layer5", True, True)
    menu.search.setText("layer6")
    (action,) = menu.found
    assert (action.isCheckable(), action.isChecked()) == (True, False)
    action.trigger()
    assert [name for name, _ in chosen] == ["gradient_norm/layer6"]


def test_that_blanks_alone_are_no_search_and_what_was_found_before_is_gone(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, MANY)
    groups = [each for each in menu.actions() if each.isVisible()]
    menu.search.setText("layer")
    menu.search.setText("layer1")
    assert [each for each in menu.actions() if each.isVisible()][1:] == menu.found
    menu.search.setText("  ")
    assert menu.found == []
    assert [each for each in menu.actions() if each.isVisible()] == groups
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not [each for each in menu.findChildren(QAction) if each.data() == "gradient_norm/layer17"
                and each.parent() is menu]  # fmt: skip


def test_that_it_opens_anew_with_nothing_typed_and_the_keys_in_the_search(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, MANY)
    menu.search.setText("layer1")
    menu.close()
    menu.search.clearFocus()
    open_with(qtbot, menu, MANY)
    assert menu.search.text() == ""
    assert menu.found == []
    assert menu.focusWidget() is menu.search


def test_that_members_of_a_group_are_called_by_their_places_and_are_chosen_by_a_click(
    menu: CurveMenu, qtbot: QtBot, chosen: list[tuple[str, bool]]
) -> None:
    open_with(qtbot, menu, ("gradient_norm", "gradient_norm/fc1", "loss"), chosen=("gradient_norm/fc1",))
    submenu = next(each.menu() for each in menu.actions() if each.menu() is not None)
    assert submenu is not None
    told = [(each.text(), each.isChecked()) for each in submenu.actions()]
    assert told == [("gradient norm", False), ("fc1", True)]
    submenu.actions()[0].trigger()
    assert [name for name, _ in chosen] == ["gradient_norm"]


def test_that_where_nothing_was_recorded_it_says_so_and_nothing_can_be_chosen(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, ())
    assert [(each.text(), each.isEnabled()) for each in menu.actions()] == [("nothing recorded yet", False)]
