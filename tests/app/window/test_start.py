"""The window from its start on: as the program shows it, with nothing and with what it was called with."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import platformdirs
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import LIGHT, active
from app.window import start
from app.window.crash import CrashHandler
from app.window.demos import DEFAULT
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.theme import apply_theme
from app.window.thumbnails import Thumbnails
from app.window.train_dialog import TrainingChoices, TrainingRequest
from app.window.training import Training
from collector.comparing.saved import SavedComparison

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
        # without a folder of a company's, which there is on Windows
        monkeypatch.setattr(platformdirs, name, lambda app, *, appauthor: str(tmp_path / f"{app}{appauthor or ''}"))
    monkeypatch.setattr(start, "make_window", make_window)
    monkeypatch.setattr(Thumbnails, "_start", lambda *_: None)
    monkeypatch.setattr(QApplication, "exec", lambda *_: 0)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    yield show
    logging.getLogger("strobe.app").handlers.clear()
    for window in made:
        window.close()
        window.deleteLater()


def test_that_a_program_that_is_told_nothing_begins_with_the_start_page(show: Show, tmp_path: Path) -> None:
    window = show()
    assert window.beginning.page.isVisible()
    assert window._settings.folder == tmp_path / "strobe"
    assert window.beginning.thumbnails._folder == tmp_path / "strobe" / "thumbnails"


def test_that_a_program_that_is_given_a_file_begins_with_that(show: Show, collection_path: Path) -> None:
    window = show(path=collection_path)
    assert window.windowTitle() == "small.json — Strobe"
    assert not window.beginning.page.isVisible()


def test_that_a_window_with_nothing_open_tells_of_no_run_and_no_problem(window: MainWindow) -> None:
    assert not window.run_bar.isVisible()
    assert not window.comparing_bar.isVisible()
    assert not window.remote_bar.isVisible()
    assert window.transport.place_label.text() == "no collection"
    assert not any(each.isEnabled() for each in (*window.transport._icons, window.transport.slider))


def test_that_a_program_that_is_given_two_runs_compares_them(show: Show, two_paths: tuple[Path, Path]) -> None:
    window = show(comparing=SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert window.windowTitle() == "usual.json | faster.json — Strobe"
    assert not window.beginning.is_shown


def test_that_a_program_that_is_told_to_train_begins_with_the_training(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[TrainingRequest] = []
    monkeypatch.setattr(Training, "start", lambda _, request: trained.append(request))
    request = TrainingRequest(("--model", "mlp"), tmp_path / "run.json")
    window = show(request=request)
    assert (trained, window.beginning.is_shown) == ([request], False)


def test_that_a_program_that_is_asked_for_a_demo_shows_it(show: Show) -> None:
    window = show(demo=DEFAULT)
    assert window.windowTitle() == f"{DEFAULT.path.name} — Strobe"
    assert not window.beginning.is_shown


def test_that_what_nobody_foresaw_is_logged_with_what_is_open_and_told_in_the_window(
    show: Show, collection_path: Path, tmp_path: Path
) -> None:
    window = show(path=collection_path)
    handler = sys.excepthook
    assert isinstance(handler, CrashHandler)
    assert handler._current_file() == str(collection_path)
    handler._show("something went wrong")
    assert window.run_bar.problem_label.text() == "something went wrong"
    assert show() is not window
    assert isinstance(sys.excepthook, CrashHandler)
    assert sys.excepthook._current_file() == "nothing"


def test_that_signals_do_what_they_did_before_when_the_window_is_gone(show: Show) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    show()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_that_the_window_is_dressed_as_it_was_the_last_time(show: Show, tmp_path: Path, qapp: QApplication) -> None:
    Settings(tmp_path / "strobe" / "strobe.ini").keep_theme("light")
    assert show().theme_action.isChecked()
    assert active() is LIGHT
    apply_theme(qapp)


def test_that_views_that_cannot_be_loaded_are_told_of(
    qtbot: QtBot, qapp: QApplication, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "all_views", lambda: ((), ["One is broken.", "So is another."]))
    window, session = start.make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    assert window.run_bar.problem_label.text() == "One is broken. So is another."
    session.close()
