"""A run of very many parameters."""

from pathlib import Path

import pytest

from tests.app.views.gradients.analysis.reading_tiles import N_COLUMNS, N_ROWS
from tests.app.views.gradients.raster_run import write_wide_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wide_run(tmp_path_factory.mktemp("raster") / "wide.json", N_COLUMNS, N_ROWS)
