"""A row of the table, and how a benchmark's process hands its rows over."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measurement: what, at which size, the goal, the figure, and what stands beside it."""

    what: str
    size: str
    goal: str
    figure: str
    beside: str = ""


def hand_over(rows: Iterable[Row]) -> None:
    """Print the rows for `tests.benchmarks.__main__`."""
    for row in rows:
        print(json.dumps(asdict(row)), flush=True)


def seconds_of(act: Callable[[], object], repeats: int) -> list[float]:
    """Seconds that each of ``repeats`` runs took, after one to warm up."""
    act()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return taken


def ms(seconds: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return f"{statistics.median(seconds) * 1e3:.3g} ms (p95 {p95 * 1e3:.3g})"


def resident_mib() -> float:
    """Memory that this process holds now, in MiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20


if sys.platform != "linux":
    raise SystemExit("the benchmarks read /proc and run on Linux only")
