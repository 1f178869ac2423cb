"""What small pieces paint: which words, in which colours, beside what."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.analysis import colours
from app.palette import DARK, SMALL_PX, TEXT_PX, TITLE_PX, font
from app.views.sample.probability_bars import ProbabilityBars, ProbabilityRow
from app.views.unit.analysis.incoming import Incoming
from app.views.unit.colour_bar import ColourBar
from app.views.unit.tile_picture import TilePicture
from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.sample_card import SampleCard
from app.window.theme import apply_theme
from tests.app.painted import painted, painted_by


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> None:
    apply_theme(qapp, "dark")


@pytest.mark.parametrize("pixels", [SMALL_PX, TEXT_PX, TITLE_PX])
def test_that_a_font_of_the_pictures_has_the_size_that_is_asked_for(pixels: int) -> None:
    font.cache_clear()
    assert (font(pixels).pixelSize(), font(pixels).bold()) == (pixels, False)
    assert (font(pixels, bold=True).pixelSize(), font(pixels, bold=True).bold()) == (pixels, True)


@pytest.fixture
def heading(qtbot: QtBot) -> HeadingLine:
    line = HeadingLine("Gradient norm · conv1")
    qtbot.addWidget(line)
    line.show_figure("0.1234")
    line.show_about("each step, and its moving mean")
    return line


def test_that_a_heading_says_its_title_in_bold_then_the_figure_then_what_it_is_about(heading: HeadingLine) -> None:
    heading.resize(600, 24)
    words = painted(heading).words
    assert [(each.text, each.colour, each.is_bold) for each in words] == [
        ("Gradient norm · conv1", DARK.text, True),
        ("0.1234", DARK.text, False),
        ("each step, and its moving mean", DARK.faint_text, False),
    ]
    assert all(0 < after.place.left() - before.place.right() < 20 for before, after in pairwise(words))
    assert all(abs(each.place.center().y() - 12) < 2 for each in words), "in the middle of the line"


def test_that_a_narrow_heading_cuts_what_it_is_about_first_and_never_the_figure(heading: HeadingLine) -> None:
    heading.resize(heading.wanted_px() + 90, 24)
    title, figure, about = painted(heading).texts
    assert (title, figure) == (heading.title, "0.1234")
    assert "…" in about
    for px in (0, 40):
        heading.resize(heading.wanted_px() + px, 24)
        assert painted(heading).texts == [heading.title, "0.1234"], "a letter or two say nothing"
    heading.resize(heading.wanted_px() - 30, 24)
    title, figure = painted(heading).texts
    assert "…" in title
    assert figure == "0.1234"


def test_that_the_figure_of_the_dots_loses_its_name_where_room_is_short_and_is_never_cut(heading: HeadingLine) -> None:
    without = heading.wanted_px()
    heading.show_dot("test set", "")
    wanted = heading.wanted_px()
    assert wanted > without, "room is kept where there are dots, before the first one too"
    heading.show_dot("test set", "0.25")
    assert "● test set 0.25" in heading.toolTip()
    heading.resize(600, 24)
    assert painted(heading).texts == [heading.title, "0.1234", "●", "test set 0.25", heading.about]
    assert painted(heading).word("●").colour == DARK.text, "as the dots have"
    shown = set()
    for width in range(600, wanted - 1, -3):
        heading.resize(width, 24)
        texts = painted(heading).texts
        assert texts[:2] == [heading.title, "0.1234"]
        shown.add(tuple(texts[2:4]))
    assert shown == {("●", "test set 0.25"), ("●", "0.25")}
    heading.resize(wanted - 40, 24)
    title, *figures = painted(heading).texts
    assert "…" in title, "first the title gives way"
    assert figures == ["0.1234", "●", "0.25"]


@pytest.mark.parametrize("name", ["Accuracy", "Loss"])
def test_that_no_figure_costs_a_heading_its_title(qtbot: QtBot, name: str) -> None:
    heading = HeadingLine(name)
    qtbot.addWidget(heading)
    heading.show_figure("A 0.7083 · B 0.7083 · the same")
    heading.resize(210, 24)
    title, figure = painted(heading).texts
    assert title == name
    assert figure.endswith("…")
    assert figure.startswith("A 0.7083")


def test_that_of_a_pair_without_room_no_dots_are_left(qtbot: QtBot) -> None:
    heading = HeadingLine("encoder.first.conv × encoder.second.conv")
    qtbot.addWidget(heading)
    heading.show_about("each layer × the probe, as it was")
    heading.resize(60, 24)
    assert "… × …" not in painted(heading).texts
    heading.resize(heading.wanted_px() + 110, 24)
    about = painted(heading).texts[-1]
    assert about.endswith("…")
    assert heading.about.startswith(about[:-1]), "it is no pair"


def test_that_a_heading_is_painted_anew_when_any_of_its_parts_changes(heading: HeadingLine, qtbot: QtBot) -> None:
    heading.resize(600, 24)
    heading.show()
    qtbot.waitExposed(heading)
    for change in (
        lambda: heading.show_title("Loss"),
        lambda: heading.show_figure("7"),
        lambda: heading.show_dot("test set", "8"),
        lambda: heading.show_about("of the probe"),
    ):
        before = heading.grab().toImage()
        change()
        assert heading.grab().toImage() != before
    assert heading.toolTip() == heading.accessibleName() == "Loss · 7 · ● test set 8 · of the probe"


@pytest.fixture
def legend(qtbot: QtBot) -> LegendLine:
    line = LegendLine()
    qtbot.addWidget(line)
    line.show_entries(
        [
            LegendEntry("training", "loss", "0.123"),
            LegendEntry("test", "accuracy", "0.456"),
            LegendEntry("steps"),
            LegendEntry("moving mean of 10", is_note=True),
        ]
    )
    return line


def test_that_a_legend_has_each_name_between_its_colour_and_its_figure(legend: LegendLine) -> None:
    legend.resize(900, 20)
    found = painted(legend)
    assert [(each.text, each.colour) for each in found.words] == [
        ("training", DARK.text),
        ("0.123", DARK.faint_text),
        ("test", DARK.text),
        ("0.456", DARK.faint_text),
        ("steps", DARK.text),
        ("moving mean of 10", DARK.faint_text),
    ]
    for name, figure, colour in (("training", "0.123", DARK.loss), ("test", "0.456", DARK.accuracy)):
        (dash,) = found.areas(colour)
        assert 0 < found.word(name).place.left() - dash.place.right() < 8
        assert 0 < found.word(figure).place.left() - found.word(name).place.right() < 8
        assert abs(dash.place.center().y() - 10) <= 1
    assert all(after.place.left() > before.place.right() for before, after in pairwise(found.words))


def test_that_a_legend_without_room_leaves_notes_out_then_figures_that_cost_the_names(
    legend: LegendLine,
) -> None:
    wanted = legend.wanted_px()
    for width, has_figures in ((wanted + 20, True), (wanted, True), (wanted * 4 // 5, False)):
        legend.resize(width, 20)
        found = painted(legend)
        assert ({"0.123", "0.456"} <= set(found.texts)) == has_figures
        assert "training" in found.texts
        assert "moving mean of 10" not in found.texts
        assert max(each.place.right() for each in found.words) <= width + 1
        assert all(after.place.left() >= before.place.right() for before, after in pairwise(found.words))


def test_that_a_legend_wants_as_much_as_it_needs_for_names_and_usual_figures(legend: LegendLine) -> None:
    legend.show_entries([LegendEntry("training", "loss", "000.0"), LegendEntry("test", "accuracy", "000.0")])
    legend.resize(legend.wanted_px(), 20)
    right = max(each.place.right() for each in painted(legend).words)
    assert legend.wanted_px() - 8 <= right <= legend.wanted_px() + 1


def test_that_a_colour_bar_ends_in_its_numbers_and_explains_its_marks(qtbot: QtBot) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(240, 60)
    bar.show_scale(0.25)
    found = painted(bar)
    assert [(each.text, each.colour) for each in found.words] == [
        ("−0.25", DARK.faint_text),
        ("0", DARK.faint_text),
        ("+0.25", DARK.faint_text),
    ]
    assert found.word("−0.25").place.left() == pytest.approx(0, abs=1)
    assert found.word("0").place.center().x() == pytest.approx(120, abs=1)
    assert found.word("+0.25").place.right() == pytest.approx(240, abs=1)
    (strip,) = found.pictures
    (frame,) = found.lines(DARK.line)
    assert (strip.left(), strip.right()) == (0, 239), "as wide as its frame"
    assert frame.place.height() == strip.height()
    assert all(each.place.top() > strip.bottom() for each in found.words)
    assert max(each.place.bottom() for each in found.words) < bar.sizeHint().height()

    bar.show_scale(0.25, has_not_finite=True, has_not_recorded=True)
    found = painted(bar)
    for text, rgb in (("NaN or Inf", colours.NOT_FINITE_RGB), ("not recorded", colours.NOT_RECORDED_RGB)):
        (dot,) = found.areas(QColor(*rgb).name())
        word = found.word(text)
        assert word.colour == DARK.faint_text
        assert 0 < word.place.left() - dot.place.right() < 8
        assert abs(word.place.center().y() - dot.place.center().y()) < 3
        assert word.place.bottom() < bar.sizeHint().height()
        assert word.place.top() > found.word("0").place.bottom()
    assert found.word("not recorded").place.left() > found.word("NaN or Inf").place.right() + 10


def test_that_a_colour_bar_without_room_leaves_numbers_out(qtbot: QtBot) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(70, 60)
    bar.show_scale(0.00012345)
    places = [each.place for each in painted(bar).words]
    assert 1 <= len(places) < 3
    assert all(before.right() < after.left() for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("n", "height", "width"), [(1, 1, 1), (1, 28, 28), (6, 3, 3), (40, 5, 5), (300, 1, 1), (7, 2, 9)]
)
def test_that_the_weight_that_is_pointed_at_is_in_the_tile_that_is_painted_there(
    qtbot: QtBot, n: int, height: int, width: int
) -> None:
    tiles = TilePicture()
    qtbot.addWidget(tiles)
    values = np.linspace(-1, 1, n * height * width, dtype=np.float32).reshape(n, height, width)
    names = tuple(f"unit {number}" for number in range(n))
    tiles.resize(260, 100)
    tiles.show_incoming(Incoming("", values, np.full(values.shape, True), names), 1.0)
    places = painted(tiles).pictures
    assert len(places) == n
    assert QRectF(tiles.rect()).contains(QRectF(places[0]).united(places[-1]))
    assert max(place.bottom() for place in places) == tiles.height(), "no room is left below"
    for number, place in enumerate(places):
        assert tiles.weight_at(place.topLeft().toPoint()) == (number, 0, 0)
        last = place.bottomRight().toPoint()
        assert tiles.weight_at(last - QPointF(1, 1).toPoint()) == (number, height - 1, width - 1)
        words = f"unit {number}" if values[0].size == 1 else f"unit {number}, row 0, column 0"
        assert tiles.tip(place.topLeft().toPoint()).startswith(f"{words}: ")
    assert not any(one.intersects(other) for one, other in pairwise(places))


ROWS = [
    ProbabilityRow("ant", 0.5, is_true=True, is_predicted=False),
    ProbabilityRow("bee", 0.25, is_true=False, is_predicted=False),
    ProbabilityRow("cat", 0.25, is_true=False, is_predicted=True, is_wrong=True),
]


@pytest.fixture
def bars(qtbot: QtBot) -> ProbabilityBars:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(300, 80)
    bars.show_rows(ROWS)
    return bars


def test_that_a_bar_is_as_long_as_its_probability_and_stands_between_name_and_figure(bars: ProbabilityBars) -> None:
    found = painted(bars)
    grooves = found.areas(DARK.bar_ground)
    filled = [each for each in found.shapes if each.area in (DARK.bar, DARK.right, DARK.wrong)]
    assert [each.area for each in filled] == [DARK.bar, DARK.bar, DARK.wrong]
    assert found.texts == ["ant", "50.0 %", "bee", "25.0 %", "cat", "25.0 %"]
    assert [each.colour for each in found.words] == [DARK.text] * 2 + [DARK.faint_text] * 2 + [DARK.text] * 2
    for row, groove, bar, name, figure in zip(ROWS, grooves, filled, found.words[::2], found.words[1::2], strict=True):
        assert bar.place.width() == pytest.approx(groove.place.width() * row.probability)
        assert (bar.place.left(), bar.place.top()) == (groove.place.left(), groove.place.top())
        assert name.place.right() < groove.place.left() < groove.place.right() < figure.place.left()
        assert abs(name.place.center().y() - groove.place.center().y()) < 3
    assert len({each.place.left() for each in grooves}) == 1
    assert all(after.place.top() > before.place.bottom() for before, after in pairwise(grooves))
    assert len({round(each.place.right()) for each in found.words[1::2]}) == 1, "figures end below each other"


def test_that_the_true_class_is_framed_and_green_where_it_is_predicted(bars: ProbabilityBars) -> None:
    (frame,) = painted(bars).lines(DARK.text)
    assert frame.place.contains(painted(bars).areas(DARK.bar)[0].place)
    bars.show_rows([ProbabilityRow("ant", 1.0, is_true=True, is_predicted=True)])
    assert len(painted(bars).areas(DARK.right)) == 1


def test_that_what_is_not_among_the_rows_is_told_below_them(bars: ProbabilityBars) -> None:
    bars.show_rows(ROWS, rest="and 7 others")
    found = painted(bars)
    assert found.word("and 7 others").colour == DARK.faint_text
    assert found.word("and 7 others").place.top() > found.word("cat").place.bottom()
    bars.show_rows([], absent="not recorded")
    assert [(each.text, each.colour) for each in painted(bars).words] == [("not recorded", DARK.faint_text)]


@pytest.mark.parametrize("has_picture", [True, False])
@pytest.mark.parametrize("at", [(0, 0), (399, 0), (0, 299), (399, 299), (200, 150)])
def test_that_a_sample_s_card_is_whole_within_the_area_and_beside_the_pointer(
    qapp, at: tuple[float, float], has_picture: bool
) -> None:
    lines = [("sample 3", "text"), ("a bee, taken for a wasp", "wrong"), ("of the probe", "faint_text")]
    card = SampleCard(np.zeros((4, 8)) if has_picture else None, lines)
    inside = QRectF(0, 0, 400, 300)
    found = painted_by(lambda painter: card.paint(painter, QPointF(*at), inside), QSize(400, 300))
    (ground,) = found.areas(DARK.bar_ground)
    assert ground.line == DARK.line
    assert inside.contains(ground.place)
    assert not ground.place.contains(QPointF(*at))
    assert [(each.text, each.colour) for each in found.words] == [
        (text, getattr(DARK, colour)) for text, colour in lines
    ]
    assert all(ground.place.adjusted(4, 4, -4, -4).contains(each.place) for each in found.words)
    assert all(after.place.top() > before.place.bottom() for before, after in pairwise(found.words))
    assert len(found.pictures) == has_picture
    for picture in found.pictures:
        assert ground.place.adjusted(4, 4, -4, -4).contains(picture)
        assert picture.width() == pytest.approx(2 * picture.height(), abs=1), "as the sample is"
        assert picture.bottom() < found.words[0].place.top()


@pytest.mark.parametrize("n_lines", [1, 6, 9])
def test_that_words_of_a_card_stand_beside_its_picture_where_there_is_no_height_for_both(qapp, n_lines: int) -> None:
    lines = [(f"line {number} of what is known", "text") for number in range(n_lines)]
    card, inside = SampleCard(np.zeros((8, 8)), lines), QRectF(0, 0, 500, 160)
    found = painted_by(lambda painter: card.paint(painter, QPointF(250, 80), inside), QSize(500, 160))
    (ground,), (picture,) = found.areas(DARK.bar_ground), found.pictures
    assert inside.contains(ground.place)
    assert found.texts == [text for text, _ in lines]
    assert all(ground.place.contains(each.place) for each in found.words)
    is_beside = all(each.place.left() > picture.right() for each in found.words)
    assert is_beside == (n_lines > 1)
    assert is_beside or all(each.place.top() > picture.bottom() for each in found.words)
