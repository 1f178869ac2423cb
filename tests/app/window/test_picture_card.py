"""A picture with a title and a line, as it is painted."""

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QEnterEvent, QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.palette import active
from app.window.card_grid import CardGrid
from app.window.picture_card import LEAST_PX, MOST_PX, PictureCard
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


def test_that_a_card_without_its_picture_says_why(card: PictureCard) -> None:
    card.show_absence("being painted")
    assert painted(card).texts == ["being painted", "A title", "and a line"]
    card.show_picture(QImage(10, 10, QImage.Format.Format_RGB32))
    assert painted(card).texts == ["A title", "and a line"]


@pytest.mark.parametrize(
    ("room", "width", "beside"),
    [
        (600, MOST_PX, 2),
        (510, 249, 2),  # a little too narrow for two of full size
        (2 * LEAST_PX + 12, LEAST_PX, 2),
        (2 * LEAST_PX + 11, MOST_PX, 1),
        (100, LEAST_PX, 1),
    ],
)
def test_that_cards_give_way_for_one_more_beside_them(qtbot: QtBot, room: int, width: int, beside: int) -> None:
    grid = CardGrid()
    qtbot.addWidget(grid)
    grid.resize(room, 400)
    grid.show_cards([PictureCard(each) for each in "abc"])
    grid.show()
    assert {card.width() for card in grid.cards} == {width}
    assert sum(card.y() == 0 for card in grid.cards) == beside
    assert room < LEAST_PX or max(card.geometry().right() for card in grid.cards) < room
    card = grid.cards[0]
    (picture,) = [each.place for each in painted(card).areas(active().background)]
    assert picture.width() == width - 16
    assert picture.width() / picture.height() == pytest.approx(16 / 9, rel=0.01)
    assert grid.height() == card.height() + grid.cards[-1].y()


def test_that_a_card_can_be_clicked_and_looks_so(card: PictureCard, qtbot: QtBot) -> None:
    assert card.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert card.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert card.toolTip() == "a tip"
    with qtbot.waitSignal(card.clicked):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)


def test_that_a_line_of_the_picture_is_told_and_an_empty_one_leaves_the_other(card: PictureCard) -> None:
    picture = QImage(10, 10, QImage.Format.Format_RGB32)
    told = [card.accessibleName()]
    for line in ("", "another line"):
        card.show_picture(picture, line)
        told.append(card.accessibleName())
    assert told == ["A title. and a line", "A title. and a line", "A title. another line"]


def test_that_cards_take_the_place_of_those_before_and_none_take_no_room(qtbot: QtBot) -> None:
    grid = CardGrid()
    qtbot.addWidget(grid)
    grid.resize(600, 400)
    grid.show()
    heights = [grid.height()]
    before = [PictureCard(each) for each in "abc"]
    for cards in (before, [PictureCard("d")], []):
        grid.show_cards(cards)
        assert [each for each in grid.findChildren(PictureCard) if each.isVisible()] == cards
        assert grid.minimumSizeHint() == (QSize(LEAST_PX, cards[0].height()) if cards else QSize())
        heights.append(grid.height())
    card = PictureCard("e").height()
    assert heights == [0, 2 * card + 12, card, 0]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert all(sip.isdeleted(each) for each in before)


@pytest.mark.parametrize("width", [LEAST_PX, 230, MOST_PX])
def test_that_a_card_is_as_wide_as_it_is_told_and_as_high_as_its_picture_and_two_lines(
    card: PictureCard, width: int
) -> None:
    card.fit(width)
    assert (card.width(), card.height()) == (width, (width - 16) * 9 // 16 + 57)


def test_that_it_is_painted_anew_for_the_pointer_and_for_whatever_is_new(
    card: PictureCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(card, "update", lambda: told.append("anew"))
    card.enterEvent(QEnterEvent(QPointF(), QPointF(), QPointF()))
    card.leaveEvent(QEvent(QEvent.Type.Leave))
    assert len(told) == 2
    for _ in range(2):
        card.show_absence("There is no picture of it.")
    assert len(told) == 3, "what is said already is not painted anew"
    card.show_picture(QImage(1, 1, QImage.Format.Format_RGB32))
    assert len(told) == 4
