"""What is told of a run below its small picture."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from app.judging import Judging
from app.palette import LIGHT, active
from app.window.overview import SMALL_SIZE, Overview
from app.window.theme import apply_theme
from app.window.thumbnail_painter import _told, main
from app.window.thumbnails import TOLD, picture_path
from collector.findings import Finding
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, report


@pytest.fixture
def found() -> list[Finding]:
    """What the rules say: a note alone."""
    return [SPIKE]


@pytest.fixture
def overview(qapp, collection_path: Path, found: list[Finding], monkeypatch: pytest.MonkeyPatch) -> Iterator[Overview]:
    monkeypatch.setattr(Judging, "report", lambda *_: report(*found))
    apply_theme(qapp)
    overview = Overview(collection_path)
    yield overview
    overview.close()


@pytest.mark.parametrize(
    ("model", "dataset", "words"),
    [
        ("cnn", "digits", "12 steps · finished · cnn on digits"),
        ("cnn", "", "12 steps · finished · cnn"),
        ("", "digits", "12 steps · finished · a model on digits"),
        ("", "", "12 steps · finished"),
    ],
)
def test_that_the_model_is_told_with_its_data_as_far_as_they_have_names(
    overview: Overview, model: str, dataset: str, words: str
) -> None:
    assert overview.session.opened is not None
    run = overview.session.opened.collection.run
    run.model, run.dataset = model, dataset
    assert _told(overview) == words


@pytest.mark.parametrize(
    ("found", "words"), [([SPIKE], ""), ([SPIKE, LARGE], "1 finding · "), ([LARGE, DEAD], "2 findings · ")]
)
def test_that_findings_stand_first_and_notes_are_not_counted(overview: Overview, words: str) -> None:
    assert _told(overview).partition("12 steps")[0] == words


@pytest.fixture
def alone(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As if it ran in a process of its own; by how much it steps back."""
    gave_way: list[int] = []
    monkeypatch.setattr(os, "nice", gave_way.append)
    monkeypatch.setattr(QApplication, "quit", lambda *_: None)
    return gave_way


def test_that_each_picture_is_written_with_what_is_told_and_said_in_a_line(
    alone: list[int], collection_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt, folder = tmp_path / "spoilt.json", tmp_path / "new" / "pictures"
    spoilt.write_text("{")
    assert main(str(folder), "light", str(spoilt), str(collection_path), str(tmp_path / "gone.json")) == 0
    assert active() is LIGHT
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [str(collection_path)]
    assert list(folder.iterdir()) == [picture_path(folder, collection_path, "light")], "and nothing half done"
    picture = QImage(str(next(folder.iterdir())))
    assert picture.size() == SMALL_SIZE
    assert picture.text(TOLD).endswith("12 steps · finished · small on noise")
    assert alone == [10]
    apply_theme(QApplication.instance())  # type: ignore[arg-type]


def test_that_the_oldest_of_more_than_a_hundred_pictures_go(alone: list[int], tmp_path: Path) -> None:
    for number in range(102):
        path = tmp_path / f"{number}.png"
        path.touch()
        os.utime(path, (1000 + number, 1000 + number))
    (tmp_path / "other.txt").touch()
    assert main(str(tmp_path), "dark") == 0
    assert {each.name for each in tmp_path.iterdir()} == {"other.txt", *(f"{number}.png" for number in range(2, 102))}


def test_that_a_picture_that_cannot_be_written_is_not_said_to_be_there(
    alone: list[int],
    collection_path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QImage, "save", lambda *_: False)
    main(str(tmp_path), "dark", str(collection_path))
    assert (capsys.readouterr().out, list(tmp_path.iterdir())) == ("", [])
