"""What a user does while something is read in the background: nothing waits, and nothing of before comes later."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.judging import Judging
from app.views.correlations.panel import READING
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from collector.storage.light_records import LightRecords
from collector.storage.passes import Passes
from tests.app.views.features.features_run import write_features_run
from tests.app.wiring.user import User


class Disk:
    """A disk on which scans stand still until the gate opens; frames are read as ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gate = threading.Event()
        self.n_waiting = 0
        self.on_windows_thread: list[str] = []
        for kind, name in ((Passes, "__getitem__"), (LightRecords, "light")):
            self._slow_down(monkeypatch, kind, name)

    def _slow_down(self, monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> None:
        read, disk = getattr(kind, name), self

        def slow(records: object, number: int) -> object:
            thread = threading.current_thread()
            if thread is threading.main_thread():
                disk.on_windows_thread.append(kind.__name__)
            elif thread.name.startswith("strobe-scan"):
                disk.n_waiting += 1
                disk.gate.wait(10)
            return read(records, number)

        monkeypatch.setattr(kind, name, slow)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk(monkeypatch)
    yield disk
    disk.gate.set()


@pytest.fixture
def user(disk: Disk, qtbot: QtBot, qapp, settings: Settings, whole_path: Path) -> Iterator[User]:
    """Of a window whose background work is done on other threads."""
    apply_theme(qapp)
    window, session = make_window(settings)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    frames: list = []
    session.frame_ready.connect(frames.append)
    window.open(whole_path)
    qtbot.waitUntil(lambda: bool(frames))
    yield User(window, qtbot)
    disk.gate.set()
    window.close()


def click_unit(user: User) -> None:
    """Click a unit of fc1, whose history is read then."""
    network = user.view("network")
    centre = network.scene().graph_layout.columns[2].centres[6]
    user.click(network.viewport(), network.mapFromScene(QPointF(*centre)))
    user.wait(lambda: user.state.unit is not None)


def open_other(user: User, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (str(path), ""))
    user.press(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)


def test_that_another_file_can_be_opened_while_the_history_of_a_unit_is_read(
    user: User, disk: Disk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    click_unit(user)
    user.wait(lambda: disk.n_waiting > 0)
    old = user.collection
    with qtbot.captureExceptions() as raised:
        open_other(user, write_features_run(tmp_path / "other.json"), monkeypatch)
        user.wait(lambda: user.collection is not old)
        user.wait(lambda: "other.json" in user.window.windowTitle())
        disk.gate.set()
        user.wait(lambda: old._file.closed)
    assert raised == []
    assert not user.window.run_bar.problem_label.isVisible()
    assert user.state.unit is None


def test_that_the_playhead_moves_while_a_history_and_features_are_read(user: User, disk: Disk) -> None:
    click_unit(user)
    user.window.show_view("features")
    user.wait(lambda: disk.n_waiting > 0)
    for key, step in ((Qt.Key.Key_End, 12), (Qt.Key.Key_Left, 9), (Qt.Key.Key_Home, 0)):
        user.press(key)
        frames: list[int] = []
        user.session.frame_ready.connect(lambda frame, frames=frames: frames.append(frame.step))
        user.wait(lambda frames=frames, step=step: step in frames)
    assert not disk.gate.is_set()


def test_that_the_correlations_say_that_they_are_read_and_the_window_reads_nothing_itself(
    user: User, disk: Disk
) -> None:
    user.window.show_view("correlations")
    panel = user.view("correlations")
    user.wait(lambda: disk.n_waiting > 0)
    assert panel.empty_state.label.text().startswith(READING)
    disk.gate.set()
    user.wait(lambda: panel.pair.reading is not None)
    assert disk.on_windows_thread == []


def test_that_a_window_can_be_closed_while_something_is_read(user: User, disk: Disk) -> None:
    click_unit(user)
    user.wait(lambda: disk.n_waiting > 0)
    opening = threading.Timer(0, disk.gate.set)
    opening.start()
    collection = user.collection
    user.window.close()
    opening.join()
    assert collection._file.closed


def test_that_rules_that_nobody_waits_for_look_at_no_further_pass(
    whole_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, numbers = Passes.__getitem__, []

    def counted(passes: Passes, number: int) -> object:
        numbers.append(number)
        return read(passes, number)

    monkeypatch.setattr(Passes, "__getitem__", counted)
    judging = Judging(whole_path)
    assert judging.report(lambda: not numbers) is None
    assert len(numbers) == 1
    report = judging.report()
    judging.close()
    assert report is not None
    assert len(numbers) > 1
