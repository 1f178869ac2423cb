"""Steps are looked at more rarely while that costs more than its part of a budget."""

from collector.capture.overhead import Overhead
from collector.capture.pace import MOST, STEPS, Pace


def after(pace: Pace, overhead: Overhead, n_blocks: int, *, price: float) -> int:
    """Blocks of steps of a second each, each of which costs so many seconds when it is looked at."""
    first = int(overhead.training_seconds)
    for step in range(first, first + n_blocks * STEPS):
        overhead.training_seconds += 1
        overhead._seconds["scalars"] += 0 if pace.rests(step) else price
        pace.stepped(step + 1)
    return pace.each


def test_without_a_budget_each_step_is_looked_at() -> None:
    overhead = Overhead()
    pace = Pace(overhead, None)
    assert after(pace, overhead, 5, price=10.0) == 1
    assert not any(map(pace.rests, range(300)))


def test_what_is_cheap_is_done_at_each_step() -> None:
    overhead = Overhead()
    assert after(Pace(overhead, 0.03), overhead, 5, price=0.001) == 1


def test_what_is_dear_is_done_as_often_as_its_part_of_the_budget_allows() -> None:
    overhead = Overhead()
    pace = Pace(overhead, 0.03)
    after(pace, overhead, 20, price=0.1)
    spent = overhead.seconds["scalars"]
    after(pace, overhead, 50, price=0.1)
    assert (overhead.seconds["scalars"] - spent) / (50 * STEPS) < 0.03 / 2


def test_at_least_one_step_of_so_many_is_looked_at() -> None:
    overhead = Overhead()
    pace = Pace(overhead, 0.001)
    assert after(pace, overhead, 30, price=100.0) == MOST
    assert not pace.rests(MOST)


def test_when_it_has_become_cheap_all_are_looked_at_again() -> None:
    overhead = Overhead()
    pace = Pace(overhead, 0.03)
    after(pace, overhead, 10, price=0.1)
    assert after(pace, overhead, 10, price=0.0) == 1


def test_it_is_told_when_the_first_step_is_left_out() -> None:
    overhead = Overhead()
    pace = Pace(overhead, 0.03)
    told = []
    for step in range(3 * STEPS):
        overhead.training_seconds += 1
        overhead._seconds["scalars"] += 1
        told.append(pace.stepped(step + 1))
    assert told.index(True) == STEPS - 1
    assert sum(told) == 1


def test_that_of_a_run_that_goes_on_its_own_steps_are_waited_for() -> None:
    overhead = Overhead()
    pace = Pace(overhead, 0.03)
    told = []
    for step in range(1000, 1000 + 2 * STEPS):
        overhead.training_seconds += 1
        overhead._seconds["scalars"] += 1
        told.append(pace.stepped(step + 1))
    assert told.index(True) == STEPS - 1
