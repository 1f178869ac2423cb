"""A made-up run that tells stories, open in the window at its fourth measurement."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from app.views.stories.panel import Page, StoriesPanel
from app.window.main_window import MainWindow
from tests.app.parts import part
from tests.app.views.stories.told_run import STEP, Told, write_told


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def panel(window: MainWindow, told: Told, tmp_path: Path) -> StoriesPanel:
    window.open(write_told(tmp_path / "told.json", told))
    found = part(window, "stories")
    assert isinstance(found, StoriesPanel)
    window._session.show_step(3 * STEP)
    return found


@pytest.fixture
def turn_to(panel: StoriesPanel) -> Callable[[Page], None]:
    def turn(page: Page) -> None:
        button = panel.segments.buttons[page.value]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())

    return turn
