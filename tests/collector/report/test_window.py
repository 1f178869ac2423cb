import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collector import open_collection
from collector.report import window

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "finished.json"


def test_that_the_window_beside_the_collector_is_opened() -> None:
    assert window.window_command() == [sys.executable, str(ROOT / "main.py")]


def test_that_the_installed_command_is_opened_where_the_collector_is_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert window.window_command(tmp_path) == []
    command = tmp_path / "strobe"
    command.write_text("#!/bin/sh\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    assert window.window_command(tmp_path) == [str(command)]


def test_that_the_window_is_given_the_file_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    told = tmp_path / "told.json"
    script = "import json, os, sys; json.dump([sys.argv[2], os.getsid(0)], open(sys.argv[1], 'w'))"
    monkeypatch.setattr(window, "window_command", lambda: [sys.executable, "-c", script, str(told)])
    with open_collection(GOLDEN) as run:
        run.show()
    process = window._windows[-1]
    assert process.wait(60) == 0
    assert json.loads(told.read_text()) == [str(GOLDEN), process.pid]


def test_that_a_window_outlives_its_process_without_a_word(tmp_path: Path) -> None:
    fifo, told = tmp_path / "fifo", tmp_path / "told.txt"
    os.mkfifo(fifo)
    command = [sys.executable, "-c", "import sys; open(sys.argv[1]).read()", str(fifo)]
    script = f"from collector.report.window import *; show_window(Path({str(GOLDEN)!r}), {command!r})"
    with told.open("w") as stream:
        ended = subprocess.run(
            [sys.executable, "-W", "error", "-c", script],
            env=os.environ | {"PYTHONPATH": str(ROOT), "DISPLAY": ":0"},
            stderr=stream,
            check=False,
        )
    fifo.open("w").close()  # which the window waits for
    assert (ended.returncode, told.read_text()) == (0, "")


def test_that_what_is_missing_for_a_window_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(RuntimeError, match="pipx install"):
        window.show_window(GOLDEN, [])
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(RuntimeError, match="no display"):
        window.show_window(GOLDEN)
