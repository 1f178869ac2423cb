"""What computes for the projection's tab ends with the window, and with the collection."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.analysis.projection_wish import Method, ProjectionWish
from app.tabs.projection_tab import ProjectionTab
from app.window import MainWindow
from tests.app.projected_run import write_run
from tests.app.test_projections import PATIENCE_MS, is_alive

SLOW = ProjectionWish("relu1", Method.TSNE, 30)


@pytest.fixture
def computing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> int:
    """The process that computes for the window."""
    window.open(write_run(tmp_path / "run.json", n_samples=3000))
    window.centre.show_title("Projection")
    tab = window.centre.current
    assert isinstance(tab, ProjectionTab)
    with qtbot.waitSignal(tab.projections.progressed, timeout=PATIENCE_MS):
        tab.panel.compute_requested.emit(SLOW)
    assert is_alive(tab.projections.process_id)
    return tab.projections.process_id


def test_that_closing_the_window_leaves_no_process_behind(window: MainWindow, qtbot: QtBot, computing: int) -> None:
    window.close()
    qtbot.waitUntil(lambda: not is_alive(computing), timeout=PATIENCE_MS)


def test_that_opening_another_run_ends_the_computation_of_the_one_before(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, computing: int
) -> None:
    window.open(write_run(tmp_path / "other.json"))
    qtbot.waitUntil(lambda: not is_alive(computing), timeout=PATIENCE_MS)
