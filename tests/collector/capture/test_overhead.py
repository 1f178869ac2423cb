"""The clock of what recording costs, and what a budget allows."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.capture.budget import HIDDEN, Budget
from collector.capture.insight import InsightRecorder
from collector.capture.insight_options import InsightOptions
from collector.capture.overhead import Overhead
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.storage.schema import FORMAT, VERSION, Header, Run


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "perf_counter", clock)
    return clock


@pytest.fixture
def overhead(clock: Clock) -> Overhead:
    return Overhead()


@pytest.fixture
def spend(clock: Clock, overhead: Overhead) -> Callable[[str | None, float], None]:
    def spend(kind: str | None, seconds: float) -> None:
        if kind is None:
            clock.now += seconds
            with overhead.of("scalars"):  # where the clock changes hands
                pass
        else:
            with overhead.of(kind):
                clock.now += seconds

    return spend


def test_that_the_trainings_time_and_ours_are_told_apart(overhead: Overhead, clock: Clock) -> None:
    overhead.begin()
    clock.now += 5
    with overhead.of("passes"):
        clock.now += 2
    clock.now += 3
    with overhead.of("scalars"):
        clock.now += 1

    assert overhead.training_seconds == 8
    assert overhead.seconds == {"passes": 2, "gradients": 0, "comparisons": 0, "stories": 0, "metrics": 0, "scalars": 1}
    assert overhead.total == 3


def test_that_a_passage_inside_another_counts_for_itself_alone(overhead: Overhead, clock: Clock) -> None:
    with overhead.of("scalars"):
        clock.now += 1
        with overhead.of("passes"):
            clock.now += 10
            with overhead.of("passes"):
                clock.now += 100
        clock.now += 1

    assert overhead.seconds["scalars"] == 2
    assert overhead.seconds["passes"] == 110


def test_that_the_trainings_time_begins_with_its_first_step_and_ours_at_once(overhead: Overhead, clock: Clock) -> None:
    clock.now += 50
    with overhead.of("comparisons"):
        clock.now += 4
    overhead.begin()
    clock.now += 1
    overhead.begin()
    clock.now += 1
    overhead.switch(None)

    assert overhead.training_seconds == 2
    assert overhead.seconds["comparisons"] == 4


def test_that_an_error_in_a_passage_gives_the_clock_back(overhead: Overhead, clock: Clock) -> None:
    overhead.begin()
    with pytest.raises(RuntimeError), overhead.of("passes"):
        raise RuntimeError
    clock.now += 1
    overhead.switch(None)

    assert overhead.training_seconds == 1


def test_that_without_a_budget_everything_is_afforded(overhead: Overhead, spend: Callable[..., None]) -> None:
    budget = Budget(overhead, None)
    overhead.begin()
    for _ in range(5):
        assert budget.allows("passes")
        spend("passes", 1000)

    assert not budget.has_left_out("passes")
    assert budget.summary() == ""


def test_that_what_comes_before_the_first_step_and_the_first_of_each_kind_is_afforded(
    overhead: Overhead, spend: Callable[..., None]
) -> None:
    budget = Budget(overhead, 0.01)
    for _ in range(2):
        assert budget.allows("comparisons")
        spend("comparisons", 10)
    overhead.begin()

    assert budget.allows("passes")
    spend("passes", 10)
    assert not budget.allows("passes")
    assert budget.allows("gradients")
    assert budget.has_left_out("passes") and not budget.has_left_out("gradients")


@pytest.mark.parametrize("share", [0.03, 0.2])
@pytest.mark.parametrize(("a_pass", "a_measurement"), [(0.008, 0.002), (0.5, 0.0001), (0.0001, 0.5)])
def test_that_over_a_long_run_the_budget_is_used_and_kept(
    overhead: Overhead, spend: Callable[..., None], share: float, a_pass: float, a_measurement: float
) -> None:
    budget = Budget(overhead, share)
    overhead.begin()
    for step in range(200_000):
        if step % 10 == 0 and budget.allows("gradients"):
            spend("gradients", a_measurement)
        if step % 50 == 0 and budget.allows("passes"):
            spend("passes", a_pass)
        spend(None, 0.001)

    spent = overhead.total / overhead.training_seconds
    wanted = (a_measurement / 10 + a_pass / 50) / 0.001
    assert spent <= share / HIDDEN + 0.5 / overhead.training_seconds
    assert spent == pytest.approx(min(share / HIDDEN, wanted), rel=0.1, abs=1 / overhead.training_seconds)


def test_that_neither_kind_starves_the_other(overhead: Overhead, spend: Callable[..., None]) -> None:
    budget = Budget(overhead, 0.03)
    overhead.begin()
    for step in range(100_000):
        for kind, interval, seconds in (("gradients", 10, 0.01), ("passes", 50, 0.01)):
            if step % interval == 0 and budget.allows(kind):
                spend(kind, seconds)
        spend(None, 0.001)

    assert overhead.seconds["passes"] == pytest.approx(overhead.seconds["gradients"], rel=0.1)


def test_that_the_summary_says_what_was_taken_and_what_not(overhead: Overhead, spend: Callable[..., None]) -> None:
    budget = Budget(overhead, 0.25)
    overhead.begin()
    for _ in range(4):
        if budget.allows("passes"):
            spend("passes", 1)
        spend(None, 5)

    assert budget.summary().startswith("To stay within 25 % of the training's time, 2 of 4 passes were taken")


@pytest.mark.parametrize("share", [0, 1, -0.1, 3, float("nan"), "3 %"])
def test_that_a_budget_that_is_no_share_is_refused(overhead: Overhead, share: object) -> None:
    with pytest.raises(ValueError, match=r"above 0 and below 1, as 0\.03"):
        Budget(overhead, share)  # type: ignore[arg-type]


def test_that_a_step_is_asked_of_the_budget_once_however_often_it_is_looked_at(tmp_path: Path) -> None:
    recorder = InsightRecorder([ParameterSpec("fc", "weight", 8)], InsightOptions(interval=4, sign_interval=6))
    run = Run("2024-05-01T12:00:00+00:00", 50, 0)
    log = RunLog(tmp_path / "run.json", Header(FORMAT, VERSION, run, []), overwrite=False)
    asked: list[int] = []
    log.affords = lambda kind: asked.append(log.steps_taken) or True  # type: ignore[method-assign,func-returns-value]
    recorder.start(log)
    for step in range(13):
        first = recorder.wants(step)
        assert recorder.wants(step) == first
        log.after_step()
    log.close()

    assert asked == [0, 3, 6, 7, 11, 12]  # pairs at 0, 3 and 4, 7 and 8, 11 and 12; rows at 0, 6, 12


def test_that_the_clock_tells_for_whom_it_ran(overhead: Overhead, clock: Clock) -> None:
    overhead.begin()
    assert overhead.switch("passes") is None
    clock.now += 2
    assert overhead.switch("gradients") == "passes"
    clock.now += 3
    assert overhead.switch(None) == "gradients"

    assert overhead.seconds == {"passes": 2, "gradients": 3, "comparisons": 0, "stories": 0, "metrics": 0, "scalars": 0}
    assert overhead.training_seconds == 0


def test_that_a_first_step_within_a_passage_leaves_the_clock_with_that_passage(
    overhead: Overhead, clock: Clock
) -> None:
    with overhead.of("comparisons"):
        clock.now += 1
        assert not overhead.has_begun
        overhead.begin()
        assert overhead.has_begun
        clock.now += 2
    clock.now += 4
    overhead.switch(None)

    assert overhead.seconds["comparisons"] == 3
    assert overhead.training_seconds == 4
