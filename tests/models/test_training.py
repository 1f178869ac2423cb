from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from data.augmentation import random_crop_and_flip
from data.pictures import DataSource, PictureDataset, loaders
from data.shapes import draw_shapes
from models.optimizers import build_optimizer
from models.seeds import seed_everything
from models.training import Callback, EpochResult, StepResult, Trainer, evaluate

MakeTrainer = Callable[..., Trainer]


class Witness(Callback):
    """Writes down what it is told."""

    def __init__(self, name: str = "", story: list[str] | None = None) -> None:
        self.name = name
        self.story = story if story is not None else []
        self.steps: list[StepResult] = []
        self.epochs: list[EpochResult] = []

    def on_train_begin(self, trainer: Trainer) -> None:
        self.story.append(f"{self.name}begin")

    def on_epoch_begin(self, trainer: Trainer) -> None:
        self.story.append(f"{self.name}epoch {trainer.epoch}")

    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        self.steps.append(result)

    def on_epoch_end(self, trainer: Trainer, result: EpochResult) -> None:
        self.epochs.append(result)
        self.story.append(f"{self.name}epoch end {result.epoch}")

    def on_train_end(self, trainer: Trainer) -> None:
        self.story.append(f"{self.name}end")

    @property
    def losses(self) -> list[float]:
        return [result.loss.item() for result in self.steps]


class AtStep(Callback):
    def __init__(self, step: int, act: Callable[[Trainer], object]) -> None:
        self.step, self.act = step, act

    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        if result.step == self.step:
            self.act(trainer)


def fail(trainer: Trainer) -> None:
    raise RuntimeError("no more")


def test_that_training_learns(make_trainer: MakeTrainer) -> None:
    witness = Witness()
    make_trainer(witness).fit(6)
    assert sum(witness.losses[-12:]) < 0.5 * sum(witness.losses[:12])
    assert witness.epochs[-1].test.accuracy > 0.9


def test_that_steps_and_epochs_are_counted_from_zero(make_trainer: MakeTrainer) -> None:
    witness = Witness()
    make_trainer(witness).fit(2)
    assert [result.step for result in witness.steps] == list(range(24))
    assert [result.epoch for result in witness.steps] == [0] * 12 + [1] * 12
    assert [(result.epoch, result.steps) for result in witness.epochs] == [(0, 12), (1, 24)]
    assert witness.story == ["begin", "epoch 0", "epoch end 0", "epoch 1", "epoch end 1", "end"]


def test_that_a_step_is_the_one_that_plain_torch_makes(
    make_trainer: MakeTrainer, batches: list[tuple[torch.Tensor, torch.Tensor]]
) -> None:
    witness, model = Witness(), nn.Linear(2, 2)
    twin = nn.Linear(2, 2)
    twin.load_state_dict(model.state_dict())
    make_trainer(witness, model=model).fit(1)
    optimizer = build_optimizer("adam", twin.parameters(), lr=0.05)
    for (points, labels), result in zip(batches, witness.steps, strict=True):
        logits = twin(points)
        loss = nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert torch.equal(result.loss, loss.detach())
        assert torch.equal(result.logits, logits.detach())
        assert torch.equal(result.labels, labels)
        assert not result.loss.requires_grad
    assert torch.equal(model.weight, twin.weight)


def test_that_epoch_figures_cover_every_sample_once() -> None:
    """Batches of unequal size, so that a mean of batch means would be wrong."""
    points, labels = torch.randn(10, 2), torch.randint(0, 2, (10,))
    batches = list(zip(points.split([7, 3]), labels.split([7, 3]), strict=True))
    model = nn.Linear(2, 2)
    outcome = evaluate(model, nn.CrossEntropyLoss(), batches)
    logits = model(points)
    assert outcome.loss == pytest.approx(nn.functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert outcome.predictions.tolist() == logits.argmax(1).tolist()
    assert outcome.labels.tolist() == labels.tolist()
    assert outcome.accuracy == pytest.approx((logits.argmax(1) == labels).float().mean().item())


def test_that_evaluation_changes_nothing_in_the_model() -> None:
    model = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(0.5), nn.Linear(2, 2))
    model.train()
    model[1].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random_state = torch.random.get_rng_state()
    batches = [(torch.randn(4, 2, generator=torch.Generator().manual_seed(0)), torch.zeros(4).long())]
    first, second = (evaluate(model, nn.CrossEntropyLoss(), batches) for _ in range(2))
    assert first.loss == second.loss
    assert [module.training for module in model.modules()] == [True, True, False, True]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(random_state, torch.random.get_rng_state())


def test_that_stopping_ends_after_the_current_step(make_trainer: MakeTrainer) -> None:
    witness = Witness()
    trainer = make_trainer(AtStep(4, Trainer.stop), witness)
    trainer.fit(3)
    assert [result.step for result in witness.steps] == [0, 1, 2, 3, 4]
    assert witness.story == ["begin", "epoch 0", "end"]
    assert trainer.stopped


def test_that_callbacks_hear_the_end_of_a_training_that_fails(make_trainer: MakeTrainer) -> None:
    story: list[str] = []
    first, second = Witness("a ", story), Witness("b ", story)
    with pytest.raises(RuntimeError, match="no more"):
        make_trainer(first, AtStep(2, fail), second).fit(1)
    assert story == ["a begin", "b begin", "a epoch 0", "b epoch 0", "b end", "a end"]


def test_that_a_callback_failing_at_its_end_does_not_keep_it_from_the_others(
    make_trainer: MakeTrainer,
) -> None:
    class FailsAtEnd(Callback):
        def on_train_end(self, trainer: Trainer) -> None:
            raise RuntimeError("at the end")

    witness = Witness()
    with pytest.raises(RuntimeError, match="at the end"):
        make_trainer(witness, FailsAtEnd()).fit(1)
    assert witness.story[-1] == "end"


def test_that_only_callbacks_that_began_hear_the_end(make_trainer: MakeTrainer) -> None:
    class FailsAtBegin(Witness):
        def on_train_begin(self, trainer: Trainer) -> None:
            raise RuntimeError("not today")

    story: list[str] = []
    with pytest.raises(RuntimeError, match="not today"):
        make_trainer(Witness("a ", story), FailsAtBegin("b ", story), Witness("c ", story)).fit(1)
    assert story == ["a begin", "a end"]


def test_that_a_loader_without_batches_is_an_error(make_trainer: MakeTrainer) -> None:
    trainer = make_trainer()
    trainer.train_loader = []
    with pytest.raises(ValueError, match="no batches"):
        trainer.fit(1)


@pytest.fixture
def shapes() -> DataSource:
    """320 drawn pictures."""
    pictures, labels = (torch.from_numpy(array) for array in draw_shapes(320, np.random.default_rng(0)))
    dataset = PictureDataset(pictures, labels, (0.5,) * 3, (0.3,) * 3, random_crop_and_flip)
    return DataSource("x", "x", None, dataset, dataset, tuple("abcdefghij"), (0.5,) * 3, (0.3,) * 3)


def losses_of_a_run(source: DataSource, seed: int) -> list[float]:
    """Twenty steps of a network with convolution, batch normalisation and dropout."""
    seed_everything(seed)
    witness = Witness()
    model = nn.Sequential(
        nn.Conv2d(3, 8, kernel_size=5, stride=3),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(800, source.n_classes),
    )
    optimizer = build_optimizer("adamw", model.parameters())
    trainer = Trainer(
        model,
        optimizer,
        nn.CrossEntropyLoss(),
        *loaders(source, batch_size=16, seed=seed),
        [witness, AtStep(19, Trainer.stop)],
    )
    trainer.fit(1)
    return witness.losses


def test_that_two_runs_with_the_same_seed_have_identical_losses(shapes: DataSource) -> None:
    first = losses_of_a_run(shapes, seed=0)
    assert len(first) == 20
    assert losses_of_a_run(shapes, seed=0) == first
    assert losses_of_a_run(shapes, seed=1) != first
