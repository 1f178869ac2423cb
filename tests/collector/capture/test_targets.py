"""What a probe's labels stand for."""

import numpy as np
import pytest

from collector.capture.targets import targets_of


@pytest.mark.parametrize(
    ("given", "classes", "has_values"),
    [
        (np.array([2, 0, 1]), [2, 0, 1], False),
        (np.array([True, False, True]), [1, 0, 1], False),
        (np.array([0.0, 1.0, 1.0]), [0, 1, 1], True),
        (np.array([[0.0], [1.0], [1.0]]), [0, 1, 1], True),
        (np.eye(3)[[2, 0, 1]], [2, 0, 1], True),
        (np.array([0.5, 1.0, 2.0]), None, True),
        (np.array([[1, 1, 0], [0, 0, 0], [0, 1, 0]]), None, True),
        (np.zeros((3, 4, 4), int), None, True),
    ],
    ids=["numbers", "truth values", "0. and 1.", "a column", "one-hot", "values", "several labels", "masks"],
)
def test_labels_are_classes_where_they_can_be_and_values_where_they_may_be(
    given: np.ndarray, classes: list[int] | None, has_values: bool
) -> None:
    found = targets_of(given, 3)
    assert (found.classes is None) == (classes is None)
    assert classes is None or found.classes.tolist() == classes
    assert (found.values is not None) == has_values
    if has_values:
        np.testing.assert_array_equal(found.values, given)


@pytest.mark.parametrize("given", [np.zeros(4), np.zeros((2, 3)), np.array(1), np.array(["a", "b", "c"])])
def test_what_is_no_number_for_each_sample_is_refused(given: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"are of type|have shape"):
        targets_of(given, 3)
