"""The window from its start on: as the program shows it, with nothing and with what it was called with."""

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import start
from app.window.main_window import MainWindow
from app.window.thumbnails import Thumbnails
from app.window.train_dialog import TrainingChoices

Show = Callable[..., MainWindow]


@pytest.fixture
def show(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """Shows a window as the program does, and does not wait for its end."""
    made: list[MainWindow] = []

    def make_window(*given: Any, **named: Any) -> Any:
        window, session = start_window(*given, **named, is_synchronous=True)
        made.append(window)
        return window, session

    def show(**named: Any) -> MainWindow:
        choices = TrainingChoices(tmp_path / "main.py", {"digits": ("mlp",)}, lambda *_: tmp_path, frozenset(), ())
        assert start.show_window(choices, **named) == 0
        return made[-1]

    start_window = start.make_window
    for name in ("user_config_dir", "user_log_dir", "user_cache_dir"):
        monkeypatch.setattr(platformdirs, name, lambda *_, **__: str(tmp_path))
    monkeypatch.setattr(start, "make_window", make_window)
    monkeypatch.setattr(Thumbnails, "_start", lambda *_: None)
    monkeypatch.setattr(QApplication, "exec", lambda *_: 0)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    yield show
    logging.getLogger("strobe.app").handlers.clear()
    for window in made:
        window.close()
        window.deleteLater()


def test_that_a_program_that_is_told_nothing_begins_with_the_start_page(show: Show) -> None:
    assert show().beginning.page.isVisible()


def test_that_a_program_that_is_given_a_file_begins_with_that(show: Show, collection_path: Path) -> None:
    window = show(path=collection_path)
    assert window.windowTitle() == "small.json — Strobe"
    assert not window.beginning.page.isVisible()


def test_that_a_window_with_nothing_open_tells_of_no_run_and_no_problem(window: MainWindow) -> None:
    assert not window.run_bar.isVisible()
    assert not window.comparing_bar.isVisible()
    assert not window.remote_bar.isVisible()
    assert window.transport.place_label.text() == "no collection"
    assert not any(each.isEnabled() for each in (*window.transport._buttons(), window.transport.slider))
