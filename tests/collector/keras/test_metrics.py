"""Metrics that a training brings along: their numbers are those of the training, which does not notice them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectorWarning, KerasCollector, Metric, open_collection
from collector.capture.step_state import StepState
from collector.storage import Collection
from tests.collector.kept_metric import Kept

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
Collect = Callable[..., Collection]
layers = keras.layers


def a_model() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax", name="fc"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


class Meddling(Metric):
    """Does all that it should not."""

    name = "meddling"
    needs = ("weights", "gradients", "updates")
    interval = 1

    def compute(self, state: StepState) -> Mapping[str, float]:
        np.random.rand(3)  # noqa: NPY002
        for arrays in (state.weights, state.gradients, state.updates):
            for own in arrays.values():
                for array in own.values():
                    array.fill(5)
        return {"fc": 1.0}


def test_that_a_metric_is_given_weights_gradients_and_updates_with_units_first(
    collect: Collect, samples: Samples
) -> None:
    metric = Kept()

    collection = collect(a_model(), samples(24, 6, 6, 1), interval=1, insight=None, metrics=[metric])

    assert [state.step for state in metric.states] == [0, 1, 2]
    for state, one in zip(metric.states, collection.passes, strict=False):
        for layer, shape in (("conv", (4, 1, 3, 3)), ("fc", (3, 64))):
            assert state.weights[layer]["weight"].shape == shape
            assert np.array_equal(state.weights[layer]["bias"], one.layers[layer].bias)
            assert np.array_equal(state.gradients[layer]["bias"], one.layers[layer].bias_gradient)
            assert np.array_equal(state.updates[layer]["bias"], one.layers[layer].bias_update)
        assert np.array_equal(state.weights["conv"]["weight"], one.layers["conv"].weight)
        assert np.allclose(state.updates["fc"]["weight"], -0.1 * state.gradients["fc"]["weight"], atol=1e-6)
    assert len(collection.series["kept/fc"]) == 3
    assert collection.metrics["kept"].title == "what is kept"


def test_that_a_training_is_bit_for_bit_the_same_with_metrics_that_draw_and_write(path: Path, samples: Samples) -> None:
    data = samples(80, 6, 6, 1)
    ends = []
    for metrics in (None, [Meddling()]):
        keras.backend.clear_session()
        model = a_model()
        collector = [] if metrics is None else [KerasCollector(path, probe=(data[0][:4], None), metrics=metrics)]
        history = model.fit(*data, batch_size=8, epochs=2, verbose=0, callbacks=collector)
        ends.append((history.history["loss"], model.get_weights(), np.random.get_state()[1]))  # noqa: NPY002

    (plain, weights, chance), (other, other_weights, other_chance) = ends
    assert plain == other
    assert all(map(np.array_equal, weights, other_weights))
    assert np.array_equal(chance, other_chance)
    with open_collection(path) as collection:
        assert collection.series["meddling/fc"].tolist() == [1] * 20


def test_that_a_metric_that_fails_is_a_note_and_the_training_goes_on(collect: Collect, samples: Samples) -> None:
    class Broken(Kept):
        def compute(self, state: StepState) -> Mapping[str, float]:
            raise RuntimeError("theirs")

    with pytest.warns(CollectorWarning, match="The metric 'kept' failed: RuntimeError: theirs"):
        collection = collect(a_model(), samples(24, 6, 6, 1), metrics=[Broken()])

    assert collection.finished
    assert len(collection.series["loss"]) == 3


def test_that_what_is_no_metric_is_told_at_once(path: Path) -> None:
    wrong: Any = [Kept]
    with pytest.raises(ValueError, match="metrics has the class Kept"):
        KerasCollector(path, metrics=wrong)
