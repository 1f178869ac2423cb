"""Where the card of a sample stands, and where in it its picture and its words."""

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QApplication

from app.palette import DARK, TEXT_PX, font
from app.widgets.sample_card import SampleCard
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted_by

AREA = QRectF(0, 0, 600, 400)


@pytest.fixture(autouse=True)
def dark_theme(qapp: QApplication) -> None:
    apply_theme(qapp, "dark")


def carded(card: SampleCard, at: QPointF, inside: QRectF = AREA) -> tuple[QRectF, Painted]:
    """The ground of the card, and all that is painted."""
    found = painted_by(lambda painter: card.paint(painter, at, inside), inside.size().toSize())
    (ground,) = found.areas(DARK.bar_ground)
    return ground.place, found


def metrics() -> QFontMetricsF:
    return QFontMetricsF(font(TEXT_PX))


def line_px() -> float:
    return metrics().lineSpacing()


def card_of(n_lines: int, picture: np.ndarray | None = None, text: str = "words") -> SampleCard:
    return SampleCard(picture, [(text, "text")] * n_lines)


PICTURE = np.zeros((8, 8))


def test_that_a_card_of_words_is_8_px_larger_than_they_are_and_14_px_from_the_pointer() -> None:
    ground, found = carded(card_of(3), QPointF(100, 50))
    words = metrics().horizontalAdvance("words")
    assert (ground.left(), ground.top()) == (114, 64)
    assert ground.width() == pytest.approx(words + 16, abs=0.01)
    assert ground.height() == pytest.approx(3 * line_px() + 16, abs=0.01)
    assert [each.place.left() for each in found.words] == pytest.approx([122] * 3, abs=1)
    middles = [each.place.center().y() - ground.top() - 8 for each in found.words]
    assert middles == pytest.approx([(number + 0.5) * line_px() for number in range(3)], abs=2)


def test_that_a_picture_is_112_px_large_above_the_words_and_its_own_proportions_in_the_middle() -> None:
    ground, found = carded(card_of(2, PICTURE), QPointF(100, 50))
    assert ground.width() == pytest.approx(112 + 16)
    assert ground.height() == pytest.approx(112 + 4 + 2 * line_px() + 16, abs=0.01)
    (place,) = found.pictures
    assert (place.left(), place.top(), place.width(), place.height()) == (122, 72, 112, 112)
    _, found = carded(card_of(2, np.zeros((8, 4))), QPointF(100, 50))
    (place,) = found.pictures
    assert (place.left(), place.top(), place.width(), place.height()) == (150, 72, 56, 112)


def test_that_words_stand_beside_a_picture_as_soon_as_a_px_of_height_lacks() -> None:
    needed = 112 + 4 + 2 * line_px() + 16 + 4
    words = metrics().horizontalAdvance("words")
    for lacking, is_beside in ((0.0, False), (1.0, True)):
        ground, found = carded(card_of(2, PICTURE), QPointF(100, 10), QRectF(0, 0, 600, needed - lacking))
        assert (found.words[0].place.left() > found.pictures[0].right()) == is_beside
        assert ground.height() == pytest.approx(112 + 16 if is_beside else needed - 4, abs=0.01)
        if is_beside:
            assert ground.width() == pytest.approx(112 + 4 + words + 16, abs=0.01)
            assert found.words[0].place.left() == pytest.approx(found.pictures[0].right() + 4, abs=1)
            assert found.words[0].place.center().y() == pytest.approx(ground.top() + 8 + line_px() / 2, abs=2)


def test_that_a_card_of_many_words_beside_a_picture_is_as_tall_as_they_are() -> None:
    ground, _ = carded(card_of(12, PICTURE), QPointF(100, 10), QRectF(0, 0, 600, 260))
    assert ground.height() == pytest.approx(12 * line_px() + 16, abs=0.01)


def test_that_a_card_goes_to_the_other_side_of_the_pointer_where_it_would_not_be_whole() -> None:
    wide = metrics().horizontalAdvance("words") + 16
    for x, left in ((600 - 14 - wide, 600 - wide), (600 - 14 - wide + 1, 600 - 28 - 2 * wide + 1)):
        ground, _ = carded(card_of(1), QPointF(x, 50))
        assert ground.left() == pytest.approx(left, abs=0.01)


def test_that_a_card_stays_2_px_within_the_area() -> None:
    tall = 2 * line_px() + 16
    ground, _ = carded(card_of(2), QPointF(100, 395))
    assert ground.bottom() == pytest.approx(398, abs=0.01)
    ground, _ = carded(card_of(2), QPointF(100, -60))
    assert ground.top() == 2
    ground, _ = carded(card_of(2), QPointF(30, 5), QRectF(0, 0, 60, tall + 4))
    assert ground.left() == 2


def test_that_long_words_have_half_of_the_area_and_are_cut_in_their_middle() -> None:
    text = "a_name_that_people_give " * 9
    ground, found = carded(card_of(1, text=text), QPointF(20, 20))
    assert ground.width() == 300 + 16
    (word,) = found.words
    assert "…" in word.text and text.startswith(word.text[:5])
    assert 270 < word.place.width() <= 302


def test_that_a_card_without_words_is_its_picture(qapp: QApplication) -> None:
    ground, found = carded(card_of(0, PICTURE), QPointF(100, 50))
    assert ground.size().toSize() == QSize(128, 132)
    assert found.texts == []
    ground, _ = carded(card_of(0, PICTURE), QPointF(100, 5), QRectF(0, 0, 600, 100))
    assert ground.width() == 112 + 4 + 16, "beside nothing"
