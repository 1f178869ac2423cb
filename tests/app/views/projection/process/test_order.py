"""In which order records are laid out, where each begins, and what a map learns from."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.views.projection.analysis.projection_request import FittedWith, Method, ProjectionRequest
from app.views.projection.process import layouts as laying
from app.views.projection.process.layouts import layouts

TSNE, PCA = ProjectionRequest("fc", Method.TSNE, 30), ProjectionRequest("fc", Method.PCA)
BOTH = ProjectionRequest("fc", Method.PCA, 0, FittedWith("b.json", "fc", "b", is_first=False))


def features_of(number: int, n: int = 6) -> np.ndarray:
    return np.random.default_rng(number).normal(size=(n, 3)).astype(np.float32)


Began = list[tuple[int, list[list[float]] | None]]


@pytest.fixture
def began(monkeypatch: pytest.MonkeyPatch) -> Began:
    """The setting, and where each layout was begun."""
    began: Began = []

    def lay_out(features: np.ndarray, setting: int, start: np.ndarray | None, tell: Callable[[float], None]) -> Any:
        began.append((setting, None if start is None else start.tolist()))
        tell(0.5)
        return features[:, :2].astype(float)

    monkeypatch.setitem(laying._LAYOUTS, Method.TSNE, lay_out)  # type: ignore[arg-type]
    return began


def test_that_the_last_record_comes_first_and_each_begins_where_the_one_after_it_ended(began: Began) -> None:
    told: list[float] = []
    made = list(layouts(TSNE, [3, 5, 7], features_of, {}, told.append))
    assert [number for number, *_ in made] == [7, 5, 3]
    assert {explained for *_, explained in made} == {()}
    assert began == [(30, None), (30, made[0][1].tolist()), (30, made[1][1].tolist())]
    assert told == pytest.approx([0.5 / 3, 1.5 / 3, 2.5 / 3])
    assert made[0][1].tolist() == features_of(7)[:, :2].astype(float).tolist()
    for before, after in ((made[0][1], made[1][1]), (made[1][1], made[2][1])):
        assert after.mean(axis=0) == pytest.approx(before.mean(axis=0)), "it is laid over where it began"


def test_that_what_is_known_is_begun_from_and_not_given_again(began: Began) -> None:
    known = {7: np.full((6, 2), 4.0), 3: np.zeros((6, 2))}
    made = list(layouts(TSNE, [3, 5, 7], features_of, known, lambda share: None))
    assert [number for number, *_ in made] == [5]
    assert began == [(30, known[7].tolist())]


def test_that_where_nothing_has_changed_nothing_is_laid_out_anew(began: Began) -> None:
    same = {1: 9, 2: 9, 3: 8}
    made = list(layouts(TSNE, [1, 2, 3], lambda number: features_of(same[number]), {}, lambda share: None))
    assert len(began) == 2
    assert made[1][1] is made[2][1]


def test_that_samples_that_are_all_alike_stay_together_or_where_they_will_be(began: Began) -> None:
    alike = np.tile(np.arange(3, dtype=np.float32), (6, 1))
    features = {1: alike, 2: features_of(0), 3: alike + 1}
    made = list(layouts(TSNE, [1, 2, 3], features.__getitem__, {}, lambda share: None))
    assert made[0][1].tolist() == [[0.0, 0.0]] * 6
    assert made[2][1] is made[1][1]
    assert began == [(30, [[0.0, 0.0]] * 6)]


def test_that_a_map_is_fitted_on_the_last_record_and_places_all_that_are_not_known() -> None:
    told: list[float] = []
    known = {5: np.zeros((6, 2))}
    made = list(layouts(PCA, [3, 5, 7], features_of, known, told.append))
    assert [number for number, *_ in made] == [7, 3]
    assert told == pytest.approx([0.7, 0.8, 0.9])
    last, first = made
    assert last[1].mean(axis=0) == pytest.approx([0, 0], abs=1e-6), "its own middle"
    assert first[1].mean(axis=0) != pytest.approx([0, 0], abs=1e-3)
    assert len(last[2]) == 2


class Map:
    """Stands in for one; knows what it was fitted on."""

    learned: np.ndarray

    def __init__(self, features: np.ndarray, tell: Callable[[float], None] = lambda share: None) -> None:
        Map.learned = features
        tell(0.5)

    def place(self, features: np.ndarray) -> np.ndarray:
        return features[:, :2]

    def explained(self, features: np.ndarray) -> tuple[float, ...]:
        return ()


@pytest.mark.parametrize(("method", "made"), [(Method.LINEAR, "LinearAutoencoder"), (Method.PCA, "PrincipalAxes")])
def test_that_of_one_run_the_last_record_alone_is_learned_from(
    monkeypatch: pytest.MonkeyPatch, method: Method, made: str
) -> None:
    monkeypatch.setattr(laying, made, Map)
    told: list[float] = []
    list(layouts(ProjectionRequest("fc", method), [1, 2], features_of, {}, told.append, features_of(9)))
    assert Map.learned.tolist() == features_of(2).tolist()
    assert told == pytest.approx(([0.35] if method is Method.LINEAR else []) + [0.7, 0.85])
    list(layouts(BOTH, [1, 2], features_of, {}, told.append, None))
    if method is Method.PCA:
        assert Map.learned.tolist() == features_of(2).tolist()


@pytest.mark.parametrize(("most", "rows"), [(18, range(6)), (9, (0, 2, 5)), (8, (0, 5)), (2, (0, 5))])
def test_that_the_small_network_learns_from_as_many_samples_of_each_record(
    monkeypatch: pytest.MonkeyPatch, most: int, rows: range | tuple[int, ...]
) -> None:
    monkeypatch.setattr(laying, "NonlinearAutoencoder", Map)
    monkeypatch.setattr(laying, "MOST_TRAINED_ROWS", most)
    list(layouts(ProjectionRequest("fc", Method.NONLINEAR), [1, 2, 3], features_of, {}, lambda share: None))
    wanted = np.concatenate([features_of(number)[list(rows)] for number in (1, 2, 3)])
    assert Map.learned.tolist() == wanted.tolist()


@pytest.mark.parametrize("is_first", [True, False])
def test_that_with_another_run_both_are_learned_from_that_of_a_first(
    monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    monkeypatch.setattr(laying, "NonlinearAutoencoder", Map)
    request = ProjectionRequest("fc", Method.NONLINEAR, 0, FittedWith("b.json", "fc", "b", is_first))
    list(layouts(request, [1, 2], features_of, {}, lambda share: None, features_of(9)))
    parts = [features_of(9), features_of(2)]
    assert Map.learned.tolist() == np.concatenate(parts if is_first else parts[::-1]).tolist()
