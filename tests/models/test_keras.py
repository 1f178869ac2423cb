"""Trainings with Keras, from the networks to the command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import torch

from collector import open_collection
from data.pictures import PictureDataset
from models.keras_data import Batches
from models.keras_networks import build, build_optimizer
from models.names import KERAS_MODELS, MODELS, OPTIMIZERS, WrongPairError
from models.optimizers import DEFAULT_LEARNING_RATES

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("name", "parameters"), [("keras_cnn", 122_570), ("keras_mlp", 109_386)])
def test_that_parameter_counts_are_the_originals(name: str, parameters: int) -> None:
    assert build(name, MODELS[name], 10).count_params() == parameters


@pytest.mark.parametrize("name", sorted(KERAS_MODELS))
def test_that_pictures_become_probabilities(name: str) -> None:
    channels, height, width = MODELS[name]
    given = build(name, MODELS[name], 7)(np.zeros((3, height, width, channels), np.float32))
    np.testing.assert_allclose(given.numpy().sum(1), np.ones(3), rtol=1e-5)
    assert given.shape == (3, 7)


def test_that_another_name_is_refused() -> None:
    with pytest.raises(WrongPairError, match="no Keras model 'cnn'"):
        build("cnn", (1, 28, 28), 10)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_that_every_optimizer_has_its_rate(name: str) -> None:
    assert float(build_optimizer(name).learning_rate) == pytest.approx(DEFAULT_LEARNING_RATES[name])
    assert float(build_optimizer(name, 0.5).learning_rate) == 0.5


def test_that_a_bad_optimizer_or_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="no optimizer 'lion'"):
        build_optimizer("lion")
    with pytest.raises(ValueError, match="above 0"):
        build_optimizer("sgd", 0.0)


def test_that_an_epoch_has_every_picture_once_in_the_order_of_its_seed() -> None:
    pictures = torch.arange(10, dtype=torch.uint8).view(10, 1, 1, 1).expand(10, 1, 2, 3)
    dataset = PictureDataset(pictures, torch.arange(10), (0.0,), (1.0,))

    def epochs(seed: int) -> list[list[int]]:
        batches = Batches(dataset, 4, seed)
        assert [batches[number][0].shape for number in range(len(batches))] == [(4, 2, 3, 1)] * 2 + [(2, 2, 3, 1)]
        orders = []
        for _ in range(2):
            orders.append([int(label) for number in range(len(batches)) for label in batches[number][1]])
            batches.on_epoch_end()
        return orders

    first, second = epochs(1)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert epochs(1) == [first, second]
    assert epochs(2) != [first, second]


def command(pictures: Path, path: Path, epochs: int) -> list[str]:
    options = ["--model", "keras_cnn", "--batch_size", "16", "--interval", "2", "--seed", "0", "--epochs", str(epochs)]
    place = ["--dataset", "folder", "--data_root", str(pictures), "--headless", "--output_path", str(path)]
    return [sys.executable, "-W", "error", str(ROOT / "main.py"), *options, *place]


def test_that_the_command_trains_collects_and_saves(pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "run.json"
    ended = subprocess.run(command(pictures, path, 1), capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "epoch 1: train loss" in ended.stdout
    assert "The training ended after 6 steps." in ended.stdout
    assert "tensorflow" not in ended.stderr.lower().replace(str(ROOT).lower(), ""), "its start-up noise is kept back"
    assert "oneDNN" not in ended.stderr
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes.steps.tolist() == [0, 2, 4, 6]
        assert collection.run.framework.startswith("keras ")
        assert collection.run.model == "keras_cnn"
        assert collection.probe.class_names == ("blue", "green", "red")
        assert len(collection.series["accuracy"]) == 6
        assert set(collection.epochs[0].metrics) == {"train_loss", "train_accuracy", "test_loss", "test_accuracy"}
        assert not collection.notes
        assert {"dead_fraction/conv1", "dead_fraction/fc1"} < set(collection.series)
        assert list(collection.similarity.layers) == ["conv1", "conv2", "conv3", "fc1", "fc2", "softmax"]
        assert collection.similarities.steps.tolist() == [0, 6]
        assert collection.augmentations.pictures.shape == (300, 3, 32, 32)
        assert collection.augmentation_records.steps.tolist() == [6]
        assert np.isfinite(collection.augmentation_records[-1].stability).all()
        assert list(collection.projection.layers) == ["conv3", "fc1", "fc2"]
        assert collection.projections.steps.tolist() == [0, 6]
        assert collection.projection_samples.pictures.shape[1:] == (3, 32, 32)
        kernel = collection.passes[-1].layers["fc2"].weight
    saved = keras.models.load_model(path.with_suffix(".keras"))
    kept = np.linspace(0, 63, 24).round().astype(int)
    np.testing.assert_array_equal(kernel, saved.get_layer("fc2").get_weights()[0].T[:, kept])
    assert list(path.with_suffix(".tensorboard").iterdir())


def test_that_a_request_to_end_ends_a_keras_training_after_its_step(pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "stopped.json"
    child = subprocess.Popen(command(pictures, path, 100_000), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while child.poll() is None and not (path.exists() and path.read_bytes().count(b'"record":"pass"') > 2):
            time.sleep(0.05)
        child.send_signal(signal.SIGTERM)
        out, errors = child.communicate(timeout=60)
    finally:
        child.kill()
        child.communicate()
    assert child.returncode == 0, errors.decode()
    assert "was stopped" in out.decode()
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes[-1].step == collection.n_steps
    assert path.with_suffix(".keras").is_file()


def test_that_a_training_with_pytorch_loads_no_tensorflow() -> None:
    code = "import sys, models.run; print([m for m in ('tensorflow', 'keras') if m in sys.modules])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
