"""Draws slowly what there was no time to draw, once nothing has moved for a while."""

import time
from collections.abc import Callable, Iterator

from PyQt6.QtCore import QObject, QTimer

REST_MS = 150
"""Nothing has moved for so long: whoever looks now sees details."""

_SLICE_SECONDS = 0.006
"""The event loop waits no longer than this, and the one stroke that passes it."""


class DeferredDrawing(QObject):
    """Runs a drawing of many strokes in slices, so that it never blocks; a newer one takes its place."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._begin: Callable[[], Iterator[None]] | None = None
        self._strokes: Iterator[None] | None = None
        self._on_done: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_under_way(self) -> bool:
        """Whether there is something still to be drawn."""
        return self._begin is not None or self._strokes is not None

    def ask(self, begin: Callable[[], Iterator[None]], on_done: Callable[[], None]) -> None:
        """After a rest call ``begin`` and run through its strokes, then call ``on_done``."""
        self.forget()
        self._begin, self._on_done = begin, on_done
        self._timer.start(REST_MS)

    def forget(self) -> None:
        """Draw nothing."""
        self._timer.stop()
        if self._strokes is not None:
            self._strokes.close()  # type: ignore[attr-defined]
        self._begin = self._strokes = self._on_done = None

    def _go_on(self) -> None:
        if self._begin is not None:
            self._strokes, self._begin = self._begin(), None
        assert self._strokes is not None, "the timer runs only while something is asked for"
        until = time.perf_counter() + _SLICE_SECONDS
        for _ in self._strokes:
            if time.perf_counter() > until:
                self._timer.start(0)
                return
        self._strokes = None
        if self._on_done is not None:
            self._on_done()
