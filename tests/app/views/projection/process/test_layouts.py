"""All epochs in one plane: what has not changed in the network does not move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.projection.analysis.point_alignment import aligned
from app.views.projection.analysis.projection_request import FittedWith, Method, ProjectionRequest
from app.views.projection.process.layouts import layouts
from app.views.projection.process.quality import same_class, trusted
from tests.app.views.projection.projected_run import features_of, labels_of

N = 60


def laid_out(method: Method, layer: str, epochs: int = 3) -> dict[int, np.ndarray]:
    shares: list[float] = []
    setting = 10 if method.settings else 0
    read = lambda number: features_of(layer, number, N).astype(np.float32)  # noqa: E731
    found = layouts(ProjectionRequest(layer, method, setting), range(epochs), read, {}, shares.append)
    made = {number: positions for number, positions, _ in found}
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    return made


@pytest.mark.parametrize("method", list(Method), ids=lambda method: method.name)
def test_that_a_frozen_layer_s_points_do_not_move(method: Method) -> None:
    made = laid_out(method, "frozen")

    assert sorted(made) == [0, 1, 2]
    for number in (0, 1):
        np.testing.assert_allclose(made[number], made[2], atol=1e-6)
    assert np.ptp(made[2], axis=0).min() > 0


@pytest.mark.parametrize("method", list(Method), ids=lambda method: method.name)
def test_that_a_learning_layer_s_classes_are_together_at_the_end(method: Method) -> None:
    made = laid_out(method, "relu1")

    assert same_class(made[2], labels_of(N)) > 0.9
    assert np.abs(made[2] - made[0]).max() > 0


@pytest.mark.parametrize("method", [Method.TSNE, Method.UMAP], ids=lambda method: method.name)
def test_that_a_layout_that_is_known_is_gone_on_from(method: Method) -> None:
    last = np.random.default_rng(0).normal(size=(N, 2))
    read = lambda number: features_of("frozen", number, N).astype(np.float32)  # noqa: E731

    found = list(layouts(ProjectionRequest("frozen", method, 10), [0, 1], read, {1: last}, lambda _: None))

    assert [number for number, *_ in found] == [0]
    np.testing.assert_array_equal(found[0][1], last)


def test_that_a_layer_that_is_dead_at_first_stays_where_it_will_be() -> None:
    read = lambda number: np.zeros((N, 3), np.float32) if number == 0 else features_of("a", 1, N).astype(np.float32)  # noqa: E731

    made = {n: each for n, each, _ in layouts(ProjectionRequest("a", Method.TSNE, 5), [0, 1], read, {}, lambda _: None)}

    np.testing.assert_array_equal(made[0], made[1])


@given(st.integers(0, 999), st.floats(0, 6.2), st.booleans())
def test_that_aligning_undoes_any_move_turn_and_mirror_and_keeps_distances(seed: int, angle: float, flip: bool) -> None:
    random = np.random.default_rng(seed)
    target = random.normal(size=(30, 2)) * [3, 1]
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * ([1, -1] if flip else [1, 1])
    moved = target @ turn + random.normal(size=2)

    np.testing.assert_allclose(aligned(moved, target), target, atol=1e-9)
    other = random.normal(size=(30, 2))
    before, after = ((each[:, None] - each[None]) ** 2 for each in (other, aligned(other, target)))
    np.testing.assert_allclose(before.sum(axis=2), after.sum(axis=2), atol=1e-9)


def test_that_a_plane_that_is_the_truth_is_trusted_and_noise_is_not() -> None:
    plane = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)

    assert trusted(plane, plane) == 1.0
    assert trusted(plane, np.random.default_rng(1).normal(size=(200, 2))) < 0.6
    assert np.isnan(trusted(plane[:2], plane[:2]))


@given(st.integers(0, 999), st.integers(2, 40))
def test_that_the_nearest_of_the_same_class_are_counted_as_a_slow_count_does(seed: int, n_samples: int) -> None:
    random = np.random.default_rng(seed)
    positions, labels = random.normal(size=(n_samples, 2)), random.integers(0, 3, n_samples)

    distances = ((positions[:, None] - positions[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    slow = np.mean(labels[distances.argmin(axis=1)] == labels) if len(set(labels)) < n_samples else np.nan
    assert same_class(positions, labels) == pytest.approx(slow, nan_ok=True)
    assert np.isnan(same_class(positions, None))
    assert np.isnan(same_class(positions, np.arange(len(positions)))), "no two of a class"


@pytest.mark.parametrize("method", [Method.PCA, Method.LINEAR])
def test_that_a_map_that_is_fitted_on_two_runs_is_the_same_for_both(method: Method) -> None:
    random = np.random.default_rng(4)
    a, b = (random.normal(size=(30, 6)).astype(np.float32) * scale for scale in (1, 3))
    of_a = FittedWith("b.json", "fc", "b", is_first=False)
    of_b = FittedWith("a.json", "fc", "a", is_first=True)
    ((_, at_a, _),) = layouts(ProjectionRequest("fc", method, 0, of_a), [0], lambda _: a, {}, lambda _: None, b)
    ((_, at_b, _),) = layouts(ProjectionRequest("fc", method, 0, of_b), [0], lambda _: b, {}, lambda _: None, a)
    together = np.concatenate([at_a, at_b])
    ((_, both, _),) = layouts(
        ProjectionRequest("fc", method), [0], lambda _: np.concatenate([a, b]), {}, lambda _: None
    )
    np.testing.assert_allclose(together, both, atol=1e-5)
