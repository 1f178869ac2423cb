"""TensorBoard's event files, whoever wrote them, as a collection."""

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from collector import CollectionError, open_collection
from collector.importing.collection import write_collection
from collector.importing.command import import_command, read
from collector.importing.names import parameter, scalar_names
from models.tensorboard_writer import open_writer
from tests.collector.lightning.trainings import QUIETLY, THEIR_WARNINGS, Module, pl, samples

OF_TENSORFLOW = """
import sys
import tensorflow as tf

with tf.summary.create_file_writer(sys.argv[1]).as_default():
    for step in range(30):
        tf.summary.scalar("epoch_loss", 1 / (step + 1), step=step)
        tf.summary.scalar("epoch_accuracy", step / 30, step=step)
    tf.summary.histogram("dense/kernel/histogram", [0.1, -0.2, 0.3], step=3)
"""


def curves_of(folder: Path) -> dict[str, tuple[list[int], list[float]]]:
    """Tag → steps and values, as TensorBoard's own reader gives them."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    own = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    found = {}
    for tag in own.Tags()["scalars"]:
        events = own.Scalars(tag)
        found[tag] = [each.step for each in events], [each.value for each in events]
    for tag in own.Tags()["tensors"]:
        values = [make_ndarray(each.tensor_proto) for each in own.Tensors(tag)]
        if all(each.ndim == 0 and each.dtype.kind == "f" for each in values):
            found[tag] = [each.step for each in own.Tensors(tag)], [float(each) for each in values]
    return found


def check_curves(folder: Path, path: Path, expected: set[str]) -> None:
    """Whether the collection has the curves of TensorBoard's reader, under these names."""
    theirs = curves_of(folder)
    names = scalar_names({tag: len(steps) for tag, (steps, _) in theirs.items()})
    write_collection(read(folder), path)
    with open_collection(path) as collection:
        assert set(collection.series) == set(names.values()) == expected
        for tag, (steps, values) in theirs.items():
            last = dict(zip(steps, values, strict=True))  # Lightning writes the number of the epoch twice at its end
            own_steps, own_values = collection.series.recorded(names[tag])
            assert own_steps.tolist() == list(last)
            np.testing.assert_array_equal(own_values, list(last.values()), err_msg=tag)


def test_that_the_curves_of_torchs_writer_are_those_of_tensorboards_reader(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "logs")
    for step in range(40):
        writer.add_scalar("train/loss", float("nan") if step == 7 else 1 / (step + 1), step)
        writer.add_scalar("lr", 0.1, step)
        if step % 5 == 0:
            writer.add_scalar("Loss/val", 1.5 / (step + 1), 3 * step)
            writer.add_scalar("Loss/train", 1.0, 1000 * step)
        writer.add_scalar("misc/a@b", step, step)
    writer.close()
    expected = {"loss", "learning_rate", "val_loss", "Loss_train", "misc_a_b"}
    check_curves(tmp_path / "logs", tmp_path / "run.json", expected)


def test_that_the_curves_of_tensorflows_summaries_are_those_of_tensorboards_reader(tmp_path: Path) -> None:
    # in a process of its own: in this one tensorboard does without TensorFlow
    subprocess.run([sys.executable, "-c", OF_TENSORFLOW, str(tmp_path / "logs")], check=True, capture_output=True)
    check_curves(tmp_path / "logs", tmp_path / "run.json", {"loss", "accuracy"})
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.passes.steps.tolist() == [3]
        assert int(collection.passes[0].histograms["dense"]["weight"].sum()) == 3


@pytest.mark.filterwarnings(*THEIR_WARNINGS)
def test_that_the_curves_of_lightnings_logger_are_those_of_tensorboards_reader(tmp_path: Path) -> None:
    logger = pl.loggers.TensorBoardLogger(tmp_path, name="logs", version="one")
    options = QUIETLY | {"logger": logger, "max_epochs": 2, "log_every_n_steps": 1}
    pl.Trainer(**options).fit(Module(), torch.utils.data.DataLoader(samples(40, 1), batch_size=8))
    folder = tmp_path / "logs" / "one"
    names = scalar_names({tag: len(steps) for tag, (steps, _) in curves_of(folder).items()})
    assert names["train/loss_step"] == "loss"
    assert names["train/loss_epoch"] == "train_loss_epoch"
    check_curves(folder, tmp_path / "run.json", set(names.values()))


def test_that_of_several_numbers_of_one_step_the_last_is_there_and_it_is_said(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "logs")
    for value in (3.0, 2.0):
        writer.add_scalar("loss", value, 4)
    writer.close()
    write_collection(read(tmp_path / "logs"), tmp_path / "run.json")
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.series.recorded("loss")[1].tolist() == [2.0]
        assert any("several numbers of one step" in each.text and "loss" in each.text for each in collection.notes)


def test_that_runs_below_a_folder_are_one_collection(tmp_path: Path) -> None:
    for run, loss in (("train", 1.0), ("validation", 2.0)):
        writer = open_writer(tmp_path / "logs" / run)
        for step in range(3):
            writer.add_scalar("epoch_loss", loss, step)
        writer.close()
    write_collection(read(tmp_path / "logs"), tmp_path / "run.json")
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.series.recorded("loss")[1].tolist() == [1, 1, 1]
        assert collection.series.recorded("val_loss")[1].tolist() == [2, 2, 2]
        assert "train/epoch_loss is loss" in collection.notes[1].text


def test_that_histograms_are_the_distributions_of_passes(tmp_path: Path) -> None:
    model, chance = nn.Sequential(nn.Linear(8, 30), nn.ReLU(), nn.Linear(30, 3)), torch.Generator().manual_seed(0)
    writer = open_writer(tmp_path / "logs")
    for step in (0, 10, 20):
        for name, values in model.named_parameters():
            writer.add_histogram(name, values, step)
            writer.add_histogram(f"gradients/{name}", torch.randn(values.shape, generator=chance), step)
        writer.add_histogram("activations/relu", torch.ones(5), step)
    writer.close()
    write_collection(read(tmp_path / "logs"), tmp_path / "run.json")
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.passes.steps.tolist() == [0, 10, 20]
        assert list(collection.layers) == ["0", "2"]
        counts = collection.passes[1].histograms
        assert {(layer, kind): int(each.sum()) for layer, kinds in counts.items() for kind, each in kinds.items()} == {
            ("0", "weight"): 270,
            ("0", "gradient"): 270,
            ("2", "weight"): 93,
            ("2", "gradient"): 93,
        }
        assert "activations/relu" in " ".join(each.text for each in collection.notes)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fc1.weight", ("fc1", "weight")),
        ("layers/conv1/kernel/histogram", ("layers.conv1", "weight")),
        ("block.0.bias.grad", ("block.0", "gradient")),
        ("gradients/fc1.weight", ("fc1", "gradient")),
        ("parameters/rnn.weight_ih_l0", ("rnn", "weight")),
        ("dense/kernel_0", ("dense", "weight")),
        ("activations/relu1", None),
        ("loss", None),
        ("", None),
    ],
)
def test_that_the_tag_of_a_parameter_tells_layer_and_kind(tag: str, expected: tuple[str, str] | None) -> None:
    assert parameter(tag) == expected


def test_that_no_two_tags_have_one_name() -> None:
    tags = {"a/b": 3, "a_b": 3, "a@b": 2, "loss": 5, "train/loss": 9, "val/lr": 1, "lr-Adam": 4, "train/grad_norm": 1}
    names = scalar_names(tags)
    assert len(set(names.values())) == len(tags)
    assert names["train/loss"] == "loss"
    assert names["lr-Adam"] == "learning_rate"
    assert names["val/lr"] == "val_lr"
    assert names["train/grad_norm"] == "gradient_norm/total"


def test_that_what_holds_nothing_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    target = str(tmp_path / "run.json")
    for logs, words in (("empty", "holds neither event files"), ("missing", "no such file or folder")):
        assert import_command([str(tmp_path / logs), target]) == 2
        assert words in capsys.readouterr().err
    open_writer(tmp_path / "nothing").close()
    with pytest.raises(CollectionError, match="neither scalars nor histograms"):
        write_collection(read(tmp_path / "nothing"), tmp_path / "run.json")
    assert not (tmp_path / "run.json").exists()


def test_that_the_command_imports_and_replaces_only_when_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = open_writer(tmp_path / "logs")
    writer.add_scalar("loss", 1.0, 3)
    writer.close()
    arguments = [str(tmp_path / "logs"), str(tmp_path / "run.json")]
    assert import_command(arguments) == 0
    assert "1 curve, no histograms" in capsys.readouterr().out
    assert import_command(arguments) == 2
    assert "--force" in capsys.readouterr().err
    assert import_command([*arguments, "--force"]) == 0
    assert logging.getLogger("tensorboard").level == logging.ERROR
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.finished
        assert collection.passes.steps.tolist() == [3]
