"""Stories of samples: panning, sorting, brushing and moving the playhead, each to the painted picture."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtWidgets import QApplication

from app.views.stories.analysis.story_run import StoryRun, story_run
from app.views.stories.panel import Page, StoriesPanel
from app.window.start import make_application
from collector.storage import open_collection
from tests.app.views.stories.told_run import Told, write_told
from tests.benchmarks.row import Row, hand_over, ms

REPEATS = 60
SIZES = ((1_000, 200), (10_000, 200), (100_000, 50))
"""Samples, and measurements."""

NAMES = tuple(map(str, range(10)))


def measure() -> Iterator[Row]:
    application = make_application()
    with TemporaryDirectory() as folder:
        for n_samples, n_measurements in SIZES:
            path = write_told(
                Path(folder) / f"{n_samples}.json", Told(n_samples, n_measurements, len(NAMES)), names=NAMES
            )
            yield from _of_run(path, f"{n_samples:,} samples × {n_measurements} measurements", n_samples == 10_000)
    del application


def _of_run(path: Path, size: str, is_goal: bool) -> Iterator[Row]:
    collection = open_collection(path)
    began = time.process_time()
    run = story_run(collection)
    assert run is not None
    for name in ("learnt", "forgotten", "data_map", "suspicion_places", "depths", "matrices"):
        getattr(run, name)
    took = time.process_time() - began
    panel = StoriesPanel()
    panel.resize(1400, 900)
    panel.show_collection(collection)
    panel.show_run(run)
    panel.show()
    QApplication.processEvents()
    goal = "≤ 16 ms" if is_goal else ""
    beside = f"processor time; read and worked out in {took:.2g} s, in the background"
    acts: dict[str, tuple[Page, Callable[[int], None]]] = {
        "pan": (Page.TIME, lambda number: _pan(panel, number)),
        "zoom": (Page.TIME, lambda number: _zoom(panel, number)),
        "sort": (Page.TIME, lambda number: _sort(panel, number)),
        "brush, data map": (Page.MAP, lambda number: _select(panel, run, number)),
        "brush, over time": (Page.TIME, lambda number: _select(panel, run, number)),
    }
    for name, (page, act) in acts.items():
        panel.show_page(page)
        QApplication.processEvents()
        yield Row(f"stories, {name}, 1400×900", size, goal, ms(_taken(act)), beside)
    for page in Page:
        if page is not Page.CHANGES:
            panel.show_page(page)
            QApplication.processEvents()
            figure = ms(_taken(lambda number: _play(panel, run, number)))
            yield Row(
                f"stories, frame change, {page.value.lower()}", size, "≤ 33 ms" if is_goal else "", figure, beside
            )
    panel.close()
    panel.deleteLater()
    QApplication.processEvents()


def _taken(act: Callable[[int], None]) -> list[float]:
    """Processor seconds of each, to the painted picture, after one round to warm up."""
    taken = []
    for number in range(REPEATS + 4):
        began = time.process_time()
        act(number)
        QApplication.processEvents()
        taken.append(time.process_time() - began)
    return taken[4:]


def _pan(panel: StoriesPanel, number: int) -> None:
    raster = panel.over_time.raster
    if number == 0:
        raster.look(raster.view.zoomed(raster.view.n_rows / 2, 0, 0.5, 1.0))
    raster.look(raster.view.moved((-1) ** (number // 20) * raster.view.n_rows / 100, 0.0))


def _zoom(panel: StoriesPanel, number: int) -> None:
    raster = panel.over_time.raster
    if number == 0:
        raster.fit()
    raster.look(raster.view.zoomed(raster.view.n_rows / 3, 50, 0.8 if number // 10 % 2 == 0 else 1.25, 1.0))


def _sort(panel: StoriesPanel, number: int) -> None:
    page = panel.over_time
    if number == 0:
        page.raster.fit()
    orders = page.order_box.offered
    page.order_box.choose(orders[number % len(orders)])
    page.order_box.chosen.emit()


def _select(panel: StoriesPanel, run: StoryRun, number: int) -> None:
    """A rectangle drawn on the data map: its points are selected, and everywhere else too."""
    found = run.data_map
    assert found is not None
    inside = (found.confidence > 0.01 * (number % 50)) & (found.variability > 0.1)
    panel.show_place(0, 0, None, frozenset(np.flatnonzero(inside).tolist()))


def _play(panel: StoriesPanel, run: StoryRun, number: int) -> None:
    panel.show_place(int(run.steps[number % len(run.steps)]), 0, 5, None)


if __name__ == "__main__":
    hand_over(measure())
