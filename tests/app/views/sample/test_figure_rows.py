"""Numbers that a network gives, as rows."""

import pytest
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.palette import DARK
from app.views.sample.analysis.shown_output import FigureRow
from app.views.sample.figure_rows import MOST_ROWS, FigureRows
from tests.app.painted import painted


@pytest.mark.parametrize(
    ("n_rows", "rest", "told"),
    [(3, "", []), (3, "of 12 outputs", ["of 12 outputs"]), (MOST_ROWS + 4, "", ["and 4 more"])],
)
def test_that_what_is_not_among_the_rows_is_told_below_them(
    qtbot: QtBot, n_rows: int, rest: str, told: list[str]
) -> None:
    rows = FigureRows()
    qtbot.addWidget(rows)
    rows.show_rows([FigureRow(f"row {number}", 0.5) for number in range(n_rows)], rest)
    rows.resize(QSize(300, rows.sizeHint().height()))
    rows.show()
    seen = painted(rows)
    names = [each.text for each in seen.words if each.text.startswith("row ")]
    others = [each for each in seen.words if not each.text.startswith("row ") and each.text != "0.5"]
    assert names == [f"row {number}" for number in range(min(n_rows, MOST_ROWS))]
    assert [each.text for each in others] == told
    lowest = max(each.place.bottom() for each in seen.words if each.text.startswith("row "))
    assert all(each.place.top() >= lowest - 1 for each in others)


@pytest.mark.parametrize(
    ("values", "zero_at"), [((0.0, 0.0), 0.0), ((2.0, 0.0), 0.0), ((-1.0, 1.0), 0.5), ((-2.0,), 1.0)]
)
def test_that_bars_begin_at_zero_which_is_at_the_left_where_there_is_nothing_but_zero(
    qtbot: QtBot, values: tuple[float, ...], zero_at: float
) -> None:
    rows = FigureRows()
    qtbot.addWidget(rows)
    rows.show_rows([FigureRow(f"row {number}", value) for number, value in enumerate(values)], "")
    rows.resize(QSize(300, rows.sizeHint().height()))
    rows.show()
    seen = painted(rows)
    groove = seen.areas(DARK.bar_ground)[0].place
    (at,) = {each.place.left() for each in seen.areas(DARK.line) if each.place.width() == 1}
    assert at == pytest.approx(groove.left() + zero_at * groove.width(), abs=0.01)
