"""Keeps failures of ours away from the line that makes a collector; a wrong call is told as such.

`Guard` does so while a run is under way, when there is a file to note them in.
"""

import dis
import logging
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from collector.storage.errors import BlockError, CollectionError

logger = logging.getLogger("strobe.collector")

_RAISE = dis.opmap["RAISE_VARARGS"]

T = TypeVar("T")


class SetupGuard:
    """Tries what may fail.

    Attributes:
        failures: a sentence for each failure.
    """

    def __init__(self) -> None:
        self.failures: list[str] = []

    def __call__(self, what: str, make: Callable[[], T], otherwise: T) -> T:
        """What ``make`` gives, or ``otherwise``; ``what`` completes the sentence "Strobe failed while …".

        Raises:
            ValueError, CollectionError: the user's call is wrong.
        """
        try:
            return make()
        except Exception as error:
            if is_wrong_call(error):
                raise
            logger.debug("failed while %s", what, exc_info=True)
            self.failures.append(f"Strobe failed while {what}: {type(error).__name__}: {error}")
            return otherwise


def is_wrong_call(error: Exception) -> bool:
    """Whether a line of ours has raised the error, in words: then it is the user's to be told."""
    if not isinstance(error, ValueError | CollectionError) or isinstance(error, BlockError):
        return False
    innermost = _innermost(error.__traceback__)
    if innermost is None:
        return False
    frame = innermost.tb_frame
    is_ours = frame.f_globals.get("__name__", "").partition(".")[0] == "collector"
    return is_ours and frame.f_code.co_code[innermost.tb_lasti] == _RAISE


def _innermost(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace
