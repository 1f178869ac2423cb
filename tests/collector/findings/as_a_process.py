"""``python main.py findings`` as a process of its own."""

import subprocess
import sys
from pathlib import Path


def told(path: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "collector.findings.command", str(path), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout or ended.stderr
