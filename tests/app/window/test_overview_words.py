"""What stands above each picture of the network in an overview, and what its program ends with."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QRect, QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from app.palette import active
from app.window.overview import WIDTH, Overview, _caption, _paint_heading, main
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted_by


def frame(loss: float | None = None, predicted: int | None = None, score: str = "", step: int = 3) -> Any:
    sample = SimpleNamespace(predicted_class=predicted, true_class=1, name_of=lambda number: f"class {number}")
    view = SimpleNamespace(pass_number=1, n_passes=5)
    return SimpleNamespace(
        view=view, step=step, epoch=2, loss=loss, sample=sample, samples=SimpleNamespace(score=score)
    )


PLACE = "pass 2 of 5 · step 3 · epoch 2"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (frame(), PLACE),
        (frame(0.12345), f"{PLACE} · loss 0.123"),
        (frame(0.0), f"{PLACE} · loss 0.000"),
        (frame(float("nan")), PLACE),
        (frame(float("inf")), PLACE),
        (frame(predicted=0), f"{PLACE} · sample: label class 1, predicted class 0"),
        (frame(predicted=0, score="3 of 5 right"), f"{PLACE} · sample: label class 1, predicted class 0"),
        (frame(score="3 of 5 right"), f"{PLACE} · probe: 3 of 5 right"),
        (frame(0.5, score="3 of 5 right"), f"{PLACE} · loss 0.500 · probe: 3 of 5 right"),
        (frame(step=12_345), "pass 2 of 5 · step 12,345 · epoch 2"),
    ],
)
def test_that_a_caption_says_where_it_is_and_how_good_the_network_is_there(shown: Any, words: str) -> None:
    assert _caption(shown) == words


def test_that_a_picture_is_written_and_the_program_ends_well(
    qapp: QApplication, collection_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply_theme(qapp)
    assert main(str(collection_path), str(tmp_path / "picture.png")) == 0
    assert QImage(str(tmp_path / "picture.png")).width() == 1600
    assert capsys.readouterr().err == ""


def test_that_a_picture_that_cannot_be_written_is_told_of(
    qapp: QApplication, collection_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply_theme(qapp)
    place = str(tmp_path / "nowhere" / "picture.png")
    assert main(str(collection_path), place) == 1
    assert capsys.readouterr().err == f"{place!r} cannot be written\n"


@pytest.mark.parametrize(("n_passes", "numbers"), [(5, [4, 0, 2]), (3, [2, 0, 1]), (2, [1, 0]), (1, [0])])
def test_that_no_pass_is_painted_twice(
    qapp: QApplication, collection_path: Path, monkeypatch: pytest.MonkeyPatch, n_passes: int, numbers: list[int]
) -> None:
    apply_theme(qapp)
    overview, painted = Overview(collection_path), list[int]()
    monkeypatch.setattr(Overview, "_paint_network", lambda _, __, number, place: painted.append(number))
    monkeypatch.setattr(type(overview.session.opened), "n_passes", property(lambda _: n_passes))
    overview.image()
    monkeypatch.undo()
    assert painted == numbers
    overview.close()


def headed(note: str) -> Painted:
    """What stands above all of a run of an unnamed model."""
    run = SimpleNamespace(
        model="",
        dataset="digits",
        data_used="digits",
        data_note=note,
        optimizer="",
        interval=3,
        ranks=1,
        seed=0,
        created="2026",
    )
    collection: Any = SimpleNamespace(run=run, layers={}, path=Path("run.json"))
    return painted_by(lambda painter: _paint_heading(painter, collection), QSize(WIDTH, 72))


def test_that_its_heading_names_the_run_and_its_file_or_what_has_to_be_known(qapp: QApplication) -> None:
    apply_theme(qapp)
    usual, noted = headed(""), headed("made up digits stood in")
    name = "a model on digits · a pass every 3 steps · seed 0"
    assert (usual.texts, noted.texts) == ([name, "run.json"], [name, "made up digits stood in"])
    assert [each.words[0].colour for each in (usual, noted)] == [active().text] * 2
    assert (usual.words[1].colour, noted.words[1].colour) == (active().faint_text, active().hovered)


def test_that_a_caption_stands_in_its_row_above_the_network(
    qapp: QApplication, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_theme(qapp)
    overview = Overview(collection_path)
    places: list[QRect] = []
    monkeypatch.setattr(Overview, "_paint", lambda _, __, name, place: places.append(place))
    place = QRect(300, 200, 500, 400)
    (word,) = painted_by(lambda painter: overview._paint_network(painter, 2, place), QSize(900, 700)).words
    overview.close()
    assert word.text.startswith("pass 3 of 5 · step 6 · epoch 1")
    assert word.colour == active().text
    assert places == [QRect(300, 226, 500, 374)]
    assert abs(word.place.left() - 316) <= 2
    assert abs(word.place.center().y() - 213) <= 2
