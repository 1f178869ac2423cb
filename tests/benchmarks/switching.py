"""From the wish for another pass, or from a move of the pointer, to the painted frame; each pass read from the file.

Measured in time of the processor on all threads, which others who share the machine disturb less than the clock.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from app.views.network.frame import modules_of
from app.views.network.modules.analysis.module_folding import all_frames, fold
from app.views.network.modules.analysis.module_layout import lay_out
from tests.benchmarks.networks import collections, write_deep
from tests.benchmarks.row import Row, hand_over, ms, seconds_of
from tests.benchmarks.watch import Watch, watched_window

DEPTHS = (3, 30, 300)
"""Residual blocks of two layers each, in the networks that are drawn as modules."""

SWITCHES = 120
HOVERS = 60


def measure(folder: Path) -> Iterator[Row]:
    with watched_window(folder) as watch:
        for name, path in collections(folder):
            opening = watch.open(path)
            n_bytes = path.stat().st_size
            size = f"{name}: {watch.opened.graph.n_edges:,} edges"
            goal = "≤ 0.5 s" if n_bytes >= 10**9 else ""
            beside = f"{watch.opened.n_passes} passes, {n_bytes / 1e6:,.0f} MB"
            yield Row("opening in the window, to the first picture", size, goal, f"{opening:.3f} s", beside)
            watch.show_docks(False)
            yield Row("switching the pass, 1600×1000", size, "≤ 16 ms, p95 ≤ 33 ms", ms(_switches(watch)))
            yield Row("hovering over units, 1600×1000", size, "≤ 16 ms", ms(_hovers(watch)))
            watch.show_docks(True)
            yield Row("switching the pass, all docks", size, "≤ 33 ms", ms(_switches(watch)))
        for n_blocks in DEPTHS:
            yield from _of_modules(watch, folder / "deep.json", n_blocks)


def _of_modules(watch: Watch, path: Path, n_blocks: int) -> Iterator[Row]:
    """A deep network, drawn as modules: as it opens, and with every module open."""
    write_deep(path, n_blocks)
    watch.open(path)
    watch.show_docks(False)
    watch.draw_as_modules()
    modules = modules_of(watch.opened)
    size = f"{len(modules.layers)} layers in {len(modules.frames)} modules"
    what = "switching the pass, drawn as modules"
    yield Row(what, f"{size}, as they open", "≤ 16 ms, p95 ≤ 33 ms", ms(_switches(watch)))
    watch.open_all_modules()
    yield Row(what, f"{size}, all open", "≤ 16 ms, p95 ≤ 33 ms", ms(_switches(watch)))
    frames = all_frames(modules)
    taken = seconds_of(lambda: lay_out(fold(modules, frames)), 9)
    yield Row("laying modules out, off the window's thread", f"{size}, all open", "", ms(taken))
    path.unlink()


def _switches(watch: Watch) -> list[float]:
    n_passes = watch.opened.n_passes
    return [watch.switch((3 * number) % n_passes) for number in range(1, SWITCHES + 1)]


def _hovers(watch: Watch) -> list[float]:
    """Over units of every column in turn, never twice over the same."""
    random = Random(0)
    columns = watch.opened.graph.columns
    taken = []
    before = dict.fromkeys(range(len(columns)), -1)
    for number in range(HOVERS):
        column = number % len(columns)
        position = random.choice([each for each in range(len(columns[column])) if each != before[column]])
        before[column] = position
        taken.append(watch.point_at(column, position))
    return taken


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
