"""The real command, stopped or killed, and resumed."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from collector import open_collection
from tests.commands import endless_training, strobe


@pytest.fixture
def train(pictures: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Trains on 96 pictures in steps of 16, so six steps an epoch."""

    def run(path: Path, *more: object) -> subprocess.CompletedProcess[str]:
        options = ("--dataset", "folder", "--data_root", pictures, "--model", "mlp", "--batch-size", 16)
        return strobe(*options, "--interval", 2, "--headless", "--output_path", path, *more)

    return run


def test_that_an_epoch_and_one_more_are_two_epochs(train, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    assert train(whole, "--seed", 0, "--epochs", 2).returncode == 0
    assert train(parts, "--seed", 0, "--resume").returncode == 0, "without a collection the run begins"
    ended = train(parts, "--epochs", 2, "--resume")
    assert ended.returncode == 0, ended.stderr
    assert "goes on behind step 6" in ended.stdout

    with open_collection(whole) as one, open_collection(parts) as other:
        assert other.finished
        assert [each.step for each in other.resumes] == [6]
        assert other.run.total_steps == 12
        assert other.passes.steps.tolist() == one.passes.steps.tolist() == [0, 2, 4, 6, 8, 10, 12]
        assert other.epochs == one.epochs
        for name in ("loss", "accuracy", "learning_rate"):
            np.testing.assert_array_equal(other.series[name], one.series[name])
        for first, second in zip(one.passes, other.passes, strict=True):
            np.testing.assert_array_equal(first.layers["fc1"].weight, second.layers["fc1"].weight)
            np.testing.assert_array_equal(first.logits, second.logits)
    weights = [torch.load(path.with_suffix(".pth"), weights_only=True) for path in (whole, parts)]
    assert all(torch.equal(each, weights[1][name]) for name, each in weights[0].items())

    content = parts.read_bytes()
    again = train(parts, "--epochs", 2, "--resume")
    assert again.returncode == 0
    assert "nothing is left to train, its 2 epochs" in again.stdout
    other_options = train(parts, "--epochs", 3, "--resume", "--interval", 3)
    assert other_options.returncode == 2
    assert "cannot be resumed: it was made with interval 2 and not 3" in other_options.stderr
    assert parts.read_bytes() == content


def test_that_a_killed_training_goes_on_behind_its_last_whole_epoch(train, pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "killed.json"
    with endless_training(pictures, path):
        pass
    with open_collection(path) as collection:
        assert not collection.finished
        n_epochs = len(collection.epochs)
    options = ("--dataset", "folder", "--data_root", pictures, "--model", "mlp", "--interval", 5, "--headless")
    ended = strobe(*options, "--output_path", path, "--epochs", n_epochs + 2, "--resume")
    assert ended.returncode == 0, ended.stderr
    with open_collection(path) as collection:
        assert collection.finished
        assert not collection.damaged
        assert [each.epoch for each in collection.epochs] == list(range(n_epochs + 2))
        assert collection.series.steps.tolist() == list(range(collection.n_steps))
        assert collection.passes.steps.tolist()[:-1] == list(range(0, collection.n_steps, 5))
        (resumed,) = collection.resumes
        assert resumed.step in (each.step for each in collection.epochs) or resumed.step == 0


def test_that_resume_and_force_exclude_each_other() -> None:
    ended = strobe("--resume", "--force")
    assert ended.returncode == 2
    assert "not allowed with" in ended.stderr
