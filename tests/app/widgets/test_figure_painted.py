"""A picture of widgets: its heading, what stands where, and what of the window is left out."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QFont, QFontMetrics, QImage, QImageReader
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.palette import active
from app.widgets.figure import GAP, HINT, LARGEST_PX, MARGIN, Figure, paint_widget
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted_by
from tests.app.widgets.pictured import GREEN, Plain, shown, texts_of


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> None:
    apply_theme(qapp, "dark")


def painted_figure(figure: Figure, size: QSize | None = None) -> Painted:
    size = size or figure.size()
    return painted_by(lambda painter: figure.paint(painter, size), size)


def test_that_a_figure_has_its_title_then_its_context_then_its_parts_one_below_the_other(qtbot: QtBot) -> None:
    parts = [Plain(300, 40), Plain(200, 60)]
    for each in parts:
        qtbot.addWidget(each)
    figure = Figure("What it shows", ("the run", "", "the pass"), parts)
    found = painted_figure(figure)
    title, run, of_pass = found.words
    assert [(each.text, each.colour, each.is_bold) for each in found.words] == [
        ("What it shows", active().text, True),
        ("the run", active().faint_text, False),
        ("the pass", active().faint_text, False),
    ]
    assert [each.place.left() for each in found.words] == [MARGIN] * 3
    assert MARGIN < title.place.top() < title.place.bottom() < run.place.top()
    assert of_pass.place.top() - run.place.top() == pytest.approx(run.place.height() + 9, abs=4), (
        "an empty line is none"
    )
    first, second = [each.place for each in found.areas(GREEN)]
    assert first == QRectF(MARGIN, first.top(), 300, 40)
    assert GAP < first.top() - of_pass.place.bottom() < GAP + 10
    assert second == QRectF(MARGIN, first.bottom() + GAP, 200, 60)
    assert figure.size() == QSize(300 + 2 * MARGIN, round(second.bottom()) + GAP + MARGIN)


def line_px(px: int, *, is_bold: bool = False) -> int:
    """The height of a line in letters of so many px, with what is free below it."""
    font = QFont()
    font.setPixelSize(px)
    font.setBold(is_bold)
    return QFontMetrics(font).height() + 4


@pytest.mark.parametrize("n_parts", [0, 1, 3])
def test_that_a_figure_is_16_px_larger_at_each_side_and_its_parts_are_10_px_apart(qtbot: QtBot, n_parts: int) -> None:
    parts = [Plain(300, 40) for _ in range(n_parts)]
    for each in parts:
        qtbot.addWidget(each)
    heading = 16 + line_px(17, is_bold=True) + 2 * line_px(12) + 10
    figure = Figure("Title", ("one", "two"), parts)
    assert figure.size() == QSize((300 if n_parts else 400) + 32, heading + n_parts * 50 + 16)
    places = [each.place.getRect() for each in painted_figure(figure).areas(GREEN)]
    assert places == [(16, heading + number * 50, 300, 40) for number in range(n_parts)]


def test_that_words_have_as_many_lines_as_they_take_and_none_is_cut_or_empty(qtbot: QtBot) -> None:
    part = Plain(300, 40)
    qtbot.addWidget(part)
    for letters in range(1, 160):
        found = painted_figure(Figure("T", ("x " * letters,), [part]))
        (place,) = (each.place for each in found.areas(GREEN))
        assert GAP < place.top() - found.words[-1].place.bottom() < GAP + 10
        assert all(each.place.right() <= 300 + MARGIN for each in found.words)


def test_that_a_figure_without_parts_has_room_for_its_words(qapp) -> None:
    assert Figure("Title", (), ()).size().width() == 400 + 2 * MARGIN
    long = Figure("Title", ("word " * 100,), ())
    assert long.size().height() > Figure("Title", ("word",), ()).size().height() + 40, "which are wrapped"


def test_that_an_image_is_twice_as_large_as_on_the_screen_or_as_wide_as_asked(qtbot: QtBot, tmp_path: Path) -> None:
    part = Plain(300, 40)
    qtbot.addWidget(part)
    figure = Figure("Title", (), [part])
    size = figure.size()
    for width, scale in ((None, 2.0), (size.width(), 1.0), (3 * size.width(), 3.0), (100, 100 / size.width())):
        figure.save(tmp_path / "figure.png", width)
        image = QImage(str(tmp_path / "figure.png"))
        assert (image.width(), image.height()) == (round(size.width() * scale), round(size.height() * scale))
        assert image.pixelColor(0, 0).name() == active().background
        assert image.pixelColor(int((MARGIN + 5) * scale), int((size.height() - MARGIN - GAP - 5) * scale)).name() == (
            GREEN
        )


def test_that_no_side_of_an_image_is_longer_than_can_be_read(qtbot: QtBot, tmp_path: Path) -> None:
    part = Plain(9000, 10)
    qtbot.addWidget(part)
    figure = Figure("Title", (), [part])
    figure.save(tmp_path / "figure.png")
    height = round(figure.size().height() * LARGEST_PX / figure.size().width())
    assert QImageReader(str(tmp_path / "figure.png")).size() == QSize(LARGEST_PX, height)


def test_that_a_figure_of_shapes_says_what_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    part = Plain(300, 40)
    qtbot.addWidget(part)
    figure = Figure("Title", ("one", "two"), [part])
    figure.save(tmp_path / "figure.SVG")
    root = ElementTree.parse(tmp_path / "figure.SVG").getroot()
    size = figure.size()
    assert root.get("viewBox") == f"0 0 {size.width()} {size.height()}"
    said = [each.text for each in root if each.tag.endswith(("title", "desc"))]
    assert said == ["Title", "one\ntwo"]


@pytest.mark.parametrize("name", ["figure.png", "figure.svg"])
def test_that_a_figure_that_cannot_be_written_says_where(qapp, tmp_path: Path, name: str) -> None:
    path = tmp_path / "absent" / name
    with pytest.raises(OSError, match="absent"):
        Figure("Title", (), ()).save(path)


def test_that_a_figure_of_no_known_kind_says_which_there_are(qapp, tmp_path: Path) -> None:
    path = tmp_path / "figure.word"
    with pytest.raises(OSError) as told:
        Figure("Title", (), ()).save(path)
    assert str(told.value) == (
        f"{str(path)!r} cannot be written as a picture. Choose a folder that can be, and .png or .svg."
    )


def test_that_controls_and_hints_are_left_out_and_of_a_choice_its_words_stay(qtbot: QtBot) -> None:
    hint = QLabel("how to use it")
    hint.setProperty(HINT, True)
    hidden = QLabel("not seen")
    box, down, up = QComboBox(), QToolButton(), QToolButton()
    box.addItems(["chosen", "other"])
    for button, text in ((down, "down"), (up, "up")):
        button.setText(text)
        button.setCheckable(True)
    down.setChecked(True)
    ticked = QCheckBox("ticked")
    ticked.setChecked(True)
    plain = QPushButton("do it")
    whole = shown(QLabel("words"), hint, hidden, box, down, up, ticked, plain, QLineEdit("typed"), QSlider())
    qtbot.addWidget(whole)
    hidden.hide()
    whole.show()
    assert texts_of(whole) == ["words", "chosen", "down", "ticked"]


def test_that_what_is_chosen_stands_where_its_control_does_in_its_font(qtbot: QtBot) -> None:
    whole, box, button = QWidget(), QComboBox(), QToolButton()
    for each, at in ((box, (20, 10)), (button, (20, 60))):
        each.setParent(whole)
        each.setGeometry(*at, 150, 30)
    font = QFont()
    font.setPixelSize(20)
    box.setFont(font)
    box.addItem("chosen")
    button.setText("down")
    button.setCheckable(True)
    button.setChecked(True)
    qtbot.addWidget(whole)
    whole.resize(300, 100)
    whole.show()
    found = painted_by(lambda painter: paint_widget(painter, whole, QRect(0, 0, 300, 100)), QSize(300, 100))
    for text, middle in (("chosen", 25), ("down", 75)):
        word = found.word(text)
        assert word.colour == active().text
        assert word.place.left() == pytest.approx(20, abs=2)
        assert word.place.center().y() == pytest.approx(middle, abs=3)
    assert found.word("chosen").place.height() > found.word("down").place.height() + 3


def test_that_a_part_that_is_painted_elsewhere_has_its_size_back(qtbot: QtBot) -> None:
    sizes: list[QSize] = []

    class Resized(Plain):
        def resizeEvent(self, event: object) -> None:
            sizes.append(self.size())

    part = Resized(300, 40)
    qtbot.addWidget(part)
    part.show()
    sizes.clear()
    painted_by(lambda painter: paint_widget(painter, part, QRect(5, 5, 300, 40)), QSize(400, 100))
    assert sizes == [], "it has the size already"
    found = painted_by(lambda painter: paint_widget(painter, part, QRect(5, 7, 350, 60)), QSize(400, 100))
    assert sizes == [QSize(350, 60), QSize(300, 40)]
    assert [each.place for each in found.areas(GREEN)] == [QRectF(5, 7, 350, 60)]


def test_that_a_menu_that_a_widget_has_is_no_part_of_it(qtbot: QtBot) -> None:
    whole = shown(QLabel("words"))
    apart = QLabel("in a window of its own", whole, Qt.WindowType.Window)
    qtbot.addWidget(whole)
    whole.show()
    apart.show()
    assert texts_of(whole) == ["words"]
    apart.close()


def test_that_of_parts_that_are_too_tall_as_much_is_there_as_fits_and_that_is_said(qtbot: QtBot) -> None:
    parts = [Plain(700, 100), Plain(700, LARGEST_PX)]
    for each in parts:
        qtbot.addWidget(each)
    figure = Figure("Title", (), parts)
    size = figure.size()
    assert size.height() == LARGEST_PX
    found = painted_figure(figure)
    first, second = [each.place for each in found.areas(GREEN)]
    assert (first.height(), second.top()) == (100, first.bottom() + GAP)
    said = [each for each in found.words if each.text != "Title"]
    assert " ".join(each.text for each in said) == (
        "What is more does not fit into a picture; “Save numbers” in the menu has all of them."
    )
    assert {each.colour for each in said} == {active().faint_text}
    assert second.bottom() <= said[0].place.top()
    assert said[0].place.top() - second.bottom() < 10
    assert said[-1].place.bottom() <= LARGEST_PX - MARGIN / 2
