"""Keeps failures of ours away from the training that is watched."""

import logging
import sys
import warnings
from collections.abc import Callable
from types import FrameType, TracebackType

import numpy as np

from collector.capture.repeated_notes import RepeatedNotes

logger = logging.getLogger("strobe.collector")

_OURS = ("collector", "torch", "keras", "tensorflow")
"""Packages whose lines a user did not write."""


class CollectorWarning(UserWarning):
    """The collector could not take something; the training goes on as if nothing had happened."""


class Guard:
    """Turns an error inside ``with guard("taking a pass"):`` into a note and a warning.

    Each kind of error is told once for each thing that was being done, so that one that comes back at every step
    does not fill the file; `ended` tells how often it came.

    Args:
        note: takes the sentence for the file.
        step: the step under way.
    """

    def __init__(self, note: Callable[[str], None], step: Callable[[], int] = lambda: 0) -> None:
        self._note, self._step = note, step
        self._kinds = RepeatedNotes()

    def __call__(self, what: str) -> "_Guarded":
        """A context; ``what`` completes the sentence "Strobe failed while …"."""
        return _GuardedNumbers(self, what)

    def quick(self, what: str) -> "_Guarded":
        """The same for a passage that computes nothing with NumPy, whose warnings stay as they are.

        To turn them off takes longer than most of what is done at each step.
        """
        return _Guarded(self, what)

    def failed(self, what: str, error: Exception) -> None:
        """The same where the passage catches its errors itself, which costs nothing as long as there are none."""
        logger.debug("failed while %s", what, exc_info=error)
        self.say(f"Strobe failed while {what}: {type(error).__name__}: {error}", once=(what, type(error)))

    def say(self, text: str, *, once: object = None) -> None:
        """Note and warn, once for each text, or for each value of ``once`` (see `RepeatedNotes`)."""
        if self._kinds.is_new(text, once, self._step()):
            self._write(text)
            _warn(text)

    def remark(self, text: str, *, once: object = None) -> None:
        """Note, as rarely, what a reader has to know and nobody has to be warned of."""
        if self._kinds.is_new(text, once, self._step()):
            self._write(text)

    def ended(self) -> None:
        """Note how often those came that were not written."""
        for text in self._kinds.counted():
            self._write(text)

    def _write(self, text: str) -> None:
        try:
            self._note(text)
        except Exception:  # noqa: BLE001 - a note that cannot be written must not reach the training either
            logger.debug("A note could not be written: %s", text, exc_info=True)


class _Guarded:
    """One guarded passage. A class, because a generator would cost as much as all else that a step costs."""

    __slots__ = ("_guard", "_what")

    def __init__(self, guard: Guard, what: str) -> None:
        self._guard = guard
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):  # nothing, or Ctrl-C, which is the user's
            return False
        self._guard.failed(self._what, error)
        return True


class _GuardedNumbers(_Guarded):
    """Numbers of a training that diverges overflow in ours too: NumPy's warnings of that are nothing to the user."""

    __slots__ = ("_numpy",)

    def __enter__(self) -> None:
        self._numpy = np.errstate(all="ignore")
        self._numpy.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._numpy.__exit__(kind, error, trace)
        return super().__exit__(kind, error, trace)


def _warn(text: str) -> None:
    """Warn at the line of the user's script."""
    level = _frames_of_ours(sys._getframe()) + 1
    try:
        warnings.warn(text, CollectorWarning, stacklevel=level)
    except CollectorWarning:
        # Warnings are errors here, and would be the very failure that the guard is to stop.
        with warnings.catch_warnings():
            warnings.simplefilter("default", CollectorWarning)
            warnings.warn(text, CollectorWarning, stacklevel=level)


def _frames_of_ours(frame: FrameType) -> int:
    """How many calls lie between the warning and the first line that is neither ours nor the framework's."""
    count = 0
    caller: FrameType | None = frame
    while caller is not None and caller.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        caller, count = caller.f_back, count + 1
    return count if caller is not None else 1
