"""The prediction for a sample: of all logits, of the largest, and why there is none."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.guess import guess_of
from collector.storage.blocks import to_block
from collector.storage.passes import Pass
from collector.storage.schema import PassRecord
from collector.storage.task import Task


def a_pass(logits: np.ndarray | None) -> Pass:
    blocks = {} if logits is None else {"logits": to_block(logits)}
    return Pass(PassRecord(number=0, step=0, **blocks), Path("made up"), {}, None)  # type: ignore[arg-type]


LOGITS = np.array([[0.0, 1.0, -1.0], [2.0, 0.0, 0.0], [np.nan, 0.0, 0.0]], "f4")


def test_that_the_most_probable_class_is_predicted() -> None:
    found = guess_of(a_pass(LOGITS), 1, true=None)
    powers = np.exp([2.0, 0, 0])
    assert found.predicted == 0
    assert found.probabilities == pytest.approx(powers / powers.sum())
    assert (found.classes, found.rest, found.absent) == (None, "", "")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("", "it is not known what the outputs are"),
        ("values", "numbers, no classes"),
        ("labels", "several labels"),
        ("tokens", "tokens, no classes"),
    ],
)
def test_that_outputs_that_are_no_classes_predict_none(kind: str, why: str) -> None:
    assert guess_of(a_pass(LOGITS), 0, None, Task(kind)).absent == why


def test_that_what_is_not_there_says_why() -> None:
    assert guess_of(a_pass(LOGITS), 2, None).absent == "NaN or Inf"
    assert guess_of(a_pass(LOGITS), 3, None).absent == "not recorded"
    assert guess_of(a_pass(None), 0, None).absent == "not recorded"


def largest(**more: Any) -> Any:
    """Of 1,000 classes the two of the largest logits, for two samples."""
    numbers, log_sum_exp = np.array([[7, 3], [5, 1]]), np.array([2.0, np.inf])
    probabilities = np.array([[0.5, 0.25], [0.5, 0.25]])
    top = SimpleNamespace(
        numbers=numbers, log_sum_exp=log_sum_exp, probabilities=probabilities, classes=1_000, true=None
    )
    vars(top).update(more)
    return SimpleNamespace(top_logits=top, logits=None, damaged={})


def test_that_of_very_many_classes_the_largest_are_told() -> None:
    found = guess_of(largest(), 0, true=9)
    assert (found.predicted, found.classes, found.rest) == (7, (7, 3), "top 2 of 1,000 classes")
    assert found.probabilities is not None
    assert found.probabilities.tolist() == [0.5, 0.25]
    assert guess_of(largest(), 1, None).absent == "NaN or Inf"
    assert guess_of(largest(), 2, None).absent == "not recorded"


@pytest.mark.parametrize(("true", "of_true", "classes"), [(9, 1.0, (7, 3, 9)), (3, 1.0, (7, 3)), (9, np.nan, (7, 3))])
def test_that_the_true_class_stands_behind_them_where_it_is_none_of_them(
    true: int, of_true: float, classes: tuple[int, ...]
) -> None:
    found = guess_of(largest(true=np.array([of_true, 0.0])), 0, true)
    assert found.classes == classes
    assert found.probabilities is not None
    assert found.probabilities[2:].tolist() == [pytest.approx(np.exp(of_true - 2.0))] * (len(classes) - 2)


@pytest.mark.parametrize("kind", ["logits", "top_logits"])
def test_that_damage_of_either_kind_of_logits_is_told(kind: str) -> None:
    pass_ = a_pass(None)
    pass_.damaged["", kind] = "it is cut off"
    assert guess_of(pass_, 0, None).absent == "damaged in the file"


def test_that_as_many_classes_are_told_as_were_kept_of_each_sample() -> None:
    numbers, shares = np.array([[7, 3, 1]]), np.array([[0.5, 0.25, 0.1]])
    found = guess_of(largest(numbers=numbers, probabilities=shares, log_sum_exp=np.array([2.0])), 0, None)
    assert found.rest == "top 3 of 1,000 classes"
