"""A collection that another process writes while it is open."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from collector.storage.locks import is_being_recorded

ROOT = Path(__file__).parents[2]
LONG = 60_000

RECORDER = """
import sys
import numpy as np
from collector.storage.schema import FORMAT, VERSION, Header, PassRecord, Run, StepsRecord
from collector.storage.writer import CollectionWriter
path = sys.argv[1]
header = Header(FORMAT, VERSION, Run("2026-01-01T00:00:00+00:00", 1, 0, total_steps=20), [])
with CollectionWriter(path, header) as writer:
    for line in sys.stdin:
        number = int(line)
        writer.write(PassRecord(number, number * 5))
        writer.write(StepsRecord(number * 5, number * 5 + 5, {"loss": np.full(5, 1.0)}))
        print(number, flush=True)
"""


class Recorder:
    """Another process that records a pass when it is asked to."""

    def __init__(self, path: Path) -> None:
        self.path, self.n_passes = path, 0
        command = [sys.executable, "-c", RECORDER, str(path)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def record(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{self.n_passes}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == f"{self.n_passes}\n"
        self.n_passes += 1

    def finish(self) -> None:
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_that_one_without_a_pass_yet_is_opened_as_soon_as_it_has_one(
    window: MainWindow, tmp_path: Path, n_passes: Callable[[], int], qtbot: QtBot
) -> None:
    recorder = Recorder(tmp_path / "new.json")
    try:
        qtbot.waitUntil(lambda: bool(is_being_recorded(recorder.path)), timeout=LONG)
        qtbot.waitUntil(lambda: recorder.path.read_bytes().endswith(b"\n"), timeout=LONG)
        window.open(recorder.path)
        problem = window.run_bar.problem_label
        qtbot.waitUntil(lambda: "opened as soon as it has one" in problem.text(), timeout=LONG)
        recorder.record()
        qtbot.waitUntil(lambda: n_passes() == 1, timeout=LONG)
        assert not problem.isVisible(), problem.text()
    finally:
        recorder.kill()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    recorder = Recorder(tmp_path / "elsewhere.json")
    recorder.record()
    recorder.record()
    yield recorder
    recorder.kill()


@pytest.fixture
def window(qtbot: QtBot, qapp, settings: Settings) -> MainWindow:
    apply_theme(qapp)
    window, _ = make_window(settings)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def n_passes(window: MainWindow) -> Callable[[], int]:
    return lambda: window._session.opened.n_passes if window._session.opened else 0


def test_that_it_grows_in_the_window_and_can_be_followed_but_not_stopped(
    window: MainWindow, recorder: Recorder, n_passes: Callable[[], int], qtbot: QtBot
) -> None:
    window.open(recorder.path)
    qtbot.waitUntil(lambda: n_passes() == 2, timeout=LONG)
    bar = window.training_bar
    assert bar.isVisible()
    assert bar.text_label.text().startswith("Recorded by another process · step 10 of 20 · loss 1")
    assert not bar.stop_button.isVisible()
    assert not window.run_bar.ending_badge.isVisible(), "it is not cut off"
    bar.follow_button.click()
    recorder.record()
    qtbot.waitUntil(lambda: n_passes() == 3, timeout=LONG)
    view = window._session.view
    assert view is not None
    assert view.is_last


@pytest.mark.parametrize(
    ("end", "text"), [(Recorder.finish, "stopped at step 10 of 20"), (Recorder.kill, "cut off at step 10 of 20")]
)
def test_that_it_is_said_how_it_ended_when_nobody_writes_it_any_more(
    end: Callable[[Recorder], None],
    text: str,
    window: MainWindow,
    recorder: Recorder,
    n_passes: Callable[[], int],
    qtbot: QtBot,
) -> None:
    window.open(recorder.path)
    qtbot.waitUntil(lambda: n_passes() == 2, timeout=LONG)
    end(recorder)
    qtbot.waitUntil(lambda: window.run_bar.ending_badge.text() == text, timeout=LONG)
    assert not window.training_bar.isVisible()


def test_that_who_records_is_told_by_the_lock_and_looking_disturbs_nobody(recorder: Recorder, tmp_path: Path) -> None:
    before = recorder.path.stat()
    assert is_being_recorded(recorder.path) is True
    recorder.record()
    recorder.finish()
    assert is_being_recorded(recorder.path) is False
    assert before.st_ino == recorder.path.stat().st_ino
    assert is_being_recorded(tmp_path / "nowhere.json") is None
