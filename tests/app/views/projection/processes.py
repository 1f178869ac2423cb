"""Whether a process lives, and how long it is waited for."""

import os
from pathlib import Path

PATIENCE_MS = 60_000
"""For another process, which has to be started and to import what computes."""


def is_alive(process_id: int) -> bool:
    """Whether there is such a process, and it is no mere entry that its parent has not read."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process_id}/stat")
    try:
        return not stat.parent.parent.joinpath("self").exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
