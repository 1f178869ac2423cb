"""What moves the playhead while a run is played."""

import time
from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.replay.clock import Playback
from app.replay.state import ReplayState


class Playing(QObject):
    """Ticks as often as passes follow each other.

    Args:
        n_passes: tells how many there are, which may be more each time.

    Signals:
        due(int, bool): the pass that is on now, and whether the playback has come to its end there.
    """

    due = pyqtSignal(int, bool)

    def __init__(self, n_passes: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._n_passes = n_passes
        self._playback: Playback | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def restart(self, state: ReplayState) -> None:
        """Go on from where the state is now, at its speed, or rest where it does not play."""
        if not state.is_playing:
            self.stop()
            return
        self._playback = Playback(state.pass_number, time.monotonic(), state.delay_ms, state.is_looping, state.stride)
        self._timer.start(state.delay_ms)

    def stop(self) -> None:
        """Rest."""
        self._playback = None
        self._timer.stop()

    def _tick(self) -> None:
        if self._playback is not None:
            self.due.emit(*self._playback.pass_at(time.monotonic(), self._n_passes()))
