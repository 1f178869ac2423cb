import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
import torch
from sklearn import metrics as sklearn_metrics

from models.metrics import MetricsCallback, scores
from models.model_save import ModelSaveCallback
from models.progress import ProgressCallback
from models.training import Callback, Outcome, StepResult, Trainer

MakeTrainer = Callable[..., Trainer]


class FailAt(Callback):
    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        if result.step == self.step:
            raise RuntimeError("no more")


class StopAt(FailAt):
    def on_step_end(self, trainer: Trainer, result: StepResult) -> None:
        if result.step == self.step:
            trainer.stop()


def random_outcome(n_classes: int, never_predicted: int | None = None) -> Outcome:
    generator = torch.Generator().manual_seed(n_classes)
    labels = torch.randint(0, n_classes, (200,), generator=generator)
    predictions = torch.where(
        torch.rand(200, generator=generator) < 0.6,
        labels,
        torch.randint(0, n_classes, (200,), generator=generator),
    )
    if never_predicted is not None:
        predictions[predictions == never_predicted] = 0
    return Outcome(0.5, predictions, labels)


@pytest.mark.parametrize("outcome", [random_outcome(10), random_outcome(2), random_outcome(5, never_predicted=3)])
def test_that_scores_are_scikit_learns(outcome: Outcome) -> None:
    labels, predictions = outcome.labels.numpy(), outcome.predictions.numpy()
    expected = {"loss": 0.5, "accuracy": sklearn_metrics.accuracy_score(labels, predictions)}
    for name in ("f1", "precision", "recall"):
        score = getattr(sklearn_metrics, f"{name}_score")
        expected[name] = score(labels, predictions, average="macro", zero_division=0)
    assert scores(outcome) == pytest.approx(expected, abs=1e-6)


def test_that_each_epoch_gives_one_line_with_all_figures(
    make_trainer: MakeTrainer, capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = MetricsCallback()
    make_trainer(metrics).fit(2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(metrics.history) == 2
    figures = r"loss [\d.]+, accuracy [\d.]+%, F1 [\d.]+, precision [\d.]+, recall [\d.]+"
    assert re.fullmatch(rf"epoch 2: train {figures} \| test {figures}", lines[1])
    assert f"accuracy {metrics.history[1]['test/accuracy']:.2%}" in lines[1]


def test_that_tensorboard_gets_the_same_figures_at_the_step(make_trainer: MakeTrainer, tmp_path: Path) -> None:
    metrics = MetricsCallback(tmp_path / "logs")
    make_trainer(metrics).fit(2)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "logs")).Reload()
    assert set(events.Tags()["scalars"]) == set(metrics.history[0])
    recorded = [(event.step, event.value) for event in events.Scalars("test/f1")]
    assert recorded == [
        (12, pytest.approx(metrics.history[0]["test/f1"])),
        (24, pytest.approx(metrics.history[1]["test/f1"])),
    ]


def test_that_the_saved_file_holds_the_models_weights(make_trainer: MakeTrainer, tmp_path: Path) -> None:
    path = tmp_path / "new" / "model.pth"
    trainer = make_trainer(ModelSaveCallback(path))
    trainer.fit(1)
    loaded, weights = torch.load(path), trainer.model.state_dict()
    assert list(loaded) == list(weights)
    assert all(torch.equal(loaded[name], weights[name]) for name in weights)
    assert [file.name for file in path.parent.iterdir()] == ["model.pth"]


def test_that_a_stopped_training_is_saved_where_it_stopped(make_trainer: MakeTrainer, tmp_path: Path) -> None:
    trainer = make_trainer(ModelSaveCallback(tmp_path / "model.pth"), StopAt(15))
    trainer.fit(2)
    weights = trainer.model.state_dict()
    loaded = torch.load(tmp_path / "model.pth")
    assert all(torch.equal(loaded[name], weights[name]) for name in weights)


def test_that_a_failed_training_leaves_the_last_good_file(make_trainer: MakeTrainer, tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    make_trainer(ModelSaveCallback(path)).fit(1)
    good = path.read_bytes()
    with pytest.raises(RuntimeError, match="no more"):
        make_trainer(ModelSaveCallback(path), FailAt(5)).fit(1)
    assert path.read_bytes() == good


def test_that_a_failed_writing_leaves_the_last_good_file(
    make_trainer: MakeTrainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.pth"
    path.write_bytes(b"good")

    def disk_full(weights: object, file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", disk_full)
    with pytest.raises(OSError, match="No space left"):
        make_trainer(ModelSaveCallback(path)).fit(1)
    assert path.read_bytes() == b"good"
    assert [file.name for file in tmp_path.iterdir()] == ["model.pth"]


def test_that_the_bar_tells_epoch_steps_loss_and_accuracy(
    make_trainer: MakeTrainer, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trainer(ProgressCallback()).fit(2)
    bars = capsys.readouterr().err.replace("\r", "\n").splitlines()
    assert re.search(r"epoch 2/2: 100%.* 12/12 .*loss [\d.]+, accuracy [\d.]+%", bars[-1])


def test_that_a_log_is_not_flooded(make_trainer: MakeTrainer, capsys: pytest.CaptureFixture[str]) -> None:
    assert not sys.stderr.isatty()
    make_trainer(ProgressCallback()).fit(1)
    assert capsys.readouterr().err.count("\r") <= 3


def test_that_a_stopped_bar_is_closed_at_its_step(
    make_trainer: MakeTrainer, capsys: pytest.CaptureFixture[str]
) -> None:
    make_trainer(ProgressCallback(), StopAt(4)).fit(1)
    assert "5/12" in capsys.readouterr().err.replace("\r", "\n").splitlines()[-1]
