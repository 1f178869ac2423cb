"""Each pass has the loss of each of the probe's samples, by the loss that the model is trained with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectorWarning
from collector.keras import KerasCollector
from collector.storage import Collection

Collect = Callable[..., Collection]
CHANCE = np.random.default_rng(3)
X = CHANCE.normal(size=(16, 4)).astype("f4")
CLASSES = CHANCE.integers(0, 3, 16)
VALUES = CHANCE.normal(size=(16, 3)).astype("f4")


def network(n_outputs: int = 3, activation: str | None = None) -> keras.Model:
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(n_outputs, activation)])


def alone(loss: keras.losses.Loss, targets: np.ndarray, outputs: np.ndarray) -> list[float]:
    """The slow version: one sample after the other."""
    return [float(loss(targets[n : n + 1], outputs[n : n + 1])) for n in range(len(outputs))]


def quartic(targets: Any, output: Any) -> Any:
    return keras.ops.mean((targets - output) ** 4, axis=-1)


CASES: dict[str, tuple[Any, Any, Any]] = {
    "classes": (keras.losses.SparseCategoricalCrossentropy(from_logits=True), CLASSES, None),
    "values": ("mse", VALUES, keras.losses.MeanSquaredError()),
    "a sum": (keras.losses.MeanAbsoluteError(reduction="sum"), VALUES, keras.losses.MeanAbsoluteError()),
    "one value": ("mae", VALUES[:, 0], keras.losses.MeanAbsoluteError()),
    "one's own": (quartic, VALUES, keras.losses.get(quartic)),
}


@pytest.mark.parametrize("name", CASES)
def test_that_each_sample_has_the_loss_that_the_model_was_compiled_with(collect: Collect, name: str) -> None:
    loss, targets, slow = CASES[name]
    model = network(1 if name == "one value" else 3)
    found = collect(model, (X, targets), compile_with={"loss": loss}, probe=(X[:5], targets[:5]))

    for number, one in enumerate(found.passes):
        own = targets[:5, None] if name == "one value" else targets[:5]
        outputs = np.array(one.logits)
        expected = np.mean((own - outputs) ** 4, -1) if loss is quartic else alone(slow or loss, own, outputs)
        np.testing.assert_allclose(one.losses, expected, rtol=1e-5)
        whole = np.sum(expected) if name == "a sum" else np.mean(expected)
        np.testing.assert_allclose(found.series.recorded("probe_loss")[1][number], whole, rtol=1e-5)


def test_that_positions_are_a_mean_of_each_sample(collect: Collect) -> None:
    x = CHANCE.integers(0, 6, (8, 4)).astype("i4")
    model = keras.Sequential([keras.Input((4,), dtype="int32"), keras.layers.Embedding(6, 5), keras.layers.Dense(6)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    before = model.predict(x[:3], verbose=0)

    found = collect(model, (x, x), compile_with={"loss": loss}, probe=(x[:3], x[:3]))

    np.testing.assert_allclose(found.passes[0].losses, alone(loss, x[:3], before), rtol=1e-5)


def test_that_the_loss_that_is_given_is_taken_in_a_loop_of_ones_own(path: Path) -> None:
    model, optimizer = network(), keras.optimizers.SGD(0.1)
    loss = keras.losses.MeanSquaredError()
    before = model.predict(X[:5], verbose=0)
    with KerasCollector(path, model=model, optimizer=optimizer, probe=(X[:5], VALUES[:5]), loss=loss) as collector:
        optimizer.apply([keras.ops.ones_like(each) for each in model.trainable_variables], model.trainable_variables)
        collector.step(1.0)

    with Collection(path) as found:
        np.testing.assert_allclose(found.passes[0].losses, alone(loss, VALUES[:5], before), rtol=1e-5)


def test_that_a_loss_of_all_samples_is_none_of_one_and_said_so(collect: Collect) -> None:
    found = collect(network(), (X, VALUES), compile_with={"loss": "mse"}, loss=lambda y, given: quartic(y, given)[0])

    assert found.passes[0].losses is None
    assert len(found.series["probe_loss"])
    assert any("no sample has one of its own" in note.text for note in found.notes)


def test_that_a_loss_that_cannot_be_computed_is_told_and_all_else_recorded(collect: Collect) -> None:
    with pytest.warns(CollectorWarning, match="No losses of the probe are recorded: loss, of the probe's targets"):
        found = collect(network(), (X, CLASSES), compile_with={"loss": CASES["classes"][0]}, loss=lambda y, given: y.no)

    assert found.passes[0].losses is None
    assert found.passes[0].logits is not None


def test_that_without_targets_an_asked_loss_is_said_to_be_none(collect: Collect) -> None:
    with pytest.warns(CollectorWarning, match="it has no targets"):
        collect(network(), (X, VALUES), compile_with={"loss": "mse"}, loss="mse", probe=(X[:4], None))


def test_that_what_is_no_loss_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="loss is of type int"):
        KerasCollector(path, loss=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="squared"):
        KerasCollector(path, loss="squared")
