"""The menu from which a curve is chosen."""

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.analysis.measures import layer_measures
from app.views.timeline.curve_menu import MOST_FOUND, CurveMenu
from tests.app.views.timeline.menu_user import MANY, open_with

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")
"""The offscreen platform says so of every menu."""

FEW = ("loss", "gradient_norm/total", "gradient_norm/conv1", "near_zero@1e-07~ema/fc1")


def test_that_names_are_grouped_by_what_they_measure(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, FEW, chosen=("loss",))
    assert [action.text() for action in menu.actions()] == [
        "Loss",
        "Gradient norm",
        "More",
    ]
    rest = menu.actions()[2].menu().actions()
    assert [action.text() for action in rest] == ["Near zero, below 1e-07, moving average · fc1"]
    layers = menu.actions()[1].menu().actions()
    assert [action.text() for action in layers] == ["whole model", "conv1"]
    assert menu.actions()[0].isChecked()
    assert not layers[0].isChecked()


def test_that_typed_words_narrow_many_names_down_and_return_takes_the_first(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, MANY)
    qtbot.keyClicks(menu.search, "norm layer17")
    assert [action.data() for action in menu.found] == ["gradient_norm/layer17"]
    with qtbot.waitSignal(menu.name_chosen) as wish:
        qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert wish.args == ["gradient_norm/layer17"]


def test_that_more_than_can_be_listed_is_counted_and_nothing_found_is_said(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, MANY)
    qtbot.keyClicks(menu.search, "norm")
    assert len(menu.found) == MOST_FOUND + 1
    assert menu.found[-1].text() == "and 20 more"
    qtbot.keyClicks(menu.search, "xyz")
    assert [action.text() for action in menu.found] == ["nothing of this name was recorded"]
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert menu.isVisible()


def test_that_an_emptied_search_shows_the_groups_again(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, MANY)
    qtbot.keyClicks(menu.search, "7")
    menu.search.clear()
    assert menu.found == []
    assert [action.text() for action in menu.actions() if action.isVisible()][1:] == ["Loss", "Gradient norm"]


def test_that_the_menu_can_be_opened_again_and_again(menu: CurveMenu, qtbot: QtBot) -> None:
    for names in (MANY, FEW, MANY, ()):
        open_with(qtbot, menu, names)
        menu.close()
    assert [action.text() for action in menu.actions()] == ["nothing recorded yet"]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert menu.findChildren(QMenu) == [], "nothing of it is left"


def test_that_it_calls_a_measure_as_the_list_of_the_optimizer_does(menu: CurveMenu, qtbot: QtBot) -> None:
    names = [f"{metric}/fc1" for metric in ("flip_fraction@1e-05", "sign_flips@1e-05", "moment_angle", "step_size")]
    open_with(qtbot, menu, tuple(names))
    submenus = [action.menu().actions() for action in menu.actions() if action.menu()]
    every = [action for action in menu.actions() if not action.menu()] + [each for part in submenus for each in part]
    titles = {each.key: each.title for each in layer_measures(names)}
    assert {action.data().partition("/")[0]: action.text() for action in every} == {
        key: f"{title} · fc1" for key, title in titles.items()
    }


def test_that_a_metric_of_ones_own_has_its_own_words_and_is_offered_at_once(menu: CurveMenu, qtbot: QtBot) -> None:
    open_with(qtbot, menu, ("loss", "sparsity/total", "near_zero@1e-07/total"))
    assert [action.text() for action in menu.actions()] == ["Loss", "Weights near zero · whole model", "More"]
    assert menu.actions()[1].toolTip() == "Share below 1e-3."
    open_with(qtbot, menu, ("sparsity/total", *MANY))
    qtbot.keyClicks(menu.search, "weights near")
    assert [action.data() for action in menu.found] == ["sparsity/total"]


@pytest.mark.parametrize(("n", "is_offered"), [(11, False), (12, True)])
def test_that_only_more_names_than_a_look_takes_in_can_be_searched(
    menu: CurveMenu, qtbot: QtBot, n: int, is_offered: bool
) -> None:
    open_with(qtbot, menu, ("loss", *(f"gradient_norm/layer{number}" for number in range(n))))
    assert menu.search.isVisible() == is_offered
