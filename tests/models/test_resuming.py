"""A training that was stopped, or killed, and goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import CollectionError
from collector.storage.whole_file import whole_file
from data.augmentation import random_crop_and_flip
from data.pictures import DataSource, PictureDataset, loaders
from data.shapes import draw_shapes
from models.checkpoint import CheckpointCallback, go_on_from, read_checkpoint
from models.optimizers import build_optimizer
from models.seeds import random_states, seed_everything, set_random_states
from models.training import Callback, EpochResult, StepResult, Trainer

N_STEPS = 6
"""Of an epoch: 96 pictures in steps of 16."""


@pytest.fixture(scope="module")
def shapes() -> DataSource:
    pictures, labels = (torch.from_numpy(array) for array in draw_shapes(96, np.random.default_rng(0)))
    train = PictureDataset(pictures, labels, (0.5,) * 3, (0.3,) * 3, random_crop_and_flip)
    test = PictureDataset(pictures, labels, (0.5,) * 3, (0.3,) * 3)
    return DataSource("x", "x", None, train, test, tuple("abcdefghij"), (0.5,) * 3, (0.3,) * 3)


class Results(Callback):
    """Keeps losses and the figures of each epoch, and stops the training at a step."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.stop_at = stop_at
        self.losses: dict[int, float] = {}
        self.epochs: dict[int, tuple[float, float, list[int]]] = {}

    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        self.losses[result.step] = result.loss.item()
        if result.step == self.stop_at:
            trainer.stop()

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        self.epochs[result.epoch] = result.train.loss, result.test.loss, result.train.predictions.tolist()


@pytest.fixture
def make_trainer(shapes: DataSource) -> Callable[..., Trainer]:
    """A trainer with all that draws random numbers: order, augmentation, dropout; batch normalisation too."""

    def make(*callbacks: Callback, seed: int = 0) -> Trainer:
        seed_everything(seed)
        model = nn.Sequential(
            nn.Conv2d(3, 4, kernel_size=5, stride=4),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Flatten(),
            nn.Linear(4 * 49, shapes.n_classes),
        )
        optimizer = build_optimizer("adamw", model.parameters())
        batches = loaders(shapes, batch_size=16, seed=0)
        return Trainer(model, optimizer, nn.CrossEntropyLoss(), *batches, callbacks)

    return make


@pytest.mark.parametrize("stop_at", [0, 3, N_STEPS - 1, N_STEPS + 2], ids="stopped behind step {}".format)
def test_that_a_training_goes_on_as_if_it_had_not_been_stopped(
    make_trainer: Callable[..., Trainer], tmp_path: Path, stop_at: int
) -> None:
    whole, before, after = Results(), Results(stop_at), Results()
    uninterrupted = make_trainer(whole)
    uninterrupted.fit(2)

    path = tmp_path / "run.json"
    make_trainer(before, CheckpointCallback(path, created="now", asked_seed=None, seed=0)).fit(2)
    resumed = make_trainer(after, seed=5)
    resumed.load_state_dict(read_checkpoint(path, "now").trainer)
    assert resumed.step == stop_at + 1
    resumed.fit(2)

    assert before.losses | after.losses == whole.losses
    assert list(after.losses) == list(range(stop_at + 1, 2 * N_STEPS))
    assert before.epochs | after.epochs == whole.epochs
    weights = resumed.model.state_dict()
    assert all(torch.equal(each, weights[name]) for name, each in uninterrupted.model.state_dict().items())


def test_that_a_training_that_was_killed_goes_on_behind_its_last_epoch(
    make_trainer: Callable[..., Trainer], tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    keeps = CheckpointCallback(path, created="now", asked_seed=None, seed=0)

    class Killed(Callback):
        def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
            assert read_checkpoint(path, "now").step == N_STEPS * (result.step // N_STEPS)
            if result.step == N_STEPS + 1:
                raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        make_trainer(keeps, Killed()).fit(2)
    assert read_checkpoint(path, "now").step == N_STEPS
    assert [each.name for each in tmp_path.iterdir()] == ["run.checkpoint"]


def test_that_random_numbers_go_on_from_where_they_were() -> None:
    import random

    def draw() -> list[Any]:
        return [random.random(), float(np.random.random()), torch.rand(1).item()]  # noqa: NPY002

    seed_everything(3)
    states = random_states()
    first = draw()
    assert draw() != first
    set_random_states(states)
    assert draw() == first


def test_that_a_checkpoint_that_is_not_there_is_told_with_two_ways_out(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match=r"there is no 'run\.checkpoint' beside it.*--force.*--output_path"):
        read_checkpoint(tmp_path / "run.json", "now")


def test_that_a_checkpoint_of_another_run_is_refused(make_trainer: Callable[..., Trainer], tmp_path: Path) -> None:
    make_trainer(CheckpointCallback(tmp_path / "run.json", created="then", asked_seed=None, seed=0)).fit(0)
    with pytest.raises(CollectionError, match="is of the run of then, and the collection of that of now"):
        read_checkpoint(tmp_path / "run.json", "now")


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04"])
def test_that_a_damaged_checkpoint_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.checkpoint").write_bytes(content)
    with pytest.raises(CollectionError, match="cannot be read as a checkpoint"):
        read_checkpoint(tmp_path / "run.json", "now")


def test_that_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "executed",)

    torch.save({"created": "now", "asked_seed": None, "seed": 0, "trainer": Hostile()}, tmp_path / "run.checkpoint")
    with pytest.raises(CollectionError, match="cannot be read as a checkpoint"):
        read_checkpoint(tmp_path / "run.json", "now")
    assert not (tmp_path / "executed").exists()


WHOLE = {"created": "now", "asked_seed": None, "seed": 0, "trainer": {"step": 5}}


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"trainer": {"step": 5}},
        {name: value for name, value in WHOLE.items() if name != "seed"},
        WHOLE | {"more": 1},
        WHOLE | {"trainer": {}},
        WHOLE | {"trainer": [5]},
        WHOLE | {"trainer": {"step": "5"}},
        WHOLE | {"trainer": {"step": -1}},
        WHOLE | {"seed": "0"},
        WHOLE | {"created": 7},
        [1, 2],
        torch.zeros(2),
        None,
    ],
    ids=str,
)
def test_that_what_is_no_whole_checkpoint_is_refused_in_words(
    make_trainer: Callable[..., Trainer], tmp_path: Path, content: object
) -> None:
    torch.save(content, tmp_path / "run.checkpoint")
    with pytest.raises(
        CollectionError, match=r"run\.checkpoint.*(cannot be read as a checkpoint|gone on from): \S.*--force"
    ):
        go_on_from(read_checkpoint(tmp_path / "run.json", "now"), make_trainer(), tmp_path / "run.json")


@pytest.mark.parametrize("lost", ["model", "optimizer", "epochs_ended", "batch", "tally", "order", "random"])
def test_that_a_checkpoint_that_lacks_something_is_refused_in_words_that_name_it(
    make_trainer: Callable[..., Trainer], tmp_path: Path, lost: str
) -> None:
    trainer = make_trainer()
    trainer.fit(1)
    state = {name: value for name, value in trainer.state_dict().items() if name != lost}
    torch.save(WHOLE | {"trainer": state}, tmp_path / "run.checkpoint")
    checkpoint = read_checkpoint(tmp_path / "run.json", "now")
    with pytest.raises(CollectionError, match=f"cannot be gone on from: it lacks '{lost}'"):
        go_on_from(checkpoint, make_trainer(), tmp_path / "run.json")


def test_that_a_file_that_is_written_follows_no_link_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    precious, path = tmp_path / "precious", tmp_path / "run.checkpoint"
    precious.write_bytes(b"somebody's")
    path.symlink_to(precious)
    for name in ("run.checkpoint.partial", "run.checkpoint.0123456789abcdef.partial"):
        (tmp_path / name).symlink_to(precious)
    with whole_file(path) as file:
        names = {each.name for each in tmp_path.iterdir()}
        file.write(b"new")
    assert len(names) == 4  # the one that was planted as if it were litter is gone, its target is not
    assert precious.read_bytes() == b"somebody's"
    assert path.read_bytes() == b"new"
    assert not path.is_symlink()
    with pytest.raises(RuntimeError), whole_file(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["precious", "run.checkpoint", "run.checkpoint.partial"]
