"""The sign raster of a run, on the screen; and one by itself, of signs that are made up."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.raster_panel import RasterPanel
from app.views.gradients.raster_view import RasterView
from collector.storage import Collection, open_collection
from tests.app.views.gradients import raster_hand
from tests.app.views.gradients.made_up_signs import MadeUpSigns, read_all
from tests.app.views.gradients.raster_hand import BANDS, N_COLUMNS, Hand
from tests.app.views.gradients.raster_run import (
    write_run,
)
from tests.app.views.gradients.raster_user import N_ROWS, Shown


@pytest.fixture
def panel(show: Callable[..., None], qtbot: QtBot) -> Shown:
    made = RasterPanel()
    show(made, 900, 500)
    return Shown(qtbot, made)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("raster") / "run.json", N_ROWS)


@pytest.fixture
def run(path: Path) -> Iterator[Collection]:
    with open_collection(path) as collection:
        yield collection


@pytest.fixture
def shown(panel: Shown, run: Collection) -> Shown:
    panel.open(run)
    return panel


@pytest.fixture
def signs() -> MadeUpSigns:
    classes = (np.arange(N_COLUMNS) // 3 + np.arange(raster_hand.N_ROWS)[:, None]) % 4
    return MadeUpSigns(classes.astype(np.uint8), 10 * np.arange(len(classes)), damaged=(7,))


@pytest.fixture
def hand(qtbot: QtBot, signs: MadeUpSigns) -> Hand:
    view = RasterView()
    qtbot.addWidget(view)
    view.resize(800, 400)
    view.show()
    view.show_run(N_COLUMNS, RasterBands(BANDS, {}, N_COLUMNS))
    view.show_steps(signs.steps)
    read_all(view, signs, BANDS)
    return Hand(view)
