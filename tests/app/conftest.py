"""A real window on a real collection, driven as a user would."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.start import make_window
from app.theme import apply_theme
from app.window import MainWindow


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "strobe.ini")


@pytest.fixture
def window(qtbot: QtBot, qapp, settings: Settings) -> Iterator[MainWindow]:
    """The window as it starts, with nothing open; its background work is done at once."""
    apply_theme(qapp)
    window, _ = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def open_window(window: MainWindow, collection_path: Path) -> MainWindow:
    """The window with the small collection open."""
    window.open(collection_path)
    return window


@pytest.fixture
def place_of(window: MainWindow) -> Callable[[], str]:
    """What the transport says of the playhead."""
    return window.transport.place_label.text
