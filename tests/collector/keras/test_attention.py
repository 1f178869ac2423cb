"""What Keras's layers attend to is in the file, by sample and head, as their own scores are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector.keras import KerasCollector
from collector.storage import Collection, open_collection

layers, ops = keras.layers, keras.ops
CHANCE = np.random.default_rng(5)
X = CHANCE.normal(size=(6, 5, 8)).astype("f4")
Y = CHANCE.normal(size=(6, 5, 8)).astype("f4")


def trained(path: Path, model: keras.Model, x: Any = X, **options: Any) -> Collection:
    model.compile("sgd", "mse")
    model.fit(x, Y, verbose=0, callbacks=[KerasCollector(path, probe=(x, Y), interval=1, **options)])
    return open_collection(path)


def attending(**of_call: Any) -> tuple[keras.Model, Any]:
    attention = layers.MultiHeadAttention(2, 3, name="attention")
    given = keras.Input((5, 8))
    asked = keras.Model(given, attention(given, given, return_attention_scores=True, **of_call)[1])
    return keras.Model(given, layers.Dense(8, name="out")(attention(given, given, **of_call))), asked


def entropies(weights: np.ndarray) -> np.ndarray:
    """The slow version."""
    found = []
    for head in range(weights.shape[1]):
        own = [-sum(p * np.log(p) for p in row if p > 0) for sample in weights[:, head] for row in sample]
        found.append(np.mean(own))
    return np.array(found)


@pytest.mark.parametrize("of_call", [{}, {"use_causal_mask": True}], ids=["all", "causal"])
def test_that_heads_are_weighted_as_the_layer_says_itself(tmp_path: Path, of_call: dict[str, Any]) -> None:
    model, asked = attending(**of_call)
    expected = np.asarray(asked(X))

    with trained(tmp_path / "run.json", model) as found:
        layer, record = found.layers["attention"], found.passes[0].layers["attention"]
        assert layer.attention is not None
        assert (layer.attention.heads, layer.attention.queries.size, layer.attention.keys.size) == (2, 5, 5)
        np.testing.assert_allclose(record.attention, expected, atol=1e-3)
        np.testing.assert_allclose(record.attention_entropy, entropies(expected), rtol=1e-4)
        whole = found.series.recorded("attention_entropy/attention")[1][0]
        np.testing.assert_allclose(whole, np.mean(record.attention_entropy), rtol=1e-6)
        assert found.series.recorded("attention_logit/attention")[1][0] == np.max(record.attention_logit)
        assert not found.notes


def test_that_the_largest_logit_is_that_of_keys_that_may_be_seen(tmp_path: Path) -> None:
    model, _ = attending(use_causal_mask=True)
    attention = model.get_layer("attention")
    query, key = (np.asarray(getattr(attention, f"_{name}_dense")(X)) for name in ("query", "key"))
    scores = np.einsum("nthe,nshe->nhts", query, key) / np.sqrt(3)
    seen = np.where(np.tril(np.ones((5, 5), bool)), scores, -np.inf)

    with trained(tmp_path / "run.json", model) as found:
        logits = found.passes[0].layers["attention"].attention_logit
        np.testing.assert_allclose(logits, seen.max((0, 2, 3)), rtol=1e-5)


def test_that_padding_counts_in_neither(tmp_path: Path) -> None:
    words = CHANCE.integers(1, 9, (6, 5))
    words[:, 3:] = 0
    given = keras.Input((5,), dtype="int32")
    embedded = layers.Embedding(9, 8, mask_zero=True, name="words")(given)
    attention = layers.MultiHeadAttention(2, 3, name="attention")
    model = keras.Model(given, layers.Dense(8)(attention(embedded, embedded)))
    asked = model.get_layer("words")(words)
    expected = np.asarray(attention(asked, asked, return_attention_scores=True)[1])[:, :, :3]

    with trained(tmp_path / "run.json", model, words) as found:
        entropy = found.passes[0].layers["attention"].attention_entropy
        np.testing.assert_allclose(entropy, entropies(expected), rtol=1e-4)


class OnesOwn(layers.Layer):
    """As a tutorial writes it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.query, self.key, self.value = (layers.Dense(8, name=name) for name in ("query", "key", "value"))

    def call(self, x: Any) -> Any:
        scores = ops.matmul(self.query(x), ops.transpose(self.key(x), (0, 2, 1))) / 8**0.5
        return ops.matmul(ops.softmax(scores, axis=-1), self.value(x))


def grouped() -> Any:
    return layers.GroupQueryAttention(4, 4, 2, name="attention")


MADE: dict[str, tuple[Callable[[], Any], int]] = {
    "one's own": (lambda: OnesOwn(name="attention"), 1),
    "Attention": (lambda: layers.Attention(name="attention"), 1),
    "groups of heads": (grouped, 4),
    "with dropout": (lambda: layers.MultiHeadAttention(2, 3, dropout=0.3, name="attention"), 2),
}


@pytest.mark.parametrize("name", MADE)
def test_that_any_layer_that_attends_is_seen_to(tmp_path: Path, name: str) -> None:
    make, n_heads = MADE[name]
    layer, given = make(), keras.Input((5, 8))
    made = (
        layer([given, given]) if name == "Attention" else layer(given) if name == "one's own" else layer(given, given)
    )

    with trained(tmp_path / "run.json", keras.Model(given, layers.Dense(8)(made))) as found:
        record = found.passes[-1].layers["attention"]
        assert record.attention is not None
        assert record.attention.shape == (6, n_heads, 5, 5)
        np.testing.assert_allclose(record.attention.astype("f4").sum(-1), 1, atol=2e-3)


def test_that_a_softmax_over_classes_attends_to_nothing(tmp_path: Path) -> None:
    given = keras.Input((5, 8))
    model = keras.Model(given, layers.Dense(8, activation="softmax", name="out")(given))

    with trained(tmp_path / "run.json", model) as found:
        assert found.layers["out"].attention is None


def test_that_maps_left_out_on_request_leave_attention_out_too(tmp_path: Path) -> None:
    model, _ = attending()

    with trained(tmp_path / "run.json", model, feature_maps="none") as found:
        assert found.passes[0].layers["attention"].attention is None
        assert "on request" in found.layers["attention"].not_recorded["attention"]
