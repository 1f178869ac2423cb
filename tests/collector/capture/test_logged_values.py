"""Each logged value stays with its own step, in whichever order a loop logs and steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.logged_values import LoggedValues


class Loop:
    """A training that logs the number of its iteration, and knows which iterations are steps."""

    def __init__(self) -> None:
        self.values: dict[str, dict[int, object]] = {}
        self.told: list[str] = []
        self.steps_taken = 0
        self.logged = LoggedValues(self.put, self.told.append)

    def put(self, name: str, step: int, value: object) -> None:
        self.values.setdefault(name, {})[step] = value

    def log(self, value: object, name: str = "loss") -> None:
        self.logged.log(name, value, self.steps_taken)

    def step(self) -> None:
        self.logged.stepped(self.steps_taken)
        self.steps_taken += 1


@pytest.fixture
def loop() -> Loop:
    return Loop()


@given(st.lists(st.booleans(), max_size=20), st.booleans())
def test_that_the_values_of_iterations_that_a_scaler_skips_are_nowhere_and_no_others_move(
    is_step: list[bool], logs_first: bool
) -> None:
    loop = Loop()
    for iteration, steps in enumerate(is_step):
        if logs_first:
            loop.log(iteration)
        loop.step() if steps else loop.logged.skipped()
        if not logs_first:
            loop.log(iteration)

    expected = [iteration for iteration, steps in enumerate(is_step) if steps]
    assert loop.values.get("loss", {}) == dict(enumerate(expected))
    assert not loop.told


@given(st.lists(st.booleans(), max_size=20).map(lambda later: [True, *later]))
def test_that_an_iteration_without_a_step_leaves_the_value_of_the_step_before_alone(is_step: list[bool]) -> None:
    loop = Loop()
    for iteration, steps in enumerate(is_step):
        if steps:
            loop.step()
        loop.log(iteration)

    expected = [iteration for iteration, steps in enumerate(is_step) if steps]
    assert loop.values["loss"] == dict(enumerate(expected))
    assert len(loop.told) == (not all(is_step))


def test_that_a_value_logged_again_behind_a_step_is_said_to_belong_to_none_once(loop: Loop) -> None:
    for iteration in range(3):
        loop.step()
        loop.log(iteration)
        loop.log(10 + iteration)

    assert loop.values["loss"] == {0: 0, 1: 1, 2: 2}
    assert loop.told == [
        "'loss' was logged again at step 0 without a further step: the first value behind a step is the one recorded; "
        "those that follow belong to none."
    ]


def test_that_of_the_batches_of_a_step_the_last_one_before_it_counts_which_is_said_once(loop: Loop) -> None:
    for batch in range(12):
        loop.log(batch)
        if batch % 4 == 3:
            loop.step()

    assert loop.values["loss"] == {0: 3, 1: 7, 2: 11}
    assert loop.told == [
        "'loss' was logged several times before one step, which has one value: the last is recorded. Of all of them, "
        "as of the episodes of a rollout, log the mean."
    ]


def test_that_names_of_both_orders_do_not_disturb_each_other(loop: Loop) -> None:
    for iteration in range(4):
        loop.log(iteration, "ahead")
        if iteration == 1:
            loop.logged.skipped()
        else:
            loop.step()
        loop.log(iteration, "behind")

    assert loop.values == {"ahead": {0: 0, 1: 2, 2: 3}, "behind": {0: 0, 1: 2, 2: 3}}


def test_that_a_value_ahead_of_a_skipped_step_does_not_wait_for_the_next(loop: Loop) -> None:
    loop.log(0)
    loop.logged.skipped()
    loop.step()

    assert not loop.values
