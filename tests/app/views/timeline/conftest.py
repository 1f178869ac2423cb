"""The menu of curves."""

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.views.timeline.curve_menu import CurveMenu


@pytest.fixture
def menu(qtbot: QtBot) -> Iterator[CurveMenu]:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    menu = CurveMenu(owner)
    yield menu
    menu.close()
