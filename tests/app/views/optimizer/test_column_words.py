"""What the histograms are of: the layer or all together, and of B the partner."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.optimizer.histogram_column import HistogramColumn, OfB


def counts(n: int) -> np.ndarray:
    made = np.zeros(129, np.int64)
    made[100] = n
    return made


A = {"fc1": {"weight": counts(1), "gradient": counts(10)}, "fc2": {"weight": counts(2)}}
B = {"one": {"weight": counts(5)}, "two": {"weight": counts(7), "update": counts(3)}}


@pytest.fixture
def column(qtbot: QtBot) -> HistogramColumn:
    column = HistogramColumn()
    qtbot.addWidget(column)
    return column


def sums(column: HistogramColumn) -> list[tuple[int, int]]:
    return [(int(view.bars.sum()), int(view.bars_of_b.sum())) for view in column.views.values()]


@pytest.mark.parametrize(
    ("layer", "told"),
    [(None, [(3, 0), (10, 0), (0, 0)]), ("fc1", [(1, 0), (10, 0), (0, 0)]), ("fc2", [(2, 0), (0, 0), (0, 0)]),
     ("gone", [(3, 0), (10, 0), (0, 0)])],
)  # fmt: skip
def test_that_they_are_of_a_layer_or_of_all_together(
    column: HistogramColumn, layer: str | None, told: list[tuple[int, int]]
) -> None:
    column.show_pass(A, 0)
    column.show_layer(layer)
    assert sums(column) == told
    assert [view._words for view in column.views.values() if not len(view.bars)] == [
        "not recorded at this pass" for a, _ in told if not a
    ]


@pytest.mark.parametrize(
    ("layer", "told"),
    [(None, [(3, 12), (10, 0), (0, 0)]), ("fc1", [(1, 7), (10, 0), (0, 0)]), ("fc2", [(2, 0), (0, 0), (0, 0)])],
)
def test_that_over_them_are_those_of_the_partner(
    column: HistogramColumn, layer: str | None, told: list[tuple[int, int]]
) -> None:
    column.show_layer(layer)
    column.show_pass(A, 0, of_b=OfB(B, 0, {"fc1": "two", "fc2": "gone"}))
    assert sums(column) == told


def test_that_the_axis_stays_from_pass_to_pass_and_begins_anew_with_another_layer(column: HistogramColumn) -> None:
    view = column.views["weight"]
    column.show_pass(A, 0)
    small = len(view.bars)
    wide = {"fc1": {"weight": np.ones(129, np.int64)}}
    column.show_pass(wide, 1)
    assert len(view.bars) > small
    column.show_pass(A, 2)
    assert len(view.bars) > small
    column.show_layer("fc1")
    assert len(view.bars) == small
    column.show_pass(wide, 3)
    column.show_layer("fc1")
    assert len(view.bars) > small, "it was that one already"
    column.show_nothing()
    column.show_pass(A, 0)
    assert len(view.bars) == small


def test_that_nothing_is_left_where_no_pass_is_shown(column: HistogramColumn) -> None:
    column.show_pass(A, 0, of_b=OfB(B, 0, {}))
    column.show_nothing()
    column.show_layer("fc1")
    assert column.place_label.text() == ""
    assert sums(column) == [(0, 0)] * 3
    assert {view._words for view in column.views.values()} == {""}
