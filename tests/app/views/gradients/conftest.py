"""The sign raster of a run, on the screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.views.gradients.raster_panel import RasterPanel
from collector.storage import Collection, open_collection
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
