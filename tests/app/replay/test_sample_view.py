"""What a frame tells of one sample, and of a scalar at its step."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.replay.frame import SampleView, value_at
from tests.app.growing_run import GrowingRun


def sample(probabilities: list[float] | None, classes: tuple[int, ...] | None = None) -> SampleView:
    given = None if probabilities is None else np.array(probabilities)
    return SampleView(None, 1, 2, given, ("ant", "bee"), classes=classes)


def test_that_probabilities_are_of_the_classes_that_are_named_or_of_all_in_order() -> None:
    assert sample([0.25, 0.75]).by_class == [(0, 0.25), (1, 0.75)]
    assert sample([0.75, 0.25], (7, 3)).by_class == [(7, 0.75), (3, 0.25)]
    assert sample(None).by_class == []
    assert sample([0.25, 0.75]).confidence == 0.75
    assert np.isnan(sample(None).confidence)


@pytest.mark.parametrize(("number", "name"), [(0, "ant"), (1, "bee"), (2, "class 2"), (None, "not recorded")])
def test_that_a_class_without_a_name_is_its_number(number: int | None, name: str) -> None:
    assert sample(None).name_of(number) == name


def test_that_a_scalar_is_what_it_was_last() -> None:
    opened: Any = SimpleNamespace(collection=GrowingRun().grow(loss=np.array([1.0, 2.0])))
    assert [value_at(opened, "loss", step) for step in (-1, 0, 1, 9)] == [None, 1.0, 2.0, 2.0]
    assert value_at(opened, "f1", 3) is None
