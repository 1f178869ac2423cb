"""Ctrl+C in the terminal, and a request to end."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.terminal_signals import TerminalSignals
from app.window.training import Training

ROOT = Path(__file__).parents[3]


@pytest.fixture
def signals(window: MainWindow) -> Iterator[TerminalSignals]:
    signals = TerminalSignals({signal.SIGINT: window.close, signal.SIGTERM: window.close_at_once})
    yield signals
    signals.close()


def test_that_ctrl_c_closes_the_window_and_a_second_one_would_end_the_process(
    window: MainWindow, signals: TerminalSignals, qtbot: QtBot
) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


@pytest.fixture
def running(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """A window in which a training runs, and what was asked of the user."""
    training, asked = Training(tmp_path / "main.py", window), []
    monkeypatch.setattr(Training, "is_running", property(lambda _: True))
    monkeypatch.setattr(window.watch, "training", training)
    monkeypatch.setattr(
        QMessageBox, "question", lambda *words: asked.append(words[2]) or QMessageBox.StandardButton.Cancel
    )
    yield asked
    monkeypatch.undo()


def test_that_ctrl_c_asks_as_a_click_does_while_a_training_runs(
    window: MainWindow, signals: TerminalSignals, running: list[str], qtbot: QtBot
) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    qtbot.waitUntil(lambda: bool(running))
    assert window.isVisible()


def test_that_a_request_to_end_does_not_ask(
    window: MainWindow, signals: TerminalSignals, running: list[str], qtbot: QtBot
) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert running == []


def test_that_signals_do_what_they_did_when_nobody_listens_any_more(window: MainWindow, qapp) -> None:
    before = signal.getsignal(signal.SIGINT)
    TerminalSignals({signal.SIGINT: window.close}).close()
    assert signal.getsignal(signal.SIGINT) is before


def test_that_a_signal_is_heard_while_nothing_but_qt_runs(qapp) -> None:
    loop = QEventLoop()
    given_up = QTimer(singleShot=True, interval=2000)
    given_up.timeout.connect(loop.quit)
    heard: list[bool] = []

    def hear() -> None:
        heard.append(True)
        loop.quit()

    signals = TerminalSignals({signal.SIGINT: hear})
    sender = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    sender.start()
    given_up.start()
    loop.exec()
    was_heard = list(heard)
    sender.join()
    signals.close()
    assert was_heard == [True]


PROGRAM = """
import sys
import main
import app.window.start as start
made = start.make_window
def make(*arguments, **named):
    window, session = made(*arguments, **named)
    session.collection_opened.connect(lambda _: print("open", flush=True))
    return window, session
start.make_window = make
sys.exit(main.main(sys.argv[1:]))
"""
"""The program, which says when a collection is open."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_that_the_program_ends_without_a_traceback(
    number: signal.Signals, collection_path: Path, tmp_path: Path
) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(collection_path)],
        cwd=ROOT,
        env=os.environ | homes | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        while "open" not in (line := child.stdout.readline()):
            assert line, child.communicate()[1]
        child.send_signal(number)
        _, errors = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 0
    assert "Traceback" not in errors
