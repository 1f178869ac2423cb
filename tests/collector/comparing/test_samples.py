"""Which samples of the probe two networks take for different classes, and at which loss."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from collector.comparing.samples import changed_samples, cross_entropies
from collector.storage.task import Task
from collector.storage.top_logits import TopLogits

DRAWN = np.random.default_rng(0)
LABELS = np.array([0, 1, 2, 3, -1, 4])  # the last two are no classes
A = DRAWN.normal(size=(6, 4)).astype(np.float32)
B = np.where([[True], [True], [False], [True], [True], [True]], DRAWN.normal(size=(6, 4)), A).astype(np.float32)


def whole(logits: np.ndarray | None) -> Any:
    return SimpleNamespace(logits=logits, top_logits=None)


def largest(logits: np.ndarray, labels: np.ndarray | None, k: int = 2) -> Any:
    """A pass that keeps the largest logits alone."""
    order = np.argsort(-logits, axis=1)[:, :k]
    log_sum = np.log(np.exp(logits.astype(float)).sum(axis=1))
    true = None if labels is None else np.array([slow_true(*each) for each in zip(logits, labels, strict=True)])
    kept = TopLogits(logits.shape[1], order, np.take_along_axis(logits, order, 1), log_sum, np.zeros(len(logits)), true)
    return SimpleNamespace(logits=None, top_logits=kept)


def slow_true(logits: np.ndarray, label: int) -> float:
    return float(logits[label]) if 0 <= label < len(logits) else np.nan


def slow_loss(logits: np.ndarray, label: int) -> float:
    shares = np.exp(logits.astype(float)) / np.exp(logits.astype(float)).sum()
    return float(-np.log(shares[label])) if 0 <= label < len(logits) else np.nan


def test_that_losses_are_cross_entropies_and_unknown_where_a_label_is_no_class() -> None:
    wanted = [slow_loss(*each) for each in zip(A, LABELS, strict=True)]
    for one in (whole(A), largest(A, LABELS)):
        found = cross_entropies(one, LABELS)
        assert found is not None
        assert np.allclose(found, wanted, equal_nan=True)
    assert np.isnan(wanted[4:]).all()


def test_that_logits_that_no_exponential_holds_have_a_loss() -> None:
    found = cross_entropies(whole(np.array([[1000.0, 998.0]], np.float32)), np.array([1]))
    assert found is not None
    assert np.allclose(found, 2 + np.log1p(np.exp(-2)))


def test_that_without_labels_or_logits_there_is_no_loss() -> None:
    assert cross_entropies(whole(A), None) is None
    assert cross_entropies(whole(None), LABELS) is None
    assert cross_entropies(largest(A, None), LABELS) is None


def test_that_samples_of_another_class_are_told_with_the_largest_loss_in_b_first() -> None:
    wanted = [at for at in range(6) if A[at].argmax() != B[at].argmax()]
    assert 2 < len(wanted) < 6
    wanted.sort(key=lambda at: -np.nan_to_num(slow_loss(B[at], LABELS[at])))
    for one, other in ((whole(A), whole(B)), (largest(A, LABELS), largest(B, LABELS)), (whole(A), largest(B, LABELS))):
        found = changed_samples(one, other, LABELS)
        assert [each.sample for each in found] == wanted
        assert [(each.a, each.b) for each in found] == [(A[at].argmax(), B[at].argmax()) for at in wanted]
        assert [each.label for each in found] == LABELS[wanted].tolist()
        for each in found:
            losses = [slow_loss(logits[each.sample], LABELS[each.sample]) for logits in (A, B)]
            told = [np.nan if loss is None else loss for loss in (each.loss_a, each.loss_b)]
            assert np.allclose(told, losses, equal_nan=True)


def test_that_without_labels_only_the_classes_are_told() -> None:
    found = changed_samples(whole(A), whole(B), None)
    assert len(found) == (A.argmax(axis=1) != B.argmax(axis=1)).sum()
    assert all((each.label, each.loss_a, each.loss_b) == (None, None, None) for each in found)


def test_that_nothing_is_told_where_one_has_no_logits_or_other_samples_or_no_classes() -> None:
    assert changed_samples(whole(A), whole(None), LABELS) == []
    assert changed_samples(whole(None), whole(B), LABELS) == []
    assert changed_samples(whole(A), whole(B[:5]), LABELS) == []
    assert changed_samples(whole(A), whole(B), LABELS, Task("numbers")) == []
