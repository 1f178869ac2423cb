"""What a view reads in the background: of what, by whose threads, and who hears of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app import noise_reading as noise_room
from app.jobs import Jobs, Lane
from app.noise_reading import NoiseReading
from app.reading import Reading
from app.session import Session
from collector.comparing.saved import SavedComparison
from collector.storage import CollectionError


class Noting(Jobs):
    """Notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__(is_synchronous=True)
        self.asked: list[tuple[Any, dict[str, Any]]] = []

    def submit(self, owner: Any, *given: Any, **options: Any) -> None:  # type: ignore[override]
        self.asked.append((owner, options))
        super().submit(owner, *given, **options)


@pytest.fixture
def jobs() -> Noting:
    return Noting()


@pytest.fixture
def session(qtbot: QtBot, jobs: Noting) -> Iterator[Session]:
    session = Session(jobs)
    yield session
    session.close()


@pytest.fixture
def reading(session: Session) -> Reading:
    return Reading(session)


@pytest.fixture
def heard(reading: Reading) -> list[tuple[Any, ...]]:
    return listening(reading)


def listening(reading: Reading) -> list[tuple[Any, ...]]:
    """What it says, each with its signal's name."""
    said: list[tuple[Any, ...]] = []
    for name in ("ready", "part_ready", "progressed"):
        getattr(reading, name).connect(lambda *what, name=name: said.append((name, *what)))
    return said


class Counting:
    """Counts passes."""

    n_passes = 0

    def take(self, pass_: object) -> None:
        self.n_passes += 1

    def result(self) -> int:
        return self.n_passes


def test_that_with_nothing_open_nothing_is_read(reading: Reading, jobs: Noting, heard: list[tuple[Any, ...]]) -> None:
    reading.start(lambda *_: 1)
    reading.scan(Counting())
    assert (reading.opened, reading.is_busy, jobs.asked, heard) == (None, False, [], [])


def test_that_work_is_given_what_is_open_and_its_answer_and_parts_are_told(
    reading: Reading, session: Session, jobs: Noting, heard: list[tuple[Any, ...]], collection_path: Path
) -> None:
    session.open(collection_path)
    jobs.asked.clear()

    def work(opened: Any, progress: Any) -> int:
        progress.hand_over("a part")
        progress._told_at -= 10
        progress.tell(1, 2)
        return opened.n_passes

    reading.start(work)
    assert heard == [("part_ready", "a part"), ("progressed", 1, 2), ("ready", 5)]
    ((owner, options),) = jobs.asked
    assert owner is reading
    assert (options["lane"], options["reads"]) == (Lane.SCAN, session.opened.files)
    reading.start(work, lane=Lane.FRAME, reads=session.opened.collection)
    assert (jobs.asked[1][1]["lane"], jobs.asked[1][1]["reads"]) == (Lane.FRAME, session.opened.collection)


def test_that_what_cannot_be_read_is_told_as_a_problem(
    reading: Reading, session: Session, heard: list[tuple[Any, ...]], collection_path: Path
) -> None:
    problems: list[str] = []
    session.problem_occurred.connect(problems.append)
    session.open(collection_path)

    def work(*_: object) -> None:
        raise CollectionError("run.json", "is damaged here.")

    reading.start(work)
    assert (problems, heard) == (["'run.json': is damaged here."], [])


def test_that_all_passes_are_seen_of_what_is_open_or_of_another(
    reading: Reading,
    session: Session,
    heard: list[tuple[Any, ...]],
    two_paths: tuple[Path, Path],
    collection_path: Path,
) -> None:
    session.open(collection_path)
    reading.scan(Counting())
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert session.comparing is not None
    reading.scan(Counting(), session.comparing.b)
    assert [each for each in heard if each[0] == "ready"] == [("ready", 5), ("ready", 5)]


def test_that_what_is_not_wanted_any_more_is_not_told(qtbot: QtBot, collection_path: Path) -> None:
    session = Session(Jobs())
    session.open(collection_path)
    qtbot.waitUntil(lambda: session.opened is not None)
    reading = Reading(session)
    heard = listening(reading)
    reading.start(lambda *_: 1)
    assert reading.is_busy
    reading.cancel()
    qtbot.waitUntil(lambda: not reading.is_busy)
    assert heard == []
    session.close()


def test_that_noise_is_read_of_repeats_while_something_is_compared(
    session: Session,
    jobs: Noting,
    two_paths: tuple[Path, Path],
    repeat_paths: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[object, tuple[str, ...]]] = []
    usual = noise_room.noise_bands
    monkeypatch.setattr(
        noise_room, "noise_bands", lambda both, names: asked.append((both, names)) or usual(both, names)
    )
    reading = NoiseReading(session)
    heard = listening(reading)
    reading.read(["loss"])
    assert heard == [], "nothing is open"
    session.open(two_paths[0])
    reading.read(["loss"])
    assert heard == [("ready", {})]
    a, b = map(str, two_paths)
    session.compare(SavedComparison(a=a, b=b, repeats=[a, *map(str, repeat_paths)]))
    heard.clear()
    reading.read(iter(["loss"]))
    assert asked == [(session.comparing, ("loss",))]
    assert [(name, list(bands)) for name, bands in heard] == [("ready", ["loss"])]
    assert [options["lane"] for owner, options in jobs.asked if owner is reading] == [Lane.FRAME] * 2
