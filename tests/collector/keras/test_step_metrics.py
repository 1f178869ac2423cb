"""Each logged value is the step's own, whatever name it is returned under and however it is made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import KerasCollector, open_collection
from collector.storage import Collection
from tests.collector.keras.conftest import train

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers
Mean = keras.metrics.Mean


class Odd(keras.Model):
    """A training step of the user's own whose results are made by ``results``; keeps each step's loss by hand."""

    def __init__(self, results: Callable[["Odd", Any, Any], dict[str, Any]]) -> None:
        super().__init__()
        self.fc = layers.Dense(3, activation="softmax", name="fc")
        self.results = results
        self.total_tracker = Mean(name="total_loss")
        self.other_tracker = Mean(name="loss")
        self.errors = keras.metrics.RootMeanSquaredError(name="errors")
        self.area = keras.metrics.AUC(name="area", num_thresholds=5)
        self.by_hand = tf.Variable(tf.zeros(40), trainable=False)
        self.step = tf.Variable(0, trainable=False)

    def call(self, inputs: Any) -> Any:
        return self.fc(inputs)

    def train_step(self, data: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            given = self(data[0])
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(data[1], given))
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self.by_hand.scatter_nd_update([[self.step]], [loss])
        self.step.assign_add(1)
        return self.results(self, loss, given)


def tracked(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    """As the guide to variational autoencoders has it: the tracker has another name than the result."""
    model.total_tracker.update_state(loss)
    return {"loss": model.total_tracker.result()}


def swapped(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    """The names of two trackers, the one for the other."""
    model.total_tracker.update_state(loss)
    model.other_tracker.update_state(loss * 3)
    return {"loss": model.total_tracker.result(), "total_loss": model.other_tracker.result()}


def plain(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    """The loss itself, beside a tracker of the same name that goes elsewhere."""
    model.other_tracker.update_state(loss)
    return {"loss": loss, "mean": model.other_tracker.result()}


def weighted(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    model.total_tracker.update_state(loss, sample_weight=tf.shape(given)[0])
    return {"loss": model.total_tracker.result()}


def twice(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    """A mean of two numbers a step."""
    model.total_tracker.update_state(loss * 0.5)
    model.total_tracker.update_state(loss * 1.5)
    return {"loss": model.total_tracker.result()}


def by_values(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    """A mean of many numbers a step."""
    model.total_tracker.update_state(loss * tf.constant([0.5, 1.0, 1.5]))
    return {"loss": model.total_tracker.result()}


def of_squares(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    """The root of a mean of squares."""
    model.errors.update_state(loss[None], tf.zeros(1))
    return {"loss": model.errors.result()}


def inside_a_function(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    @tf.function
    def of(loss: Any) -> tuple[Any, Any]:
        model.total_tracker.update_state(loss)
        return model.total_tracker.result(), loss * 1.0

    of_mean, own = of(loss)
    return {"loss": of_mean, "own": own}


@pytest.mark.parametrize("eagerly", [False, True], ids=["graph", "eagerly"])
@pytest.mark.parametrize(
    "results", [tracked, swapped, plain, weighted, twice, by_values, of_squares, inside_a_function]
)
def test_that_every_result_is_the_steps_own(
    path: Path, samples: Samples, results: Callable[..., Any], eagerly: bool
) -> None:
    model = Odd(results)
    model.compile(keras.optimizers.SGD(0.5), run_eagerly=eagerly)

    with train(path, model, samples(44, 5), epochs=2) as collection:
        own = model.by_hand.numpy()[:12]
        assert len(set(own.tolist())) == 12
        np.testing.assert_allclose(collection.series["loss"], own, rtol=2e-5)
        for name, factor in (("total_loss", 3.0), ("mean", 1.0), ("own", 1.0)):
            if name in collection.series:
                np.testing.assert_allclose(collection.series[name], factor * own, rtol=2e-5)
        told = [note.text for note in collection.notes]
        may_say = eagerly and results in (plain, inside_a_function)
        assert all(may_say and text.startswith("Recorded as the training step gave them:") for text in told)


def test_that_a_steps_loss_is_exact_however_much_the_epoch_has_summed_up(path: Path, samples: Samples) -> None:
    """A float32 sum of 10⁷ knows a part of 1 to no more than its first digits."""

    def results(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
        model.total_tracker.update_state(1e7)
        model.total_tracker.update_state(loss)
        return {"loss": model.total_tracker.result()}

    model = Odd(results)
    model.compile(keras.optimizers.SGD(0.5))
    with train(path, model, samples(44, 5)) as collection:
        np.testing.assert_allclose(collection.series["loss"] * 2 - 1e7, model.by_hand.numpy()[:6], rtol=1e-6)


def sums_of_means(model: Odd, loss: Any, given: Any) -> dict[str, Any]:
    model.total_tracker.update_state(loss)
    model.area.update_state(tf.constant([0, 1]), tf.constant([0.2, 0.6]))
    return {"loss": loss, "both": model.total_tracker.result() + 1.0, "area": model.area.result()}


def test_that_what_has_no_part_of_one_step_is_recorded_as_it_is_so_far_and_says_so(
    path: Path, samples: Samples
) -> None:
    model = Odd(sums_of_means)
    model.compile(keras.optimizers.SGD(0.5))
    with train(path, model, samples(24, 5)) as collection:
        own = model.by_hand.numpy()[:3]
        np.testing.assert_allclose(collection.series["loss"], own, rtol=1e-6)
        np.testing.assert_allclose(collection.series["both"], 1 + np.cumsum(own) / [1, 2, 3], rtol=1e-5)
        (note,) = collection.notes
        assert "area and both" in note.text
        assert "in the epoch so far" in note.text


class Evaluates(keras.callbacks.Callback):
    """Sets the metrics back and moves them, in the midst of an epoch."""

    def __init__(self, data: Any) -> None:
        super().__init__()
        self._data = data

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.model.evaluate(*self._data, verbose=0)


def losses_by_hand(collection: Collection, data: Any, penalty: float = 0.0) -> list[float]:
    """From the recorded weights, in NumPy."""
    found = []
    for number in range(len(collection.passes) - 1):
        fc = collection.passes[number].layers["fc"]
        logits = data[0][number * 8 : number * 8 + 8] @ fc.weight.T + fc.bias
        chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        labels = data[1][number * 8 : number * 8 + 8]
        found.append(-np.log(chances[np.arange(len(labels)), labels]).mean() + penalty * (fc.weight**2).sum())
    return found


@pytest.mark.parametrize("penalty", [0.0, 0.1], ids=["loss", "with a penalty"])
def test_that_an_evaluation_in_mid_epoch_leaves_the_steps_their_own_results(
    path: Path, samples: Samples, penalty: float
) -> None:
    data = samples(28, 5)
    regularizer = keras.regularizers.L2(penalty) if penalty else None
    fc = layers.Dense(3, activation="softmax", name="fc", kernel_regularizer=regularizer)
    model = keras.Sequential([keras.Input((5,)), fc])
    compiled = {"metrics": ["accuracy"]}
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", **compiled)
    callbacks = [Evaluates(data), KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=1)]
    model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=callbacks, validation_data=data)

    with open_collection(path) as collection:
        np.testing.assert_allclose(collection.series["loss"], losses_by_hand(collection, data, penalty), rtol=1e-5)
        np.testing.assert_array_equal(collection.series["accuracy"] * [8, 8, 8, 4] % 1, 0)
        assert not collection.notes


class SetsBack(keras.callbacks.Callback):
    """Sets the metrics back when all others have looked at them."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.model.reset_metrics()


def test_that_metrics_that_are_set_back_before_each_step_leave_each_its_own(path: Path, samples: Samples) -> None:
    """Those too that Keras makes in the first step, behind what the collector knew of."""
    data = samples(28, 5)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(3, activation="softmax", name="fc")])
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    seen: list[Any] = []
    own = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["accuracy"]))
    callbacks = [KerasCollector(path, interval=1), SetsBack(), own]
    model.fit(*data, batch_size=8, shuffle=False, verbose=0, epochs=2, callbacks=callbacks)
    with open_collection(path) as collection:
        np.testing.assert_allclose(collection.series["accuracy"], seen, rtol=1e-6)
        assert not collection.notes


def test_that_steps_run_at_once_have_their_mean_under_any_name(path: Path, samples: Samples) -> None:
    model = Odd(tracked)
    model.compile(keras.optimizers.SGD(0.5), steps_per_execution=2)
    with train(path, model, samples(40, 5)) as collection:
        own = model.by_hand.numpy()[:5]
        steps, values = collection.series.recorded("loss")
        assert steps.tolist() == [1, 3, 4]
        np.testing.assert_allclose(values, [own[:2].mean(), own[2:4].mean(), own[4]], rtol=1e-5)
