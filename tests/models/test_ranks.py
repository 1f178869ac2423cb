"""Training with several processes, by the command of the README."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from collector import open_collection
from data.parts import PartSampler
from main import main
from models.rank import ALONE, Rank, this_rank

ROOT = Path(__file__).parents[2]
QUICK = ["--similarity_samples=0", "--projection_samples=0", "--augmentations=off", "--sign_interval=0", "--model=mlp"]


def torchrun(pictures: Path, path: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "main.py"]
    command += ["--headless", "--dataset=folder", f"--data_root={pictures}", f"--output_path={path}", *QUICK, *options]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.fixture
def ending() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are ended, with all that they started, whatever the test finds."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)  # torchrun ends its own
            process.communicate(timeout=60)


def test_that_torchrun_trains_with_two_processes_and_leaves_one_collection(
    pictures: Path, tmp_path: Path, ending: list[subprocess.Popen[str]]
) -> None:
    path = tmp_path / "run.json"
    ending.append(torchrun(pictures, path, "--interval=3", "--batch_size=10", "--epochs=2"))

    out, err = ending[0].communicate(timeout=100)

    assert ending[0].returncode == 0, err
    assert out.count("2 processes") == 1
    assert out.count("Collection:") == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["run.json", "run.pth", "run.tensorboard"]
    with open_collection(path) as collection:
        n_steps = collection.run.steps_per_epoch
        assert n_steps is not None
        assert (collection.finished, collection.run.ranks, collection.notes) == (True, 2, [])
        assert collection.n_steps == 2 * n_steps
        assert collection.run.seed is not None
        assert len(collection.series.recorded("rank_loss/1")[0]) == 2 * n_steps
        assert 0 < collection.epochs[-1].metrics["test_accuracy"] <= 1  # type: ignore[operator]
    weights = torch.load(path.with_suffix(".pth"))
    assert not any(name.startswith("module.") for name in weights)


def test_that_a_process_which_dies_leaves_a_collection_that_opens(
    pictures: Path, tmp_path: Path, ending: list[subprocess.Popen[str]]
) -> None:
    path = tmp_path / "run.json"
    ending.append(torchrun(pictures, path, "--interval=3", "--batch_size=10", "--epochs=10000"))
    deadline = time.monotonic() + 90
    while not path.exists() or path.read_bytes().count(b'"record":"pass"') < 3:
        assert ending[0].poll() is None, ending[0].communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)

    os.kill(child_of_rank(ending[0].pid, 1), signal.SIGKILL)
    _, err = ending[0].communicate(timeout=100)

    assert ending[0].returncode == 1
    assert err.count("another process of the training has ended") == 1
    with open_collection(path) as collection:
        assert len(collection.passes) >= 3
        assert collection.series["loss"].size == collection.n_steps
        assert any("is of rank 0 alone" in note.text for note in collection.notes)


def child_of_rank(torchrun: int, rank: int) -> int:
    """The process that torchrun started with this rank."""
    for child in Path(f"/proc/{torchrun}/task/{torchrun}/children").read_text().split():
        if f"RANK={rank}".encode() in Path(f"/proc/{child}/environ").read_bytes().split(b"\0"):
            return int(child)
    raise AssertionError(f"no child has rank {rank}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--dataset", "digits"), "add --headless"),
        (("some.json",), "add --headless"),
        (("--headless", "--dataset", "digits", "--resume"), "no checkpoint"),
        (("--headless", "--dataset", "digits", "--model", "keras_mlp"), "trains in a single process"),
        (("--headless", "--dataset", "shapes", "--model", "cnn"), "choose --model"),
    ],
)
def test_that_what_several_processes_cannot_do_is_told_once(
    options: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank in ("0", "1"):
        monkeypatch.setenv("RANK", rank)
        monkeypatch.setenv("LOCAL_RANK", rank)
        assert main(list(options)) == 2
        told = capsys.readouterr().err
        assert (words in told) if rank == "0" else (told == "")


def test_that_the_rank_is_what_torchrun_says() -> None:
    assert this_rank({}) == ALONE
    assert this_rank({"WORLD_SIZE": "4"}) == ALONE
    assert this_rank({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}) == Rank(3, 4, 1)


def test_that_parts_share_the_samples_in_an_order_that_is_new_for_each_epoch() -> None:
    parts = [PartSampler(10, part, 3, torch.Generator().manual_seed(5)) for part in range(3)]

    first, second = [list(part) for part in parts], [list(part) for part in parts]

    assert [len(part) for part in parts] == [len(own) for own in first] == [4, 4, 4]
    assert sorted({number for own in first for number in own}) == list(range(10))
    assert sum(len(own) for own in first) - 10 == 2
    assert first != second
