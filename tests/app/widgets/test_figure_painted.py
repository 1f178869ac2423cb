"""A picture of widgets: its heading, what stands where, and what of the window is left out."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QImage, QImageReader, QPainter
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QSlider,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.palette import active
from app.widgets.figure import GAP, HINT, LARGEST_PX, MARGIN, Figure, full_size, paint_widget
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted_by


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> None:
    apply_theme(qapp, "dark")


class Plain(QWidget):
    """A rectangle in a colour, with its own size in its corner."""

    def __init__(self, width: int, height: int, name: str = "") -> None:
        super().__init__()
        self.name = name
        self.resize(width, height)

    def paint_to(self, painter: QPainter, place: QRectF) -> None:
        painter.fillRect(place, Qt.GlobalColor.green)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.name)


GREEN = "#00ff00"


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


def shown(*children: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    for each in children:
        column.addWidget(each)
    whole.resize(300, 60 * len(children))
    return whole


def texts_of(widget: QWidget) -> list[str]:
    size = full_size(widget)
    return painted_by(
        lambda painter: paint_widget(painter, widget, QRect(0, 0, size.width(), size.height())), size
    ).texts


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


def test_that_a_menu_that_a_widget_has_is_no_part_of_it(qtbot: QtBot) -> None:
    whole = shown(QLabel("words"))
    apart = QLabel("in a window of its own", whole, Qt.WindowType.Window)
    qtbot.addWidget(whole)
    whole.show()
    apart.show()
    assert texts_of(whole) == ["words"]
    apart.close()


@pytest.mark.parametrize("kind", [QListWidget, QTextEdit])
def test_that_of_what_scrolls_all_is_painted_and_it_is_as_it_was_afterwards(qtbot: QtBot, kind: type) -> None:
    view = kind()
    qtbot.addWidget(view)
    lines = [f"line {number}" for number in range(40)]
    view.addItems(lines) if kind is QListWidget else view.setPlainText("\n".join(lines))
    view.resize(200, 100)
    if isinstance(view, QListWidget):
        view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
    view.show()
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = bar.value(), view.size()
    assert before[0] > 0
    assert full_size(view) == QSize(200, 100 + bar.maximum())
    assert set(lines) <= set(texts_of(view))
    assert (bar.value(), view.size()) == before


def test_that_a_part_in_a_scroll_area_is_as_large_as_its_content_where_it_is_seen(qtbot: QtBot) -> None:
    area, content = QScrollArea(), QWidget()
    content.resize(700, 900)
    area.setWidget(content)
    whole = shown(area)
    qtbot.addWidget(whole)
    whole.resize(300, 200)
    whole.show()
    qtbot.waitExposed(whole)
    across, down = area.horizontalScrollBar().maximum(), area.verticalScrollBar().maximum()
    assert across > 300 and down > 600
    assert full_size(whole) == QSize(300 + across, 200 + down)
    area.hide()
    assert full_size(whole) == QSize(300, 200)


def test_that_nothing_is_painted_smaller_than_it_can_be(qtbot: QtBot) -> None:
    words = QLabel("some words that need room")
    whole = shown(words)
    qtbot.addWidget(whole)
    whole.show()
    least = whole.minimumSizeHint()
    whole.setMinimumSize(1, 1)
    whole.resize(5, 5)
    assert full_size(whole) == least.expandedTo(whole.size())


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
