"""Where the numbers below the colours of a unit's weights stand, and how much room they ask for."""

import pytest
from pytestqt.qtbot import QtBot

from app.views.unit.colour_bar import ColourBar


@pytest.fixture
def bar(qtbot: QtBot) -> ColourBar:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(200, 40)
    return bar


def test_that_both_ends_have_their_number_inside_and_nought_is_in_the_middle(bar: ColourBar) -> None:
    bar.show_scale(1234.5)
    wide = bar.fontMetrics().horizontalAdvance
    assert bar.labels() == [
        ("−1234", 0),
        ("0", 100 - wide("0") / 2),
        ("+1234", 200 - wide("+1234")),
    ]


def test_that_nought_goes_where_the_ends_leave_it_no_room_and_without_a_scale_it_stands_alone(bar: ColourBar) -> None:
    bar.show_scale(1234.5)
    wide = bar.fontMetrics().horizontalAdvance
    for more, n_labels in ((-2, 2), (2, 3)):
        bar.resize(max(2 * wide("+1234"), 2 * wide("−1234")) + wide("0") + 12 + more, 40)
        assert len(bar.labels()) == n_labels
    bar.resize(200, 40)
    bar.show_scale(0.0)
    assert [each for each in bar.labels() if each[0]] == [("0", 100 - wide("0") / 2)]


def test_that_marks_ask_for_a_line_of_their_own(bar: ColourBar) -> None:
    line = bar.fontMetrics().height()
    assert (bar.sizeHint().height(), bar.minimumSizeHint().height()) == (10 + line + 4,) * 2
    for marks in (
        {"has_not_finite": True},
        {"has_not_recorded": True},
        {"has_not_finite": True, "has_not_recorded": True},
    ):
        bar.show_scale(1.0, **marks)
        assert bar.sizeHint().height() == bar.minimumSizeHint().height() == 10 + 2 * (line + 4)
    bar.show_scale(1.0)
    assert bar.sizeHint().height() == 10 + line + 4
    assert bar.minimumSizeHint().width() < bar.sizeHint().width()
