"""Two widgets beside each other, or below each other."""

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.wrapping_row import WrappingRow

SHORT = [LegendEntry("a", "bar", "1.5"), LegendEntry("b", "loss", "2.5")]
LONG = [
    LegendEntry("embedding of tokens", "bar", "1.5"),
    LegendEntry("attention of the first block", "loss", "2.5"),
]


@pytest.fixture
def row(qtbot: QtBot) -> WrappingRow:
    made = WrappingRow(HeadingLine("Effective rank"), LegendLine())
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("entries", [SHORT, LONG])
@pytest.mark.parametrize("more", [0, 60, 400])
def test_that_a_heading_beside_a_legend_leaves_it_the_room_that_its_names_want(
    row: WrappingRow, entries: list[LegendEntry], more: int
) -> None:
    heading, legend = row._parts
    assert isinstance(heading, HeadingLine) and isinstance(legend, LegendLine)
    legend.show_entries(entries)
    row.resize(heading.wanted_px() + legend.wanted_px() + 10 + more, 24)
    QApplication.processEvents()
    assert not row.is_wrapped
    assert heading.shown()[0][0] == "Effective rank"
    assert legend.shown_labels() == [each.label for each in entries]
    assert [each.figure for each in legend.shown_entries()] == ["1.5", "2.5"]


def test_that_a_legend_has_what_its_names_want_before_a_heading_tells_all_of_what_it_is_about(row: WrappingRow) -> None:
    heading, legend = row._parts
    assert isinstance(heading, HeadingLine) and isinstance(legend, LegendLine)
    heading.show_title("R")
    heading.show_about("of each of the layers, and grey: by chance")
    legend.show_entries(LONG)
    for more in (0, 50, 100):
        row.resize(heading.wanted_px() + legend.wanted_px() + 10 + more, 24)
        QApplication.processEvents()
        assert not row.is_wrapped
        assert legend.shown_labels() == [each.label for each in LONG]
    row.resize(heading.whole_px() + legend.wanted_px() + 10 + 70, 24)
    QApplication.processEvents()
    assert (heading.width(), legend.width()) == (heading.whole_px(), legend.wanted_px() + 70), "all that is left"


def test_that_they_are_below_each_other_as_soon_as_one_px_lacks_and_each_then_has_the_whole_width(
    row: WrappingRow,
) -> None:
    heading, legend = row._parts
    assert isinstance(heading, HeadingLine) and isinstance(legend, LegendLine)
    legend.show_entries(LONG)
    row.resize(heading.wanted_px() + legend.wanted_px() + 9, 60)
    QApplication.processEvents()
    assert row.is_wrapped
    assert heading.width() == legend.width() == row.width()
    assert heading.geometry().bottom() < legend.geometry().top()
