"""Hears of signals that may end the process, before whoever handles them."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from collector.capture.overhead import Overhead

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those that a Python process can catch, and that end it where nobody handles them."""


class SignalWatch:
    """Is told of a signal first; then what handled it before does, or ends the process.

    A signal that comes while something of ours is under way waits until that is done, so that no record is written
    within another. In a child that the process forks, all is as if nobody watched.

    Args:
        hear: is given the name of the signal, as ``SIGTERM``.
        overhead: knows when something of ours is under way.
    """

    def __init__(self, hear: Callable[[str], None], overhead: Overhead) -> None:
        self._hear, self._overhead = hear, overhead
        self._owner, self._is_open = os.getpid(), True
        self._before: dict[int, Any] = {}
        if threading.current_thread() is not threading.main_thread():
            return  # Python hears of signals in the main thread, and lets no other one ask for them
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            # what is ignored stays so, and what C code handles could not be put back
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                with suppress(ValueError, OSError):  # of a subinterpreter
                    self._before[number] = signal.signal(number, self._on_signal)

    @property
    def is_watching(self) -> bool:
        """Whether any is heard of."""
        return bool(self._before)

    def close(self) -> None:
        """Signals do what they did before. Where somebody has put a handler over ours, ours hears no more."""
        self._is_open = False
        for number, before in self._before.items():
            # one that was bound anew is another object, and equal
            if signal.getsignal(number) == self._on_signal and threading.current_thread() is threading.main_thread():
                signal.signal(number, before)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._is_open and os.getpid() == self._owner:
            if self._overhead.is_ours:
                self._overhead.afterwards = lambda: self._on_signal(number, frame)
                return
            self._hear(signal.Signals(number).name)
        before = self._before[number]
        if callable(before):
            before(number, frame)
        elif before == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
