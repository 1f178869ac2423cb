"""Opens the window beside a notebook or a script, in a process of its own."""

import atexit
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_windows: list[subprocess.Popen[bytes]] = []
"""Those that are open, so that they go on when nobody holds them."""


def window_command(beside: Path = Path(__file__).parents[2]) -> list[str]:
    """What opens a window, but for the file: main.py beside the collector, else the command ``strobe``; empty: nothing.

    Args:
        beside: the folder that holds the collector.
    """
    if (beside / "main.py").is_file() and (beside / "app").is_dir() and find_spec("PyQt6") is not None:
        return [sys.executable, str(beside / "main.py")]
    found = shutil.which("strobe")
    return [] if found is None else [found]


@atexit.register
def _leave_open() -> None:
    """They outlive this process by intent, which Python would warn of."""
    for each in _windows:
        each.returncode = 0


def show_window(path: Path, command: list[str] | None = None) -> None:
    """Open a collection in a window, which stays when this process ends.

    Args:
        path: the collection.
        command: what is started; None: what `window_command` finds.

    Raises:
        RuntimeError: there is no display, or no window is installed.
    """
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in _SCREENS):
        raise RuntimeError(f"There is no display here. Open the file where there is one: strobe {path}")
    command = window_command() if command is None else command
    if not command:
        raise RuntimeError("The window is not installed: pipx install . in a clone of Strobe gives the command strobe.")
    _windows[:] = [each for each in _windows if each.poll() is None]
    # In a session of its own: what interrupts a notebook's cell does not reach it.
    window = subprocess.Popen([*command, str(path.resolve())], stdin=subprocess.DEVNULL, start_new_session=True)
    _windows.append(window)
