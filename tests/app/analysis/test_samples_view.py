"""What the network makes of every sample."""

import numpy as np
import pytest

from app.analysis.samples_view import UNKNOWN, SampleOrder, SamplesView, ordered, samples_view


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
