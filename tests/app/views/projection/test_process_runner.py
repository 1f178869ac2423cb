"""What the process that lays out is asked, and how what it says is heard, without running it."""

import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray, QProcess
from pytestqt.qtbot import QtBot

from app.views.projection.analysis.projection_request import FittedWith, Method, ProjectionRequest
from app.views.projection.process_runner import CANNOT, ProjectionProcess

NORMAL, CRASH = QProcess.ExitStatus.NormalExit, QProcess.ExitStatus.CrashExit


class Said:
    """Stands in for what a process writes."""

    def __init__(self, process: ProjectionProcess) -> None:
        self.out = self.error = b""
        own = process._process
        own.readAllStandardOutput = self._take_out  # type: ignore[method-assign]
        own.readAllStandardError = lambda: QByteArray(self.error)  # type: ignore[method-assign]
        self.shares: list[float] = []
        self.done: list[int] = []
        self.ended: list[str] = []
        process.progressed.connect(self.shares.append)
        process.laid_out.connect(self.done.append)
        process.ended.connect(self.ended.append)

    def _take_out(self) -> QByteArray:
        out, self.out = self.out, b""
        return QByteArray(out)


@pytest.fixture
def process(qtbot: QtBot, tmp_path: Path) -> ProjectionProcess:
    return ProjectionProcess(tmp_path / "run.json", ProjectionRequest("relu1", Method.TSNE, 30))


def test_that_it_is_asked_for_a_layout_of_a_file(process: ProjectionProcess, tmp_path: Path) -> None:
    asked = process._process
    assert asked.program() == sys.executable
    module = ["-m", "app.views.projection.process"]
    assert asked.arguments() == [*module, str((tmp_path / "run.json").resolve()), "relu1", "TSNE", "30"]
    assert asked.processEnvironment().value("OMP_WAIT_POLICY") == "PASSIVE"
    assert (Path(asked.workingDirectory()) / "app").is_dir()
    assert (process.is_running, process.process_id) == (False, 0)


@pytest.mark.parametrize("is_first", [True, False])
def test_that_a_map_of_two_is_asked_for_with_the_other_file(qtbot: QtBot, tmp_path: Path, is_first: bool) -> None:
    other = FittedWith(str(tmp_path / "other.json"), "fc2", "the key", is_first)
    process = ProjectionProcess(tmp_path / "run.json", ProjectionRequest("", Method.PCA, 0, other))
    wanted = ["", "PCA", "0", str((tmp_path / "other.json").resolve()), "fc2", "the key", str(int(is_first))]
    assert process._process.arguments()[3:] == wanted


def test_that_lines_are_heard_once_they_are_whole_and_others_are_passed_over(process: ProjectionProcess) -> None:
    said = Said(process)
    for part in (b'{"share": 0.25}\n{"sha', b're": 0.5}\nnonsense\n{"done": 2}\n{"more": 1}\n', b'{"done": 0}'):
        said.out = part
        process._on_output()
    assert (said.shares, said.done) == ([0.25, 0.5], [2])
    said.out = b"\n"
    process._on_output()
    assert said.done == [2, 0]


@pytest.mark.parametrize(
    ("code", "status", "error", "words"),
    [
        (0, NORMAL, b"", ""),
        (0, NORMAL, b"a remark\n", ""),
        (CANNOT, NORMAL, b"4 samples are too few.\n", "4 samples are too few."),
        (1, NORMAL, b"Traceback\n  ...\nValueError: no\n", "The projection failed (ValueError: no)."),
        (1, NORMAL, b"", "The projection failed (no reason given)."),
        (9, CRASH, b"", "The projection died: the system ended it, perhaps for want of memory."),
    ],
)
def test_that_its_end_is_told_in_words(
    process: ProjectionProcess, code: int, status: QProcess.ExitStatus, error: bytes, words: str
) -> None:
    said = Said(process)
    said.out, said.error = b'{"done": 1}\n', error
    process._on_finished(code, status)
    assert said.ended == [words]
    assert said.done == [1], "what it said last is heard"


def test_that_nothing_is_heard_of_one_that_was_ended(process: ProjectionProcess) -> None:
    said = Said(process)
    process.end()
    process._on_finished(1, NORMAL)
    said.out = b'{"done": 1}\n'
    process._on_output()
    assert (said.ended, said.done) == ([], [])
