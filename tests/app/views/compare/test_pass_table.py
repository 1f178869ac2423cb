"""Two passes array by array: what is told of each, in words, in shades and in a sentence."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.compare.analysis.pass_rows import columns_of, pass_rows, pass_verdict
from app.views.compare.pass_table import HOW, PassTable, PassTableModel
from collector.comparing.pass_differences import ArrayDifference

Role = Qt.ItemDataRole
NAN, INF = np.nan, np.inf


def differs(
    layer: str, kind: str, distance: float, largest: float = 2.0, ratio: float = NAN, lacks: str = ""
) -> ArrayDifference:
    return ArrayDifference(layer, kind, distance, largest, ratio, lacks)


FOUND = [
    differs("fc1", "weight", 1.0, ratio=1.0),
    differs("fc1", "bias", 0.0),
    differs("fc1", "weight_gradient", INF, 0.0, lacks="b"),
    differs("fc2", "weight", 0.002, ratio=-1.0),
    differs("fc2", "bias_update", INF, 3.0),
    differs("", "logits", 0.001),
]


@pytest.mark.parametrize(
    ("distance", "lacks", "text"),
    [
        (0.0, "", "same"),
        (INF, "", "not finite"),
        (INF, "a", "only B"),
        (INF, "b", "only A"),
        (0.882, "", "44 %"),
        (0.2, "", "10 %"),
        (0.19, "", "9.5 %"),
        (0.002, "", "0.1 %"),
        (0.0019, "", "<0.1 %"),
    ],
)
def test_that_a_share_is_told_as_exactly_as_it_matters(distance: float, lacks: str, text: str) -> None:
    (row,) = pass_rows([differs("fc1", "weight", distance, lacks=lacks)])
    assert row.text("weight") == text
    assert row.text("bias") == row.tip("bias") == ""


def test_that_a_row_is_a_layer_and_logits_stand_among_the_activations() -> None:
    rows = pass_rows(FOUND)
    assert [row.layer for row in rows] == ["fc1", "fc2", ""]
    assert [*rows[2].arrays] == ["activation"]
    assert columns_of(rows) == ["weight", "bias", "activation", "weight_gradient", "bias_update"]


def test_that_the_tip_says_all_that_is_known() -> None:
    one, other, logits = pass_rows(FOUND)
    assert one.tip("weight") == "fc1: weight\nlargest difference 1, largest value 2\nnorm of B ÷ norm of A: 2"
    assert other.tip("weight").endswith("norm of B ÷ norm of A: 0.5")
    assert one.tip("bias") == "fc1: bias\nlargest difference 0, largest value 2"
    assert one.tip("weight_gradient") == "fc1: gradient, only A"
    assert other.tip("bias_update") == "fc2: bias update, not finite"
    assert logits.tip("activation").startswith("logits\nlargest difference 0.001")


def test_that_two_passes_are_a_sentence() -> None:
    names = ("pass 1", "pass 2")
    assert pass_verdict([], names) == "Nothing of pass 1 and of pass 2 can be compared."
    assert pass_verdict([FOUND[1], FOUND[2]], names) == "Pass 1 and pass 2 are the same."
    one = "From pass 1 to pass 2 1 layer has changed; most the weight of fc1: by 50.00 % of the largest value."
    assert pass_verdict(FOUND[:3], names) == one
    assert pass_verdict(FOUND, names).startswith("From pass 1 to pass 2 2 layers have changed; most the weight of fc1:")


def test_that_cells_say_it_with_shades_the_darker_the_larger(qtbot: QtBot) -> None:
    model = PassTableModel()
    model.show_rows(pass_rows(FOUND))
    assert (model.rowCount(), model.columnCount()) == (3, 6)
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0

    def told(row: int, column: int, role: Role = Role.DisplayRole) -> object:
        return model.data(model.index(row, column), role)

    assert [told(row, 0) for row in range(3)] == ["fc1", "fc2", "logits"]
    assert [told(0, 0, role) for role in (Role.ToolTipRole, Role.BackgroundRole)] == ["fc1", None]
    assert [told(0, column) for column in range(1, 6)] == ["50 %", "same", "", "only A", ""]
    assert "largest difference 1" in str(told(0, 1, Role.ToolTipRole))
    shade = told(0, 1, Role.BackgroundRole)
    assert shade.alphaF() == pytest.approx(0.6 * 0.5, abs=1e-4)  # type: ignore[attr-defined]
    assert told(1, 5, Role.BackgroundRole).alphaF() == pytest.approx(0.6, abs=1e-4)  # type: ignore[attr-defined]
    assert [told(0, column, Role.BackgroundRole) for column in (2, 3, 4)] == [None] * 3
    faint = active().faint_text
    colours = [told(0, column, Role.ForegroundRole) for column in range(1, 5)]
    assert [each and each.name() for each in colours] == [None, faint, None, faint]  # type: ignore[attr-defined]
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    assert told(0, 1, Role.TextAlignmentRole) == right
    assert told(0, 1, Role.FontRole) is None


def test_that_headings_say_what_stands_below_and_how_it_is_measured(qtbot: QtBot) -> None:
    model = PassTableModel()
    model.show_rows(pass_rows(FOUND))
    across = Qt.Orientation.Horizontal
    headings = [model.headerData(column, across) for column in range(6)]
    assert headings == ["Layer", "weight", "bias", "activation", "gradient", "bias update"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(1, across, Role.ToolTipRole) == HOW
    sides = [model.headerData(column, across, Role.TextAlignmentRole) for column in (0, 1)]
    assert [bool(each & Qt.AlignmentFlag.AlignLeft) for each in sides] == [True, False]  # type: ignore[operator]


def test_that_where_the_layers_are_the_same_nothing_moves(qtbot: QtBot) -> None:
    table = PassTable()
    qtbot.addWidget(table)
    told: list[str] = []
    table.rows.modelReset.connect(lambda: told.append("anew"))
    table.rows.dataChanged.connect(lambda *_: told.append("changed"))
    table.show_rows(pass_rows(FOUND))
    widths = {table.columnWidth(column) for column in range(1, 6)}
    table.show_rows(pass_rows(FOUND))
    table.show_rows(pass_rows(FOUND[:3]))
    table.show_rows([])
    table.show_rows([])
    assert told == ["anew", "changed", "anew", "anew"]
    assert len(widths) == 1


def test_that_where_nothing_moves_every_cell_is_painted_anew(qtbot: QtBot) -> None:
    model = PassTableModel()
    told: list[tuple[int, int, int, int]] = []
    model.dataChanged.connect(lambda one, last: told.append((one.row(), one.column(), last.row(), last.column())))
    model.show_rows(pass_rows(FOUND))
    model.show_rows(pass_rows(FOUND))
    assert told == [(0, 0, model.rowCount() - 1, model.columnCount() - 1)] == [(0, 0, 2, 5)]


def test_that_rows_have_no_numbers_beside_them(qtbot: QtBot) -> None:
    table = PassTable()
    qtbot.addWidget(table)
    beside = table.verticalHeader()
    assert beside is not None
    assert beside.isHidden()


def test_that_a_column_is_as_wide_as_what_stands_in_it_but_for_a_name_that_would_push_the_numbers_out(
    qtbot: QtBot,
) -> None:
    table = PassTable()
    qtbot.addWidget(table)
    table.show_rows(pass_rows([differs("a.layer.with.a.name.that.takes.some.room", "weight", 1.0)]))
    for width, is_whole in ((1_200, True), (500, False), (200, False)):
        table.resize(width, 200)
        table.grab()
        assert (table.columnWidth(0) >= table.sizeHintForColumn(0) > 150) == is_whole
        assert table.columnWidth(0) <= max(0.4 * width, 120)
