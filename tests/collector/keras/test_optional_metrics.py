"""Metrics that are asked for: their numbers are those of slow versions, and the training does not notice them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import (
    ActivationKurtosis,
    ActivationSpectra,
    ClippedGradients,
    CollectorWarning,
    DormantUnits,
    GradientNoiseScale,
    KerasCollector,
    Metric,
    Sharpness,
    Spectra,
    open_collection,
)
from collector.metrics.kurtosis import kurtosis
from collector.storage import Collection

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
Collect = Callable[..., Collection]
layers = keras.layers


def a_model(optimizer: Any = None) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            layers.Conv2D(4, 3, activation="relu", name="conv"),
            layers.Flatten(),
            layers.Dropout(0.3, seed=3),
            layers.Dense(60, name="fc"),
            layers.Activation("gelu", name="act"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    model.compile(optimizer or keras.optimizers.SGD(0.1, clipnorm=0.05), "sparse_categorical_crossentropy")
    return model


def all_metrics(interval: int) -> list[Metric]:
    kinds: tuple[Any, ...] = (Sharpness, Spectra, ActivationSpectra, DormantUnits, ActivationKurtosis, ClippedGradients)
    return [kind(interval=interval) for kind in kinds]


def test_that_a_training_is_bit_for_bit_the_same_with_all_of_them(path: Path, samples: Samples) -> None:
    inputs, labels = samples(80, 6, 6, 1)
    ends = []
    for metrics in (None, all_metrics(3)):
        keras.backend.clear_session()
        model = a_model()
        probe = inputs[:16], labels[:16]
        collector = [] if metrics is None else [KerasCollector(path, probe=probe, metrics=metrics)]
        history = model.fit(inputs, labels, batch_size=8, epochs=1, verbose=0, callbacks=collector)
        ends.append((history.history["loss"], model.get_weights(), np.random.get_state()[1]))  # noqa: NPY002

    (plain, weights, chance), (other, other_weights, other_chance) = ends
    assert plain == other
    assert all(map(np.array_equal, weights, other_weights))
    assert np.array_equal(chance, other_chance)
    with open_collection(path) as collection:
        found = {name.partition("/")[0] for name in collection.series}
        assert set(collection.metrics) <= found


def test_that_clipping_is_told_by_layer(collect: Collect, samples: Samples) -> None:
    data = samples(24, 6, 6, 1)

    collection = collect(a_model(), data, interval=1, neuron_cap=0, metrics=[ClippedGradients(interval=1)])

    for one in collection.passes[:3]:
        for name in ("conv", "fc", "out"):
            layer = one.layers[name]
            norms = np.array([np.linalg.norm(each) for each in (layer.weight_gradient, layer.bias_gradient)])
            before, left = np.linalg.norm(norms), np.linalg.norm(np.minimum(norms, 0.05))
            assert collection.series[f"norm_before_clipping/{name}"][one.step] == pytest.approx(before, rel=1e-4)
            assert collection.series[f"kept_gradient_fraction/{name}"][one.step] == pytest.approx(
                left / before, rel=1e-4
            )


def test_that_curvature_along_the_update_is_that_of_the_gradients_around_the_weights(
    collect: Collect, samples: Samples
) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(3)])
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss_of)
    inputs, labels = samples(8, 4)
    before = [each.numpy() for each in model.trainable_variables]

    metric = Sharpness(directions=0, radius=0.03, interval=1)
    collection = collect(model, (inputs, labels), probe=(inputs, labels), metrics=[metric])

    after = [each.numpy() for each in model.trainable_variables]
    update = [new - old for new, old in zip(after, before, strict=True)]
    length = np.sqrt(sum(np.sum(each**2) for each in update))

    def slope(far: float) -> float:
        """Of the loss along the update."""
        for variable, own, along in zip(model.trainable_variables, after, update, strict=True):
            variable.assign(own + far / length * along)
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(inputs))
        gradients = tape.gradient(loss, [each.value for each in model.trainable_variables])
        return sum(float(np.sum(each.numpy() * along)) for each, along in zip(gradients, update, strict=True)) / length

    wanted = (slope(0.01) - slope(-0.01)) / 0.02
    assert collection.series["update_curvature/total"][0] == pytest.approx(wanted, rel=0.01)


def test_that_activations_are_the_outputs_of_the_layers_for_the_probe(collect: Collect, samples: Samples) -> None:
    inputs, labels = samples(16, 6, 6, 1)
    model = a_model(keras.optimizers.SGD(0.0))
    probe = inputs[:8], labels[:8]

    metrics = [ActivationKurtosis(interval=1), DormantUnits(tau=0.5, interval=1)]
    collection = collect(model, (inputs, labels), probe=probe, metrics=metrics)

    output = probe[0]
    for layer in model.layers:
        output = layer(output)
        if layer.name in ("conv", "fc", "out"):
            wanted = kurtosis(output.numpy())
            assert collection.series[f"activation_kurtosis/{layer.name}"][0] == pytest.approx(wanted, rel=1e-5)
    assert {"dormant_fraction/conv", "dormant_fraction/act"} == {
        name for name in collection.series if name.startswith("dormant")
    }


def test_that_without_a_compiled_loss_there_is_a_warning_and_no_sharpness(collect: Collect, samples: Samples) -> None:
    inputs, labels = samples(16, 6, 6, 1)
    with pytest.warns(CollectorWarning, match="Metrics of the probe's loss have no numbers: .* with one loss"):
        collection = collect(a_model(), (inputs, labels), probe=(inputs[:4], None), metrics=[Sharpness(interval=1)])

    assert not [name for name in collection.series if "curvature" in name]


def test_that_what_a_step_of_keras_does_not_show_is_refused_by_name(path: Path) -> None:
    with pytest.raises(ValueError, match="'noise_scale' needs 'batches' of a step, which a training step of Keras"):
        KerasCollector(path, metrics=[GradientNoiseScale()])
