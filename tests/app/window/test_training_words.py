"""A training that the window starts, with a process that runs nothing: what it is started with, and what is told."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from app.window import training as room
from app.window.train_dialog import TrainingRequest
from app.window.training import Training, TrainingProgress
from app.window.training_process import TrainingProcess
from tests.app.window.fake_process import FakeProcess


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeProcess]]:
    monkeypatch.setattr("app.window.training_process.QProcess", FakeProcess)
    monkeypatch.setattr(FakeProcess, "ends_within_patience", True)
    FakeProcess.made.clear()
    yield FakeProcess.made
    FakeProcess.made.clear()


@pytest.fixture
def training(qtbot: QtBot, processes: list[FakeProcess], tmp_path: Path) -> Training:
    return Training(tmp_path / "main.py")


@pytest.fixture
def told(training: Training) -> list[object]:
    """What it is at, and how it ended."""
    heard: list[object] = []
    training.progressed.connect(lambda each: heard.append((each.text, each.can_stop)))
    training.ended.connect(lambda problem: heard.append(f"ended: {problem}"))
    return heard


@pytest.fixture
def process(training: Training, processes: list[FakeProcess], told: list[object], tmp_path: Path) -> FakeProcess:
    """Of a training that has begun."""
    training.start(TrainingRequest(("--model", "cnn"), tmp_path / "run.json"))
    told.clear()
    return processes[0]


def opened(path: Path, steps: int, total: int | None = 100, loss: float | None = None) -> Any:
    run = SimpleNamespace(total_steps=total)
    return SimpleNamespace(collection=SimpleNamespace(path=path, n_steps=steps, run=run), loss=loss)


@pytest.fixture(autouse=True)
def loss_of_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "value_at", lambda opened, name, step: opened.loss)


def test_that_the_program_runs_without_a_window_beside_this_one(
    training: Training, told: list[object], processes: list[FakeProcess], tmp_path: Path
) -> None:
    training.start(TrainingRequest(("--model", "cnn"), tmp_path / "run.json"))
    (process,) = processes
    assert (process.program, process.called) == (sys.executable, [("start",)])
    assert process.arguments == [str(tmp_path / "main.py"), "--headless", "--stop_at_end_of_input", "--model", "cnn"]
    assert process.mode == QProcess.ProcessChannelMode.MergedChannels
    assert process.environment.value("PYTHONUNBUFFERED") == "1"
    assert process.environment.value("PATH") == os.environ["PATH"]
    if FakeProcess.UnixProcessFlag is not None:
        assert process.flags == FakeProcess.UnixProcessFlag.CreateNewSession
    assert told == [("The training is starting…", True)]
    assert (training.is_running, training.path) == (True, tmp_path / "run.json")


def test_that_before_anything_was_trained_there_is_no_path_and_nothing_to_stop(
    training: Training, told: list[object], tmp_path: Path
) -> None:
    training.stop()
    training.close()
    training.show_collection(opened(tmp_path / "run.json", 5))
    assert (training.path, training.is_running, told) == (None, False, [])
    assert not training.writes(tmp_path / "run.json")


def test_that_two_are_not_trained_at_a_time(training: Training, process: FakeProcess, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="one training at a time"):
        training.start(TrainingRequest((), tmp_path / "other.json"))


def test_that_it_is_known_which_collection_is_written_as_long_as_it_is(
    training: Training, process: FakeProcess, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    assert training.writes(tmp_path / "folder" / ".." / "run.json")
    assert not training.writes(tmp_path / "other.json")
    process.end()
    assert not training.writes(tmp_path / "run.json")
    assert training.path == tmp_path / "run.json"


def test_that_whole_lines_are_told_without_the_bars_of_progress(
    training: Training, process: FakeProcess, told: list[object]
) -> None:
    process.say(b"Load")
    assert told == []
    process.say(b"ing\n\n  \n 10%| 5it/s\n3 step/s\n1 of 2\r2 of 2\rdone\nbad \xff byte\nnot whole")
    assert told == [("Loading", True), ("done", True), ("bad � byte", True)]


def test_that_what_it_says_is_not_told_any_more_once_there_are_steps_or_it_is_to_stop(
    training: Training, process: FakeProcess, told: list[object], tmp_path: Path
) -> None:
    training.show_collection(opened(tmp_path / "other.json", 5))
    assert told == []
    training.show_collection(opened(tmp_path / "run.json", 5))
    process.say(b"It trains.\n")
    training.stop()
    training.show_collection(opened(tmp_path / "run.json", 6))
    process.say(b"It stops.\n")
    assert told == [("Training", True), ("Stopping after this step…", False)]
    assert process.called[1:] == [("closeWriteChannel",)]


def test_that_one_that_has_not_begun_stops_at_once(
    training: Training, process: FakeProcess, told: list[object]
) -> None:
    training.stop()
    assert told == [("Stopping…", False)]
    process.end(15, died=True)
    assert told[1:] == ["ended: "], "that is no failure"
    training.stop()
    assert process.called[1:] == [("closeWriteChannel",)], "it has ended"


def test_that_the_next_training_knows_nothing_of_the_one_before(
    training: Training, process: FakeProcess, processes: list[FakeProcess], told: list[object], tmp_path: Path
) -> None:
    training.show_collection(opened(tmp_path / "run.json", 5))
    training.stop()
    process.end()
    training.start(TrainingRequest((), tmp_path / "run.json"))
    told.clear()
    processes[1].say(b"Loading\n")
    processes[1].end(9, died=True)
    assert told == [("Loading", True), "ended: The training died of signal 9: Loading"]


@pytest.mark.parametrize(
    ("exit_code", "died", "output", "words"),
    [
        (0, False, b"", ""),
        (1, False, b"", "The training failed"),
        (1, False, b"main.py: no memory\n", "The training failed: no memory"),
        (2, False, b"Loading\nmain.py: no such data\n", "The training failed: no such data"),
        (1, False, b"Loading\nno memory\n", "The training failed: no memory\nAll that it said is in {log}."),
        (11, True, b"Loading\nIt trains\n", "The training died of signal 11: It trains\nAll that it said is in {log}."),
        (11, True, b"", "The training died of signal 11"),
    ],
)
def test_that_the_end_is_told_with_the_last_words_and_the_way_to_all_of_them(
    training: Training,
    process: FakeProcess,
    told: list[object],
    tmp_path: Path,
    exit_code: int,
    died: bool,
    output: bytes,
    words: str,
) -> None:
    process.say(output)
    told.clear()
    process.end(exit_code, died=died)
    log = tmp_path / "run.log"
    assert told == [f"ended: {words.format(log=log)}"]
    assert log.exists() is ("{log}" in words)
    if log.exists():
        assert log.read_bytes() == output


def test_that_of_words_that_cannot_be_kept_the_last_ones_are_said(
    training: Training, process: FakeProcess, told: list[object], tmp_path: Path
) -> None:
    (tmp_path / "run.log").mkdir()
    process.say(b"".join(b"line %d\n" % number for number in range(20)))
    told.clear()
    process.end(1)
    lines = [f"line {number}" for number in range(8, 19)]
    kept = f"({tmp_path / 'run.log'} cannot be written: Is a directory.)"
    assert told == ["\n".join(["ended: The training failed: line 19", *lines, kept])]


def test_that_of_much_output_the_end_is_kept(training: Training, process: FakeProcess, tmp_path: Path) -> None:
    process.say(b"".join(b"line %d\n" % number for number in range(10_001)))
    process.end(1)
    lines = (tmp_path / "run.log").read_text(encoding="utf-8").splitlines()
    assert (len(lines), lines[0], lines[-1]) == (10_000, "line 1", "line 10000")


def test_that_a_program_that_cannot_be_started_is_told_of_and_other_errors_come_with_the_end(
    training: Training, process: FakeProcess, told: list[object]
) -> None:
    process.errorOccurred.emit(QProcess.ProcessError.Crashed)
    assert told == []
    process.errorOccurred.emit(QProcess.ProcessError.FailedToStart)
    assert told == ["ended: The training failed: The training could not be started: no such program"]


@pytest.mark.parametrize("ends", [True, False])
def test_that_a_window_that_closes_waits_for_the_end_and_then_ends_it_by_force(
    training: Training, process: FakeProcess, told: list[object], monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    monkeypatch.setattr(FakeProcess, "ends_within_patience", ends)
    training.close()
    by_force = [] if ends else [("kill",), ("waitForFinished", 60_000)]
    assert process.called[1:] == [("closeWriteChannel",), ("waitForFinished", 60_000), *by_force]
    process.end(9, died=True)
    assert told == [], "nobody is there to be told"


def test_that_a_process_that_has_ended_is_not_waited_for(process: FakeProcess, training: Training) -> None:
    process.end()
    training.close()
    assert process.called == [("start",)]


class Clock:
    """A time that is turned by hand."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(room, "time", clock)
    return clock


@pytest.mark.parametrize(
    ("first", "seconds", "steps", "total", "left"),
    [
        (10, 10.0, 30, 100, 35.0),  # 2 a second, and 70 to go
        (10, 10.0, 29, 100, None),  # too few to tell
        (10, 0.0, 30, 100, None),
        (10, 10.0, 30, None, None),
        (10, 10.0, 30, 0, None),
        (10, 10.0, 100, 100, 0.0),
        (0, 4.0, 20, 40, 4.0),
    ],
)
def test_that_the_time_that_is_left_follows_from_the_pace_since_it_was_first_seen(
    clock: Clock, tmp_path: Path, first: int, seconds: float, steps: int, total: int | None, left: float | None
) -> None:
    pace, path = room.Pace(), tmp_path / "run.json"
    clock.now = 5.0
    begun = pace.progress("Training", opened(path, first, total, 0.5), can_stop=True)
    assert begun == TrainingProgress("Training", first, total, None, 0.5, True)
    clock.now += seconds
    progress = pace.progress("Training", opened(path, steps, total), can_stop=False)
    assert progress == TrainingProgress("Training", steps, total, left, None, False)


@pytest.mark.parametrize(("name", "steps"), [("other.json", 60), ("run.json", 5)])
def test_that_another_run_or_one_that_begins_anew_has_its_own_pace(
    clock: Clock, tmp_path: Path, name: str, steps: int
) -> None:
    pace = room.Pace()
    pace.progress("", opened(tmp_path / "run.json", 10), can_stop=True)
    clock.now = 10.0
    assert pace.progress("", opened(tmp_path / name, steps), can_stop=True).seconds_left is None
    clock.now = 20.0
    progress = pace.progress("", opened(tmp_path / name, steps + 20), can_stop=True)
    assert progress.seconds_left == (100 - steps - 20) / 2


def test_that_a_process_says_all_its_lines_at_its_end(processes: list[FakeProcess], qtbot: QtBot) -> None:
    process = TrainingProcess(Path("main.py"), [], Path("run.json"))
    ends: list[tuple[int, list[str]]] = []
    process.ended.connect(lambda code, lines: ends.append((code, lines)))
    assert not process.is_running
    process.start()
    assert process.is_running
    processes[0].say(b"one\n")
    processes[0].end(3, output=b"two\n")
    assert ends == [(3, ["one", "two"])]
