"""Words in the place of a panel's content take no more room than words."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.widgets.empty_state import EmptyStateLayout


def test_that_a_content_asks_for_room_only_while_it_is_seen(qtbot: QtBot) -> None:
    panel, content = QWidget(), QWidget()
    qtbot.addWidget(panel)
    content.setMinimumSize(900, 500)
    pages = EmptyStateLayout(panel, content, "Nothing is compared. Compare with another run, or with this pass.")
    assert panel.minimumSizeHint().width() < 300
    pages.show_content()
    assert panel.minimumSizeHint().width() == 900
    pages.show_text("There is nothing more.")
    assert panel.minimumSizeHint().height() < 300


def test_that_where_there_is_somewhere_to_go_a_button_leads_there(qtbot: QtBot) -> None:
    panel, content = QWidget(), QWidget()
    qtbot.addWidget(panel)
    pages = EmptyStateLayout(panel, content, "Nothing is compared.")
    panel.show()
    assert not pages.state.go_button.isVisible()
    pages.show_text("The first measurement comes later.", can_go=True)
    assert pages.state.label.text() == "The first measurement comes later."
    with qtbot.waitSignal(pages.state.go_requested):
        qtbot.mouseClick(pages.state.go_button, Qt.MouseButton.LeftButton)
