"""Tiles of the sign raster are read on another thread."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views.gradients.analysis.raster_range import TileKey
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest
from app.views.gradients.reading import SignReading
from tests.app.views.gradients.raster_run import write_run

KEY, OTHER = TileKey(0, 0, 0, 0), TileKey(0, 0, 1, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_run(tmp_path / "run.json", 6)


@pytest.mark.parametrize("is_synchronous", [True, False])
def test_that_a_wish_is_answered_part_by_part(path: Path, qtbot: QtBot, is_synchronous: bool) -> None:
    session = Session(Jobs(is_synchronous=is_synchronous))
    reading = SignReading(session)
    answers: list[SignAnswer] = []
    reading.part_ready.connect(answers.append)
    session.open(path)
    qtbot.waitUntil(lambda: session.opened is not None)
    assert session.opened is not None

    reading.read(SignRequest((KEY, OTHER), 6, counted=(2, 0, 100)))

    qtbot.waitUntil(lambda: sum(len(answer.tiles) for answer in answers) == 2)
    assert answers[0].counted == (2, 0, 100)
    assert {answer.signs for answer in answers} == {session.opened.collection.signs}
    session.close()


def test_that_the_newest_wish_is_fulfilled_whatever_came_before(path: Path, qtbot: QtBot) -> None:
    session = Session(Jobs())
    reading = SignReading(session)
    keys: list[TileKey] = []
    reading.part_ready.connect(lambda answer: keys.extend(tile.key for tile in answer.tiles))
    session.open(path)
    qtbot.waitUntil(lambda: session.opened is not None)

    for _ in range(20):
        reading.read(SignRequest((KEY,), 6))
    reading.read(SignRequest((OTHER,), 6))

    qtbot.waitUntil(lambda: OTHER in keys)
    assert len(keys) < 21
    session.close()


def test_that_another_run_is_read_from_its_own_file(path: Path, tmp_path: Path) -> None:
    session = Session(Jobs(is_synchronous=True))
    reading = SignReading(session)
    answers: list[SignAnswer] = []
    reading.part_ready.connect(answers.append)
    for each in (path, write_run(tmp_path / "other.json", 2)):
        session.open(each)
        assert session.opened is not None
        reading.read(SignRequest((KEY,), len(session.opened.collection.signs)))

    assert [answer.tiles[0].shares.shape[1] for answer in answers] == [6, 2]
    session.close()


def test_that_wishes_without_a_collection_are_passed_over(qtbot: QtBot) -> None:
    session = Session(Jobs(is_synchronous=True))
    reading = SignReading(session)
    answers: list[SignAnswer] = []
    reading.part_ready.connect(answers.append)

    reading.read(SignRequest((KEY,), 1))

    assert answers == []
    session.close()
