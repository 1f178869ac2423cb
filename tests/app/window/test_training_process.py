"""A training in a process of its own: how it is stopped, what it leaves where it fails, whom it outlives."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.train_dialog import TrainingRequest
from app.window.training import Training, TrainingProgress

ROOT = Path(__file__).parents[3]
LONG = 60_000

STEPS = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from models.stopping import stopped_by_signals, terminate_at_end_of_input

class Trainer:
    stopped = False
    def stop(self): self.stopped = True

terminate_at_end_of_input()
print("Loading…", flush=True)
if "loads" in sys.argv: time.sleep(600)
trainer = Trainer()
with stopped_by_signals(trainer):
    print("It trains.", flush=True)
    while not trainer.stopped: time.sleep(0.01)
open(sys.argv[sys.argv.index("ends_in") + 1], "w").write("whole")
print("The training was stopped.", flush=True)
"""
"""A training in all that matters here, without a framework."""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(STEPS, encoding="utf-8")
    return path


@pytest.fixture
def training(program: Path, qapp) -> Iterator[Training]:
    training = Training(program)
    yield training
    training.close()


def started(training: Training, qtbot: QtBot, path: Path, *arguments: str, until: str) -> list[TrainingProgress]:
    """Start it, and wait until it has said something."""
    told: list[TrainingProgress] = []
    training.progressed.connect(told.append)
    training.start(TrainingRequest((*arguments, "ends_in", str(path)), path))
    qtbot.waitUntil(lambda: any(each.text == until for each in told), timeout=LONG)
    return told


def test_that_what_it_says_is_told_until_there_are_steps(training: Training, qtbot: QtBot, tmp_path: Path) -> None:
    told = started(training, qtbot, tmp_path / "run.json", until="It trains.")
    assert [each.text for each in told] == ["The training is starting…", "Loading…", "It trains."]
    assert all(each.can_stop for each in told)


def test_that_of_a_line_that_is_written_over_the_last_words_are_told(
    training: Training, program: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    program.write_text(STEPS.replace("It trains.", r"1 of 2\r2 of 2\rIt trains."), encoding="utf-8")
    told = started(training, qtbot, tmp_path / "run.json", until="It trains.")
    assert [each.text for each in told] == ["The training is starting…", "Loading…", "It trains."]


def test_that_a_stop_is_said_at_once_and_ends_the_training_after_its_step(
    training: Training, qtbot: QtBot, tmp_path: Path
) -> None:
    told = started(training, qtbot, tmp_path / "run.json", until="It trains.")
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.stop()
        assert told[-1].text.startswith("Stopping")
        assert not told[-1].can_stop
    assert ended.args == [""]
    assert (tmp_path / "run.json").read_text() == "whole"


def test_that_a_training_that_still_loads_is_stopped_at_once_and_that_is_no_failure(
    training: Training, qtbot: QtBot, tmp_path: Path
) -> None:
    started(training, qtbot, tmp_path / "run.json", "loads", until="Loading…")
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.stop()
    assert ended.args == [""]
    assert not (tmp_path / "run.log").exists()


def test_that_a_failure_says_why_and_where_all_of_the_output_is(
    training: Training, program: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    program.write_text("print('Loading…')\nraise RuntimeError('no memory')", encoding="utf-8")
    path = tmp_path / "new folder" / "run.json"
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.start(TrainingRequest((), path))
    why, where = ended.args[0].splitlines()
    assert why == "The training failed: RuntimeError: no memory"
    assert str(path.with_suffix(".log")) in where
    kept = path.with_suffix(".log").read_text(encoding="utf-8").splitlines()
    assert kept[0] == "Loading…"
    assert "Traceback (most recent call last):" in kept


def test_that_what_other_options_mend_is_said_in_one_line_and_leaves_no_log(
    training: Training, program: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    program.write_text("print('Loading…')\nprint('program.py: there is no such data.')\nexit(2)", encoding="utf-8")
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.start(TrainingRequest((), tmp_path / "run.json"))
    assert ended.args == ["The training failed: there is no such data."]
    assert not (tmp_path / "run.log").exists()


def test_that_the_last_words_of_what_ends_within_a_line_are_told(
    training: Training, program: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    program.write_text("print('Loading…\\nThere is no such data.', end='', flush=True)\nexit(2)", encoding="utf-8")
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.start(TrainingRequest((), tmp_path / "run.json"))
    assert ended.args == ["The training failed: There is no such data."]


def test_that_a_log_that_cannot_be_kept_is_said_in_lines_instead(
    training: Training, program: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    program.write_text("print('Loading…')\nraise RuntimeError('no memory')", encoding="utf-8")
    (tmp_path / "run.log").mkdir()
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.start(TrainingRequest((), tmp_path / "run.json"))
    assert "no memory" in ended.args[0]
    assert "Loading…" in ended.args[0]
    assert "run.log cannot be written" in ended.args[0]


def test_that_a_training_that_dies_names_the_signal(training: Training, qtbot: QtBot, tmp_path: Path) -> None:
    started(training, qtbot, tmp_path / "run.json", until="It trains.")
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        assert training._process is not None
        os.kill(training._process._process.processId(), signal.SIGKILL)
    assert "died of signal 9" in ended.args[0]


def test_that_a_training_that_cannot_be_started_says_so(
    training: Training, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no_such_python"))
    with qtbot.waitSignal(training.ended, timeout=LONG) as ended:
        training.start(TrainingRequest((), tmp_path / "run.json"))
    assert "The training could not be started" in ended.args[0]
    assert not training.is_running


WINDOW = f"""
import sys
from pathlib import Path
from PyQt6.QtCore import QCoreApplication
sys.path.insert(0, {str(ROOT)!r})
from app.window.training_process import TrainingProcess
application = QCoreApplication([])
process = TrainingProcess(Path(sys.argv[1]), ["ends_in", sys.argv[2]], Path(sys.argv[2]))
process.said.connect(lambda line: print(process._process.processId(), line, flush=True))
process.start()
application.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name)
def test_that_a_training_outlives_no_window_but_ends_as_if_it_were_stopped(
    number: signal.Signals, program: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "run.json"
    command = [sys.executable, "-c", WINDOW, str(program), str(path)]
    window = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert window.stdout is not None
    while "It trains." not in (line := window.stdout.readline()):
        assert line, "the window has ended"
    os.killpg(window.pid, number)  # the terminal sends Ctrl+C to all of the group
    if number is signal.SIGINT:
        assert window.poll() is None, "Qt's loop runs no Python"
        assert not path.exists(), "the training is not in the window's group"
        window.kill()
    window.communicate(timeout=60)
    qtbot.waitUntil(path.exists, timeout=LONG)
    qtbot.waitUntil(lambda: path.read_text() == "whole", timeout=LONG)
