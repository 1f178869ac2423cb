"""The rules of `on_accelerator`, in a process in which torch finds the accelerator that is played."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(900)
def test_that_the_rules_hold_on_an_accelerator() -> None:
    rules = "tests/collector/pytorch/on_accelerator.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "timeout=600", rules]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
