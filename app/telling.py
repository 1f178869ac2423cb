"""What long work on another thread does at each of its steps."""

import time
from collections.abc import Callable

TELL_SECONDS = 0.1
"""Progress is told so often: the window would do nothing but paint it if it were told of each step."""

WORK_SECONDS, REST_SECONDS = 0.004, 0.004
"""Python lets one thread compute at a time, and a frame of the window has hundreds of turns to wait for: without the
rests, reading a unit's 5,000 passes held the window up for half a second."""


class Telling:
    """Called with ``(steps done, steps in all)``: tells of them now and then, rests, and says whether to go on.

    Args:
        tell: hears how far the work is.
        is_wanted: whether anybody still waits for it.
    """

    def __init__(self, tell: Callable[[int, int], None], is_wanted: Callable[[], bool]) -> None:
        self._tell = tell
        self._is_wanted = is_wanted
        self._told_at = self._rested_at = time.monotonic()

    def __call__(self, done: int, total: int) -> bool:
        if not self._is_wanted():
            return False
        now = time.monotonic()
        if now - self._told_at >= TELL_SECONDS:
            self._told_at = now
            self._tell(done, total)
        if now - self._rested_at >= WORK_SECONDS:
            time.sleep(REST_SECONDS)
            self._rested_at = time.monotonic()
        return True
