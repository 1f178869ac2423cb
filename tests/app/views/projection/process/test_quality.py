"""From which samples it is measured how far a layout can be trusted."""

import numpy as np
import pytest

from app.views.projection.process import quality
from app.views.projection.process.quality import trusted


@pytest.mark.parametrize(
    ("n", "neighbours"), [(2, None), (3, 1), (4, 1), (5, 2), (20, 9), (21, 10), (23, 10), (2000, 10)]
)
def test_that_ten_neighbours_count_or_fewer_than_half_of_the_others(
    monkeypatch: pytest.MonkeyPatch, n: int, neighbours: int | None
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(quality, "trustworthiness", lambda *_, n_neighbors: asked.append(n_neighbors) or 0.75)
    found = trusted(np.zeros((n, 3)), np.zeros((n, 2)))
    assert asked == ([] if neighbours is None else [neighbours])
    assert np.isnan(found) if neighbours is None else found == 0.75


@pytest.mark.parametrize(("n", "n_measured"), [(1999, 1999), (2000, 2000), (2001, 2000), (4000, 2000)])
def test_that_of_many_samples_two_thousand_are_measured_from_the_first_to_the_last(
    monkeypatch: pytest.MonkeyPatch, n: int, n_measured: int
) -> None:
    measured: list[np.ndarray] = []
    monkeypatch.setattr(quality, "trustworthiness", lambda *given, n_neighbors: measured.extend(given) or 1.0)
    numbers = np.arange(n, dtype=float)[:, None]
    trusted(numbers, -numbers)
    features, positions = measured
    assert features.tolist() == (-positions).tolist()
    chosen = features[:, 0]
    assert (len(chosen), chosen[0], chosen[-1]) == (n_measured, 0, n - 1)
    assert (np.abs(chosen - np.linspace(0, n - 1, n_measured)) <= 0.5).all(), "evenly spread"
