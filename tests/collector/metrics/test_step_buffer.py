"""Steps that wait to be measured: which of them go on from one before."""

import numpy as np
import pytest

from collector.metrics.flat_layout import FlatLayout
from collector.metrics.step_buffer import StepBuffer


def test_that_moving_averages_of_changes_begin_anew_behind_a_step_that_was_missed_and_go_on_otherwise() -> None:
    buffer, values = StepBuffer(FlatLayout([5])), [np.ones(5, np.float32)]
    for follows in (False, True, False, True, True):
        buffer.begin(values, values, None, None, follows=follows)
        buffer.finish(values, None)

    assert [each.begins_anew for each in buffer.steps[1:]] == [True, False, True, False, False]
    assert [each.follows for each in buffer.steps[1:]] == [False, True, False, True, True]


@pytest.mark.parametrize("n_values", [5, 100_000, 10_000_000])
def test_that_no_more_is_held_than_the_steps_that_wait_and_the_one_before_them(n_values: int) -> None:
    """A row of a large model is as large as the model."""
    layout = FlatLayout([n_values])
    buffer, waiting = StepBuffer(layout), layout.steps_at_once

    assert len(buffer.gradients.rows) == len(buffer.moments.rows) == waiting + 1
    assert len(buffer.weights.rows) == 2 * (waiting + 1)  # around each update
