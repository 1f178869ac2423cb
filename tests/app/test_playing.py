"""What moves the playhead: how often it ticks, and what is due at a tick."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.playing import Playing
from app.replay.state import ReplayState
from tests.app.clock import Clock

PLAYS = ReplayState(pass_number=2, is_playing=True, delay_ms=500, is_looping=False)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(10.0)
    monkeypatch.setattr("app.playing.time.monotonic", clock)
    return clock


@pytest.fixture
def playing(qtbot: QtBot, clock: Clock) -> Iterator[Playing]:
    owner = QObject()
    yield Playing(lambda: 5, owner)
    del owner


@pytest.fixture
def due(playing: Playing) -> list[tuple[int, bool]]:
    told: list[tuple[int, bool]] = []
    playing.due.connect(lambda number, has_ended: told.append((number, has_ended)))
    return told


def tick(playing: Playing, clock: Clock, seconds: float) -> None:
    clock.now += seconds
    playing._timer.timeout.emit()


def test_that_it_ticks_as_often_as_passes_follow_each_other(playing: Playing) -> None:
    assert not playing._timer.isActive()
    for delay_ms in (500, 200):
        playing.restart(replace(PLAYS, delay_ms=delay_ms))
        assert (playing._timer.isActive(), playing._timer.interval()) == (True, delay_ms)
    playing.restart(replace(PLAYS, is_playing=False))
    assert not playing._timer.isActive()


def test_that_each_tick_tells_which_pass_is_on_and_whether_that_is_the_end(
    playing: Playing, clock: Clock, due: list[tuple[int, bool]]
) -> None:
    playing.restart(PLAYS)
    for seconds in (0.5, 0.4, 0.1, 5.0):
        tick(playing, clock, seconds)
    assert due == [(3, False), (3, False), (4, True), (4, True)]


def test_that_nothing_is_due_where_nothing_plays(playing: Playing, clock: Clock, due: list[tuple[int, bool]]) -> None:
    tick(playing, clock, 1.0)
    playing.restart(PLAYS)
    playing.stop()
    assert not playing._timer.isActive()
    tick(playing, clock, 1.0)
    assert due == []


def test_that_it_goes_on_from_where_it_is_restarted(
    playing: Playing, clock: Clock, due: list[tuple[int, bool]]
) -> None:
    playing.restart(PLAYS)
    clock.now += 0.4
    playing.restart(replace(PLAYS, pass_number=0, stride=2, is_looping=True))
    for seconds in (0.4, 0.1, 0.5, 0.5):
        tick(playing, clock, seconds)
    assert due == [(0, False), (2, False), (4, False), (1, False)]
