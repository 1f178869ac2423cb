"""What outputs are to be is taken in any form, and what the file cannot hold of it is said."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from collector.pytorch.target_forms import targets_in

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
    "values": torch.randn(4),
    "several values": torch.randn(4, 2),
    "half": torch.randn(4, 2).half(),
    "wanting gradients": torch.randn(4, 2).requires_grad_(),
    "several labels": torch.tensor([[1.0, 1.0, 0.0]] * 4),
    "masks": torch.randint(0, 3, (4, 5, 6)),
    "pictures": torch.rand(4, 3, 5, 6),
    "masks in a list": list(torch.randint(0, 3, (4, 5, 6))),
    "an array of values": np.arange(8.0).reshape(4, 2),
    "rows of a list": [[1.0, 2.0]] * 4,
    "sparse rows": torch.tensor([[1.0, 3.0, 0.0]] * 4).to_sparse(),
}


def dense(given: Any) -> np.ndarray:
    if isinstance(given, Tensor):
        return given.detach().to_dense().numpy()
    return np.stack([np.asarray(each) for each in given])


@pytest.mark.parametrize("form", AS_CLASSES)
def test_that_a_whole_number_for_each_sample_is_its_class(form: str) -> None:
    found = targets_in(AS_CLASSES[form], 4)

    np.testing.assert_array_equal(found.classes, dense(AS_CLASSES[form]))
    assert found.values is None
    assert found.told == ""


@pytest.mark.parametrize("form", AS_VALUES)
def test_that_all_else_is_kept_as_it_is(form: str) -> None:
    found = targets_in(AS_VALUES[form], 4)

    np.testing.assert_array_equal(found.values, dense(AS_VALUES[form]))
    assert found.classes is None
    assert found.told == ""


@pytest.mark.parametrize("given", [ONE_HOT, ONE_HOT.float(), ONE_HOT.bool(), ONE_HOT.float().to_sparse()])
def test_that_rows_with_a_single_one_are_classes_and_may_be_values(given: Tensor) -> None:
    found = targets_in(given, 4)

    np.testing.assert_array_equal(found.classes, CLASSES)
    np.testing.assert_array_equal(found.values, ONE_HOT)


def test_that_of_targets_by_name_classes_and_one_other_are_kept() -> None:
    given = {"box": torch.rand(4, 4), "number": CLASSES + 1, "label": CLASSES, "weight": torch.rand(3)}

    found = targets_in(given, 4)

    np.testing.assert_array_equal(found.classes, CLASSES)
    np.testing.assert_array_equal(found.values, given["box"])
    assert found.told == "Of the probe's targets the file holds label and box; not in it: number and weight."


def test_that_a_target_for_each_of_several_outputs_is_one_by_its_number() -> None:
    box = torch.rand(4, 2)

    found = targets_in((box, CLASSES), 4)

    np.testing.assert_array_equal(found.classes, CLASSES)
    np.testing.assert_array_equal(found.values, box)


@pytest.mark.parametrize(
    ("given", "kind"), [(BOXES, "dicts"), ([torch.rand(n, 4) for n in range(4)], "tensors of different sizes")]
)
def test_that_what_has_another_size_for_each_sample_is_said_not_to_be_in_the_file(given: Any, kind: str) -> None:
    found = targets_in(given, 4)

    assert found.classes is found.values is None
    assert found.told == f"The probe's targets, {kind}, one for each sample, are not in the file."


def test_that_tokens_along_the_second_axis_are_given_by_sample() -> None:
    tokens = torch.arange(28).reshape(7, 4)

    np.testing.assert_array_equal(targets_in(tokens, 4, axis=1).values, tokens.T)


def test_that_arrays_are_no_views_of_what_was_given() -> None:
    given = {"label": CLASSES.clone(), "box": torch.ones(4, 4)}
    found = targets_in(given, 4)

    given["label"].zero_()
    given["box"].zero_()

    np.testing.assert_array_equal(found.classes, CLASSES)
    assert found.values is not None
    assert (found.values == 1).all()
