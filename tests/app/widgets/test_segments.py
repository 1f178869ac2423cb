"""A choice of a few, side by side."""

from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.widgets.segments import Segments


def test_that_what_is_offered_can_be_chosen_by_a_click_and_one_is_down(qtbot: QtBot) -> None:
    choice = Segments(["units", "modules"])
    qtbot.addWidget(choice)
    assert [button.text() for button in choice.buttons.values()] == ["units", "modules"]
    choice.show_chosen("units")
    with qtbot.waitSignal(choice.chosen) as chosen:
        qtbot.mouseClick(choice.buttons["modules"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["modules"]
    assert [text for text, button in choice.buttons.items() if button.isChecked()] == ["modules"]
    choice.show_options(["units", "blocks"])
    assert [button.text() for button in choice.buttons.values()] == ["units", "blocks"]
