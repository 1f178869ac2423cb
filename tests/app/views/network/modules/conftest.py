"""Two blocks of modules, of which one is open, on the screen."""

import pytest
from pytestqt.qtbot import QtBot

from app.views.network.modules.modules_view import ModulesView
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.on_screen import settle
from tests.app.views.network.modules.made_up_modules import ModuleRun


@pytest.fixture
def run() -> ModuleRun:
    return ModuleRun(BLOCKS)


@pytest.fixture
def view(run: ModuleRun, qtbot: QtBot) -> ModulesView:
    """Two blocks, of which one is open, on the screen."""
    made = ModulesView()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show_layout(run.layout(FIRST))
    made.show_numbers(run.numbers())
    made.show()
    qtbot.waitExposed(made)
    settle()
    return made
