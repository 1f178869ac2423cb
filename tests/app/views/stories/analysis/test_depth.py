"""Prediction depth, flipped votes, neighbours and confusion, each beside a slow version or scikit-learn's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix as sklearn_confusion
from sklearn.neighbors import KNeighborsClassifier

from app.views.stories.analysis.confusion import confused_pairs, confusion_matrix
from app.views.stories.analysis.depth import UNKNOWN, depth_counts, first_flips, prediction_depth
from app.views.stories.analysis.neighbours import nearest_votes, votes_of

SEEDS = st.integers(0, 9999)


def slow_depth(votes: list[int], prediction: int) -> int:
    if prediction < 0:
        return UNKNOWN
    return next((at for at in range(len(votes)) if all(each == prediction for each in votes[at:])), len(votes))


@given(SEEDS)
def test_that_the_depth_is_the_first_layer_from_which_on_all_votes_agree_with_the_output(seed: int) -> None:
    random = np.random.default_rng(seed)
    votes, predictions = random.integers(0, 3, (4, 12)), random.integers(-1, 3, 12)
    slow = [slow_depth(votes[:, sample].tolist(), int(predictions[sample])) for sample in range(12)]
    assert prediction_depth(votes, predictions).tolist() == slow


def test_that_depths_are_counted_by_layer_and_unknown_ones_are_not() -> None:
    assert depth_counts(np.array([[0, 2, 2, UNKNOWN], [1, 1, 1, 1]]), 2).tolist() == [[1, 0, 2], [0, 4, 0]]


@given(SEEDS)
def test_that_the_first_layer_whose_vote_changed_is_told_of_who_changed_the_class(seed: int) -> None:
    random = np.random.default_rng(seed)
    votes, predictions = random.integers(0, 3, (2, 3, 15)), random.integers(-1, 3, (2, 15))
    found = first_flips((votes[0], votes[1]), (predictions[0], predictions[1]))
    slow = []
    for sample in range(15):
        before, after = predictions[:, sample]
        if before != after and before >= 0 and after >= 0:
            first = next((layer for layer in range(3) if votes[0, layer, sample] != votes[1, layer, sample]), 3)
            slow.append(first)
    assert found.tolist() == slow


@given(SEEDS)
def test_that_the_confusion_is_scikit_learns(seed: int) -> None:
    random = np.random.default_rng(seed)
    classes = np.array([0, 2, 3, 7])
    labels, predictions = classes[random.integers(0, 4, 40)], classes[random.integers(0, 4, 40)]
    expected = sklearn_confusion(labels, predictions, labels=classes)
    assert confusion_matrix(labels, predictions, classes).tolist() == expected.tolist()


def test_that_a_sample_without_a_prediction_is_in_no_cell() -> None:
    assert confusion_matrix(np.array([0, 1]), np.array([-1, 1]), np.array([0, 1])).tolist() == [[0, 0], [0, 1]]


def test_that_a_pair_is_confused_since_the_stretch_up_to_now_began() -> None:
    counts = [1, 0, 2, 3]
    matrices = np.array([[[5, each], [0, 5]] for each in counts])
    (pair,) = confused_pairs(matrices, 3)
    assert (pair.label, pair.taken_for, pair.count, pair.change, pair.since) == (0, 1, 3, 1, 2)
    assert confused_pairs(matrices, 1) == []


@given(SEEDS)
def test_that_pairs_that_are_confused_most_come_first(seed: int) -> None:
    matrices = np.random.default_rng(seed).integers(0, 9, (2, 4, 4))
    pairs = confused_pairs(matrices, 1)
    assert [pair.count for pair in pairs] == sorted((pair.count for pair in pairs), reverse=True)
    off = [(a, b) for a in range(4) for b in range(4) if a != b and matrices[1, a, b]]
    assert sorted((pair.label, pair.taken_for) for pair in pairs) == off


def test_that_the_neighbours_vote_as_scikit_learns_do_when_the_sample_is_left_out() -> None:
    random = np.random.default_rng(3)
    labels = np.arange(60) % 4
    features = random.normal(size=(60, 5)) + labels[:, None] * 0.7
    slow = []
    for sample in range(60):
        others = np.arange(60) != sample
        fitted = KNeighborsClassifier(7, algorithm="brute").fit(features[others].astype("f4"), labels[others])
        slow.append(int(fitted.predict(features[sample : sample + 1].astype("f4"))[0]))
    assert nearest_votes(features, labels, 7).tolist() == slow


def test_that_of_samples_that_are_others_the_nearest_of_all_vote() -> None:
    features, labels = np.array([[0.0], [0.1], [5.0], [5.1]]), np.array([2, 2, 7, 7])
    assert nearest_votes(features, labels, 2, np.array([[0.05], [9.0]])).tolist() == [2, 7]


def test_that_of_classes_with_as_many_votes_the_smallest_number_wins() -> None:
    assert votes_of(np.array([[5, 3, 5, 3], [9, 1, 1, 9]])).tolist() == [3, 1]


def test_that_one_sample_alone_has_no_neighbours() -> None:
    assert nearest_votes(np.zeros((1, 3)), np.array([4])).tolist() == [-1]
