"""How a training is ended from outside: by a signal, or by the window that has started it and is gone. Light."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from types import FrameType
from typing import Protocol


class Stoppable(Protocol):
    """What can be stopped after its step."""

    def stop(self) -> None: ...


@contextmanager
def stopped_by_signals(trainer: Stoppable) -> Iterator[None]:
    """SIGINT and SIGTERM stop the trainer cleanly; a second one of them is what it always was."""

    def stop(number: int, frame: FrameType | None) -> None:
        trainer.stop()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def terminate_at_end_of_input() -> None:
    """Send this process SIGTERM when its standard input ends, as it does with the process at its other end.

    Whoever starts a training through a pipe thereby ends it by closing that, and by dying, on any system.
    """
    Thread(target=_await_end_of_input, name="end-of-input", daemon=True).start()


def _await_end_of_input() -> None:
    # not through sys.stdin, whose lock a thread must not hold when Python ends
    while os.read(0, 4096):
        pass
    sys.stdout.flush()
    # Who read the output is gone too, and a training must not fail because its last words have no reader.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    signal.raise_signal(signal.SIGTERM)
