"""Which values become a step's, and which metrics an epoch's, without a Trainer."""

import pytest
import torch

from collector.lightning.step_values import StepValues
from collector.lightning.validation import ValidationMetrics


def test_that_the_loss_of_a_step_is_the_sum_of_its_batches_and_all_else_their_mean() -> None:
    values = StepValues()
    values.add({"loss": torch.tensor(0.5), "accuracy": 0.25})
    assert values.of_step(0, 0) == {}, "batches accumulate"
    values.add({"loss": torch.tensor(0.25), "accuracy": 0.75, "extra": 2})

    assert values.of_step(1, 1) == {"loss": 0.75, "accuracy": 0.5, "extra": 2}
    assert values.of_step(2, 2) == {}, "nothing is told twice"


def test_that_a_batch_of_a_step_that_was_not_taken_is_no_later_steps() -> None:
    values = StepValues()
    values.add({"loss": 100.0})
    assert values.of_step(1, 0) == {}
    values.add({"loss": 101.0})
    assert values.of_step(2, 1) == {"loss": 101}


def test_that_a_training_that_goes_on_is_counted_from_where_it_is() -> None:
    values = StepValues(tried=7, taken=5)
    values.add({"loss": 1.0})
    assert values.of_step(7, 5) == {}
    assert values.of_step(8, 5) == {}
    values.add({"loss": 2.0})
    assert values.of_step(9, 6) == {"loss": 2}


def test_that_only_single_numbers_are_values_and_none_holds_on_to_a_graph() -> None:
    values = StepValues()
    loss = torch.ones(1, requires_grad=True) * 2
    values.add({"loss": loss, "logits": torch.ones(3), "text": "x", "none": None, "count": 3})

    found = values.of_step(1, 1)

    assert set(found) == {"loss", "count"}
    assert not found["loss"].requires_grad  # type: ignore[union-attr]


def test_that_a_metric_of_the_training_stays_and_one_of_a_validation_lasts_for_its_epoch() -> None:
    metrics = {"train_loss": 1.0}
    validation = ValidationMetrics()
    validation.begin(metrics)
    metrics = metrics | {"val_loss": 2.0}
    validation.end(metrics)

    assert validation.results(metrics) == {"train_loss": 1, "test_loss": 2}
    assert validation.results(metrics) == {"train_loss": 1}, "an epoch without validation"
    validation.begin(metrics)
    validation.end(metrics | {"val_loss": 3.0, "val_more": 4.0})
    assert validation.results(metrics | {"val_loss": 3.0, "val_more": 4.0}) == {
        "train_loss": 1, "test_loss": 3, "test_more": 4
    }  # fmt: skip
    assert validation.results(metrics | {"val_more": 4.0}) == {"train_loss": 1}


@pytest.mark.parametrize("ending", ["_step", "_epoch"])
def test_that_a_metric_of_steps_and_epochs_is_told_once_under_its_own_name(ending: str) -> None:
    metrics = {"loss": 1.0, f"loss{ending}": 2.0, f"alone{ending}": 3.0}

    assert ValidationMetrics().results(metrics) == {"loss": 1, f"alone{ending}": 3}
