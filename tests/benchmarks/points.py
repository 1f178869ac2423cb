"""Points in a plane: from new positions of all of them to the painted picture."""

import os
import time
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtWidgets import QApplication

from app.analysis.class_groups import PointGroups, class_colours
from app.widgets.point_cloud import PointCloud
from app.window.start import make_application
from tests.benchmarks.row import Row, hand_over, ms

N_EPOCHS, SWITCHES = 10, 100
SIZES = (1_000, 10_000, 100_000)
BOUNDS = np.array([[-4.0, -4.0], [4.0, 4.0]])


def measure() -> Iterator[Row]:
    application = make_application()
    random = np.random.default_rng(0)
    for n_points in SIZES:
        classes = random.integers(0, 10, n_points)
        names = tuple(map(str, range(10)))
        groups = PointGroups(classes, names, class_colours(10), np.bincount(classes, minlength=10))
        epochs = random.standard_normal((N_EPOCHS, n_points, 2), np.float32)
        cloud = PointCloud()
        cloud.resize(1400, 900)
        cloud.show()
        cloud.show_groups(groups, np.ones(10, bool))
        taken = [_switch(cloud, epochs[number % N_EPOCHS]) for number in range(SWITCHES)]
        goal = "≤ 16 ms" if n_points == 10_000 else ""
        yield Row("frame change of a projection, 1400×900", f"{n_points:,} points", goal, ms(taken), "ten classes")
        cloud.close()
        cloud.deleteLater()
    del application


def _switch(cloud: PointCloud, positions: np.ndarray) -> float:
    """Seconds from the positions to the painted points."""
    began = time.perf_counter()
    cloud.show_points(positions, BOUNDS)
    QApplication.processEvents()
    return time.perf_counter() - began


if __name__ == "__main__":
    hand_over(measure())
