"""What became of a unit is read on another thread, with others that read every pass."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views import VIEWS
from app.views.features.reading import FeatureReading
from app.views.unit import reading as readings
from app.views.unit.analysis.unit_history import UnitHistory, UnitHistoryReader
from app.views.unit.reading import HistoryReading, WeightDifferenceReading
from collector.storage.passes import Passes
from tests.app.scanning import read_all
from tests.app.views.features.features_run import DEAD, write_features_run


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(Jobs(), VIEWS)
    yield session
    session.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_features_run(tmp_path / "run.json")


class Disk:
    """A disk that reads passes for a scan only when the gate opens, and writes down which; the rules have their own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
        self.gate = threading.Event()
        self.read: list[int] = []
        self._get = Passes.__getitem__
        disk = self

        def get(passes: Passes, number: int) -> object:
            opened = session.opened
            is_ours = opened is not None and passes is opened.collection.passes
            if is_ours and threading.current_thread().name.startswith("strobe-scan"):
                disk.read.append(number)
                disk.gate.wait(10)
            return disk._get(passes, number)

        monkeypatch.setattr(Passes, "__getitem__", get)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, session: Session) -> Iterator[Disk]:
    disk = Disk(monkeypatch, session)
    yield disk
    disk.gate.set()


def open_run(session: Session, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.collection_opened):
        session.open(path)


def read_unit(session: Session, reading: HistoryReading, position: int) -> None:
    assert session.opened is not None
    reading.read(session.opened.graph.columns[1], position)


def test_that_a_history_is_read_and_told_of_on_the_windows_thread(session: Session, path: Path, qtbot: QtBot) -> None:
    reading = HistoryReading(session)
    told: list[tuple[UnitHistory, threading.Thread]] = []
    reading.ready.connect(lambda history: told.append((history, threading.current_thread())))
    open_run(session, path, qtbot)
    read_unit(session, reading, 2)
    qtbot.waitUntil(lambda: len(told) == 1)
    history, thread = told[0]
    assert thread is threading.main_thread()
    assert session.opened is not None
    apart = read_all(session.opened.collection.passes, UnitHistoryReader(session.opened.graph.columns[1], 2))
    assert history.activations.values.tolist() == apart.activations.values.tolist()
    assert len(history.activations) == len(DEAD)


def test_that_a_history_and_that_of_features_share_one_run_through_the_file(
    session: Session, path: Path, qtbot: QtBot, disk: Disk
) -> None:
    history, features = HistoryReading(session), FeatureReading(session)
    told: list = []
    history.ready.connect(told.append)
    features.ready.connect(told.append)
    open_run(session, path, qtbot)
    read_unit(session, history, 2)
    features.read()
    disk.gate.set()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert disk.read[-len(DEAD) + 1 :] == list(range(1, len(DEAD)))
    assert len(disk.read) <= len(DEAD) + 1, "the pass that was under way is read again for who came later"


def test_that_another_unit_takes_the_place_of_the_one_that_is_read(
    session: Session, path: Path, qtbot: QtBot, disk: Disk
) -> None:
    reading = HistoryReading(session)
    told: list[UnitHistory] = []
    reading.ready.connect(told.append)
    open_run(session, path, qtbot)
    for position in (0, 1, 2):
        read_unit(session, reading, position)
    disk.gate.set()
    qtbot.waitUntil(lambda: bool(told) and not reading.is_busy)
    assert session.opened is not None
    assert [history.number for history in told] == [session.opened.graph.columns[1].kept[2]]


def test_that_a_file_can_be_opened_while_a_history_is_read_and_the_old_one_is_closed_afterwards(
    session: Session, path: Path, tmp_path: Path, qtbot: QtBot, disk: Disk
) -> None:
    reading = HistoryReading(session)
    told: list = []
    reading.ready.connect(told.append)
    problems: list[str] = []
    session.problem_occurred.connect(problems.append)
    open_run(session, path, qtbot)
    read_unit(session, reading, 2)
    qtbot.waitUntil(lambda: bool(disk.read))
    assert session.opened is not None
    old = session.opened.collection
    other = write_features_run(tmp_path / "other.json", 3)
    frames: list = []
    session.frame_ready.connect(frames.append)
    with qtbot.captureExceptions() as raised:
        open_run(session, other, qtbot)
        qtbot.waitUntil(lambda: bool(frames))
        assert not old._file.closed, "it is being read"
        disk.gate.set()
        qtbot.waitUntil(lambda: old._file.closed)
    assert (raised, told, problems) == ([], [], [])
    assert session.opened is not None
    assert session.opened.collection.passes[0].step == 0


def test_that_frames_do_not_wait_while_two_readings_go_through_the_file(
    session: Session, path: Path, qtbot: QtBot, disk: Disk
) -> None:
    readings = [HistoryReading(session), FeatureReading(session)]
    told: list = []
    for each in readings:
        each.ready.connect(told.append)
    open_run(session, path, qtbot)
    read_unit(session, readings[0], 2)
    readings[1].read()
    qtbot.waitUntil(lambda: bool(disk.read))
    steps: list[int] = []
    session.frame_ready.connect(lambda frame: steps.append(frame.step))
    for number in range(1, len(DEAD)):
        session.show_pass(number)
        qtbot.waitUntil(lambda number=number: bool(steps) and steps[-1] == 10 * number)
    assert told == []


def test_that_closing_ends_what_is_read(
    session: Session, path: Path, qtbot: QtBot, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = HistoryReading(session)
    open_run(session, path, qtbot)
    read_unit(session, reading, 2)
    qtbot.waitUntil(lambda: bool(disk.read))
    assert session.opened is not None
    collection = session.opened.collection
    release = session.jobs.release
    monkeypatch.setattr(session.jobs, "release", lambda resource: [release(resource), disk.gate.set()])
    session.close()
    assert collection._file.closed
    assert len(disk.read) < len(DEAD)


@pytest.mark.parametrize(
    ("comparing", "n_wanted", "largest"),
    [("both", 9, 0.75), ("both", 2, 0.5), ("both", 1, 0.25), ("both", 0, 0.0), (None, 9, 0.0)],
)
def test_that_the_largest_difference_of_weights_is_read_until_nobody_waits_for_it(
    session: Session, monkeypatch: pytest.MonkeyPatch, comparing: str | None, n_wanted: int, largest: float
) -> None:
    differ, asked = [0.25, 0.5, 0.0, 0.75], list[object]()

    def array_of(both: float, stage: str, kind: str) -> SimpleNamespace:
        asked.append((both, stage, kind))
        return SimpleNamespace(values=both)

    monkeypatch.setattr(readings, "differences_of", lambda _: SimpleNamespace(spread=lambda: differ))
    monkeypatch.setattr(readings, "array_of", array_of)
    monkeypatch.setattr(readings, "largest", lambda values: values)
    reading = WeightDifferenceReading(session)
    works: list[Callable[..., Any]] = []
    monkeypatch.setattr(reading, "start", works.append)
    reading.read("fc1")
    left = [True] * n_wanted + [False] * 4
    progress = SimpleNamespace(rest=lambda: left.pop(0))
    assert works[0](SimpleNamespace(comparing=comparing), progress) == largest
    n_read = 0 if comparing is None else min(n_wanted, 4)
    assert asked == [(each, "fc1", "weight") for each in differ[:n_read]]
