"""All rules on a long recording, and again on one that grows, in processor time."""

import tempfile
import time
from pathlib import Path
from statistics import median

from app.judging import Judging
from collector.findings import findings
from collector.storage import open_collection
from tests.benchmarks.judged import FOLLOWED, INTERVAL, Growing
from tests.benchmarks.row import Row, hand_over, ms

SIZES = {(1_000, 100, FOLLOWED): "", (10_000, 100, FOLLOWED): "≤ 2 s", (10_000, 100, 1): ""}
"""Steps, layers, steps between those that are followed → goal."""
WHOLE, PIECES = 5, 20


def measure(folder: Path) -> list[Row]:
    rows = []
    for (n_steps, n_layers, every), goal in SIZES.items():
        path = folder / f"{n_steps}-{n_layers}-{every}.json"
        growing = Growing(path, n_layers, every)
        n_pieces = n_steps // INTERVAL
        for _ in range(n_pieces - PIECES):
            growing.grow()
        judging = Judging(path)
        judging.report()
        pieces = [_grown(growing, judging) for _ in range(PIECES)]
        judging.close()
        growing.close()
        with open_collection(path) as collection:
            report = findings(collection)
        whole = [_whole(path) for _ in range(WHOLE)]
        size = f"{n_steps:,} steps, followed each {every}, × {n_layers:,} layers"
        beside = f"{len(report.judged)} rules judged, {len(report.not_judged)} not; {path.stat().st_size / 1e6:,.0f} MB"
        rows.append(Row("findings of a finished recording", size, goal, f"{median(whole):.3g} s", beside))
        at_most = "≤ 50 ms" if goal else ""
        rows.append(Row("the same, of what is new", f"{size}, a pass more", at_most, ms(pieces)))
        path.unlink()
    return rows


def _whole(path: Path) -> float:
    with open_collection(path) as collection:
        began = time.process_time()
        findings(collection)
        return time.process_time() - began


def _grown(growing: Growing, judging: Judging) -> float:
    growing.grow()
    began = time.process_time()
    judging.report()
    return time.process_time() - began


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
