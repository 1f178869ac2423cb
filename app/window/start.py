"""Starts the window."""

import os
import signal
import sys
from pathlib import Path

import platformdirs

# Qt hands each run of translucent or wide pixels to a pool of threads, which on few cores costs several times more
# than it gains. Read once, when the application is made.
os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")

from PyQt6.QtWidgets import QApplication

from app.jobs import Jobs
from app.session import Session
from app.views import all_views
from app.window.crash import CrashHandler
from app.window.demos import Demo
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.terminal_signals import TerminalSignals
from app.window.theme import apply_theme
from app.window.train_dialog import TrainingChoices, TrainingRequest
from collector.comparing.saved import SavedComparison
from collector.storage.paths import AnyPath


def make_window(
    settings: Settings,
    choices: TrainingChoices | None = None,
    *,
    cache: Path | None = None,
    is_synchronous: bool = False,
) -> tuple[MainWindow, Session]:
    """A window that shows nothing yet, and its session."""
    specs, problems = all_views()
    session = Session(Jobs(is_synchronous=is_synchronous), specs)
    window = MainWindow(session, settings, specs, choices, cache)
    if problems:
        window.show_problem(" ".join(problems))
    return window, session


def make_application(theme: str = "dark") -> QApplication:
    """The application, dressed."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Strobe")
    apply_theme(application, theme)
    return application


def show_window(
    choices: TrainingChoices,
    *,
    path: AnyPath | None = None,
    comparing: SavedComparison | None = None,
    request: TrainingRequest | None = None,
    demo: Demo | None = None,
) -> int:
    """Show a window until the user closes it; the exit code.

    With a collection, two that are compared, a training, a demo, or else the start page.
    """
    settings = Settings(Path(platformdirs.user_config_dir("strobe", appauthor=False)) / "strobe.ini")
    application = make_application(settings.theme())
    log_path = Path(platformdirs.user_log_dir("strobe", appauthor=False)) / "strobe.log"
    window: MainWindow
    session: Session
    current_file = lambda: str(session.opened.collection.path) if session.opened else "nothing"  # noqa: E731
    CrashHandler(log_path, lambda text: window.show_problem(text), current_file).install()  # noqa: PLW0108 - made below
    cache = Path(platformdirs.user_cache_dir("strobe", appauthor=False))
    window, session = make_window(settings, choices, cache=cache)
    if not (path or comparing or request or demo):
        window.show_start_page()
    window.show()
    signals = TerminalSignals({signal.SIGINT: window.close, signal.SIGTERM: window.close_at_once})
    if path:
        session.open(path)
    if comparing:
        session.compare(comparing)
    if request:
        window.train(request)
    if demo:
        window.open_demo(demo)
    try:
        return application.exec()
    finally:
        signals.close()
