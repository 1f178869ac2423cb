"""A training on several ranks, what each of them saw, and what the file says of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collector import open_collection

ROOT = Path(__file__).parents[3]
Seen = Callable[[str], list[dict[str, Any]]]


def on_ranks(n_ranks: int, folder: Path, *scenarios: str) -> Seen:
    """Run scenarios of `on_ranks` and read what each rank saw."""
    script = Path(__file__).with_name("on_ranks.py")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={n_ranks}", script]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, folder, *scenarios], env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return lambda name: [json.loads((folder / f"{name}.{rank}.json").read_text()) for rank in range(n_ranks)]


def notes_of(path: Path) -> list[str]:
    with open_collection(path) as collection:
        assert collection.finished
        return [note.text for note in collection.notes]
