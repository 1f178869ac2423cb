"""Errors that nobody foresaw: logged with version and file, shown once, and the window lives on."""

import logging
import platform
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR

import collector

log = logging.getLogger("strobe.app")


class CrashHandler:
    """Stands in for ``sys.excepthook``: without it, an exception that leaves a Qt slot ends the process.

    Args:
        log_path: where everything is written.
        show: tells the user, once for each kind of error.
        current_file: names the collection that is open, for the log.
    """

    def __init__(self, log_path: Path, show: Callable[[str], None], current_file: Callable[[], str]) -> None:
        self._log_path = log_path
        self._show = show
        self._current_file = current_file
        self._shown: set[str] = set()

    def install(self) -> None:
        """Take over from Python's own handler."""
        try:
            self._log_path.parent.mkdir(parents=True, exist_ok=True)
            log.addHandler(RotatingFileHandler(self._log_path, maxBytes=2**20, backupCount=1, delay=True))
        except OSError as error:
            log.warning("No log file: %s", error)
        sys.excepthook = self

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        about = (
            f"Strobe {collector.__version__}, Qt {QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}, "
            f"Python {platform.python_version()}, {platform.platform()}, open: {self._current_file()}"
        )
        log.error("Unexpected error (%s)", about, exc_info=(kind, error, trace))
        text = f"{kind.__name__}: {error}"
        if text not in self._shown:
            self._shown.add(text)
            self._show(f"Something went wrong that should not have: {text}. The details are in {self._log_path}.")
