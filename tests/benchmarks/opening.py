"""Opening a collection to its first frame, finished and unfinished, in a fresh process each time."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.benchmarks.generated import write_collection
from tests.benchmarks.row import Row, hand_over, resident_mib

SIZES = {"100 MB": 10**8, "1 GB": 10**9, "10 GB": 10**10}
NETWORK = [784, 96, 10]
REPEATS = 5


def open_once(path: Path) -> None:
    """In the child: from the file's name to the first frame, and what memory that took."""
    from app.replay.frame import read_frame
    from app.replay.opened import open_for_replay
    from app.replay.state import ReplayState
    from app.views.network.frame import NAME, derive, prepare

    before = resident_mib()
    began = time.perf_counter()
    opened = open_for_replay(path)
    opened = replace(opened, derived={NAME: derive(opened)})
    view = opened.view_of(ReplayState())
    assert view is not None
    frame = read_frame(opened, view, {NAME: prepare})
    taken = time.perf_counter() - began
    assert frame.prepared
    print(json.dumps([taken, resident_mib(), before, opened.n_passes]))


def measure(folder: Path) -> list[Row]:
    rows = []
    for is_finished, goal in ((True, "≤ 0.5 s, ≤ 300 MB"), (False, "≤ 1.5 s")):
        for size, n_bytes in SIZES.items():
            path = folder / "generated.json"
            write_collection(path, NETWORK, n_bytes, is_finished=is_finished)
            runs = [_child(path) for _ in range(REPEATS)]
            state = "finished" if is_finished else "unfinished"
            figure = f"{median(run[0] for run in runs):.3f} s, {max(run[1] for run in runs):.0f} MiB resident"
            beside = f"{runs[0][3]} passes; {runs[0][2]:.0f} MiB before"
            is_goal = n_bytes == 10**9
            rows.append(Row(f"opening a collection, {state}", size, goal if is_goal else "", figure, beside))
            path.unlink()
    return rows


def _child(path: Path) -> list[float]:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.opening", str(path)], capture_output=True, text=True, check=True
    )
    result: list[float] = json.loads(ended.stdout)
    return result


if __name__ == "__main__":
    if len(sys.argv) > 1:
        open_once(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            hand_over(measure(Path(name)))
