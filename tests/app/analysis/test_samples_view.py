"""What the network makes of every sample."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.samples_view import UNKNOWN, SampleOrder, SamplesView, ordered, samples_of, samples_view
from collector.storage.task import Task
from tests.app.made_up import chain, probe


def test_that_predictions_and_confidence_are_those_of_the_softmax() -> None:
    logits = np.random.default_rng(0).normal(size=(50, 7)) * 30
    view = samples_view(logits, np.zeros(50, int))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    slow = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(view.predicted, slow.argmax(axis=1))
    np.testing.assert_allclose(view.confidence, slow.max(axis=1), rtol=1e-6)
    assert view.n_right == (slow.argmax(axis=1) == 0).sum()


def test_that_a_sample_with_a_logit_that_is_not_finite_is_unknown_and_not_right() -> None:
    view = samples_view(np.array([[np.nan, 1.0], [np.inf, 0.0], [1.0, 0.0]]), np.array([1, 0, 0]))
    assert view.predicted.tolist() == [UNKNOWN, UNKNOWN, 0]
    assert np.isnan(view.confidence).tolist() == [True, True, False]
    assert view.is_right.tolist() == [False, False, True]
    for order in SampleOrder:
        if order not in (SampleOrder.PROBE, SampleOrder.CHANGED):
            assert ordered(view, order, 3)[0] == 2, "what cannot be judged comes last"


@pytest.mark.parametrize("order", list(SampleOrder))
def test_that_every_order_has_every_sample_once_and_equals_in_the_order_of_the_probe(order: SampleOrder) -> None:
    view = SamplesView(np.zeros(9, int), np.zeros(9, int), np.full(9, 0.5, "f4"))
    assert ordered(view, order, 9).tolist() == list(range(9))


def test_that_without_logits_or_labels_there_is_no_score() -> None:
    assert samples_view(None, np.zeros(3, int)).n_right is None
    assert samples_view(np.ones((3, 2)), None).n_right is None
    assert samples_view(np.ones((3, 0)), None).predicted is None
    for order in SampleOrder:
        assert ordered(samples_view(None, None), order, 3).tolist() == [0, 1, 2]


def test_that_wrong_first_without_labels_is_by_confidence() -> None:
    view = SamplesView(None, np.zeros(3, int), np.array([0.2, 0.9, 0.5], "f4"))
    assert ordered(view, SampleOrder.WRONG, 3).tolist() == [1, 2, 0]


def test_that_labels_of_another_number_of_samples_judge_none() -> None:
    assert samples_view(np.ones((3, 2)), np.zeros(2, int)).labels is None
    assert samples_view(np.ones((3, 2)), np.zeros(3, int)).labels is not None
    assert samples_view(np.ones((3, 1)), np.zeros(3, int)).predicted is None
    assert samples_view(np.ones((3, 2)), None).is_right is None


def largest(*sums: float) -> Any:
    """Of very many classes the two of the largest logits, for each sample."""
    n = len(sums)
    numbers, shares = np.array([[7, 3], [5, 1], [2, 9]])[:n], np.array([[0.5, 0.25], [0.75, 0.125], [0.25, 0.25]])[:n]
    return SimpleNamespace(
        top_logits=SimpleNamespace(numbers=numbers, log_sum_exp=np.array(sums), probabilities=shares)
    )


def test_that_of_very_many_classes_the_largest_is_predicted() -> None:
    shown = probe(np.zeros((3, 2), "f4"), 3)
    view = samples_of(largest(1.0, np.nan, 2.0), shown)
    assert view.predicted is not None
    assert view.confidence is not None
    assert view.predicted.tolist() == [7, UNKNOWN, 2]
    np.testing.assert_array_equal(view.confidence, np.array([0.5, np.nan, 0.25], "f4"))
    assert view.confidence.dtype == np.float32
    assert view.is_right is not None
    assert view.is_right.tolist() == [False, False, True]
    assert samples_of(largest(1.0, 1.0), shown).labels is None
    assert samples_of(largest(1.0), None).labels is None


def test_that_of_a_pass_the_logits_are_judged_by_the_labels_of_its_samples() -> None:
    run = chain(("fc", 3))
    (pass_,) = run.passes
    view = samples_of(pass_, run.probe)
    assert view.predicted is not None
    assert view.predicted.tolist() == pass_.logits.argmax(axis=1).tolist()
    assert run.probe is not None
    assert view.labels is run.probe.labels
    assert samples_of(pass_, None).n_right is None


def test_that_of_numbers_each_sample_has_its_error_and_those_that_are_not_measured_none() -> None:
    run = chain(("fc", 3))
    (pass_,) = run.passes
    shown = probe(np.zeros((6, 2), "f4"))
    shown = replace(shown, targets=np.zeros((6, 3), "f4"))
    view = samples_of(pass_, shown, Task("values"))
    errors = (pass_.logits.astype(float) ** 2).mean(axis=1)
    assert view.errors is not None
    assert view.errors[:4] == pytest.approx(errors)
    assert np.isnan(view.errors).tolist() == [False] * 4 + [True] * 2
    assert (view.labels, view.predicted, view.confidence) == (None, None, None)
    assert view.score == f"mean squared error {errors.mean():.3g}"
    nothing = samples_of(pass_, None, Task("values"))
    assert (nothing.labels, nothing.errors, nothing.score) == (None, None, "")
    policy = samples_of(pass_, run.probe, Task("policy"))
    assert policy.errors is None
    assert run.probe is not None
    assert policy.labels is run.probe.labels
