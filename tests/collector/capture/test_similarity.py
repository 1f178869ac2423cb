"""One measurement: each number in its layer's place, of the features that were planned."""

import numpy as np
import pytest

from collector.capture.compared_layers import OUTPUT, ComparedLayers, Wanted, plan_compared_layers
from collector.capture.similarity import measure_augmented, measure_similarity
from collector.metrics.cka import debiased_cka, u_centred
from collector.metrics.effective_rank import effective_ranks
from collector.metrics.features import gram_matrix
from tests.collector.capture.made_up import outputs_of

N = 12
CHANCE = np.random.default_rng(1)
LAYERS = {
    "a": CHANCE.normal(size=(N, 7)).astype(np.float32),
    "flat": np.ones((N, 3), np.float32),
    "b": CHANCE.normal(size=(N, 4)).astype(np.float32) ** 3,
    OUTPUT: CHANCE.normal(0, 3, size=(N, 3)).astype(np.float32),
}
LAYERS["b"][:, 2] = 5


@pytest.fixture
def plan() -> ComparedLayers:
    return plan_compared_layers({"a": 7, "flat": 3, "gone": 2, "b": 4}, 3, N, 2)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits.astype(np.float64))
    return powers / powers.sum(axis=1, keepdims=True)


def pairs_of(matrix: np.ndarray) -> np.ndarray:
    return matrix[np.triu_indices(len(matrix))]


def test_that_each_pair_has_the_means_of_its_pearson_matrix(plan: ComparedLayers) -> None:
    record = measure_similarity(plan, outputs_of(LAYERS), N, 40, 2)

    own = [LAYERS["a"], None, None, np.delete(LAYERS["b"], 2, axis=1), softmax(LAYERS[OUTPUT])]
    clipped, plain = np.full((5, 5), np.nan), np.full((5, 5), np.nan)
    for i, one in enumerate(own):
        for j, other in enumerate(own):
            if one is not None and other is not None:
                matrix = np.corrcoef(one, other, rowvar=False)[: one.shape[1], one.shape[1] :]
                clipped[i, j], plain[i, j] = np.clip(matrix, 0, None).mean(), matrix.mean()
    assert (record.step, record.epoch) == (40, 2)
    np.testing.assert_allclose(record.correlation_clipped, pairs_of(clipped), atol=1e-5)
    np.testing.assert_allclose(record.correlation, pairs_of(plain), atol=1e-5)
    assert record.constant.tolist() == [0, 3, 0, 1, 0]


def test_that_cka_and_effective_rank_are_those_of_the_layers_alone(plan: ComparedLayers) -> None:
    record = measure_similarity(plan, outputs_of(LAYERS), N, 0, 0)

    own = [LAYERS["a"], LAYERS["flat"], None, LAYERS["b"], softmax(LAYERS[OUTPUT])]
    for place, (i, j) in enumerate(zip(*np.triu_indices(5), strict=True)):
        cka, rank = np.nan, np.nan
        if not {i, j} & {1, 2}:  # which do not vary, or are not there
            grams = np.stack([gram_matrix(own[each])[0] for each in (i, j)])
            cka, rank = debiased_cka(u_centred(grams))[0, 1], effective_ranks(grams)[0]
        np.testing.assert_allclose(record.cka[place], cka, atol=1e-6)
        np.testing.assert_allclose(record.effective_rank[i], rank if i == j else record.effective_rank[i], rtol=1e-5)
    low, high = record.cka_null[np.isfinite(record.cka)].T
    assert ((low < high) & (low < 0.5)).all()


def test_that_the_kept_features_are_in_the_file_under_the_layers_own_names(plan: ComparedLayers) -> None:
    record = measure_similarity(plan, outputs_of(LAYERS), N, 0, 0)

    assert list(record.features) == ["a", "flat", "b", "softmax"]
    np.testing.assert_array_equal(record.features["a"], LAYERS["a"][:, [0, 6]])
    np.testing.assert_array_equal(record.features["b"], LAYERS["b"][:, [0, 3]])
    np.testing.assert_allclose(record.features["softmax"], softmax(LAYERS[OUTPUT])[:, [0, 2]], atol=1e-6)


@pytest.mark.parametrize("shape", [(N - 1, 7), (N, 6), (N, 7, 1)])
def test_that_a_layer_that_gives_something_of_another_size_has_no_numbers_and_costs_the_others_none(
    plan: ComparedLayers, shape: tuple[int, ...]
) -> None:
    whole = measure_similarity(plan, outputs_of(LAYERS), N, 0, 0)
    spoilt = measure_similarity(plan, lambda wanted: {
        **outputs_of(LAYERS)(wanted), **({"a": np.ones(shape, np.float32)} if "a" in wanted else {})
    }, N, 0, 0)  # fmt: skip

    assert np.isnan(spoilt.cka[:5]).all()
    np.testing.assert_array_equal(spoilt.cka[5:], whole.cka[5:])
    np.testing.assert_array_equal(spoilt.effective_rank, [np.nan, *whole.effective_rank[1:]])
    assert list(spoilt.features) == ["flat", "b", "softmax"]


def test_that_each_group_is_run_once_and_only_for_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.capture.compared_layers.MOST_BYTES", 4 * N * 8)
    plan = plan_compared_layers({"a": 7, "b": 4, "wide": 20}, 3, N, 2)
    asked: list[dict[str, list[int] | None]] = []

    def outputs(wanted: Wanted) -> dict[str, np.ndarray]:
        asked.append({name: None if each is None else each.tolist() for name, each in wanted.items()})
        return outputs_of({**LAYERS, "wide": np.ones((N, 20), np.float32)})(wanted)

    measure_similarity(plan, outputs, N, 0, 0)

    assert asked == [{"a": None}, {"b": None}, {"wide": [0, 3, 5, 8, 11, 14, 16, 19]}, {OUTPUT: None}]


def test_that_stability_is_that_of_each_sample_with_the_first(plan: ComparedLayers) -> None:
    record = measure_augmented(plan, outputs_of(LAYERS), N, 7, 3)

    assert (record.step, record.epoch) == (7, 3)
    for number, features in ((0, LAYERS["a"]), (3, LAYERS["b"]), (4, softmax(LAYERS[OUTPUT]))):
        np.testing.assert_allclose(record.stability[number], np.corrcoef(features)[0], atol=1e-5)
    assert np.isnan(record.stability[1:3]).all()
    assert list(record.features) == ["a", "flat", "b", "softmax"]
    np.testing.assert_array_equal(record.features["a"], LAYERS["a"][:, [0, 6]])
    np.testing.assert_array_equal(record.logits, LAYERS[OUTPUT])


def test_that_a_network_without_class_scores_has_no_logits() -> None:
    record = measure_augmented(plan_compared_layers({"a": 7}, None, N, 2), outputs_of(LAYERS), N, 0, 0)

    assert record.logits is None
