"""What happens to a model between its steps and between its trainings is told, and is no step's."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectorWarning, KerasCollector, open_collection
from collector.capture.insight_options import InsightOptions
from collector.storage import Collection
from tests.collector.keras.conftest import train

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers
CLOSE = {"rtol": 1e-4, "atol": 1e-6}
LOGITS_LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
LOSS = "sparse_categorical_crossentropy"


def a_net() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(7, activation="relu", name="fc1"),
            layers.Dense(3, activation="softmax", name="fc2"),
        ]
    )


def notes(collection: Collection) -> list[str]:
    return [note.text for note in collection.notes]


class Clips(keras.callbacks.Callback):
    """Clips the weights of a layer behind each step, as Wasserstein's critics do."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[float] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        kernel = self.model.get_layer("fc1").kernel
        before = kernel.numpy()
        kernel.assign(np.clip(before, -0.1, 0.1))
        self.changes.append(float(np.linalg.norm(kernel.numpy() - before)))


@pytest.mark.parametrize("is_first", [True, False], ids=["before us", "behind us"])
def test_that_weights_changed_between_steps_are_told_apart_from_the_steps_own_update(
    path: Path, samples: Samples, is_first: bool
) -> None:
    data, model, clips = samples(40, 5), a_net(), Clips()
    model.compile(keras.optimizers.SGD(0.1), LOSS)
    collector = KerasCollector(path, probe=(data[0][:4], None), interval=1, insight=InsightOptions(interval=1))
    callbacks = [clips, collector] if is_first else [collector, clips]
    model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=callbacks)

    with open_collection(path) as collection:
        for number in range(5):
            arrays = collection.passes[number].layers["fc1"]
            norm = collection.series["gradient_norm/fc1"][number]
            assert collection.series["update_norm/fc1"][number] == pytest.approx(0.1 * norm, rel=1e-4)
            np.testing.assert_allclose(arrays.weight_update, -0.1 * arrays.weight_gradient, **CLOSE)
        steps, values = collection.series.recorded("outer_update_norm/fc1")
        assert steps.tolist() == [0, 1, 2, 3]
        np.testing.assert_allclose(values, clips.changes[:4], **CLOSE)
        assert not collection.series.recorded("outer_update_norm/fc2")[1].any()
        assert notes(collection)[0].startswith("Behind the optimizer's step 0 something else changed the weights")


def test_that_an_untouched_model_has_no_such_series(path: Path, samples: Samples) -> None:
    with train(path, a_net(), samples(40, 5), interval=2) as collection:
        assert not [name for name in collection.series if name.startswith("outer_update_norm")]


@pytest.mark.parametrize("was_fitted", [True, False])
def test_that_a_layer_frozen_without_compiling_trains_alike_and_is_told(
    tmp_path: Path, samples: Samples, was_fitted: bool
) -> None:
    """Keras goes on with the train function that it has, which a new one would not be like."""
    data, ends = samples(16, 5), []
    for collected in (False, True):
        keras.utils.set_random_seed(0)
        model = a_net()
        model.compile(keras.optimizers.SGD(0.1), LOSS)
        collector = KerasCollector(tmp_path / "run.json", probe=(data[0][:4], None), interval=1)
        for number in range(2):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                collects = collected and (number or not was_fitted)
                model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector] if collects else [])
            model.get_layer("fc1").trainable = False
        ends.append([each.tolist() for each in model.get_weights()])

    assert ends[0] == ends[1]
    with open_collection(tmp_path / "run.json") as collection:
        said = "\n".join(notes(collection))
        if was_fitted:
            assert "Keras goes on with the step that it made before, which cannot be watched" in said
            assert collection.passes[0].layers["fc1"].weight_gradient is None
            assert len(collection.series["loss"]) == 2
        else:
            assert "Before step 2 fc1.weight and fc1.bias became frozen, and the model was not compiled anew" in said
            gradients = [collection.passes[number].layers["fc1"].weight_gradient for number in range(4)]
            assert all(each is not None for each in gradients)


def test_that_a_layer_replaced_between_two_trainings_is_told_and_recorded_no_more(path: Path, samples: Samples) -> None:
    data, model = samples(16, 5), a_net()
    collector = KerasCollector(path, probe=(data[0][:4], None), interval=1)
    model.compile(keras.optimizers.SGD(0.1), LOSS)
    model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector])
    model.pop()
    model.add(layers.Dense(3, activation="softmax", name="fc2"))
    model.compile(keras.optimizers.SGD(0.1), LOSS)
    with pytest.warns(CollectorWarning, match="Replaced in the model before step 2"):
        model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        said = "\n".join(notes(collection))
        assert "before step 2: fc2, a Dense of weight [7, 3] by fc2, a Dense of weight [7, 3]" in said
        kept = [collection.passes[number].layers["fc2"] for number in range(4)]
        assert [each.weight is not None for each in kept] == [True, True, False, False]
        assert [each.activation is not None for each in kept] == [True, True, False, False]
        still = collection.passes[3].layers["fc1"]
        assert still.weight_gradient is not None
        np.testing.assert_allclose(
            collection.passes[-1].layers["fc1"].activation, model.get_layer("fc1")(data[0][:4]), **CLOSE
        )
        logits = collection.passes[-1].logits
        chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        np.testing.assert_allclose(chances, model(data[0][:4]), **CLOSE)


def test_that_a_layer_whose_output_changes_with_one_before_it_has_no_activations_from_then_on(
    path: Path, samples: Samples
) -> None:
    data, act = samples(16, 5), layers.Activation("relu", name="act")
    model = keras.Sequential([keras.Input((5,)), layers.Dense(7, name="fc1"), act, layers.Dense(3, name="fc2")])
    collector = KerasCollector(path, probe=(data[0][:4], None), interval=1)
    model.compile(keras.optimizers.SGD(0.1), LOGITS_LOSS)
    model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector])
    for _ in range(3):
        model.pop()
    for layer in (layers.Dense(9, name="fc1"), act, layers.Dense(3, name="fc2")):
        model.add(layer)
    model.compile(keras.optimizers.SGD(0.1), LOGITS_LOSS)
    with pytest.warns(CollectorWarning, match="Replaced in the model before step 2"):
        model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        kept = [each.layers["act"].activation for each in collection.passes]
        assert [None if each is None else each.shape for each in kept] == [(4, 7), (4, 7), None, None, None]
        assert not [note for note in notes(collection) if "failed" in note]


class PartlyTrained(keras.Model):
    """Hands a part of its weights to its optimizer."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = a_net()

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)

    def train_step(self, data: Any) -> dict[str, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(data[1], self(data[0])))
        variables = self.inner.get_layer("fc1").trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}


def test_that_weights_in_no_optimizer_are_told_by_name(path: Path, samples: Samples) -> None:
    model = PartlyTrained()
    model.compile(keras.optimizers.SGD(0.1))
    model.optimizer.build(model.inner.get_layer("fc1").trainable_variables)
    with pytest.warns(CollectorWarning) as told, train(path, model, samples(24, 5), interval=1) as collection:
        assert [str(each.message) for each in told] == [
            "sequential.fc2.weight and sequential.fc2.bias are in none of the optimizers."
        ]
        assert [text for text in notes(collection) if "the loss does not depend" in text] == []


def test_that_an_optimizer_of_another_model_is_told(path: Path, samples: Samples) -> None:
    class ByHand(PartlyTrained):
        def train_step(self, data: Any) -> dict[str, Any]:
            return {"loss": self.compute_loss(data[0], data[1], self(data[0]))}

    model, other = ByHand(), a_net()
    optimizer = keras.optimizers.SGD(0.1, name="of_another")
    optimizer.build(other.trainable_variables)
    model.compile(optimizer, LOSS)
    with pytest.warns(CollectorWarning) as told, train(path, model, samples(24, 5), interval=1) as collection:
        assert "None of of_another's weights belongs to the model" in str(told[0].message)
        assert not any("in none of the optimizers" in text for text in notes(collection))


def test_that_a_depthwise_kernel_has_its_channels_first(path: Path, samples: Samples) -> None:
    """Unit ``c·m + k`` is channel `c`'s kernel number `k` of `m`."""
    inputs, labels = samples(8, 4, 4, 3)
    depthwise = layers.DepthwiseConv2D(2, depth_multiplier=2, name="depthwise")
    model = keras.Sequential(
        [keras.Input((4, 4, 3)), depthwise, layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    kernel = depthwise.get_weights()[0]
    with train(path, model, (inputs, labels), interval=1, neuron_cap=0) as collection:
        found = collection.passes[0].layers["depthwise"].weight
    by_hand = np.stack([kernel[:, :, channel, number][None] for channel in range(3) for number in range(2)])
    np.testing.assert_array_equal(found, by_hand)
