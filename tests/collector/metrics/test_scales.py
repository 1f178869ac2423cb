"""What is compared does not depend on the unit of measure, nor on where a chunk ends."""

import numpy as np
import pytest

from collector.metrics import correlations, features
from collector.metrics.cka import debiased_cka, u_centred
from collector.metrics.correlations import clipped_means, plain_means, stability
from collector.metrics.effective_rank import effective_ranks
from collector.metrics.features import gram_matrix, standardised
from collector.metrics.histogram import histogram, summed_by_layer

SCALES = [1e-15, 1e-9, 1.0, 1e9, 1e15]


def layers(n: int = 20) -> list[np.ndarray]:
    chance = np.random.default_rng(0)
    common = chance.normal(size=(n, 3))
    return [(common @ chance.normal(size=(3, d)) + chance.normal(size=(n, d))).astype(np.float32) for d in (7, 30)]


def cka(*outputs: np.ndarray) -> np.ndarray:
    return debiased_cka(u_centred(np.stack([gram_matrix(each)[0] for each in outputs])))


@pytest.mark.parametrize("scale", SCALES)
def test_that_similarity_rank_and_correlation_are_those_of_any_scale(scale: float) -> None:
    one, other = layers()
    scaled = (one * scale).astype(np.float32)

    np.testing.assert_allclose(cka(scaled, other), cka(one, other), atol=1e-6)
    ranks = [effective_ranks(gram_matrix(each)[0][None])[0] for each in (scaled, one)]
    assert ranks[0] == pytest.approx(ranks[1], rel=1e-5)
    for means in (clipped_means, plain_means):
        found, expected = (means([standardised(each), standardised(other)]) for each in (scaled, one))
        np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(stability(scaled), stability(one), atol=1e-6)


@pytest.mark.parametrize("scale", SCALES)
def test_that_samples_that_are_all_alike_have_no_similarity_whatever_their_size(scale: float) -> None:
    one, _ = layers()
    alike = np.tile((np.arange(5) * np.pi * scale).astype(np.float32), (20, 1))

    assert np.isnan(cka(one, alike)).tolist() == [[False, True], [True, True]]


def test_that_u_centring_is_that_of_its_definition() -> None:
    """Székely & Rizzo 2014, eq. 2.3: element by element."""
    one, _ = layers(9)
    gram = one.astype(np.float64) @ one.T.astype(np.float64)
    n = len(gram)
    slow = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                rows = sum(gram[i, k] for k in range(n) if k != i) + sum(gram[k, j] for k in range(n) if k != j)
                total = sum(gram[k, m] for k in range(n) for m in range(n) if k != m)
                slow[i, j] = gram[i, j] - rows / (n - 2) + total / ((n - 1) * (n - 2))
    slow /= np.sqrt((slow**2).sum())
    before = gram.copy()

    found = u_centred(gram[None])[0]

    np.testing.assert_allclose(found, slow, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), 0, atol=1e-12)
    assert not found.diagonal().any()
    np.testing.assert_array_equal(gram, before)


@pytest.mark.parametrize("n", [4, 5])
def test_that_four_samples_are_enough(n: int) -> None:
    one, other = (each[:n] for each in layers())

    assert np.isfinite(cka(one, other)).all()


@pytest.mark.parametrize("chunk", [1, 2, 6, 7, 8, 1000])
def test_that_chunks_change_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = layers()
    one[:, 3] = 5
    own = [standardised(one), standardised(other)]
    whole = [*own, *gram_matrix(one), clipped_means(own), stability(other)]
    monkeypatch.setattr(features, "_CHUNK", chunk)
    monkeypatch.setattr(correlations, "_CHUNK", chunk)
    monkeypatch.setattr(correlations, "_ROWS", chunk)

    own = [standardised(one), standardised(other)]
    for found, expected in zip([*own, *gram_matrix(one), clipped_means(own), stability(other)], whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("steps", "is_constant"), [(1, True), (4, False)])
@pytest.mark.parametrize("value", [1.0, -3e5, 2e-12])
def test_that_what_varies_by_one_step_of_a_float_is_constant_and_by_more_is_not(
    steps: int, is_constant: bool, value: float
) -> None:
    feature = np.full((10, 1), value, np.float32)
    for _ in range(steps):
        feature[::2] = np.nextafter(feature[::2], np.float32(np.inf))

    assert gram_matrix(feature)[1] == is_constant
    assert standardised(feature).any() != is_constant


def test_that_without_layers_there_are_no_means() -> None:
    assert clipped_means([]).shape == plain_means([]).shape == (0, 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_that_a_gram_matrix_with_one_number_that_is_none_has_no_rank(value: float) -> None:
    gram = np.eye(5) - 0.2
    gram[1, 3] = value

    assert np.isnan(effective_ranks(np.stack([gram, np.eye(5) - 0.2]))).tolist() == [True, False]


def test_that_directions_of_rounding_do_not_count() -> None:
    one = np.zeros((30, 8))
    one[:, 0], one[:, 1] = np.random.default_rng(0).normal(size=(2, 30))
    one[:, 2] = one[:, 0] + one[:, 1]

    assert effective_ranks(gram_matrix(one)[0][None])[0] < 2


def test_that_the_counts_of_a_layer_are_those_of_its_parameters_and_a_shared_one_counts_in_each() -> None:
    arrays = {"w": np.array([[1.0, -2.0], [0.0, 1.5]], np.float32), "b": np.array([1.0], np.float32)}
    layers_ = {"fc": ["w", "b"], "tied": ["w"], "frozen": ["gone"], "half": ["gone", "b"]}

    found = summed_by_layer({key: histogram(array) for key, array in arrays.items()}, layers_)

    nonzero = {layer: {int(at): int(counts[at]) for at in np.flatnonzero(counts)} for layer, counts in found.items()}
    # 1 … 2 is bin 65 + 48, −2 … −4 is bin 63 − 49, zero is bin 64
    assert nonzero == {"fc": {113: 3, 14: 1, 64: 1}, "tied": {113: 2, 14: 1, 64: 1}, "half": {113: 1}}
    assert {counts.dtype.kind for counts in found.values()} == {"i"}
    assert summed_by_layer({}, layers_) == {}
