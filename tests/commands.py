"""The real command, as a child process."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "error", str(ROOT / "main.py"), *map(str, arguments)]


def environment() -> dict[str, str]:
    """Of a machine without a screen."""
    return {name: value for name, value in os.environ.items() if name not in SCREEN}


def strobe(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(), timeout=110, check=False
    )


@contextmanager
def endless_training(pictures: Path, path: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A training that has written some passes and would go on for long; it is gone afterwards, whatever happens."""
    options = ("--model", "mlp", "--epochs", 100_000, "--interval", 5, "--headless", "--output_path", path, *more)
    child = subprocess.Popen(
        command("--dataset", "folder", "--data_root", pictures, *options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    try:
        while child.poll() is None and not (path.exists() and path.read_bytes().count(b'"record":"pass"') > 2):
            time.sleep(0.05)
        yield child
    finally:
        child.kill()
        child.communicate()
