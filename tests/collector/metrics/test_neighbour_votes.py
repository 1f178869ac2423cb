"""What the nearest neighbours of samples are: the same as by an obvious way, and as scikit-learn finds."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from collector.metrics import neighbour_votes as module
from collector.metrics.neighbour_votes import neighbour_votes


def clouds(n: int, n_classes: int = 4, width: int = 9, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = random.integers(0, n_classes, n)
    return (random.normal(size=(n, width)) + 2 * np.eye(n_classes, width)[labels]).astype(np.float32), labels


def obvious(features: np.ndarray, labels: np.ndarray, k: int) -> list[int]:
    votes = []
    for own, row in enumerate(features.astype(np.float64)):
        distances = [(np.linalg.norm(row - other), number) for number, other in enumerate(features) if number != own]
        near = [labels[number] for _, number in sorted(distances)[:k]]
        votes.append(max(sorted(set(near)), key=near.count))
    return votes


@pytest.mark.parametrize("k", [1, 7, 30, 400])
def test_that_each_sample_gets_the_label_of_most_of_its_nearest_others(k: int) -> None:
    features, labels = clouds(150)

    assert neighbour_votes(features, labels, k).tolist() == obvious(features, labels, k)


def test_that_they_are_those_of_scikit_learn() -> None:
    features, labels = clouds(700, n_classes=2)
    known = KNeighborsClassifier(31, algorithm="brute").fit(features, labels)  # of 31 neighbours no two classes tie

    np.testing.assert_array_equal(neighbour_votes(features, labels, 31), known.predict(None))


def test_that_what_is_far_from_zero_and_large_has_the_same_neighbours() -> None:
    features, labels = clouds(200)
    expected = neighbour_votes(features, labels, 5)

    np.testing.assert_array_equal(neighbour_votes(features * 2**14 + 2**20, labels, 5), expected)
    np.testing.assert_array_equal(neighbour_votes(features * np.float32(1e30), labels, 5), expected)


def test_that_a_sample_that_is_not_finite_has_no_vote_and_one_without_a_label_no_say() -> None:
    features, labels = clouds(60)
    features[3, 1], labels[5] = np.nan, -1
    said = np.delete(np.arange(60), [3, 5])
    known = KNeighborsClassifier(3, algorithm="brute").fit(features[said], labels[said])

    votes = neighbour_votes(features, labels, 3)

    assert votes[3] == -1
    assert votes[5] == known.predict(features[5:6])[0]
    np.testing.assert_array_equal(votes[said], neighbour_votes(features[said], labels[said], 3))


def test_that_of_many_samples_as_many_as_are_taken_vote_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VOTERS", 40)
    features, labels = clouds(400)
    voters = np.linspace(0, 399, 40).round().astype(int)
    others = np.setdiff1d(np.arange(400), voters)
    known = KNeighborsClassifier(5, algorithm="brute").fit(features[voters], labels[voters])

    votes = neighbour_votes(features, labels, 5)

    np.testing.assert_array_equal(votes[voters], neighbour_votes(features[voters], labels[voters], 5))
    np.testing.assert_array_equal(votes[others], known.predict(features[others]))


@pytest.mark.parametrize(
    ("features", "labels", "votes"),
    [
        (np.zeros((1, 3)), [0], [-1]),
        (np.zeros((2, 3)), [4, 7], [7, 4]),
        (np.zeros((2, 0)), [4, 7], [7, 4]),
        (np.full((2, 3), np.nan), [0, 1], [-1, -1]),
        (np.zeros((3, 2)), [-1, -1, -1], [-1, -1, -1]),
        (np.zeros((3, 2)), [-1, 6, -1], [6, -1, 6]),
    ],
)
def test_that_where_there_are_few_others_those_vote_that_there_are(
    features: np.ndarray, labels: list[int], votes: list[int]
) -> None:
    assert neighbour_votes(features, np.array(labels)).tolist() == votes
