"""The whole window on one collection: every tab, every pass, every widget pointed at."""

import gc
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt, QtMsgType, qInstallMessageHandler
from PyQt6.QtGui import QHelpEvent, QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QTabWidget, QToolTip, QWidget
from PyQt6.sip import isdeleted

from app.session import Session
from app.window.main_window import MainWindow

MOST_PASSES = 4
PATIENCE_S, AT_MOST_S = 20.0, 300.0
"""Of processor time that the background may take, and by the clock, where it waits for something that never comes."""
ACROSS = (0.06, 0.5, 0.94)
MODES = (Qt.Key.Key_G, Qt.Key.Key_U, Qt.Key.Key_C, Qt.Key.Key_W, Qt.Key.Key_M, Qt.Key.Key_E, Qt.Key.Key_M)


@dataclass
class Seen:
    """What happened while a file was open.

    Attributes:
        errors: tracebacks that reached the hook, and warnings of Qt.
        longest: processor time of the longest turn of the event loop, in s, and what was done in it.
        resident: MB after it.
        is_open: whether the file was taken.
        problems: what the user was told.
    """

    errors: list[str] = field(default_factory=list)
    longest: tuple[float, str] = (0.0, "")
    resident: float = 0.0
    peak: float = 0.0
    is_open: bool = False
    problems: list[str] = field(default_factory=list)


class Driver:
    """Drives one window.

    Args:
        on_tooltip: is given each tooltip that is shown, and the widget under it.
        on_tab: is called when all of a tab was looked at.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        on_tooltip: Callable[[str, QWidget], None] = lambda text, widget: None,
        on_tab: Callable[[], None] = lambda: None,
    ) -> None:
        self._window, self._session = window, session
        self._on_tooltip, self._on_tab = on_tooltip, on_tab
        self._seen = Seen()
        session.problem_occurred.connect(self._on_problem)

    def _on_problem(self, text: str) -> None:
        self._seen.problems.append(text)

    def drive(self, path: Path) -> Seen:
        """Open a file and look at all of it."""
        self._seen = seen = Seen()
        with self._watched():
            before = self._session.opened
            self._turn("open", lambda: self._window.open(path))
            self._settle("open")
            opened = self._session.opened
            seen.is_open = opened is not None and opened is not before
            if seen.is_open and opened is not None:
                self._look_at_all(opened.n_passes)
        seen.resident = _resident()
        seen.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return seen

    def _look_at_all(self, n_passes: int) -> None:
        tabs = self._window.centralWidget().findChild(QTabWidget)  # type: ignore[union-attr]
        assert tabs is not None
        stride = max(n_passes // MOST_PASSES, 1)
        for number in range(tabs.count()):
            self._turn(f"tab {tabs.tabText(number)}", lambda number=number: tabs.setCurrentIndex(number))
            self._settle(f"tab {tabs.tabText(number)}")
            for each in range(0, n_passes, stride):
                self._turn(f"pass {each} of {tabs.tabText(number)}", lambda each=each: self._session.show_pass(each))
                self._settle(f"pass {each} of {tabs.tabText(number)}")
            self._hover(self._window, tabs.tabText(number))
            self._on_tab()
        self._turn("first tab", lambda: tabs.setCurrentIndex(0))
        for key in MODES:
            self._turn(f"key {key.name}", lambda key=key: QTest.keyClick(self._window, key))
            self._settle(f"key {key.name}")
        self._hover(tabs, "modules")
        for name in [*self._session.opened.collection.layers][:3] if self._session.opened else []:
            self._turn("layer", lambda name=name: self._session.select_layer(name))
            self._turn("unit", lambda name=name: self._session.pin_unit((name, 0)))
            self._settle("unit")
        self._hover(self._window, "unit")
        self._turn("sample", lambda: self._session.choose_sample(10**6))
        self._settle("sample")
        self._turn("no unit", lambda: self._session.pin_unit(None))

    def _hover(self, within: QWidget, what: str) -> None:
        for widget in within.findChildren(QWidget):
            if isdeleted(widget) or not widget.isVisible() or not widget.width() or not widget.height():
                continue
            name = f"{what}: pointer over {type(widget).__name__} {widget.objectName()}"
            for x in ACROSS:
                for y in ACROSS:
                    at = QPoint(int(x * widget.width()), int(y * widget.height()))
                    self._turn(name, lambda widget=widget, at=at: _point(widget, at))
                    if text := QToolTip.text():
                        self._on_tooltip(text, widget)
        QToolTip.hideText()

    def _is_busy(self) -> bool:
        jobs = self._session._jobs
        return bool(jobs._running or jobs._waiting)

    def _settle(self, what: str) -> None:
        """Let the background come to its end."""
        worked, deadline = time.process_time() + PATIENCE_S, time.monotonic() + AT_MOST_S
        self._turn(what, QApplication.processEvents)
        while self._is_busy() and time.process_time() < worked and time.monotonic() < deadline:
            time.sleep(0.002)
            self._turn(what, QApplication.processEvents)
        if self._is_busy():
            self._seen.errors.append(f"still busy after {PATIENCE_S:.0f} s of work, or {AT_MOST_S:.0f} s: {what}")
        self._turn(what, QApplication.processEvents)

    def _turn(self, what: str, act: Callable[[], object]) -> None:
        began = time.thread_time()
        act()
        took = time.thread_time() - began
        if took > self._seen.longest[0]:
            self._seen.longest = (took, what)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Whatever reaches the hook, and whatever Qt warns of, is an error."""
        seen = self._seen
        hook = sys.excepthook
        sys.excepthook = lambda *error: seen.errors.append("".join(traceback.format_exception(*error)))

        def on_message(kind: QtMsgType, context: object, text: str | None) -> None:
            if kind is not QtMsgType.QtDebugMsg and "This plugin does not support" not in str(text):
                seen.errors.append(f"Qt: {text}")

        before = qInstallMessageHandler(on_message)
        try:
            yield
        finally:
            sys.excepthook = hook
            qInstallMessageHandler(before)
            gc.collect()


def _point(widget: QWidget, at: QPoint) -> None:
    """The pointer comes to rest there: it moves, and its tooltip is asked for."""
    none = Qt.MouseButton.NoButton
    where = QPointF(widget.mapToGlobal(at))
    QApplication.sendEvent(
        widget,
        QMouseEvent(QEvent.Type.MouseMove, QPointF(at), where, none, none, Qt.KeyboardModifier.NoModifier),
    )
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, where.toPoint()))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
