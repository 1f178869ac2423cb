"""The picture of a run that is painted without a window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage

from app.palette import DARK
from app.window.demos import DEMOS
from app.window.overview import (
    CAPTION_HEIGHT,
    CURVES_HEIGHT,
    HEADING_HEIGHT,
    MARGIN,
    NETWORK_HEIGHT,
    NETWORK_SHARE,
    SMALL_HEIGHT,
    SMALL_SIZE,
    WIDTH,
    WRONG_USE,
    Overview,
    main,
)
from app.window.theme import apply_theme

Of = Callable[[Path], Overview]
LAST = QRect(0, HEADING_HEIGHT, WIDTH, CAPTION_HEIGHT + NETWORK_HEIGHT)
CURVES = QRect(0, LAST.bottom() + 1 + MARGIN, WIDTH, CURVES_HEIGHT)
FIRST = QRect(0, CURVES.bottom() + 1 + MARGIN, WIDTH // 2, CAPTION_HEIGHT + SMALL_HEIGHT)
MIDDLE = FIRST.translated(FIRST.width(), 0)


@pytest.fixture
def of(qapp) -> Iterator[Of]:
    apply_theme(qapp)
    made: list[Overview] = []

    def overview(path: Path) -> Overview:
        made.append(Overview(path))
        return made[-1]

    yield overview
    for each in made:
        each.close()


def colours(image: QImage, place: QRect) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(place.left(), place.right())
        for y in range(place.top(), place.bottom(), 2)
    }


def test_that_the_network_is_seen_at_the_last_the_first_and_the_middle_pass(of: Of, collection_path: Path) -> None:
    overview = of(collection_path)
    captions: list[str] = []
    overview.session.frame_ready.connect(lambda frame: captions.append(f"step {frame.step}"))
    image = overview.image()
    assert captions == ["step 12", "step 0", "step 6"]
    parts = [image.copy(place.adjusted(0, CAPTION_HEIGHT, 0, 0)) for place in (FIRST, MIDDLE)]
    assert parts[0] != parts[1]
    assert all(len(colours(image, place)) > 1000 for place in (LAST, FIRST, MIDDLE))


def test_that_the_curves_of_the_run_are_seen_with_the_playhead_at_their_end(of: Of, collection_path: Path) -> None:
    image = of(collection_path).image()
    loss = CURVES.adjusted(0, 0, -WIDTH // 2, 0)
    assert DARK.loss in colours(image, loss)
    assert DARK.hovered in colours(image, loss.adjusted(9 * WIDTH // 20, 0, 0, 0))


def test_that_what_the_rules_found_is_marked_in_the_network(of: Of) -> None:
    healthy, dead_layer = (next(each.path for each in DEMOS if each.name == name) for name in ("healthy", "dead_layer"))
    assert DARK.wrong not in colours(of(healthy).image(), LAST)
    assert DARK.wrong in colours(of(dead_layer).image(), LAST)


def test_that_a_small_picture_is_of_the_last_pass(of: Of, collection_path: Path) -> None:
    overview = of(collection_path)
    first = overview.small_image()
    assert overview.session.view is not None
    assert overview.session.view.is_last
    overview.session.show_pass(0)
    assert overview.small_image() == first


@pytest.mark.parametrize(("name", "words"), [("spoilt.json", "spoilt.json"), ("missing.json", "missing.json")])
def test_that_of_what_cannot_be_opened_there_is_no_picture_but_words(
    qapp, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    (tmp_path / "spoilt.json").write_text("{")
    assert main(str(tmp_path / name), str(tmp_path / "picture.png")) == WRONG_USE
    assert words in capsys.readouterr().err
    assert not (tmp_path / "picture.png").exists()


def test_that_the_small_picture_has_the_network_above_the_curves(of: Of, collection_path: Path) -> None:
    image = of(collection_path).small_image()
    assert image.size() == SMALL_SIZE
    middle = round(NETWORK_SHARE * SMALL_SIZE.height())
    above = QRect(0, 0, SMALL_SIZE.width(), middle)
    below = QRect(0, middle, SMALL_SIZE.width(), SMALL_SIZE.height() - middle)
    assert len(colours(image, above)) > 100
    assert any(QColor(each).red() > 150 > QColor(each).green() for each in colours(image, below)), "the loss's curve"


def test_that_the_curves_of_a_small_picture_go_to_its_right_border(of: Of) -> None:
    image = of(DEMOS[0].path).small_image()
    right = QRect(SMALL_SIZE.width() - 20, round(NETWORK_SHARE * SMALL_SIZE.height()), 20, 60)
    assert any(QColor(each).red() - QColor(each).blue() > 60 for each in colours(image, right)), "the yellow playhead"
