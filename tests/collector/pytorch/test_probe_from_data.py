"""A probe out of what a trainer holds, and an epoch's results under one name for all trainers."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import IterableDataset, TensorDataset, default_collate

from collector.pytorch.epoch_results import results
from collector.pytorch.probe_from_data import N_SAMPLES, checked, first_samples, probe_of


def same(one: Any, other: Any) -> bool:
    return torch.equal(one, other) if isinstance(one, Tensor) else one is other is None


INPUTS, LABELS = torch.ones(3, 2), torch.arange(3)


@pytest.mark.parametrize(
    ("batch", "inputs", "labels"),
    [
        (INPUTS, INPUTS, None),
        ((INPUTS, LABELS), INPUTS, LABELS),
        ([INPUTS, LABELS.to(torch.uint8)], INPUTS, LABELS.to(torch.uint8)),
        ((INPUTS, LABELS.to(torch.int32)), INPUTS, LABELS.to(torch.int32)),
        ((INPUTS, LABELS.float()), INPUTS, LABELS.float()),  # numbers to be met, no classes
        ((INPUTS, LABELS[:, None]), INPUTS, LABELS[:, None]),
        ((INPUTS, None), INPUTS, None),
    ],
)
def test_that_the_second_part_of_a_batch_is_what_is_to_be_learnt(
    batch: Any, inputs: Tensor, labels: Tensor | None
) -> None:
    found = probe_of(batch)

    assert same(found[0], inputs)
    assert same(found[1], labels)


@pytest.mark.parametrize("name", ["labels", "label"])
def test_that_of_keywords_all_but_the_labels_are_given(name: str) -> None:
    inputs, labels = probe_of({"input_ids": INPUTS, name: LABELS, "mask": INPUTS})

    assert list(inputs) == ["input_ids", "mask"]
    assert same(labels, LABELS)
    assert probe_of({"input_ids": INPUTS})[1] is None
    both, first = probe_of({"label": LABELS, "labels": LABELS + 1})
    assert both == {}
    assert same(first, LABELS + 1)


@pytest.mark.parametrize("labels", [["a", "b", "c"], LABELS[:2], {"source": ["a"]}])
def test_that_what_is_no_target_of_the_samples_leaves_them_alone(labels: Any) -> None:
    assert checked((INPUTS, labels), nn.Linear(2, 1), {"interval": 5}) == (INPUTS, None)


def test_that_samples_are_looked_at_as_the_collector_will_be_told() -> None:
    probe = INPUTS.T, LABELS

    assert checked(probe, nn.Linear(3, 1), {"sample_axis": 1}) == probe
    with pytest.raises(ValueError, match="and no axis 2 of samples"):
        checked(probe, nn.Linear(3, 1), {"sample_axis": 2})


@pytest.mark.parametrize("batch", [(INPUTS,), (INPUTS, LABELS, INPUTS), "text", 5, None])
def test_that_of_anything_else_it_cannot_be_told_which_is_which(batch: Any) -> None:
    with pytest.raises(ValueError, match="cannot be told from a batch of type"):
        probe_of(batch)


@pytest.mark.parametrize("n_samples", [3, N_SAMPLES, 40])
def test_that_the_first_samples_are_read_without_moving_a_random_state(n_samples: int) -> None:
    class Noisy(TensorDataset):
        def __getitem__(self, number: int) -> Any:
            torch.rand(1), np.random.rand()  # noqa: NPY002
            return super().__getitem__(number)

    model, dataset = nn.Linear(1, 1), Noisy(torch.arange(float(n_samples)))
    before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002

    (batch,) = first_samples(model, dataset, default_collate)

    assert batch.tolist() == list(range(min(n_samples, 16)))
    assert torch.equal(torch.get_rng_state(), before[0])
    np.testing.assert_array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002


def test_that_data_that_can_only_be_read_from_its_beginning_is_left_alone() -> None:
    class Stream(IterableDataset):
        def __iter__(self) -> Any:
            pytest.fail("it was read")

    with pytest.raises(ValueError, match="held-out data of type Stream cannot be read by number"):
        first_samples(nn.Linear(1, 1), Stream(), default_collate)


def test_that_results_of_held_out_data_have_one_name_whatever_the_trainer_calls_them() -> None:
    given = {
        "val_a": 1, "valid_b": 2.0, "validation_c": torch.tensor(3.0), "eval_d": torch.tensor([4]), "test_e": 5,
        "train/f": 6, "value": 7, "g_val_": 8, "val/h": 9, "text": "x", "many": torch.ones(2), "none": None,
    }  # fmt: skip

    assert results(given) == {
        "test_a": 1, "test_b": 2, "test_c": 3, "test_d": 4, "test_e": 5, "train_f": 6, "value": 7, "g_val_": 8,
        "test_h": 9,
    }  # fmt: skip
