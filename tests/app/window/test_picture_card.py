"""A picture with a title and a line, as it is painted."""

import pytest
from PyQt6.QtCore import QPoint, QRectF
from PyQt6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.palette import active
from app.window.picture_card import PictureCard
from tests.app.painted import painted


@pytest.fixture
def card(qtbot: QtBot) -> PictureCard:
    card = PictureCard("A title", "and a line", "a tip")
    qtbot.addWidget(card)
    return card


def frame(card: PictureCard) -> str:
    """The colour around it."""
    (found,) = [each for each in painted(card).areas(active().bar_ground) if each.place.left() < 1]
    assert found.place.right() == card.width() - 1
    return found.line


def test_that_the_picture_stands_above_the_title_and_the_line(card: PictureCard) -> None:
    empty = [each.place for each in painted(card).areas(active().background)]
    assert empty == [QRectF(8, 8, 240, 135)]
    picture = QImage(10, 10, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    card.show_picture(picture, "another line")
    found = painted(card)
    assert found.pictures == [QRectF(8, 8, 240, 135)]
    title, line = found.words
    assert (title.text, title.colour, title.is_bold) == ("A title", active().text, True)
    assert (line.text, line.colour, line.is_bold) == ("another line", active().faint_text, False)
    assert 143 < title.place.top() < title.place.bottom() < line.place.top() < line.place.bottom() < card.height()
    assert card.accessibleName() == "A title. another line"


def test_that_it_is_lit_while_the_keyboard_is_on_it(card: PictureCard, qtbot: QtBot) -> None:
    card.move(QPoint(2000, 2000))
    assert frame(card) == active().line
    card.show()
    card.activateWindow()
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    assert frame(card) == active().hovered


def test_that_what_does_not_fit_is_cut_and_a_picture_alone_keeps_the_line(qtbot: QtBot) -> None:
    card = PictureCard("a long title " * 9, "a long line " * 20)
    qtbot.addWidget(card)
    card.show_picture(QImage(1, 1, QImage.Format.Format_RGB32))
    title, line = painted(card).words
    assert "…" in title.text
    assert "…" in line.text
    assert max(title.place.right(), line.place.right()) <= 248
    assert PictureCard("alone").accessibleName() == "alone"
