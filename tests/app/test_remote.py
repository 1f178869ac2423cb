"""A collection that lies elsewhere, in the real window: nothing waits on the window's thread, and a lost connection is
told, leaves what is shown, and comes back by itself."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QInputDialog, QLineEdit
from pytestqt.qtbot import QtBot

from app import opening
from app.window.demos import DEMOS
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from collector import open_collection
from collector.storage import reader, remote_file
from tests.app.damaged import with_damaged_pass
from tests.benchmarks.generated import write_collection
from tests.http_server import Served, serving


@pytest.fixture(autouse=True)
def fetched_by(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[threading.Thread]]:
    """Who has fetched anything: never the window's thread."""
    threads: list[threading.Thread] = []
    patiently = remote_file.RemoteFile._patiently

    def noting(file: remote_file.RemoteFile, ask: object) -> object:
        threads.append(threading.current_thread())
        return patiently(file, ask)

    monkeypatch.setattr(remote_file.RemoteFile, "_patiently", noting)
    monkeypatch.setattr(remote_file, "PAUSES", (0.0,))
    monkeypatch.setattr(opening, "REMOTE_POLL_MS", 50)
    yield threads
    assert threads
    assert threading.main_thread() not in threads


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write_collection(folder / "large.json", [784, 200, 10], 4 * 10**7)
    write_collection(folder / "unfinished.json", [300, 40, 10], 4 * 10**6, is_finished=False)
    return folder


@pytest.fixture
def window(qtbot: QtBot, qapp, settings: Settings) -> Iterator[MainWindow]:
    """The window with its work in the background, as it is."""
    apply_theme(qapp)
    window, _ = make_window(settings)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with serving(folder) as server:
        yield server


def open_there(window: MainWindow, qtbot: QtBot, address: str) -> None:
    with qtbot.waitSignal(window._session.frame_ready, timeout=60_000):
        window.open(address)


def go_to(window: MainWindow, qtbot: QtBot, number: int) -> None:
    with qtbot.waitSignal(window._session.frame_ready, timeout=60_000) as told:
        window._session.show_pass(number)
    assert told.args is not None
    assert told.args[0].view.pass_number == number


def test_that_every_tab_of_a_run_elsewhere_is_read_beside_the_window(window: MainWindow, qtbot: QtBot) -> None:
    demo = DEMOS[0].path
    with serving(demo.parent) as server:
        open_there(window, qtbot, f"{server.address}/{demo.name}")
        assert window.windowTitle() == f"{demo.name} — Strobe"
        for tab in range(window.tabs.count()):
            window.tabs.setCurrentIndex(tab)
            go_to(window, qtbot, 1 - window._session.view.pass_number)
        assert not window.run_bar.problem_label.isVisibleTo(window)
        window.close()


def test_that_a_lost_connection_is_told_and_comes_back(window: MainWindow, qtbot: QtBot, served: Served) -> None:
    jobs, bar = window._session.jobs, window.remote_bar
    jobs.retry_seconds = (0.01,)
    open_there(window, qtbot, f"{served.address}/large.json")
    shown = window.transport.place_label.text()
    qtbot.waitUntil(lambda: not jobs._newest, timeout=60_000)
    served.status = 503
    window._session.show_pass(9)
    qtbot.waitUntil(lambda: "tried again" in bar.label.text(), timeout=60_000)
    assert "its server answers with an error (503)" in bar.label.text()
    assert "What is shown stays" in bar.label.text()
    assert window.transport.place_label.text() != shown
    with qtbot.waitSignal(window._session.frame_ready, timeout=60_000) as told:
        served.status = 0
    assert told.args[0].step == 450
    qtbot.waitUntil(lambda: "MB were read" in bar.label.text(), timeout=60_000)
    assert window._session.opened.collection.damaged == []


def test_that_whoever_opens_another_file_waits_for_the_lost_one_no_more(
    window: MainWindow, qtbot: QtBot, served: Served, collection_path: Path
) -> None:
    jobs = window._session.jobs
    jobs.retry_seconds = (0.01,)
    open_there(window, qtbot, f"{served.address}/large.json")
    qtbot.waitUntil(lambda: not jobs._newest, timeout=60_000)
    served.status = 503
    with qtbot.waitSignal(jobs.connection_changed, timeout=60_000):
        window._session.show_pass(9)
    open_there(window, qtbot, str(collection_path))
    qtbot.waitUntil(lambda: not window.remote_bar.isVisibleTo(window), timeout=60_000)


def test_that_a_slow_pass_shows_how_far_it_is(
    window: MainWindow, qtbot: QtBot, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.remote_bar._timer.setInterval(1)
    open_there(window, qtbot, f"{served.address}/large.json")
    served.delay = 0.05
    window._session.show_pass(12)
    qtbot.waitUntil(lambda: "Reading pass 12 from 127.0.0.1" in window.remote_bar.label.text(), timeout=60_000)
    assert window.remote_bar.label.text().endswith(" MB.")
    qtbot.waitUntil(lambda: "MB were read" in window.remote_bar.label.text(), timeout=60_000)


def test_that_a_pass_that_cannot_be_read_is_not_waited_for(
    window: MainWindow, qtbot: QtBot, collection_path: Path, tmp_path: Path
) -> None:
    with_damaged_pass(collection_path, 2, tmp_path / "damaged.json")
    timer = window.remote_bar._timer
    timer.setInterval(1)
    with serving(tmp_path) as server:
        open_there(window, qtbot, f"{server.address}/damaged.json")
        with qtbot.waitSignal(window._session.frame_failed, timeout=60_000):
            window._session.show_pass(2)
        with qtbot.waitSignal(timer.timeout, timeout=60_000):
            pass
        assert "MB were read" in window.remote_bar.label.text()
        window.close()


def test_that_of_a_run_that_has_not_ended_the_first_picture_waits_for_a_portion_only(
    window: MainWindow, qtbot: QtBot, served: Served, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PORTION", 2**18)
    open_there(window, qtbot, f"{served.address}/unfinished.json")
    assert window._session.opened.n_passes < 10
    assert "Looking through a run that has not ended" in window.remote_bar.label.text()
    qtbot.waitUntil(lambda: not window._session.opened.collection.unread, timeout=60_000)
    qtbot.waitUntil(lambda: "MB were read" in window.remote_bar.label.text(), timeout=60_000)
    with open_collection(folder / "unfinished.json") as local:
        qtbot.waitUntil(lambda: window._session.opened.n_passes == len(local.passes), timeout=60_000)


def test_that_an_address_is_remembered_unless_it_holds_a_secret(
    window: MainWindow, qtbot: QtBot, served: Served, settings: Settings
) -> None:
    open_there(window, qtbot, f"{served.address}/large.json?signature=1")
    assert settings.recent_files() == []
    open_there(window, qtbot, f"{served.address}/large.json")
    assert [str(each) for each in settings.recent_files()] == [f"{served.address}/large.json"]
    window.recent_menu.aboutToShow.emit()
    with qtbot.waitSignal(window._session.frame_ready, timeout=60_000):
        window.recent_menu.actions()[0].trigger()


def test_that_what_cannot_be_opened_leaves_what_is_shown(
    window: MainWindow, qtbot: QtBot, served: Served, collection_path: Path
) -> None:
    open_there(window, qtbot, str(collection_path))
    title = window.windowTitle()
    window.open(f"{served.address}/missing.json")
    qtbot.waitUntil(lambda: "there is no such file" in window.run_bar.problem_label.text(), timeout=60_000)
    assert window.windowTitle() == title


def test_that_an_address_that_is_typed_is_opened(window: MainWindow, qtbot: QtBot, served: Served) -> None:
    files = window.menuBar().actions()[0].menu()
    next(each for each in files.actions() if "address" in each.text()).trigger()
    dialog = window.findChild(QInputDialog)
    qtbot.keyClicks(dialog.findChild(QLineEdit), f" {served.address}/large.json")
    with qtbot.waitSignal(window._session.frame_ready, timeout=60_000):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert window.windowTitle() == "large.json — Strobe"
