"""Long work tells how far it is, and lets the window have its turn."""

import pytest

from app import jobs
from app.jobs import REST_SECONDS, TELL_SECONDS, WORK_SECONDS, Progress


class Clock:
    """A time that goes on only by what is done in it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.rests = 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.rests += 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(jobs, "time", clock)
    return clock


def test_that_long_work_is_told_now_and_then_and_rests_more_often(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    progress = Progress(lambda *steps: told.append(steps))
    for number in range(1000):
        clock.now += 0.001
        assert progress(number + 1, 1000)
    seconds = 1.0 + clock.rests * REST_SECONDS
    assert len(told) == pytest.approx(seconds / TELL_SECONDS, abs=1)
    assert clock.rests == pytest.approx(1.0 / WORK_SECONDS, abs=1)


def test_that_short_work_is_neither_told_nor_held_up(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    progress = Progress(lambda *steps: told.append(steps))
    assert all(progress(number + 1, 1000) for number in range(1000))
    assert (told, clock.rests) == ([], 0)


def test_that_work_nobody_waits_for_ends(clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    progress = Progress(lambda *steps: told.append(steps))
    progress.is_wanted = False
    clock.now += 10
    assert not progress(1, 2)
    assert told == []


@pytest.mark.parametrize(("seconds", "expected"), [(0.1, [(1, 2)]), (0.09, [])])
def test_that_the_first_word_comes_when_it_is_due(
    clock: Clock, seconds: float, expected: list[tuple[int, int]]
) -> None:
    clock.now = 0.0  # where a tenth is a tenth
    told: list[tuple[int, int]] = []
    progress = Progress(lambda *steps: told.append(steps))
    clock.now += seconds
    progress.tell(1, 2)
    progress.tell(2, 2)
    assert told == expected


@pytest.mark.parametrize(("seconds", "n_rests"), [(0.004, 1), (0.003, 0)])
def test_that_it_rests_when_that_is_due_and_for_a_while(clock: Clock, seconds: float, n_rests: int) -> None:
    clock.now = 0.0
    progress = Progress()
    clock.now += seconds
    assert [progress.rest(), progress.rest()] == [True, True]
    assert (clock.rests, clock.now) == (n_rests, seconds + n_rests * 0.004)


def test_that_whoever_is_not_waited_for_does_not_rest(clock: Clock) -> None:
    progress = Progress()
    progress.is_wanted = False
    clock.now += 1
    assert (progress.rest(), clock.rests) == (False, 0)
