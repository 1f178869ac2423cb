"""Which process computes, what is heard of it and when it ends, without running any."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from PyQt6.QtCore import QObject, QProcess, pyqtSignal
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views.projection import reading
from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.projection_request import RAW, Method, Projected, ProjectionRequest
from app.views.projection.process_runner import ProjectionProcess
from app.views.projection.reading import HOW_TO_RECORD, BesideReading, Projections, SamplesReading
from collector.storage import Collection, CollectionError, open_collection
from tests.app.views.projection.projected_run import write_run

PCA, LINEAR = ProjectionRequest(RAW, Method.PCA), ProjectionRequest(RAW, Method.LINEAR)


class Process(QObject):
    """Stands in for one."""

    progressed = pyqtSignal(float)
    laid_out = pyqtSignal(int)
    ended = pyqtSignal(str)
    made: ClassVar[list["Process"]] = []

    def __init__(self, path: Path, request: ProjectionRequest, parent: QObject) -> None:
        super().__init__(parent)
        self.asked, self.process_id, self.did = (path, request), 77, list[str]()
        Process.made.append(self)

    def start(self) -> None:
        self.did.append("start")

    def end(self) -> None:
        self.did.append("end")

    def deleteLater(self) -> None:
        self.did.append("delete")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    monkeypatch.setattr(reading, "ProjectionProcess", Process)
    Process.made = []
    return Process.made


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(Jobs(is_synchronous=True), [])
    yield session
    session.close()


@pytest.fixture
def projections(session: Session) -> Projections:
    return Projections(session, session)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[list[Collection]]:
    a, b = (write_run(tmp_path / name) for name in ("a.json", "b.json"))
    with open_collection(a) as first, open_collection(b) as second:
        yield [first, second]


class Heard:
    """What is told of the computations."""

    def __init__(self, projections: Projections) -> None:
        self.all: list[tuple[Any, ...]] = []
        for name in ("projected", "progressed", "ended", "failed"):
            getattr(projections, name).connect(lambda *given, name=name: self.all.append((name, *given)))


def test_that_collections_are_laid_out_one_after_the_other_and_their_problems_told_together(
    made: list[Process], projections: Projections, both: list[Collection]
) -> None:
    heard = Heard(projections)
    assert projections.process_id == 0
    projections.compute((both[0], PCA), (both[1], LINEAR))
    (first,) = made
    assert (first.asked, first.did, first.parent(), projections.process_id) == (
        (both[0].path, PCA),
        ["start"],
        projections,
        77,
    )
    first.progressed.emit(0.25)
    assert heard.all == [("progressed", both[0], 0.25)]
    first.ended.emit("too few.")
    assert first.did == ["start", "delete"]
    second = made[1]
    assert (second.asked, second.did) == ((both[1].path, LINEAR), ["start"])
    second.progressed.emit(0.5)
    first.ended.emit("once more")
    second.ended.emit("damaged.")
    assert heard.all[1:] == [
        ("progressed", both[1], 0.5),
        ("ended", "a.json: too few. b.json: damaged."),
    ]
    assert (len(made), projections.process_id) == (2, 0)
    projections.compute((both[0], PCA))
    made[2].ended.emit("")
    assert heard.all[-1] == ("ended", ""), "of problems before nothing is told any more"


def test_that_what_is_laid_out_is_looked_up_and_told(
    made: list[Process], projections: Projections, both: list[Collection]
) -> None:
    heard = Heard(projections)
    projections.compute((both[0], PCA))
    made[0].laid_out.emit(0)
    ((name, collection, found),) = heard.all
    assert (name, collection, found.request, found.points, found.expected) == ("projected", both[0], PCA, {}, 1)


def test_that_what_is_cancelled_ends_with_all_that_waits_and_another_wish_cancels(
    made: list[Process], projections: Projections, both: list[Collection], session: Session
) -> None:
    heard = Heard(projections)
    projections.compute((both[0], PCA), (both[1], PCA))
    made[0].ended.emit("too few.")
    projections.cancel()
    assert [each.did for each in made] == [["start", "delete"], ["start", "end", "delete"]]
    assert projections.process_id == 0
    made[1].ended.emit("killed")
    assert heard.all == []
    projections.compute((both[0], LINEAR))
    projections.compute((both[1], LINEAR))
    assert made[2].did == ["start", "end", "delete"]
    made[3].ended.emit("")
    assert heard.all == [("ended", "")]
    projections.compute((both[0], PCA))
    session.close()
    assert made[4].did == ["start", "end", "delete"]


def test_that_of_a_file_that_is_gone_nothing_is_laid_out_and_a_damaged_one_is_told_of(
    projections: Projections, both: list[Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard(projections)

    def kept(error: Exception) -> Any:
        def fail(*_: object) -> None:
            raise error

        return fail

    monkeypatch.setattr(reading, "KeptPoints", kept(OSError("gone")))
    projections.look_up(both[0], PCA)
    ((name, collection, found),) = heard.all
    assert (name, collection, found.request, found.points, found.expected) == ("projected", both[0], PCA, {}, 1)
    assert isinstance(found, Projected) and not found.is_whole
    error = CollectionError(both[0].path, "it is cut off.")
    monkeypatch.setattr(reading, "KeptPoints", kept(error))
    projections.look_up(both[0], PCA)
    assert heard.all[1] == ("failed", str(error))


def test_that_samples_are_read_on_from_what_is_known(session: Session, both: list[Collection], tmp_path: Path) -> None:
    own, beside = SamplesReading(session), BesideReading(session)
    heard: list[Any] = []
    own.ready.connect(heard.append)
    beside.ready.connect(heard.append)
    session.open(both[0].path)
    assert session.opened is not None
    own.read()
    beside.read(both[1])
    first, second = heard
    assert isinstance(first, PointRun) and isinstance(second, PointRun)
    assert (first.collection, second.collection) == (session.opened.collection, both[1])
    own.read(first)
    beside.read(both[1], second)
    assert [each.pictures for each in heard[2:]] == [first.pictures, second.pictures] or (
        heard[2].pictures is first.pictures and heard[3].pictures is second.pictures
    )
    with open_collection(write_run(tmp_path / "bare.json", is_projected=False)) as bare:
        beside.read(bare)
        assert heard[-1] == f"bare.json has no samples that can be laid out in a plane. {HOW_TO_RECORD}"
        assert point_run(bare) is None


class Known:
    """Stands in for the process of the system."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, process: ProjectionProcess, state: QProcess.ProcessState
    ) -> None:
        self.did: list[object] = []
        own = process._process
        monkeypatch.setattr(own, "state", lambda: state)
        monkeypatch.setattr(own, "kill", lambda: self.did.append("kill"))
        monkeypatch.setattr(own, "waitForFinished", lambda ms: self.did.append(("wait", ms > 1000)))
        monkeypatch.setattr(own, "start", lambda: self.did.append("start"))
        monkeypatch.setattr(own, "errorString", lambda: "No such file")


@pytest.mark.parametrize(
    ("state", "is_running"),
    [
        (QProcess.ProcessState.NotRunning, False),
        (QProcess.ProcessState.Starting, True),
        (QProcess.ProcessState.Running, True),
    ],
)
def test_that_a_process_that_runs_is_killed_and_waited_for(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: QProcess.ProcessState, is_running: bool
) -> None:
    process = ProjectionProcess(tmp_path / "run.json", PCA)
    known = Known(monkeypatch, process, state)
    process.start()
    assert process.is_running == is_running
    process.end()
    assert known.did == ["start", *(["kill", ("wait", True)] if is_running else [])]
    assert process.signalsBlocked()


def test_that_what_the_system_tells_of_a_process_is_heard(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    process = ProjectionProcess(tmp_path / "run.json", PCA)
    Known(monkeypatch, process, QProcess.ProcessState.Running)
    own, heard = process._process, list[object]()
    for signal in (process.progressed, process.laid_out, process.ended):
        signal.connect(heard.append)
    told = SimpleNamespace(data=lambda: b'{"share": 0.5}\n')
    for name in ("readAllStandardOutput", "readAllStandardError"):
        monkeypatch.setattr(own, name, lambda: told)
    own.readyReadStandardOutput.emit()
    assert heard == [0.5]
    monkeypatch.setattr(told, "data", lambda: b"")
    own.errorOccurred.emit(QProcess.ProcessError.Crashed)
    own.errorOccurred.emit(QProcess.ProcessError.FailedToStart)
    assert heard == [0.5, "The projection could not be started: No such file"]
    own.finished.emit(0, QProcess.ExitStatus.NormalExit)
    assert heard[2:] == [""]
