"""What can be chosen of the network: in its menu, and beside the tabs."""

from unittest.mock import Mock

import pytest
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode, ScaleMode
from app.views.network.menu import NetworkMenu
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.panel import MODULES, UNITS, NetworkControls


class Choices(QObject):
    """What a menu needs of a session."""

    view_changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.set_options = Mock()


@pytest.fixture
def choices() -> Choices:
    return Choices()


@pytest.fixture
def menu(qtbot: QtBot, choices: Choices) -> NetworkMenu:
    made = NetworkMenu(choices)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    return made


def told(action: QAction) -> str:
    if action.isSeparator():
        return "---"
    mark = "✓ " if action.isChecked() else "" if action.isEnabled() else "# "
    key = action.shortcut().toString()
    return mark + action.text() + (f" ({key})" if key else "")


def entry(menu: NetworkMenu, text: str) -> QAction:
    return next(each for each in menu.actions() if each.text() == text)


def test_that_the_menu_offers_every_choice_with_its_key(menu: NetworkMenu) -> None:
    assert menu.title() == "&Network"
    assert [told(action) for action in menu.actions()] == [
        "# Edges", "Weight (W)", "Gradient (G)", "Update (U)",
        "---", "# Units", "Activation", "Bias", "Gradient norm",
        "---", "# Colours", "Scale of the run", "Scale of the pass",
        "---", "# Strongest edges", "As many as there is time for", "300", "1,000", "3,000",
        "---", "Units or &modules (M)", "Open all modules (E)", "Close all modules (Shift+E)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("Update", {"edges": EdgeMode.UPDATE}),
        ("Bias", {"nodes": NodeMode.BIAS}),
        ("Scale of the pass", {"scale": ScaleMode.PASS}),
        ("1,000", {"most_edges": 1_000}),
        ("As many as there is time for", {"most_edges": None}),
    ],
)
def test_that_an_entry_wishes_what_it_says(menu: NetworkMenu, choices: Choices, text: str, option: dict) -> None:
    entry(menu, text).trigger()
    choices.set_options.assert_called_once_with(**option)


def test_that_what_is_chosen_is_marked(menu: NetworkMenu, choices: Choices) -> None:
    def marked() -> list[str]:
        return [action.text() for action in menu.actions() if action.isChecked()]

    choices.view_changed.emit(Mock(options=GraphOptions()))
    assert marked() == ["Weight", "Activation", "Scale of the run", "As many as there is time for"]
    other = GraphOptions(EdgeMode.GRADIENT, NodeMode.GRADIENT, ScaleMode.PASS, 3_000)
    choices.view_changed.emit(Mock(options=other))
    assert marked() == ["Gradient", "Gradient norm", "Scale of the pass", "3,000"]
    choices.view_changed.emit(Mock(options=GraphOptions(most_edges=77)))
    assert marked()[-1] == "3,000", "a number that no entry has"


@pytest.fixture
def controls(qtbot: QtBot) -> NetworkControls:
    made = NetworkControls()
    qtbot.addWidget(made)
    made.show()
    return made


def words(button: QAbstractButton) -> tuple[str, str, str]:
    return button.text(), button.toolTip(), button.accessibleName()


def test_that_the_controls_say_what_they_do_and_by_which_key(controls: NetworkControls) -> None:
    assert words(controls.open_button) == ("+", "Open all modules (E)", "Open all modules (E)")
    assert words(controls.close_button) == ("−", "Close all modules (Shift+E)", "Close all modules (Shift+E)")
    drawings = controls.drawings.buttons
    assert [(name, drawings[name].toolTip()) for name in (UNITS, MODULES)] == [
        ("Units", "Draw layers by their units (M)"), ("Modules", "Draw modules within modules (M)"),
    ]  # fmt: skip
    box = controls.told_box
    assert box.accessibleName() == "What of two passes the colour of a module tells"
    assert [box.itemText(number) for number in range(box.count())] == [each.value for each in Told]


def test_that_the_controls_wish_what_they_say(controls: NetworkControls, qtbot: QtBot) -> None:
    controls.show_room(10_000)
    controls.show_drawing(as_modules=True, is_of_two=True)
    for signal, button in (
        (controls.all_open_requested, controls.open_button),
        (controls.all_closed_requested, controls.close_button),
    ):
        with qtbot.waitSignal(signal):
            button.click()
    with qtbot.waitSignal(controls.as_modules_requested, check_params_cb=lambda as_modules: as_modules is False):
        controls.drawings.buttons[UNITS].click()
    with qtbot.waitSignal(controls.as_modules_requested, check_params_cb=lambda as_modules: as_modules is True):
        controls.drawings.buttons[MODULES].click()


@pytest.mark.parametrize(
    ("as_modules", "is_of_two", "shown"),
    [
        (False, False, (False, False)),
        (True, False, (True, False)),
        (True, True, (True, True)),
        (False, True, (False, False)),
    ],
)
def test_that_only_what_the_drawing_has_can_be_chosen(
    controls: NetworkControls, as_modules: bool, is_of_two: bool, shown: tuple[bool, bool]
) -> None:
    controls.show_room(10_000)
    controls.show_drawing(as_modules=as_modules, is_of_two=is_of_two)
    assert (not controls.open_button.isHidden(), not controls.told_box.isHidden()) == shown
    assert controls.open_button.isHidden() == controls.close_button.isHidden()
    assert controls.drawings.buttons[MODULES].isChecked() is as_modules


def test_that_the_buttons_stay_where_there_is_just_room_for_them(controls: NetworkControls) -> None:
    controls.show_drawing(as_modules=True, is_of_two=False)
    needed = next(px for px in range(20, 600) if (controls.show_room(px), not controls.open_button.isHidden())[1])
    controls.show_room(needed - 1)
    assert controls.open_button.isHidden() and controls.close_button.isHidden()
    controls.show_room(needed)
    row = controls.drawings.sizeHint().width() + controls.open_button.sizeHint().width()
    assert needed >= row + controls.close_button.sizeHint().width()
