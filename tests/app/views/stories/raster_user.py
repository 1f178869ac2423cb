"""A raster of stories made up, and the hand of its user."""

import numpy as np
from PyQt6.QtCore import QPoint

from app.views.stories.analysis.story_cells import Cells
from app.views.stories.story_raster import StoryRaster

WIDTH, HEIGHT = 400, 200
"""Of the cells, px."""


def shown(raster: StoryRaster, n_rows: int, n_columns: int) -> StoryRaster:
    """Rows in the opposite order of the samples; a measurement each ten steps."""
    random = np.random.default_rng(0)
    codes = random.integers(0, 256, (n_rows, n_columns)).astype(np.uint8)
    cells = Cells(codes, random.integers(0, 256, (256, 3)).astype(np.uint8), {})
    raster.show_cells(cells, np.arange(n_columns) * 10, np.arange(n_rows)[::-1].copy())
    return raster


class Told:
    """What a raster said."""

    def __init__(self, raster: StoryRaster) -> None:
        self.all: list[tuple[object, ...]] = []
        raster.clicked.connect(lambda sample, number: self.all.append(("cell", sample, number)))
        raster.sample_clicked.connect(lambda sample: self.all.append(("sample", sample)))
        raster.step_requested.connect(lambda step: self.all.append(("step", step)))
        raster.hovered.connect(lambda sample, number: self.all.append(("hovered", sample, number)))


def at(raster: StoryRaster, row: int, column: int) -> QPoint:
    return raster.cell_place(row, column).center().toPoint()
