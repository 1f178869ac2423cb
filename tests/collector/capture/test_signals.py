"""Signals are heard of first, one at a time, and then do what they did before."""

import os
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from collector.capture.overhead import Overhead
from collector.capture.signals import SignalWatch


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What was heard, in order; a handler of the user's own is there before, and Python's own for Ctrl+C.

    A process that a shell starts in the background ignores that one.
    """
    heard: list[str] = []

    def own(number: int, frame: FrameType | None) -> None:
        heard.append("own")

    before = signal.signal(signal.SIGTERM, own)
    at_interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield heard
    signal.signal(signal.SIGTERM, before)
    signal.signal(signal.SIGINT, at_interrupt)


def test_that_the_handler_before_is_called_behind(heard: list[str]) -> None:
    watch = SignalWatch(heard.append, Overhead())
    os.kill(os.getpid(), signal.SIGTERM)
    assert heard == ["SIGTERM", "own"]
    watch.close()
    os.kill(os.getpid(), signal.SIGTERM)
    assert heard == ["SIGTERM", "own", "own"]


def test_that_a_signal_waits_until_what_is_ours_is_done(heard: list[str]) -> None:
    overhead = Overhead()
    watch = SignalWatch(heard.append, overhead)
    with overhead.of("passes"):
        with overhead.of("scalars"):
            os.kill(os.getpid(), signal.SIGTERM)
        assert heard == []
    assert heard == ["SIGTERM", "own"]
    watch.close()


def test_that_ctrl_c_stays_an_interrupt(heard: list[str]) -> None:
    watch = SignalWatch(heard.append, Overhead())
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    assert heard == ["SIGINT"]
    watch.close()


def test_that_a_handler_that_somebody_has_put_over_it_stays(heard: list[str]) -> None:
    watch = SignalWatch(heard.append, Overhead())
    over = lambda number, frame: heard.append("over")  # noqa: E731
    signal.signal(signal.SIGTERM, over)
    watch.close()
    assert signal.getsignal(signal.SIGTERM) is over


def test_that_what_is_ignored_stays_ignored(heard: list[str]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    watch = SignalWatch(heard.append, Overhead())
    os.kill(os.getpid(), signal.SIGTERM)
    assert heard == []
    watch.close()
