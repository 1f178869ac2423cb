"""What is looked at for a while is read whole, on a job's thread, and what others follow at once is not."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.holding import Holding
from app.jobs import Jobs
from app.window.main_window import MainWindow
from collector.storage.passes import Pass


class Taken:
    """A pass that notes where it was read."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def hold(self) -> None:
        self.threads.append(threading.current_thread())


def frame_of(taken: Taken, sides: Any = None) -> Any:
    return SimpleNamespace(taken=taken, sides=sides)


@pytest.fixture
def holding(qapp: Any) -> Iterator[Holding]:
    jobs, owner = Jobs(), QObject()
    yield Holding(jobs, owner)
    jobs.close()


OPENED: Any = SimpleNamespace(files=())


def test_that_what_rests_is_read_whole_on_another_thread_and_what_was_left_is_not(
    holding: Holding, qtbot: QtBot
) -> None:
    left, away, rests = Taken(), Taken(), Taken()
    holding.look_at(OPENED, frame_of(left))
    holding.look_at(OPENED, frame_of(away))
    holding.look_away()
    holding.look_at(OPENED, frame_of(rests))
    qtbot.waitUntil(lambda: bool(rests.threads))
    assert threading.main_thread() not in rests.threads
    assert not left.threads and not away.threads


def test_that_what_waits_to_be_read_is_not_read_once_it_is_looked_away_from(holding: Holding, qtbot: QtBot) -> None:
    begun, gate = threading.Event(), threading.Event()

    class Slow(Taken):
        def hold(self) -> None:
            begun.set()
            gate.wait(30)

    waits = Taken()
    for taken in (Slow(), waits):
        holding.look_at(OPENED, frame_of(taken))
        holding._hold()
        assert begun.wait(30)
    holding.look_away()
    gate.set()
    qtbot.waitUntil(lambda: not holding._jobs.is_busy(holding))
    assert waits.threads == []


def test_that_of_a_difference_both_sides_are_read(holding: Holding, qtbot: QtBot) -> None:
    a, b = Taken(), Taken()
    holding.look_at(OPENED, frame_of(a, sides=(frame_of(a), frame_of(b))))
    qtbot.waitUntil(lambda: bool(b.threads))
    assert a.threads


def test_that_the_pass_at_which_the_playhead_rests_is_read_whole(
    open_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    monkeypatch.setattr(Pass, "hold", lambda one: held.append(one.number))
    open_window._session.show_pass(1)
    open_window._session.show_pass(2)
    qtbot.waitUntil(lambda: 2 in held)
    assert 1 not in held


def test_that_a_window_that_closes_reads_nothing_more(
    open_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []
    monkeypatch.setattr(Pass, "hold", lambda one: held.append(one.number))
    open_window._session.show_pass(1)
    open_window.close()
    other, taken = Holding(Jobs(is_synchronous=True), open_window), Taken()
    other.look_at(OPENED, frame_of(taken))
    qtbot.waitUntil(lambda: bool(taken.threads))
    assert held == []
