"""Ctrl+C in the terminal, and a request to terminate, while the window's event loop runs."""

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from PyQt6.QtCore import QObject, QSocketNotifier, QTimer


class TerminalSignals(QObject):
    """Calls back in the event loop when a signal comes; a second one of the same kind ends the process at once.

    Python runs a handler only when it runs at all, which in an idle event loop is never: the system wakes the loop
    through a socket.
    """

    def __init__(self, on_signal: dict[signal.Signals, Callable[[], object]], parent: QObject | None = None) -> None:
        """Listen from now on; ``on_signal``: what to do at which."""
        super().__init__(parent)
        self._acts = on_signal
        self._awake, self._wakes = socket.socketpair()
        for end in (self._awake, self._wakes):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._awake.fileno(), QSocketNotifier.Type.Read, self)  # type: ignore[call-overload]
        self._notifier.activated.connect(self._on_awake)
        self._woke_before = signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._on_signal) for number in on_signal}

    def close(self) -> None:
        """Listen no more; signals do what they did before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._woke_before)
        self._notifier.setEnabled(False)
        for end in (self._awake, self._wakes):
            end.close()

    def _on_awake(self) -> None:
        with suppress(BlockingIOError):  # that Python runs is all it takes
            self._awake.recv(4096)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        # not from here: a handler may run in the middle of anything
        QTimer.singleShot(0, self._acts[signal.Signals(number)])
