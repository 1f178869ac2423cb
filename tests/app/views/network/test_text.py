"""Text on a painter: where it stands, what it is cut to, and how it is written on the screen and into a file."""

from unittest.mock import Mock

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPaintEngine, QPainter, QStaticText

from app.palette import font
from app.views.network import text as network_text
from app.views.network.text import (
    CENTRED,
    LEFT,
    RIGHT,
    is_vector,
    pixel_ratio,
    shortened,
    shortened_apart,
    text_width,
    write,
)

pytestmark = pytest.mark.usefixtures("qapp")
ROOM = QRectF(10.3, 20.4, 500.5, 60.7)
WORDS = "some words of a layer"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What was worked out before would be told again, whatever is worked out now."""
    for each in vars(network_text).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()


def painter_on(kind: QPaintEngine.Type) -> Mock:
    painter = Mock(spec=QPainter)
    painter.paintEngine.return_value = Mock(spec=QPaintEngine, type=lambda: kind)
    return painter


def on_a_screen(**how: object) -> tuple[Mock, float, float, QStaticText]:
    """The painter, where the words begin, and the words as they are laid out."""
    painter = painter_on(QPaintEngine.Type.Raster)
    write(painter, ROOM, WORDS, "#123456", 30, **how)  # type: ignore[arg-type]
    painter.drawText.assert_not_called()
    (at, laid_out), _ = painter.drawStaticText.call_args
    return painter, at.x(), at.y(), laid_out


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(("align", "before"), [(LEFT, 0.0), (CENTRED, 0.5), (RIGHT, 1.0)])
def test_that_words_stand_at_whole_pixels_of_their_room(align: float, before: float, bold: bool) -> None:
    painter, x, y, laid_out = on_a_screen(bold=bold, align=align)
    size = laid_out.size()
    assert size.width() == pytest.approx(text_width(WORDS, 30, bold=bold), abs=1)
    assert size.height() == pytest.approx(QFontMetricsF(font(30, bold=bold)).height(), abs=1)
    assert x == round(10.3 + (500.5 - size.width()) * before)
    assert y == round(20.4 + (60.7 - size.height()) / 2)
    painter.setFont.assert_called_once_with(font(30, bold=bold))
    painter.setPen.assert_called_once_with(QColor("#123456"))


def test_that_words_are_thin_and_in_the_middle_where_nothing_else_is_wished() -> None:
    painter, *place = on_a_screen()
    assert place == list(on_a_screen(bold=False, align=CENTRED)[1:])
    painter.setFont.assert_called_once_with(font(30))


def test_that_words_are_laid_out_once_as_they_are() -> None:
    *_, laid_out = on_a_screen()
    assert laid_out is on_a_screen(align=RIGHT)[-1] is not on_a_screen(bold=True)[-1]
    assert (laid_out.text(), laid_out.textFormat()) == (WORDS, Qt.TextFormat.PlainText)
    assert laid_out.performanceHint() is QStaticText.PerformanceHint.AggressiveCaching


@pytest.mark.parametrize(
    ("align", "flag"),
    [
        (LEFT, Qt.AlignmentFlag.AlignLeft),
        (CENTRED, Qt.AlignmentFlag.AlignHCenter),
        (RIGHT, Qt.AlignmentFlag.AlignRight),
    ],
)
def test_that_in_a_file_words_stay_words(align: float, flag: Qt.AlignmentFlag) -> None:
    painter = painter_on(QPaintEngine.Type.SVG)
    write(painter, ROOM, "two\nlines", "#123456", 13, align=align)
    painter.drawStaticText.assert_not_called()
    painter.drawText.assert_called_once_with(ROOM, flag | Qt.AlignmentFlag.AlignVCenter, "two lines")


def test_that_only_an_svg_file_is_one_of_shapes() -> None:
    assert is_vector(painter_on(QPaintEngine.Type.SVG))
    assert not is_vector(painter_on(QPaintEngine.Type.Raster))
    assert not is_vector(Mock(spec=QPainter, paintEngine=lambda: None))


def test_that_the_ratio_is_that_of_the_device() -> None:
    assert pixel_ratio(Mock(device=lambda: Mock(devicePixelRatioF=lambda: 2.5))) == 2.5
    assert pixel_ratio(Mock(device=lambda: None)) == 1.0


def test_that_a_width_is_that_of_the_font() -> None:
    for pixels, bold in ((11, False), (30, True)):
        width = QFontMetricsF(font(pixels, bold=bold)).horizontalAdvance(WORDS)
        assert text_width(WORDS, pixels, bold=bold) == pytest.approx(width, abs=0.1)
    assert text_width(WORDS, 30) == text_width(WORDS, 30, bold=False)


def test_that_what_is_too_long_is_cut_at_its_end_or_in_the_middle() -> None:
    width = text_width(WORDS, 13)
    assert shortened(WORDS, width + 1, 13) == WORDS
    at_the_end, in_the_middle = (shortened(WORDS, width * 0.6, 13, in_the_middle=each) for each in (False, True))
    assert at_the_end == shortened(WORDS, width * 0.6, 13)
    assert at_the_end.startswith("some") and at_the_end.endswith("…")
    assert in_the_middle.startswith("s") and in_the_middle.endswith("r") and "…" in in_the_middle
    assert all(text_width(each, 13) <= width * 0.6 for each in (at_the_end, in_the_middle))


def test_that_of_a_font_that_is_wider_less_is_told() -> None:
    width = text_width(WORDS, 13) * 0.8
    assert len(shortened(WORDS, width, 26)) < len(shortened(WORDS, width, 13))
    for bold in (False, True):
        assert text_width(shortened(WORDS, width, 13, bold=bold), 13, bold=bold) <= width
    one, other = shortened_apart(("a_long_beginning_1", "a_long_beginning_2"), width * 0.6, 13)
    assert one != other and one.endswith("1") and other.endswith("2")
