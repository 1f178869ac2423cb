"""A window of 1600×1000 px that is driven, and waited for until it has painted."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDockWidget

from app.replay.opened import OpenedCollection
from app.replay.pass_cache import PassCache
from app.views.network.modules.reading import open_all_modules
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_application, make_window
from tests.app.parts import part
from tests.app.views.network.driving import move, point_of


class Watch:
    """Waits for a window to paint what it was asked for."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.session = window._session
        self._loop = QEventLoop()
        self._is_ready = self._is_judged = False
        self.session.findings.ready.connect(self._on_judged)
        self.session.frame_ready.connect(self._on_frame)
        part(window, "network").frame_painted.connect(self._on_painted)
        part(window, "modules").frame_painted.connect(self._on_painted)

    def _on_judged(self, report: object) -> None:
        self._is_judged = True

    def _on_frame(self, frame: object) -> None:
        self._is_ready = True

    def _on_painted(self) -> None:
        if self._is_ready:
            self._loop.quit()

    def open(self, path: Path) -> float:
        """Seconds from the wish to the first painted frame; from then on every pass is read from the file.

        Returns when the rules have been put to it: what they cost is nothing that a switch takes.
        """
        self._is_ready = self._is_judged = False
        began = time.perf_counter()
        self.window.open(path)
        self._wait()
        taken = time.perf_counter() - began
        object.__setattr__(self.opened, "passes", PassCache(self.opened.collection.passes, most_bytes=0))
        while not self._is_judged:
            QTest.qWait(50)
        return taken

    @property
    def opened(self) -> OpenedCollection:
        """What is open."""
        assert self.session.opened is not None
        return self.session.opened

    def show_docks(self, are_shown: bool) -> None:
        """All of them and the menu bar, or the network alone."""
        for dock in self.window.findChildren(QDockWidget):
            dock.setVisible(are_shown)
        self.window.menuBar().setVisible(are_shown)
        self.window.run_bar.setVisible(are_shown)
        QApplication.processEvents()

    def draw_as_modules(self) -> None:
        """Whatever the network's size."""
        self.session.draw_as_modules(as_modules=True)
        QTest.qWait(500)

    def open_all_modules(self) -> None:
        """Show every call of a module, as large as it fits the window."""
        open_all_modules(self.session)
        QTest.qWait(500)

    def switch(self, number: int) -> float:
        """Seconds of the processor, on all threads, from the wish to the painted frame."""
        self._is_ready = False
        began = time.process_time()
        self.session.show_pass(number)
        self._wait()
        return time.process_time() - began

    def switch_any(self, number: int) -> float:
        """The same whichever view is in front: until everything that the frame changed is painted."""
        self._is_ready = False
        began = time.process_time()
        self.session.show_pass(number)
        self.settle()
        return time.process_time() - began

    def settle(self) -> None:
        """Wait for a frame, and paint it."""
        while not self._is_ready:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        QApplication.processEvents()

    def point_at(self, column: int, position: int) -> float:
        """The same from a move of the pointer to a unit to the painted frame in which it is lit."""
        began = time.process_time()
        move(part(self.window, "network"), point_of(part(self.window, "network"), column, position))
        self._wait()
        return time.process_time() - began

    def _wait(self) -> None:
        timeout = QTimer()
        timeout.setSingleShot(True)
        timeout.timeout.connect(lambda: self._loop.exit(1))
        timeout.start(60_000)
        if self._loop.exec():
            raise SystemExit("the window did not paint within a minute")


@contextmanager
def watched_window(folder: Path) -> Iterator[Watch]:
    """A window that keeps its settings in a folder."""
    application = make_application()
    window, _ = make_window(Settings(folder / "strobe.ini"))
    window.resize(1600, 1000)
    window.show()
    yield Watch(window)
    window.close()
    del application  # which lives as long as somebody holds it
