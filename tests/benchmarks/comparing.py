"""Two collections side by side: opening both, and from the wish for another pass to the painted difference in each tab.

Switching is measured in time of the processor on all threads; see `tests.benchmarks.switching`.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtTest import QTest

from app.replay.comparing import Side
from app.view import Place
from app.views import VIEWS
from collector.comparing.saved import SavedComparison
from tests.benchmarks.generated import write_collection
from tests.benchmarks.networks import write_trained
from tests.benchmarks.row import Row, hand_over, ms, resident_mib
from tests.benchmarks.watch import Watch, watched_window

SWITCHES = 60
LARGE = ([784, 126, 10], 10**9)


def measure(folder: Path, files: list[Path]) -> Iterator[Row]:
    """The rows of two trainings, those of ``files`` or two of our own, and of two large files."""
    if not files:
        files = [folder / "a.json", folder / "b.json"]
        for seed, path in enumerate(files):
            write_trained(path, "cnn", 24, seed)
    with watched_window(folder) as watch:
        yield from _switching(watch, *files)
        yield _opening(watch, folder)


def _switching(watch: Watch, a: Path, b: Path) -> Iterator[Row]:
    _compare(watch, a, b)
    watch.session.show_side(Side.DIFFERENCE)
    watch.show_docks(True)
    watch.session.draw_as_modules(as_modules=False)
    for spec in VIEWS:
        if spec.place is not Place.CENTRE:
            continue
        watch.window.show_view(spec.name)
        QTest.qWait(1500)
        n_passes = watch.opened.n_passes
        taken = [watch.switch_any((3 * number) % n_passes) for number in range(1, SWITCHES + 1)]
        yield Row("switching the pass, two collections", f"tab {spec.title}, all docks", "≤ 33 ms", ms(taken[5:]))


def _opening(watch: Watch, folder: Path) -> Row:
    """Two large files, from the wish to the first painted difference."""
    a, b = folder / "large_a.json", folder / "large_b.json"
    for path in (a, b):
        write_collection(path, *LARGE)
    watch.window.show_view("network")
    before = resident_mib()
    began = time.perf_counter()
    _compare(watch, a, b)
    taken = time.perf_counter() - began
    figure = f"{taken:.2f} s, {resident_mib():.0f} MiB resident"
    size = f"2 × {a.stat().st_size / 1e6:,.0f} MB"
    return Row("opening two collections, to the first picture", size, "≤ 1 s, ≤ 500 MB", figure, f"{before:.0f} before")


def _compare(watch: Watch, a: Path, b: Path) -> None:
    watch.session.compare(SavedComparison(a=str(a), b=str(b)))
    while (both := watch.session.comparing) is None or both.b.collection.path.resolve() != b.resolve():
        QTest.qWait(1)
    watch.settle()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), [Path(each) for each in sys.argv[1:]]))
