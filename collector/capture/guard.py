"""Keeps failures of ours away from the training that is watched."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger("strobe.collector")


class CollectorWarning(UserWarning):
    """The collector could not take something; the training goes on as if nothing had happened."""


class Guard:
    """Turns an error inside ``with guard("taking a pass"):`` into a note and a warning, once for each text.

    Args:
        note: takes the sentence for the file.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._said: set[str] = set()

    @contextmanager
    def __call__(self, what: str) -> Iterator[None]:
        """``what`` completes the sentence "Strobe failed while …"."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not reach the training
            self.say(f"Strobe failed while {what}: {type(error).__name__}: {error}", error)

    def say(self, text: str, error: Exception | None = None) -> None:
        """Note and warn, once for each text."""
        if text in self._said:
            return
        self._said.add(text)
        log.debug(text, exc_info=error)
        self._note(text)
        with warnings.catch_warnings():
            # Under "error" a warning would be the very failure that this guard is here to stop.
            if any(action == "error" for action, *_ in warnings.filters):
                warnings.simplefilter("default", CollectorWarning)
            warnings.warn(text, CollectorWarning, stacklevel=4)
