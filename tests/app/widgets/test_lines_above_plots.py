"""Headings and legends above plots: how wide they want to be, what they leave out first, and what they are called."""

from math import ceil

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QApplication, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from app.palette import DARK
from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.window.theme import apply_theme
from tests.app.painted import painted
from tests.app.pointer import told

LINE_PX, NEAR_PX, SPACE_PX = 12, 5, 12


@pytest.fixture
def legend(qtbot: QtBot, qapp: QApplication) -> LegendLine:
    apply_theme(qapp)
    made = LegendLine()
    qtbot.addWidget(made)
    made.resize(900, 20)
    return made


@pytest.fixture
def heading(qtbot: QtBot, qapp: QApplication) -> HeadingLine:
    apply_theme(qapp)
    made = HeadingLine("Loss of\nall")
    qtbot.addWidget(made)
    made.resize(900, 20)
    return made


def wide(line: QWidget, text: str) -> int:
    return line.fontMetrics().horizontalAdvance(text)


def usual_px(legend: LegendLine, label: str, colour: str = "", figure: str = "") -> int:
    """Of an entry: its line, its name with a pixel more, and its figure."""
    line = LINE_PX + NEAR_PX if colour else 0
    return line + ceil(wide(legend, label)) + 1 + (NEAR_PX + wide(legend, figure) if figure else 0)


@pytest.mark.parametrize(
    ("figure", "as_wide_as"),
    [
        ("", ""),
        ("1", "000.0"),
        ("1 ± 2", "000.0 ± 000.0"),
        ("1 | 2", "000.0 | 000.0"),
        ("1 ± 2 | 3", "000.0 ± 000.0 | 000.0"),
    ],
)
@pytest.mark.parametrize("colour", ["", "bar"])
def test_that_a_legend_wants_room_for_usual_figures_whatever_they_are(
    legend: LegendLine, colour: str, figure: str, as_wide_as: str
) -> None:
    assert legend.wanted_px() == 0
    legend.show_entries([LegendEntry("first", colour, figure)])
    assert legend.wanted_px() == usual_px(legend, "first", colour, as_wide_as)
    legend.show_entries([LegendEntry("first", colour, figure), LegendEntry("note", is_note=True), LegendEntry("b")])
    assert legend.wanted_px() == usual_px(legend, "first", colour, as_wide_as) + SPACE_PX + usual_px(legend, "b")


def test_that_how_far_a_figure_may_be_wrong_is_left_out_of_each_of_two(legend: LegendLine) -> None:
    legend.show_entries([LegendEntry("a name", "bar", "0.04 ± 0.001 | 0.05 ± 0.002")])
    full = usual_px(legend, "a name", "bar", "0.04 ± 0.001 | 0.05 ± 0.002")
    for width, figure in ((full, "0.04 ± 0.001 | 0.05 ± 0.002"), (full - 1, "0.04 | 0.05")):
        legend.resize(width, 20)
        assert [each.figure for each in legend.shown_entries()] == [figure]


def test_that_figures_go_where_fewer_than_4_letters_are_left_of_a_name_and_what_has_none_with_them(
    legend: LegendLine,
) -> None:
    legend.show_entries([LegendEntry("abcdefghij", "bar", "0.5"), LegendEntry("", "", "0.25")])
    seen: set[tuple[str, ...]] = set()
    for width in range(20, 160):
        legend.resize(width, 20)
        entries = legend.shown_entries()
        labels = legend.shown_labels()
        assert len(entries) == len(labels)
        if len(entries) == 2:
            assert len(labels[0]) >= 4
            assert [each.figure for each in entries] == ["0.5", "0.25"]
        else:
            assert [each.figure for each in entries] == [""]
        seen.add(tuple(labels))
    assert ("abcdefghij", "") in seen and ("abcdefghij",) in seen


def test_that_short_names_leave_their_room_and_long_ones_share_the_rest(legend: LegendLine) -> None:
    names = ("w", "a name of many letters", "another of as many letters", "b" * 60)
    legend.show_entries([LegendEntry(each, "bar") for each in names])
    fixed = 4 * (LINE_PX + NEAR_PX) + 3 * SPACE_PX
    for width in range(legend.wanted_px() - 260, legend.wanted_px() + 3, 3):
        legend.resize(width, 20)
        widths = [wide(legend, each) for each in legend.shown_labels()]
        assert sum(widths) + fixed <= width + 4
        assert legend.shown_labels()[0] == "w"
        assert (legend.shown_labels() == list(names)) == (width >= legend.wanted_px())
    legend.resize(fixed + wide(legend, "w") + 1 + 3 * 90, 20)
    cut = [wide(legend, each) for each in legend.shown_labels()[1:]]
    assert all(90 - 2 * wide(legend, "m") <= each <= 90 for each in cut), "each as much"


def test_that_a_dashed_line_is_two_strokes_and_a_whole_one_twelve_px(legend: LegendLine) -> None:
    legend.show_entries([LegendEntry("whole", "loss"), LegendEntry("dashed", "second", is_dashed=True)])
    found = painted(legend)
    (line,) = [each.place for each in found.areas(DARK.loss)]
    assert (line.left(), line.width(), line.top(), line.height()) == (0, 12, 9, 3)
    first, second = [each.place for each in found.areas(DARK.second)]
    left = LINE_PX + NEAR_PX + ceil(wide(legend, "whole")) + 1 + SPACE_PX
    assert [(each.left(), each.width()) for each in (first, second)] == [(left, 5), (left + 7, 5)]
    assert found.word("dashed").place.left() == left + LINE_PX + NEAR_PX


def test_that_a_legend_is_the_name_of_what_it_stands_above(legend: LegendLine, qtbot: QtBot) -> None:
    plot = QWidget()
    qtbot.addWidget(plot)
    legend.name(plot, "Gates")
    assert (plot.accessibleName(), legend.accessibleName()) == ("Gates", "")
    legend.show_entries([LegendEntry("first\nname", "bar", "0.5"), LegendEntry("second")])
    assert legend.accessibleName() == "first name 0.5, second"
    assert plot.accessibleName() == "Gates: first name 0.5, second"
    assert [each.label for each in legend.entries] == ["first name", "second"]


def test_that_all_of_a_legend_is_told_where_it_has_no_tooltip_of_its_own(legend: LegendLine) -> None:
    legend.show()
    legend.show_entries([LegendEntry("first", "bar", "0.5"), LegendEntry("second")])
    assert told(legend, QPointF(5, 5)) == "first 0.5\nsecond"
    legend.setToolTip("its own")
    assert told(legend, QPointF(5, 5)) == "its own"


def test_that_lines_above_plots_take_the_width_that_they_get(legend: LegendLine, heading: HeadingLine) -> None:
    for line in (legend, heading):
        assert line.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
        assert line.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed


def bold(heading: HeadingLine) -> QFontMetrics:
    font = QFont(heading.font())
    font.setBold(True)
    return QFontMetrics(font)


def test_that_a_heading_wants_room_for_its_title_and_usual_figures_and_the_whole_for_the_rest(
    heading: HeadingLine,
) -> None:
    title, figure = bold(heading).horizontalAdvance("Loss of all"), wide(heading, "0.00000") + 10
    assert heading.wanted_px() == heading.whole_px() == title + figure
    heading.show_figure("0.1")
    assert heading.wanted_px() == heading.whole_px() == title + figure, "whatever it is"
    heading.show_about("in\nwords")
    assert heading.about == "in words"
    about = wide(heading, "in words") + 10
    assert (heading.wanted_px(), heading.whole_px()) == (title + figure, title + figure + about)
    heading.show_dot("test set", "")
    dots = wide(heading, "●") + 4 + figure
    assert heading.wanted_px() == title + figure + dots
    assert heading.whole_px() == title + figure + dots + about + wide(heading, " test set") + 10


def test_that_a_heading_names_what_it_stands_above_also_later(heading: HeadingLine, qtbot: QtBot) -> None:
    plot = QWidget()
    qtbot.addWidget(plot)
    assert heading.accessibleName() == heading.toolTip() == "Loss of all"
    heading.name(plot)
    assert plot.accessibleName() == "Loss of all"
    heading.show_figure("0.5")
    assert plot.accessibleName() == "Loss of all · 0.5"
    heading.show_title("Other\ntitle")
    assert plot.accessibleName() == heading.toolTip() == "Other title · 0.5"


def texts(heading: HeadingLine, width: int) -> list[str]:
    heading.resize(width, 20)
    return [text for text, *_ in heading.shown()]


def test_that_of_a_title_or_a_figure_four_letters_and_of_an_explanation_ten_are_the_least_that_is_told(
    heading: HeadingLine,
) -> None:
    heading.show_title("abcdefghijklmnop")
    heading.show_about("qrstuvwxyzabcdefghijklmn")
    seen = [texts(heading, width) for width in range(5, 400)]
    titles = {each[0] for each in seen if each}
    assert min(map(len, titles)) == 5, "as many on either side"
    abouts = {each[1] for each in seen if len(each) > 1}
    assert min(map(len, abouts)) == 10
    assert seen[0] == [] and seen[-1] == [heading.title, heading.about]
    heading.show_title("")
    heading.show_about("")
    heading.show_figure("abcdefgh")
    figures = {each[0] for each in (texts(heading, width) for width in range(5, 90)) if each}
    assert min(map(len, figures)) == 4
    heading.show_figure("")
    heading.show_title("abc")
    titles = {each[0] for each in (texts(heading, width) for width in range(5, 60)) if each}
    assert titles == {"abc"}, "a short one is told whole or not at all"


def test_that_a_pair_that_just_fits_is_whole(heading: HeadingLine) -> None:
    title = "conv1 × a_layer_of_another_kind"
    heading.show_title(title)
    px = bold(heading).horizontalAdvance(title)
    assert texts(heading, px) == [title]
    assert texts(heading, px - 1) != [title]


def test_that_a_long_figure_leaves_two_fifths_of_the_line_to_the_title(heading: HeadingLine) -> None:
    heading.show_title("a title that is far too long for any line that there is")
    heading.show_figure("0.123456789 ± 0.00012345 of A and 0.987654321 of B")
    for width in (100, 200, 300):
        title = texts(heading, width)[0]
        px = bold(heading).horizontalAdvance(title)
        assert 0.4 * width - 2 * bold(heading).horizontalAdvance("m") <= px <= 0.4 * width
    heading.show_title("Loss")
    assert texts(heading, 300)[0] == "Loss"


def test_that_a_figure_without_a_title_is_told_with_what_it_is_about(heading: HeadingLine) -> None:
    heading.show_title("")
    heading.show_figure("0.5")
    heading.show_about("of the probe")
    assert texts(heading, 400) == ["0.5", "of the probe"]
    heading.show_figure("")
    assert texts(heading, 400) == ["of the probe"]


def test_that_its_parts_stand_10_px_apart_and_dots_4_px_before_their_figure(heading: HeadingLine) -> None:
    heading.show_figure("0.5")
    heading.show_dot("test", "0.25")
    heading.show_about("each step")
    heading.resize(600, 24)
    lefts = [each.place.left() for each in painted(heading).words]
    x, expected = 0, []
    for text, font, _ in heading.shown():
        expected.append(x)
        x += QFontMetrics(font).horizontalAdvance(text) + (4 if text == "●" else 10)
    assert lefts == pytest.approx(expected, abs=0.5)
    assert len(lefts) == 5
