"""Small pictures of collections: which are painted, what is shown of them, and when there are no more."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

import app
from app.window.thumbnails import Thumbnails, picture_path
from tests.app.window.fake_process import FakeProcess


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeProcess]]:
    """Those that were started."""
    monkeypatch.setattr("app.window.thumbnails.QProcess", FakeProcess)
    FakeProcess.made.clear()
    yield FakeProcess.made
    FakeProcess.made.clear()


@pytest.fixture
def thumbnails(qtbot: QtBot, tmp_path: Path, processes: list[FakeProcess]) -> Iterator[Thumbnails]:
    made = Thumbnails(tmp_path / "pictures")
    yield made
    made.stop()


@pytest.fixture
def heard(thumbnails: Thumbnails) -> list[str]:
    """Names of the collections whose pictures came, and the end."""
    said: list[str] = []
    thumbnails.painted.connect(lambda path, picture: said.append(path.name if not picture.isNull() else "nothing"))
    thumbnails.ended.connect(lambda: said.append("ended"))
    return said


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"{name}.json" for name in "abc"]
    for each in made:
        each.write_text(each.name)
    return made


def paint(tmp_path: Path, run: Path, theme: str = "dark") -> None:
    """Put the picture of a run where it is looked for."""
    folder = tmp_path / "pictures"
    folder.mkdir(exist_ok=True)
    assert QImage(4, 4, QImage.Format.Format_RGB32).save(str(picture_path(folder, run, theme)))


def line(run: Path) -> bytes:
    return json.dumps(str(run)).encode() + b"\n"


def test_that_what_is_on_the_disk_is_there_at_once_and_nothing_is_painted(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path], tmp_path: Path
) -> None:
    for each in runs:
        paint(tmp_path, each)
    thumbnails.ask(runs, "dark")
    assert (heard, processes, thumbnails.is_painting) == (["a.json", "b.json", "c.json", "ended"], [], False)


def test_that_of_what_is_gone_there_is_no_picture_to_wait_for(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], tmp_path: Path
) -> None:
    thumbnails.ask([tmp_path / "gone.json"], "dark")
    thumbnails.ask([], "dark")
    assert (heard, processes) == (["ended", "ended"], [])


def test_that_the_rest_is_painted_by_one_process_without_a_screen(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path], tmp_path: Path
) -> None:
    paint(tmp_path, runs[1])
    (tmp_path / "folder").mkdir()
    thumbnails.ask([runs[0], runs[1], tmp_path / "folder" / ".." / "c.json"], "dark")
    (process,) = processes
    assert (heard, thumbnails.is_painting) == (["b.json"], True)
    assert (process.program, process.called) == (sys.executable, [("start",)])
    folder = str(tmp_path / "pictures")
    assert process.arguments == ["-m", "app.window.thumbnail_painter", folder, "dark", str(runs[0]), str(runs[2])]
    assert Path(process.folder) == Path(app.__file__).resolve().parent.parent
    assert process.environment.value("QT_QPA_PLATFORM") == "offscreen"
    assert process.environment.value("PATH") == os.environ["PATH"], "all else is as it is here"


def test_that_each_picture_is_shown_as_soon_as_its_line_is_whole(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path], tmp_path: Path
) -> None:
    thumbnails.ask(runs, "dark")
    (process,) = processes
    for each in runs:
        paint(tmp_path, each)
    process.say(line(runs[0])[:5])
    assert heard == []
    process.say(line(runs[0])[5:] + line(runs[1])[:-1])
    assert heard == ["a.json"]
    process.end(output=b"\n" + line(runs[2]))
    assert heard == ["a.json", "b.json", "c.json", "ended"]
    assert (thumbnails.is_painting, process.called[-1]) == (False, ("deleteLater",))


def test_that_half_a_line_of_a_process_that_died_is_none_of_the_next_one(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path], tmp_path: Path
) -> None:
    thumbnails.ask(runs, "dark")
    processes[0].end(1, died=True, output=line(runs[0])[:5])
    assert heard == ["ended"]
    thumbnails.ask(runs, "dark")
    paint(tmp_path, runs[0])
    processes[1].say(line(runs[0]))
    assert heard == ["ended", "a.json"]


def test_that_a_collection_that_could_not_be_painted_is_left_without_a_picture(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path]
) -> None:
    thumbnails.ask(runs, "dark")
    processes[0].say(line(runs[0]))
    processes[0].end()
    assert heard == ["ended"]


def test_that_what_is_asked_for_takes_the_place_of_what_was_before(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path], tmp_path: Path
) -> None:
    thumbnails.ask(runs, "dark")
    thumbnails.ask(runs[:1], "light")
    first, second = processes
    assert first.called == [("start",), ("kill",), ("waitForFinished", 5000), ("deleteLater",)]
    assert (second.arguments[3:], second.called) == (["light", str(runs[0])], [("start",)])
    first.end(1, died=True)
    assert heard == [], "nobody listens to it any more"
    paint(tmp_path, runs[0], "light")
    second.say(line(runs[0]))
    assert heard == ["a.json"]


def test_that_nothing_more_is_painted_once_it_is_stopped(
    thumbnails: Thumbnails, heard: list[str], processes: list[FakeProcess], runs: list[Path]
) -> None:
    thumbnails.stop()
    thumbnails.ask(runs, "dark")
    for _ in range(2):
        thumbnails.stop()
    assert processes[0].called.count(("kill",)) == 1
    assert (thumbnails.is_painting, heard) == (False, [])


def test_that_a_picture_is_of_a_place_a_state_and_a_theme(runs: list[Path], tmp_path: Path) -> None:
    first = picture_path(tmp_path, runs[0], "dark")
    assert (first.parent, first.suffix, len(first.stem)) == (tmp_path, ".png", 32)
    (tmp_path / "folder").mkdir()
    assert picture_path(tmp_path, tmp_path / "folder" / ".." / "a.json", "dark") == first
    other = [picture_path(tmp_path, runs[1], "dark"), picture_path(tmp_path, runs[0], "light")]
    status = runs[0].stat()
    os.utime(runs[0], ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    other.append(picture_path(tmp_path, runs[0], "dark"))
    runs[0].write_text("a.json, longer")
    os.utime(runs[0], ns=(status.st_atime_ns, status.st_mtime_ns))
    other.append(picture_path(tmp_path, runs[0], "dark"))
    assert len({first, *other}) == 5
    with pytest.raises(OSError, match="gone"):
        picture_path(tmp_path, tmp_path / "gone.json", "dark")
