"""Matrices of two networks against a slow, obvious version, from features that are made up."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.analysis.matrix_order import Order, clustered
from app.views.correlations.analysis.pair_correlation import Inside
from collector.storage.errors import CollectionError

N = 30
LABELS = np.arange(N) % 3


class Similarities:
    """At the second measurement each layer gives other features; a layer called “gone” was not recorded."""

    def __init__(self, seed: int, widths: dict[str, int], *, is_damaged: bool = False) -> None:
        self.seed, self.widths, self.is_damaged = seed, widths, is_damaged

    def __getitem__(self, number: int) -> Any:
        if self.is_damaged:
            raise CollectionError("run.json", "It is damaged.", "Record it anew.")
        return SimpleNamespace(features=lambda name: self.of(number, name))

    def of(self, number: int, name: str) -> np.ndarray | None:
        if name == "gone":
            return None
        places = [*self.widths].index(name)
        return np.random.default_rng([self.seed, number, places]).normal(size=(N, self.widths[name]))


def collection(seed: int, kept: dict[str, list[int]], *, labels: np.ndarray | None = LABELS, **given: Any) -> Any:
    layers = {name: SimpleNamespace(kept=np.array(numbers)) for name, numbers in kept.items()}
    return SimpleNamespace(
        similarity=SimpleNamespace(layers=layers, labels=labels),
        similarities=Similarities(seed, {name: len(numbers) for name, numbers in kept.items()}, **given),
        probe=SimpleNamespace(class_names=("ant", "bee")),
    )


A = collection(1, {"in": [0, 2, 4, 6, 8], "out": [0, 1, 2], "gone": [0]})
B = collection(2, {"in": [2, 3, 4, 8], "out": [0, 1, 2], "else": [5, 7], "gone": [0]})


def read(
    row: str,
    column: str,
    what: Across,
    order: Order = Order.AS_IS,
    inside: Inside = Inside.FEATURES,
    other: tuple[str, str] | None = ("", ""),
    b: Any = B,
) -> AcrossResult:
    request = AcrossRequest((0, 1), row, column, (column, row) if other == ("", "") else other, what, inside, order)
    return request.read(SimpleNamespace(a=SimpleNamespace(collection=A), b=SimpleNamespace(collection=b)))  # type: ignore[arg-type]


def features(of: Any, number: int, name: str, kept: list[int]) -> np.ndarray:
    """The features of these true numbers, one after the other."""
    numbers = of.similarity.layers[name].kept.tolist()
    return of.similarities.of(number, name)[:, [numbers.index(each) for each in kept]]


def pearson_slowly(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.array([[np.corrcoef(one, other)[0, 1] for other in second.T] for one in first.T])


def test_that_a_product_is_of_all_that_each_keeps() -> None:
    found = read("in", "else", Across.PRODUCT)
    a, b = features(A, 0, "in", [0, 2, 4, 6, 8]), features(B, 1, "else", [5, 7])
    assert found.values == pytest.approx(pearson_slowly(a, b))
    assert (found.rows.tolist(), found.columns.tolist()) == ([0, 2, 4, 6, 8], [5, 7])
    assert (found.match, found.hatched, found.offers_matching) == (None, None, False)


def test_that_a_difference_is_of_the_features_that_both_keep() -> None:
    found = read("in", "out", Across.DIFFERENCE)
    assert (found.rows.tolist(), found.columns.tolist()) == ([2, 4, 8], [0, 1, 2])
    a, b = (
        pearson_slowly(features(of, number, "in", [2, 4, 8]), features(of, number, "out", [0, 1, 2]))
        for number, of in enumerate((A, B))
    )
    assert found.values == pytest.approx(b - a)
    assert found.match is None
    within = read("in", "in", Across.DIFFERENCE)
    assert within.match is not None
    a, b = (pearson_slowly(*[features(of, number, "in", [2, 4, 8])] * 2) for number, of in enumerate((A, B)))
    assert within.values == pytest.approx(b - a)
    assert within.hatched is None


def test_that_both_sides_stand_by_the_clusters_of_a_difference_in_a_and_of_a_product_in_each() -> None:
    found = read("in", "out", Across.DIFFERENCE, Order.CLUSTERED)
    a = {name: features(A, 0, name, kept) for name, kept in (("in", [2, 4, 8]), ("out", [0, 1, 2]))}
    rows, columns = (clustered(pearson_slowly(each, each)) for each in a.values())
    assert found.rows.tolist() == np.array([2, 4, 8])[rows].tolist()
    assert found.columns.tolist() == columns.tolist()
    plain = read("in", "out", Across.DIFFERENCE)
    assert found.values == pytest.approx(plain.values[np.ix_(rows, columns)])
    found = read("in", "out", Across.PRODUCT, Order.CLUSTERED)
    a_in, b_out = features(A, 0, "in", [0, 2, 4, 6, 8]), features(B, 1, "out", [0, 1, 2])
    rows, columns = (clustered(pearson_slowly(each, each)) for each in (a_in, b_out))
    assert found.rows.tolist() == np.array([0, 2, 4, 6, 8])[rows].tolist()
    assert found.columns.tolist() == columns.tolist()


@pytest.mark.parametrize("order", [Order.AS_IS, Order.CLASS, Order.CLUSTERED])
def test_that_samples_of_a_layer_are_compared_over_all_that_each_keeps(order: Order) -> None:
    found = read("in", "in", Across.DIFFERENCE, order, Inside.SAMPLES)
    a, b = (np.corrcoef(of.similarities.of(number, "in")) for number, of in enumerate((A, B)))
    assert found.values == pytest.approx((b - a)[np.ix_(found.rows, found.rows)])
    assert np.array_equal(found.rows, found.columns)
    expected = {
        Order.AS_IS: np.arange(N),
        Order.CLASS: np.argsort(LABELS, kind="stable"),
        Order.CLUSTERED: clustered(a),
    }[order]
    assert found.rows.tolist() == expected.tolist()
    assert [each.name for each in found.groups] == (["ant", "bee", "class 2"] if order is Order.CLASS else [])
    assert found.request.is_of_samples


def test_that_samples_are_compared_only_where_the_difference_within_a_layer_is_asked_for() -> None:
    for row, column, what in (("in", "in", Across.PRODUCT), ("in", "out", Across.DIFFERENCE)):
        assert not read(row, column, what, Order.AS_IS, Inside.SAMPLES).request.is_of_samples
    assert not read("in", "in", Across.DIFFERENCE).request.is_of_samples


def test_that_a_matrix_says_itself_why_there_is_none() -> None:
    not_recorded = "The features of these layers were not recorded."
    assert read("in", "gone", Across.PRODUCT).problem == read("gone", "in", Across.DIFFERENCE).problem == not_recorded
    nothing = "The two runs keep no feature of these layers in common."
    assert read("in", "else", Across.DIFFERENCE, other=("out", "else")).problem == nothing
    alone = "One of these layers has no partner in the other run."
    assert read("in", "out", Across.DIFFERENCE, other=None).problem == alone
    assert not read("in", "out", Across.PRODUCT, other=None).problem
    damaged = collection(2, {"in": [2]}, is_damaged=True)
    assert read("in", "in", Across.PRODUCT, b=damaged).problem == "It is damaged. Record it anew."
