"""A user who looks at two runs as wholes."""

import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from tests.app.wiring.user import User


@pytest.fixture
def user(two_in_window: MainWindow, qtbot: QtBot) -> User:
    """Of the whole run and one that parts from it, at the last pass, with what differs in front."""
    two_in_window.show_view("compare")
    return User(two_in_window, qtbot)
