"""What does not happen in a training is said, once and in words."""

import pytest

from collector.capture.expectations import LOGS, STEPS, Expectations


class Heard:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.remarked: list[str] = []
        self.silence = Expectations(self.said.append, self.remarked.append)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_that_a_training_whose_steps_are_not_seen_is_told_so_by_what_it_logs(heard: Heard) -> None:
    for _ in range(LOGS):
        assert not heard.said
        heard.silence.logged("loss", 0)
    assert len(heard.said) == 1
    assert heard.said[0].startswith(
        "No step was seen yet, although 'loss' was logged 100 times. Strobe sees a step where"
    )


def test_that_steps_that_are_seen_no_longer_are_told_with_the_last_one(heard: Heard) -> None:
    for step in range(3 * LOGS):
        heard.silence.logged("loss", step)
        heard.silence.stepped()
    assert not heard.said
    for _ in range(LOGS):
        heard.silence.logged("loss", 300)
    assert heard.said[0].startswith("No step was seen since step 300, although")


def test_that_an_epoch_without_a_step_is_told(heard: Heard) -> None:
    heard.silence.epoch_ended(7)
    assert not heard.said
    heard.silence.epoch_ended(0)
    assert heard.said[0].startswith("An epoch ended, and no step was seen in it.")


def test_that_layers_are_missed_whose_gradient_came_at_none_of_the_first_passes(heard: Heard) -> None:
    heard.silence.logged("loss", 0)
    heard.silence.passed(0, ["a", "b", "c"], [])
    heard.silence.passed(50, ["c", "b"], [])
    heard.silence.passed(100, ["a", "b", "c"], [])
    assert heard.said == [
        "No gradient came to c and b in the first 2 passes. That is so where the loss does not depend on them, where "
        "they are cut off by detach() or no_grad(), and where copies of them are trained."
    ]


def test_that_passes_without_gradients_of_their_own_say_nothing_of_layers(heard: Heard) -> None:
    for step in range(4):
        heard.silence.passed(step, None, [])
    heard.silence.ended(4)
    assert not heard.said
    assert not heard.remarked


def test_that_a_run_too_short_for_two_passes_is_told_without_a_warning(heard: Heard) -> None:
    heard.silence.passed(0, ["b"], [])
    heard.silence.ended(3)
    assert heard.remarked[0].startswith("No gradient came to b in the first pass. ")
    assert not heard.said


def test_that_an_optimizer_without_an_update_is_named(heard: Heard) -> None:
    heard.silence.passed(0, [], ["Adam"])
    heard.silence.passed(50, [], ["Adam"])
    assert len(heard.said) == 1
    assert heard.said[0].startswith("The optimizer Adam has made no update in the first 51 steps.")


def test_that_a_missing_log_is_told_after_twenty_steps_and_three_passes(heard: Heard) -> None:
    for step in range(STEPS):
        heard.silence.passed(step, [], [])
    assert not heard.said
    for step in range(STEPS, 3 * STEPS):
        heard.silence.passed(step, [], [])
    assert heard.said == [
        "Nothing was logged in the first 20 steps: for a curve of the loss, call collector.log(loss=loss) after each "
        "step."
    ]


def test_that_one_value_is_log_enough(heard: Heard) -> None:
    heard.silence.logged("loss", 0)
    for step in range(3 * STEPS):
        heard.silence.passed(step, [], [])
    assert not heard.said


def test_that_an_empty_run_is_noted_without_a_warning(heard: Heard) -> None:
    heard.silence.ended(0)
    assert heard.remarked[0].startswith("No step was seen in this run. ")
    assert not heard.said


def test_that_each_name_is_counted_by_itself_and_a_step_begins_anew(heard: Heard) -> None:
    for name in ("loss", "accuracy"):
        for _ in range(LOGS - 1):
            heard.silence.logged(name, 0)
    heard.silence.stepped()
    for _ in range(LOGS - 1):
        heard.silence.logged("loss", 1)
    assert not heard.said
    heard.silence.logged("loss", 1)
    assert len(heard.said) == 1
    assert heard.said[0].startswith("No step was seen since step 1, although 'loss' was logged 100 times.")


def test_that_hundreds_of_values_without_a_step_are_told_once(heard: Heard) -> None:
    for _ in range(5 * LOGS):
        heard.silence.logged("loss", 0)
    assert len(heard.said) == 1


def test_that_only_the_layers_of_the_second_pass_are_told_and_no_later_one(heard: Heard) -> None:
    heard.silence.logged("loss", 0)
    heard.silence.passed(0, [], [])
    heard.silence.passed(50, ["a"], [])
    heard.silence.passed(100, ["a"], ["Adam"])
    assert not heard.said


def test_that_of_a_pass_of_which_nothing_is_known_the_other_pass_speaks(heard: Heard) -> None:
    heard.silence.passed(0, ["a", "b"], [])
    heard.silence.passed(50, None, [])
    heard.silence.ended(51)
    assert not heard.said
    assert not heard.remarked
    other = Heard()
    other.silence.passed(0, None, [])
    other.silence.passed(50, ["b"], [])
    assert other.said[0].startswith("No gradient came to b in the first 2 passes")


def test_that_a_single_pass_names_its_layers_in_alphabetical_order_as_a_remark(heard: Heard) -> None:
    heard.silence.passed(0, ["b", "a"], ["Adam"])
    heard.silence.ended(1)
    assert len(heard.remarked) == 1
    assert heard.remarked[0].startswith("No gradient came to a and b in the first pass")
    assert not heard.said


def test_that_a_missing_log_waits_for_the_third_pass(heard: Heard) -> None:
    for step in (100, 200):
        heard.silence.passed(step, [], [])
    assert not heard.said
    heard.silence.passed(300, [], [])
    heard.silence.passed(400, [], [])
    assert len(heard.said) == 1
    assert heard.said[0].startswith("Nothing was logged in the first 300 steps: ")


def test_that_every_idle_optimizer_is_named_once_behind_twenty_steps(heard: Heard) -> None:
    heard.silence.passed(0, [], ["Adam", "SGD"])
    heard.silence.passed(7, [], ["Adam", "SGD"])
    assert not heard.said
    heard.silence.logged("loss", 1)
    heard.silence.passed(21, [], ["Adam", "SGD"])
    heard.silence.passed(28, [], ["Adam"])
    heads = [each.partition(". ")[0] for each in heard.said]
    assert heads == [f"The optimizer {name} has made no update in the first 22 steps" for name in ("Adam", "SGD")]


def test_that_the_end_of_a_run_that_was_seen_says_nothing(heard: Heard) -> None:
    heard.silence.passed(0, [], [])
    heard.silence.ended(1)
    assert not heard.remarked
