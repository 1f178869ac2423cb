"""A window whose views are labels."""

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.judging import Judging
from app.session import Session
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.theme import apply_theme
from collector.findings import Finding
from tests.app.made_up_findings import report
from tests.app.window.light import SPECS


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the rules say of any run; nothing, unless a test says something."""
    found: list[Finding] = []
    monkeypatch.setattr(Judging, "report", lambda *_: report(*found))
    return found


@pytest.fixture
def light(qtbot: QtBot, qapp: QApplication, settings: Settings, found: list[Finding]) -> Iterator[MainWindow]:
    apply_theme(qapp)
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
