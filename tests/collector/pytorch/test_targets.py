"""What outputs are to be is taken in any form, and what the file cannot hold of it is said."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from collector.pytorch.targets import targets_of

CLASSES = torch.tensor([0, 2, 1, 0])
ONE_HOT = torch.nn.functional.one_hot(CLASSES, 3)
BOXES = [{"boxes": torch.rand(n, 4), "labels": torch.arange(n)} for n in (1, 0, 2, 3)]

AS_CLASSES: dict[str, Any] = {
    "whole numbers": CLASSES,
    "small whole numbers": CLASSES.to(torch.uint8),
    "truth values": CLASSES > 0,
    "an array": CLASSES.numpy(),
    "a list": CLASSES.tolist(),
    "a list of tensors": list(CLASSES),
}
AS_VALUES: dict[str, Any] = {
    "one-hot rows": ONE_HOT,
    "one-hot rows of floats": ONE_HOT.float(),
    "zeros and ones": (CLASSES > 0).float(),
    "values": torch.randn(4),
    "several values": torch.randn(4, 2),
    "masks": torch.randint(0, 3, (4, 5, 6)),
    "pictures": torch.rand(4, 3, 5, 6),
    "masks in a list": list(torch.randint(0, 3, (4, 5, 6))),
    "an array of values": np.arange(8.0).reshape(4, 2),
    "rows of a list": [[1.0, 2.0]] * 4,
    "sparse rows": ONE_HOT.float().to_sparse(),
}


def dense(given: Any) -> np.ndarray:
    if isinstance(given, Tensor):
        given = given.to_dense()
    return np.stack([np.asarray(each) for each in given])


@pytest.mark.parametrize("form", AS_CLASSES)
def test_that_a_whole_number_for_each_sample_is_its_class(form: str) -> None:
    found = targets_of(AS_CLASSES[form], 4)

    np.testing.assert_array_equal(found.labels, dense(AS_CLASSES[form]))
    assert found.values is None
    assert found.told == []


@pytest.mark.parametrize("form", AS_VALUES)
def test_that_all_else_is_kept_as_it_is(form: str) -> None:
    found = targets_of(AS_VALUES[form], 4)

    np.testing.assert_array_equal(found.values, dense(AS_VALUES[form]))
    assert found.labels is None
    assert found.told == []


def test_that_of_targets_by_name_classes_and_one_other_are_kept() -> None:
    given = {"box": torch.rand(4, 4), "number": CLASSES + 1, "label": CLASSES, "weight": torch.rand(3)}

    found = targets_of(given, 4)

    assert found.labels is not None
    assert found.labels.tolist() == CLASSES.tolist()
    np.testing.assert_array_equal(found.values, given["box"])
    assert found.told == ["Of the probe's targets the file holds label and box; not in it: number and weight."]


def test_that_a_target_for_each_of_several_outputs_is_one_by_its_number() -> None:
    found = targets_of((torch.rand(4, 2), CLASSES), 4)

    assert found.labels is not None
    assert found.values is not None
    assert found.told == []


@pytest.mark.parametrize(
    ("given", "kind"), [(BOXES, "dicts"), ([torch.rand(n, 4) for n in range(4)], "tensors of different sizes")]
)
def test_that_what_has_another_size_for_each_sample_is_said_not_to_be_in_the_file(given: Any, kind: str) -> None:
    found = targets_of(given, 4)

    assert found.given is given
    assert found.labels is found.values is None
    assert found.told == [f"The probe's targets, {kind}, one for each sample, are not in the file."]


def test_that_tokens_along_the_second_axis_are_given_by_sample() -> None:
    tokens = torch.arange(28).reshape(7, 4)

    found = targets_of(tokens, 4, axis=1)

    np.testing.assert_array_equal(found.values, tokens.T)


def test_that_a_copy_does_not_change_with_what_was_given() -> None:
    given = {"label": CLASSES.clone(), "box": torch.ones(4, 4)}
    found = targets_of(given, 4).copied()

    given["label"].zero_()
    given["box"].zero_()

    assert found.labels is not None
    assert found.labels.tolist() == found.given["label"].tolist() == CLASSES.tolist()
    assert bool((found.values == 1).all())
