"""The same network in PyTorch and in Keras leaves the same numbers in the file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import torch
from torch import nn

from collector import AugmentedSample, Collector, InsightOptions, open_collection
from collector.storage import Collection
from collector.storage.stories import QUANTITIES

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
Collect = Callable[..., Collection]
INSIGHT = InsightOptions(interval=1, sign_interval=0)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def a_torch_net() -> nn.Sequential:
    torch.manual_seed(0)
    net = nn.Sequential()
    net.add_module("conv", nn.Conv2d(2, 5, 3))
    net.add_module("relu", nn.ReLU())
    net.add_module("flatten", nn.Flatten())
    net.add_module("fc1", nn.Linear(5 * 16, 9))
    net.add_module("tanh", nn.Tanh())
    net.add_module("fc2", nn.Linear(9, 3))
    return net


def its_twin(net: nn.Sequential) -> keras.Model:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(5, 3, name="conv"),
            layers.ReLU(name="relu"),
            layers.Flatten(name="flatten"),
            layers.Dense(9, name="fc1"),
            layers.Activation("tanh", name="tanh"),
            layers.Dense(3, activation="softmax", name="fc2"),
        ]
    )
    conv, fc1, fc2 = (getattr(net, name).weight.detach().numpy() for name in ("conv", "fc1", "fc2"))
    by_position = fc1.reshape(9, 5, 16).transpose(2, 1, 0).reshape(80, 9)
    for name, kernel in (("conv", conv.transpose(2, 3, 1, 0)), ("fc1", by_position), ("fc2", fc2.T)):
        model.get_layer(name).set_weights([kernel, getattr(net, name).bias.detach().numpy()])
    return model


@pytest.fixture(scope="module")
def twins(
    collect_once: Collect,
    samples: Callable[..., tuple[np.ndarray, np.ndarray]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Collection, Collection]]:
    """PyTorch's collection and Keras's, of six steps of plain descent on the same batches."""
    pictures, labels = samples(48, 6, 6, 2)
    net = a_torch_net()
    model = its_twin(net)
    inputs, targets = torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()), torch.from_numpy(labels)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    path: Path = tmp_path_factory.mktemp("torch") / "run.json"
    options = {"interval": 2, "neuron_cap": 4, "insight": INSIGHT, "similarity_interval": 2, "similarity_features": 20}
    sample = AugmentedSample(
        pictures[:9], np.zeros((9, 2, 6, 6), np.uint8), ["none", *["noise"] * 8], np.linspace(0, 1, 9), {"noise": "all"}
    )
    changed = replace(sample, inputs=inputs[:9])
    signals = {"similarity": (inputs[:30], targets[:30]), "augmented": changed, "projection": (inputs, targets)}
    options |= {"story_interval": 2, "story_numbers": np.arange(48)[::-1], "story_of": "training"}
    signals["stories"] = inputs, targets
    probe = {"probe": (inputs[:4], targets[:4]), "loss": nn.functional.cross_entropy}
    with Collector(net, optimizer, path, **probe, **options, **signals) as collector:
        for start in range(0, 48, 8):
            loss = nn.functional.cross_entropy(net(inputs[start : start + 8]), targets[start : start + 8])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
        collector.end_epoch()
    signals = {"similarity": (pictures[:30], labels[:30]), "augmented": sample, "projection": (pictures, labels)}
    signals["stories"] = pictures, labels
    with open_collection(path) as of_torch, collect_once(model, (pictures, labels), **options, **signals) as of_keras:
        yield of_torch, of_keras


def test_that_twins_have_the_same_layers_and_probe(twins: tuple[Collection, Collection]) -> None:
    of_torch, of_keras = twins

    assert list(of_torch.layers) == list(of_keras.layers)
    for name, one in of_torch.layers.items():
        other = of_keras.layers[name]
        for field in ("units", "stage", "reads", "input_units", "input_block", "output_shape", "parameters"):
            assert getattr(one, field) == getattr(other, field), f"{field} of {name}"
        np.testing.assert_array_equal(one.kept, other.kept)
        np.testing.assert_array_equal(one.input_kept, other.input_kept)
    np.testing.assert_array_equal(of_torch.probe.inputs, of_keras.probe.inputs)


def test_that_twins_have_the_same_passes(twins: tuple[Collection, Collection]) -> None:
    of_torch, of_keras = twins

    assert of_torch.passes.steps.tolist() == of_keras.passes.steps.tolist() == [0, 2, 4, 6]
    for one, other in zip(of_torch.passes, of_keras.passes, strict=True):
        np.testing.assert_allclose(one.logits, other.logits, **CLOSE)
        np.testing.assert_allclose(one.losses, other.losses, **CLOSE)
        for name, arrays in one.layers.items():
            for kind in ("weight", "bias"):
                for ending in ("", "_gradient", "_update"):
                    mine, yours = (getattr(each, kind + ending) for each in (arrays, other.layers[name]))
                    assert (mine is None) == (yours is None), f"{kind}{ending} of {name} at {one.step}"
                    if mine is not None:
                        np.testing.assert_allclose(mine, yours, **CLOSE)
            if name != "fc2":  # which Keras has with its softmax
                np.testing.assert_allclose(arrays.activation, other.layers[name].activation, **CLOSE)
            assert (arrays.feature_maps is None) == (other.layers[name].feature_maps is None), f"maps of {name}"
            if arrays.feature_maps is not None:
                np.testing.assert_allclose(arrays.feature_maps, other.layers[name].feature_maps, rtol=2e-3, atol=2e-3)


def test_that_twins_have_the_same_stories(twins: tuple[Collection, Collection]) -> None:
    one, other = (collection.stories for collection in twins)

    assert one.header == other.header
    assert one.steps.tolist() == other.steps.tolist() == [0, 2, 4, 6]
    for mine, yours in zip(vars(one.samples).values(), vars(other.samples).values(), strict=True):
        np.testing.assert_array_equal(mine, yours)
    for quantity in QUANTITIES[1:-1]:
        np.testing.assert_allclose(one.scan(quantity), other.scan(quantity), **CLOSE)
    for quantity in ("predictions", "votes"):
        assert (one.scan(quantity) == other.scan(quantity)).mean() > 0.98, "but for ties"


OF_TORCH_ALONE = {
    *("unclipped_gradient_norm", "carried_gradient_norm", "half_batch_cosine", "largest_class_share", "largest_class"),
    *("not_finite_forward", "batches_tracked", "input_crc32", "output_crc32"),
}
"""What Keras does not give, see FORMAT.md."""
OF_OTHER_SAMPLES = {"activation_mean", "activation_std", "activation_max", "optimizer_age", "batch_crc32"}
"""Of the training's samples in PyTorch, of the probe's in Keras; an optimizer's own count; other places in memory."""
CHECKSUMS = {"weights_crc32", "gradients_crc32"}
"""Of numbers that are rounded otherwise, and lie otherwise in memory."""


def test_that_twins_have_the_same_columns(twins: tuple[Collection, Collection]) -> None:
    of_torch, of_keras = twins

    both = {name for name in of_torch.series if name.partition("/")[0] not in OF_TORCH_ALONE | OF_OTHER_SAMPLES}
    assert both == {name for name in of_keras.series if name.partition("/")[0] not in OF_OTHER_SAMPLES}
    for name in {each for each in both if each.partition("/")[0] not in CHECKSUMS}:
        counts = name.partition("/")[0].split("@")[0].split("~")[0]
        if counts in ("minima", "maxima", "minima_original", "maxima_original", "sign_flips", "flip_fraction"):
            continue  # of gradients at the edge of nothing, whose signs are rounding
        np.testing.assert_allclose(of_torch.series[name], of_keras.series[name], rtol=2e-3, atol=2e-4, err_msg=name)


def test_that_twins_have_the_same_similarity_of_layers(twins: tuple[Collection, Collection]) -> None:
    of_torch, of_keras = twins

    assert list(of_keras.similarity.layers) == ["conv", "fc1", "fc2", "softmax"]
    assert of_torch.similarity.labels.tolist() == of_keras.similarity.labels.tolist()
    assert of_torch.similarities.steps.tolist() == of_keras.similarities.steps.tolist() == [0, 2, 4, 6, 6]
    assert of_torch.similarities.epochs.tolist() == of_keras.similarities.epochs.tolist()
    for one, other in zip(of_torch.similarities, of_keras.similarities, strict=True):
        for measure in ("cka", "clipped", "mean", "effective_rank"):
            np.testing.assert_allclose(getattr(one, measure), getattr(other, measure), rtol=1e-4, atol=1e-4)
        for name in one.layers:
            assert other.features(name).shape[0] == 30
            np.testing.assert_allclose(one.features(name), other.features(name), **CLOSE)


def test_that_twins_make_the_same_of_an_augmented_sample(twins: tuple[Collection, Collection]) -> None:
    (one,), (other,) = (collection.augmentation_records for collection in twins)

    assert (one.step, one.layers) == (other.step, other.layers)
    np.testing.assert_allclose(one.stability, other.stability, atol=1e-4)
    np.testing.assert_allclose(one.logits, other.logits, **CLOSE)


def test_that_twins_can_be_laid_out_alike(twins: tuple[Collection, Collection]) -> None:
    of_torch, of_keras = twins

    assert list(of_torch.projection.layers) == list(of_keras.projection.layers) == ["relu", "tanh", "fc2"]
    one, other = (collection.projection_samples for collection in twins)
    np.testing.assert_array_equal(one.pictures, other.pictures)
    np.testing.assert_array_equal(one.labels, other.labels)
    assert of_torch.projections.steps.tolist() == of_keras.projections.steps.tolist() == [0, 6]
    for one, other in zip(of_torch.projections, of_keras.projections, strict=True):
        assert one.epoch == other.epoch
        np.testing.assert_array_equal(one.predictions, other.predictions)
        for name, layer in of_torch.projection.layers.items():
            np.testing.assert_array_equal(layer.kept, of_keras.projection.layers[name].kept)
            np.testing.assert_allclose(one.features(name), other.features(name), rtol=2e-3, atol=2e-3)


def test_that_twins_differ_by_no_more_than_rounding(twins: tuple[Collection, Collection]) -> None:
    of_torch, of_keras = twins

    found = of_torch.compare(of_keras, tolerance=1e-3)

    assert not found.bitwise
    assert found.first_difference is None, found.first_difference
    assert found.identical_until == 6
    assert found.identical_passes == 4
    assert not found.differs
