"""What computes for the projection's tab ends with the window and with the collection it is for; and what is beside."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views.projection.analysis.projection_request import Method, ProjectionRequest
from app.views.projection.process.layout_cache import KeptPoints
from app.views.projection.view import ProjectionPanelView
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison
from collector.storage import open_collection
from tests.app.views.projection.clouds import choose, laid_out
from tests.app.views.projection.processes import PATIENCE_MS, is_alive
from tests.app.views.projection.projected_run import write_run

SLOW = ProjectionRequest("relu1", Method.TSNE, 30)
LEFT = Qt.MouseButton.LeftButton
LARGE = 3000


@pytest.fixture
def tab(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> ProjectionPanelView:
    """The tab on a run."""
    window.open(write_run(tmp_path / "run.json"))
    return shown_tab(window, qtbot)


def shown_tab(window: MainWindow, qtbot: QtBot) -> ProjectionPanelView:
    window.show_view("projection")
    tab = window.view("projection")
    assert isinstance(tab, ProjectionPanelView)
    qtbot.waitUntil(lambda: tab.panel.own.run is not None, timeout=PATIENCE_MS)
    return tab


@pytest.fixture
def compare(window: MainWindow, tab: ProjectionPanelView) -> Callable[[Path], None]:
    """Compares the run with another one."""

    def chosen(path: Path) -> None:
        assert window._session.opened is not None
        a = window._session.opened.collection.path
        window._session.compare(SavedComparison(a=str(a), b=str(path)))
        window.show_view("projection")  # what compares came forward

    return chosen


@pytest.fixture
def computing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> int:
    """The process that computes for the window."""
    window.open(write_run(tmp_path / "run.json", n_samples=LARGE))
    tab = shown_tab(window, qtbot)
    return begun(tab, qtbot)


@pytest.fixture
def computing_beside(
    tab: ProjectionPanelView, compare: Callable[[Path], None], tmp_path: Path, qtbot: QtBot
) -> tuple[ProjectionPanelView, int]:
    """The process that computes for what is beside; the run itself is laid out already."""
    compare(write_run(tmp_path / "beside.json", n_samples=LARGE))
    qtbot.waitUntil(tab.panel.other.isVisible, timeout=PATIENCE_MS)
    for number in range(3):
        KeptPoints(tab.panel.own.run.collection, SLOW).write(number, laid_out(SLOW).points[number])
    choose(tab.panel.own.source_box, "fc1, after relu1")
    choose(tab.panel.method_box, Method.TSNE.value)
    qtbot.waitUntil(lambda: tab.panel.own.is_whole, timeout=PATIENCE_MS)
    return tab, begun(tab, qtbot)


def begun(tab: ProjectionPanelView, qtbot: QtBot) -> int:
    """Ask for a computation of minutes, and wait until it is in its midst."""
    choose(tab.panel.own.source_box, "fc1, after relu1")
    choose(tab.panel.method_box, Method.TSNE.value)
    with qtbot.waitSignal(tab.projections.progressed, timeout=PATIENCE_MS):
        QTest.mouseClick(tab.panel.compute_button, LEFT)
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


def test_that_closing_the_window_ends_what_is_computed_for_the_collection_beside(
    window: MainWindow, qtbot: QtBot, computing_beside: tuple[ProjectionPanelView, int]
) -> None:
    window.close()
    qtbot.waitUntil(lambda: not is_alive(computing_beside[1]), timeout=PATIENCE_MS)


def test_that_to_stop_comparing_ends_what_is_computed_for_the_other_run(
    window: MainWindow, qtbot: QtBot, computing_beside: tuple[ProjectionPanelView, int]
) -> None:
    tab, process_id = computing_beside
    window._session.stop_comparing()

    assert not is_alive(process_id)
    assert not tab.panel.other.isVisible()
    assert not tab.panel.bar.isVisible()
    assert tab.panel.own.cloud.isVisible()


def test_that_both_are_laid_out_by_one_click_each_kept_beside_its_own(
    tab: ProjectionPanelView, compare: Callable[[Path], None], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = write_run(tmp_path / "elsewhere" / "beside.json", epochs=1)
    before = path.read_bytes()
    compare(path)
    qtbot.waitUntil(tab.panel.other.isVisible, timeout=PATIENCE_MS)
    with qtbot.waitSignal(tab.projections.ended, timeout=PATIENCE_MS) as ended:
        QTest.mouseClick(tab.panel.compute_button, LEFT)

    assert ended.args == [""]
    qtbot.waitUntil(lambda: all(side.cloud.isVisible() for side in tab.panel.sides), timeout=PATIENCE_MS)
    assert [side.is_whole for side in tab.panel.sides] == [True, True]
    assert (tmp_path / "run.projections").is_dir()
    with open_collection(path) as collection:
        assert KeptPoints(collection, tab.panel.request_of(tab.panel.other)).read().is_whole
    assert (tmp_path / "elsewhere" / "beside.projections").is_dir()
    assert path.read_bytes() == before


def test_that_a_run_without_samples_leaves_the_first_as_it_is_and_says_so(
    window: MainWindow, tab: ProjectionPanelView, compare: Callable[[Path], None], tmp_path: Path, qtbot: QtBot
) -> None:
    compare(write_run(tmp_path / "bare.json", is_projected=False))
    assert not tab.panel.other.isVisible()
    assert tab.panel.own.isVisible()
    told = tab.panel.words_label.text()
    assert told.startswith("bare.json has no samples that can be laid out in a plane. Record them with")


def test_that_a_held_pass_stands_beside_the_one_that_is_seen(
    window: MainWindow, tab: ProjectionPanelView, qtbot: QtBot
) -> None:
    window._session.hold_pass()
    window._session.show_last()
    panel = shown_tab(window, qtbot).panel
    assert panel.other.isVisible()
    assert panel.other.run is panel.own.run
    assert [side.number for side in panel.sides] == [0, 2]


def test_that_a_pass_that_is_held_before_the_samples_are_read_stands_beside_too(qtbot: QtBot, tmp_path: Path) -> None:
    session = Session(Jobs())
    with qtbot.waitSignal(session.collection_opened):
        session.open(write_run(tmp_path / "run.json"))
    session.hold_pass()
    assert session.opened is not None
    tab = ProjectionPanelView(session)
    qtbot.addWidget(tab)
    tab.show_collection(session.opened)
    assert tab.panel.own.run is None
    qtbot.waitUntil(lambda: tab.panel.own.run is not None, timeout=PATIENCE_MS)
    assert tab.panel.other.run is tab.panel.own.run
    session.close()
