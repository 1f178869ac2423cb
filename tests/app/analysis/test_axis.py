"""The axis of steps: where it ends, and which epoch a step lies in."""

from types import SimpleNamespace

import numpy as np
import pytest

from app.analysis.axis import epochs_ended, last_step
from collector.storage.schema import EpochRecord


def run(*epochs: tuple[int, int], steps_per_epoch: int | None = None) -> SimpleNamespace:
    """Epochs by number and the step that each ended at."""
    records = [EpochRecord(epoch=number, step=step) for number, step in epochs]
    return SimpleNamespace(epochs=records, run=SimpleNamespace(steps_per_epoch=steps_per_epoch))


@pytest.mark.parametrize(("step", "epoch"), [(0, 0), (937, 0), (938, 1), (1875, 1), (2813, 2), (2814, 3), (9999, 3)])
def test_that_a_step_lies_in_the_epoch_after_those_that_have_ended(step: int, epoch: int) -> None:
    assert epochs_ended(run((0, 938), (1, 1876), (2, 2814)), step) == epoch
    assert step > 2814 or epochs_ended(run(steps_per_epoch=938), step) == epoch


def test_that_recorded_epochs_count_more_than_what_was_planned() -> None:
    assert epochs_ended(run((0, 500), (1, 900), steps_per_epoch=938), 600) == 1
    assert epochs_ended(run((4, 500)), 600) == 5, "a run that went on counts on"


def test_that_a_run_without_epochs_is_in_its_first() -> None:
    assert epochs_ended(run(), 1_000_000) == 0


@pytest.mark.parametrize(("steps", "passes", "last"), [(0, [], 1), (0, [0], 1), (7, [0, 5], 7), (5, [0, 8], 8)])
def test_that_an_axis_ends_where_anything_does_and_has_a_length(steps: int, passes: list[int], last: int) -> None:
    of_passes = SimpleNamespace(steps=np.array(passes, np.int64))
    assert last_step(SimpleNamespace(n_steps=steps, passes=of_passes)) == last
