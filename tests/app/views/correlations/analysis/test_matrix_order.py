"""The order along the sides of a matrix."""

import numpy as np
import pytest

from app.views.correlations.analysis.correlation import pearson
from app.views.correlations.analysis.matrix_order import by_class, by_kind, clustered
from app.views.correlations.analysis.matrix_picture import Group


def test_that_what_is_alike_stands_together() -> None:
    random = np.random.default_rng(2)
    of_group = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    features = random.normal(size=(60, 3))[:, of_group] + 0.3 * random.normal(size=(60, 10))
    order = clustered(pearson(features, features))
    assert sorted(order.tolist()) == list(range(10))
    shown = of_group[order]
    assert np.count_nonzero(np.diff(shown)) == 2, "each of three groups in one piece"


def test_that_neighbours_of_two_joined_groups_are_their_most_alike_members() -> None:
    likeness = np.array([[1, 0.9, 0.1, 0.0], [0.9, 1, 0.7, 0.1], [0.1, 0.7, 1, 0.9], [0.0, 0.1, 0.9, 1]])
    assert clustered(likeness[np.ix_([2, 0, 3, 1], [2, 0, 3, 1])]).tolist() in ([1, 3, 0, 2], [2, 0, 3, 1])


def clustered_slowly(likeness: np.ndarray) -> list[int]:
    """Join the two groups that are most alike in the mean of all pairs, end to end where they are most alike."""
    groups = [[place] for place in range(len(likeness))]
    while len(groups) > 1:
        pairs = [(i, j) for i in range(len(groups)) for j in range(i + 1, len(groups))]
        one, other = max(pairs, key=lambda pair: likeness[np.ix_(groups[pair[0]], groups[pair[1]])].mean())
        ways = [(a, b) for b in (groups[other], groups[other][::-1]) for a in (groups[one], groups[one][::-1])]
        left, right = max(ways, key=lambda way: likeness[way[0][-1], way[1][0]])
        groups[one] = left + right
        del groups[other]
    return groups[0]


@pytest.mark.parametrize("n", [2, 3, 5, 9, 16])
@pytest.mark.parametrize("seed", range(4))
def test_that_clusters_are_those_of_average_linkage(n: int, seed: int) -> None:
    likeness = np.random.default_rng(seed).normal(size=(n, n))
    likeness = likeness + likeness.T
    assert clustered(likeness).tolist() == clustered_slowly(likeness)


def test_that_what_has_no_number_comes_last() -> None:
    likeness = np.full((4, 4), np.nan)
    likeness[np.ix_([1, 3], [1, 3])] = [[1, 0.5], [0.5, 1]]
    assert clustered(likeness)[2:].tolist() == [0, 2]


@pytest.mark.parametrize("n", [0, 1])
def test_that_little_has_an_order_too(n: int) -> None:
    assert clustered(np.eye(n)).tolist() == list(range(n))


def test_that_classes_stand_together_under_their_names() -> None:
    order, groups = by_class(np.array([2, 0, 2, 7]), ["ant", "bee", "cat"])
    assert order.tolist() == [1, 0, 2, 3]
    assert [(group.name, group.first, group.stop) for group in groups] == [
        ("ant", 0, 1),
        ("cat", 1, 3),
        ("class 7", 3, 4),
    ]


@pytest.mark.parametrize(("label", "name"), [(-1, "class -1"), (0, "ant"), (2, "cat"), (3, "class 3")])
def test_that_a_class_without_a_name_has_its_number(label: int, name: str) -> None:
    order, groups = by_class(np.array([label, label]), ["ant", "bee", "cat"])
    assert (order.tolist(), groups) == ([0, 1], (Group(name, 0, 2),))


def test_that_there_may_be_nothing_to_group() -> None:
    assert by_class(np.zeros(0, int), ["ant"])[1] == by_kind([], np.zeros(0))[1] == ()


def test_that_kinds_stand_together_by_strength() -> None:
    order, groups = by_kind(["none", "blur", "noise", "blur"], np.array([0, 0.5, 1, -0.5]))
    assert order.tolist() == [0, 3, 1, 2]
    assert [(group.name, group.stop - group.first) for group in groups] == [("none", 1), ("blur", 2), ("noise", 1)]
