"""Two blocks of modules, of which one is open, on the screen."""

import pytest
from PyQt6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from app.views.network.modules.modules_view import ModulesView
from tests.app.looks.pieces.network_modules import BLOCKS, FIRST
from tests.app.views.network.modules.made_up_modules import ModuleRun
from tests.app.views.network.modules.pointing import settle


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


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What tooltips have said, in order; an empty text where one was taken away."""
    found: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, __: found.append(text))
    monkeypatch.setattr(QToolTip, "hideText", lambda: found.append(""))
    return found
