"""What two networks make of the same samples, and when they are the same samples."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.samples_view import samples_view
from app.views.sample.samples_difference import OTHER_SAMPLES, Beside, SamplesDifference, subtract
from collector.storage.task import Task

INPUTS = np.array([[0.0, 1.0], [2.0, np.nan]])
LOGITS = np.array([[2.0, 0.0], [2.0, 0.0]])
LABELS = np.array([0, 1])


def side(
    logits: np.ndarray | None = LOGITS, inputs: np.ndarray | None = None, kind: str = "classes", **more: Any
) -> Any:
    """A frame of a run; with ``inputs`` the pass has samples of its own."""
    probe = None if inputs is None else SimpleNamespace(inputs=inputs)
    taken = {"probe": probe, "logits": logits, "top_logits": None, "token_logits": None, "outputs": None}
    return SimpleNamespace(
        taken=SimpleNamespace(**(taken | more)),
        samples=samples_view(logits if kind == "classes" else None, LABELS),
        task=Task(kind),
        prepared={"sample": f"{kind} of b"},
    )


def comparing(has_same_probe: bool = True, a: np.ndarray | None = INPUTS, b: np.ndarray | None = INPUTS) -> Any:
    def opened(inputs: np.ndarray | None) -> SimpleNamespace:
        probe = None if inputs is None else SimpleNamespace(inputs=inputs)
        return SimpleNamespace(collection=SimpleNamespace(probe=probe))

    return SimpleNamespace(pair=SimpleNamespace(has_same_probe=has_same_probe), a=opened(a), b=opened(b))


@pytest.mark.parametrize(
    ("runs", "a", "b", "are_same"),
    [
        (comparing(), side(), side(), True),
        (comparing(has_same_probe=False), side(), side(), False),
        (comparing(has_same_probe=False), side(inputs=INPUTS), side(inputs=INPUTS.copy()), True),
        (comparing(), side(inputs=INPUTS), side(inputs=INPUTS + 1), False),
        (comparing(has_same_probe=False), side(inputs=INPUTS), side(), True),
        (comparing(has_same_probe=False), side(), side(inputs=INPUTS), True),
        (comparing(b=None), side(inputs=INPUTS), side(), False),
        (comparing(a=None), side(), side(inputs=INPUTS), False),
        (comparing(), side(inputs=INPUTS), side(inputs=INPUTS[:1]), False),
    ],
)
def test_that_samples_are_the_same_where_their_inputs_are(runs: Any, a: Any, b: Any, are_same: bool) -> None:
    found = subtract(runs, a, b)
    assert found.why_not == ("" if are_same else OTHER_SAMPLES)
    assert found.is_same == are_same
    assert Beside(("a", "b"), None, None, found).is_compared == are_same  # type: ignore[arg-type]


def test_that_predictions_that_changed_are_told_the_largest_loss_of_b_first() -> None:
    found = subtract(comparing(), side(), side(LOGITS[:, ::-1] * [[1], [2]]))
    assert (found.is_same, found.changed.tolist(), found.changed.dtype) == (False, [0, 1], np.int64)
    a, b = found.losses
    assert a == pytest.approx([np.log1p(np.exp(-2)), np.log1p(np.exp(2))])  # type: ignore[comparison-overlap]
    assert b == pytest.approx([np.log1p(np.exp(2)), np.log1p(np.exp(-4))])  # type: ignore[comparison-overlap]
    assert found.outputs == "classes of b"


def test_that_of_tasks_that_differ_nothing_is_compared_but_the_bits() -> None:
    found = subtract(comparing(), side(), side(kind="values"))
    assert (found.is_same, found.changed.tolist(), found.outputs, found.losses[1]) == (True, [], None, None)
    values = subtract(comparing(), side(kind="values"), side(LOGITS + 1, kind="values"))
    assert (values.is_same, values.outputs, values.losses) == (False, "values of b", (None, None))


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [
        ({"outputs": LOGITS}, {"outputs": LOGITS.copy()}, True),
        ({"outputs": LOGITS}, {"outputs": LOGITS + 1}, False),
        ({"outputs": LOGITS * np.nan}, {"outputs": LOGITS * np.nan}, True),
        ({}, {}, False),
        ({"outputs": LOGITS}, {}, False),
        (
            {"token_logits": SimpleNamespace(values=LOGITS), "outputs": LOGITS},
            {"token_logits": SimpleNamespace(values=LOGITS), "outputs": LOGITS + 1},
            True,
        ),
    ],
)
def test_that_outputs_are_the_same_to_the_bit(a: dict[str, Any], b: dict[str, Any], is_same: bool) -> None:
    found = subtract(comparing(), side(None, kind="values", **a), side(None, kind="values", **b))
    assert found.is_same == is_same


def test_that_logits_count_before_outputs() -> None:
    a, b = side(kind="values", outputs=LOGITS), side(kind="values", outputs=LOGITS + 1)
    assert subtract(comparing(), a, b).is_same
    assert SamplesDifference().changed.tolist() == []
