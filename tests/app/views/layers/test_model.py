"""What the model of layers tells its table of, what it asks for again, and what it stands at."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.palette import active
from app.views.layers.analysis.layer_rows import LayerRows
from app.views.layers.layer_delegates import _names_around
from app.views.layers.layer_table_model import LayerColumn, LayerTableModel
from app.views.layers.layers_beside import layers_beside
from app.views.layers.panel import LayersPanel
from app.views.layers.view import LayersPanelView
from tests.app.growing_run import GrowingRun
from tests.app.made_up import layer
from tests.app.made_up_findings import finding
from tests.app.painted import painted
from tests.app.views.layers.layered_run import USUAL, compared, run

Column = LayerColumn
FOUND = health_of([finding("dead", "critical", ["head"], 6)])


class Told:
    """What a model tells of itself."""

    def __init__(self, model: LayerTableModel) -> None:
        self.changed: list[tuple[int, int, int, int]] = []
        self.others: list[object] = []
        model.dataChanged.connect(self._on_changed)
        model.headerDataChanged.connect(lambda *given: self.others.append(given))
        model.layoutChanged.connect(lambda *_: self.others.append("layout"))
        model.modelReset.connect(lambda: self.others.append("reset"))

    def _on_changed(self, first: QModelIndex, last: QModelIndex, *_: object) -> None:
        self.changed.append((first.row(), first.column(), last.row(), last.column()))

    def take(self) -> tuple[list[tuple[int, int, int, int]], list[object]]:
        found = self.changed, self.others
        self.changed, self.others = [], []
        return found


def rows_of(own: GrowingRun) -> LayerRows:
    return LayerRows(own.layers, own.series, 60)


@pytest.fixture
def model(qtbot: QtBot) -> LayerTableModel:
    return LayerTableModel()


def test_that_only_what_has_changed_is_told_of(model: LayerTableModel) -> None:
    told, own = Told(model), run(*USUAL)
    model.show_step(7)
    assert told.take() == ([], []), "there are no rows yet"
    assert model.show_rows(rows_of(own), 60)
    assert told.take() == ([], ["reset"])
    assert not model.show_rows(rows_of(own), 60)
    assert told.take() == ([(0, 2, 4, 2)], [])
    model.show_step(9)
    model.show_step(9)
    assert told.take() == ([(0, 2, 4, 2)], [])
    model.show_health(FOUND)
    assert told.take() == ([(0, 1, 4, 1)], [])
    header = (Qt.Orientation.Horizontal, 0, 6)
    model.sort_by(Column.HEALTH)
    assert told.take() == ([], ["layout", header])
    model.show_health(FOUND)
    assert told.take() == ([(0, 1, 4, 1)], []), "they are in that order already"
    beside = layers_beside(compared(own, run(*USUAL, rate=0.5)).beside)
    assert model.show_rows(rows_of(own), 60, beside)
    assert told.take() == ([], ["reset"])
    assert not model.show_rows(rows_of(own), 60, beside)
    assert told.take() == ([(0, 2, 4, 2), (0, 7, 4, 9)], [])
    model.show_step(3)
    assert told.take() == ([(0, 2, 4, 2), (0, 7, 4, 9)], [])


def test_that_changes_are_worked_out_once_and_anew_beside_another_run(
    model: LayerTableModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = run(*USUAL)
    rows = rows_of(own)
    first, second = (layers_beside(compared(own, run(*USUAL, rate=rate)).beside) for rate in (0.5, 2.0))
    assert first is not None
    model.show_rows(rows, 60, first)
    model.show_step(30)
    before = model.change_of(rows[1])
    assert model.change_of(rows[1]) is before
    model.show_rows(rows, 60, second)
    assert model.change_of(rows[1]).log2_ratio == pytest.approx(-before.log2_ratio * 2, rel=0.6)
    assert model.change_of(rows[1]).log2_ratio * before.log2_ratio < 0


@pytest.mark.parametrize(
    ("last_step", "step", "playhead"), [(0, 0, 0), (1, 0, 0), (1, 1, 1), (2, 1, 0.5), (60, 15, 0.25)]
)
def test_that_the_playhead_and_what_is_held_stand_at_their_share_of_the_run(
    model: LayerTableModel, last_step: int, step: int, playhead: float
) -> None:
    own = run(*USUAL)
    assert (model.playhead, model.held) == (0, None)
    model.show_rows(
        LayerRows(own.layers, own.series, last_step), last_step, layers_beside(compared(own, own, step).beside)
    )
    assert model.playhead == 0
    model.show_step(step)
    assert (model.playhead, model.held) == (playhead, playhead)


def test_that_no_more_than_fifty_texts_of_a_column_are_measured(model: LayerTableModel) -> None:
    layers = {f"fc{number}": layer(f"fc{number}", f"Kind{number}") for number in range(60)}
    model.show_rows(LayerRows(layers, GrowingRun().series, 1), 1)
    assert [len(model.longest_texts(each)) for each in (Column.NAME, Column.KIND, Column.UNITS)] == [50, 50, 1]
    assert (model.longest_texts(Column.A), model.longest_texts(Column.B)) == (["0.000000"], ["0.000000"])
    assert model.longest_texts(Column.CHANGE) == ["only A", "the same"]
    assert LayerTableModel().longest_texts(Column.NAME) == []


def test_that_a_name_is_told_apart_from_those_that_are_on_the_screen_with_it(model: LayerTableModel) -> None:
    layers = {f"fc{number}": layer(f"fc{number}") for number in range(100)}
    model.show_rows(LayerRows(layers, GrowingRun().series, 1), 1)
    for row, first, stop in ((45, 5, 85), (3, 0, 43), (90, 50, 100)):
        near = _names_around(model.index(row, 0))
        assert near == [f"fc{number}" for number in range(first, stop)]


def test_that_a_column_drawn_wider_stays_so_where_the_run_grows(qtbot: QtBot) -> None:
    panel, own = LayersPanel(), run(*USUAL)
    qtbot.addWidget(panel)
    panel.resize(900, 240)
    panel.show()
    qtbot.waitExposed(panel)
    panel.show_collection(own)  # type: ignore[arg-type]
    header = panel.table.horizontalHeader()
    assert header is not None
    header.resizeSection(Column.NAME, 160)
    panel.show_collection(own)  # type: ignore[arg-type]
    panel.resize(950, 240)
    assert panel.table.columnWidth(Column.NAME) == 160


def test_that_a_curve_is_left_out_where_it_would_be_too_short(qtbot: QtBot) -> None:
    panel = LayersPanel()
    qtbot.addWidget(panel)
    panel.resize(900, 240)
    panel.show()
    qtbot.waitExposed(panel)
    panel.show_collection(run("stem"))  # type: ignore[arg-type]
    header = panel.table.horizontalHeader()
    assert header is not None

    def playhead_px(px: int, step: int) -> list[float]:
        header.resizeSection(Column.SPARK, px)
        panel.show_step(step)
        return [each.place.left() for each in painted(panel.table).lines(active().hovered)]

    px = next(each for each in range(60, 200) if playhead_px(each, 0))
    (begin,), (end,) = playhead_px(px, 0), playhead_px(px, 60)
    assert end - begin == 40


def test_that_a_layer_is_brought_into_sight_when_it_is_chosen_and_not_at_each_pass(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session: Any = SimpleNamespace(select_layer=lambda name: None)
    view = LayersPanelView(session)
    qtbot.addWidget(view)
    shown: list[object] = []
    monkeypatch.setattr(view.panel, "show_layer", shown.append)
    monkeypatch.setattr(view.panel, "show_step", shown.append)
    for name, step in (("fc1", 1), ("fc1", 2), (None, 3), ("fc1", 4), ("fc2", 5)):
        view.show_view(SimpleNamespace(layer=name), step)  # type: ignore[arg-type]
    assert shown == [1, "fc1", 2, 3, 4, "fc1", 5, "fc2"]
    own = run(*USUAL)
    monkeypatch.setattr(view.panel, "show_collection", lambda *given: shown.append("collection"))
    shown.clear()
    for collection in (own, own, run(*USUAL)):
        view.show_collection(SimpleNamespace(collection=collection, comparing=None))  # type: ignore[arg-type]
        view.show_view(SimpleNamespace(layer="fc2"), 6)  # type: ignore[arg-type]
    assert shown == ["collection", 6, "fc2", "collection", 6, "collection", 6, "fc2"]


def test_that_arrays_of_numbers_are_not_what_a_change_is_told_from() -> None:
    assert np.isnan(LayerTableModel().change_of(LayerRows({"a": layer("a")}, GrowingRun().series, 1)[0]).log2_ratio)


def test_that_an_order_by_change_ends_with_what_is_compared_and_another_stays(model: LayerTableModel) -> None:
    own = run(*USUAL)
    beside = layers_beside(compared(own, run(*USUAL, rate=0.5)).beside)
    for column, after in ((Column.CHANGE, None), (Column.HEALTH, Column.HEALTH), (None, None)):
        model.show_rows(rows_of(own), 60, beside)
        model.sort_by(column)
        model.show_rows(rows_of(own), 60)
        assert model.sorted_by == after


def test_that_a_layer_without_a_norm_says_whether_it_could_have_one(model: LayerTableModel) -> None:
    own = run("stem")
    layers = {**own.layers, "relu": layer("relu", "ReLU"), "lost": layer("lost", parameters={"weight": (2, 2)})}
    model.show_rows(LayerRows(layers, own.series, 60), 60)
    told = [model.text(row, Column.SPARK) for row in model.rows]
    assert told[-2:] == ["–", "not recorded"]
    assert told[0] not in ("–", "not recorded")
    bare = {"stem": layer("stem", "ReLU")}
    model.show_rows(LayerRows(bare, own.series, 60), 60)
    assert model.text(model.rows[0], Column.SPARK) == told[0], "a norm that was recorded is told"


def test_that_what_is_selected_moves_with_its_row(model: LayerTableModel) -> None:
    assert model.number_of("head") is None
    model.show_rows(rows_of(run(*USUAL)), 60)
    names = [row.layer.name for row in model.rows]
    at = [QPersistentModelIndex(model.index(row, Column.KIND)) for row in range(len(names))]
    model.show_health(FOUND)
    for column, order in ((Column.HEALTH, ["head", *(each for each in names if each != "head")]), (None, names)):
        model.sort_by(column)
        assert [row.layer.name for row in model.rows] == order
        assert [(each.row(), each.column()) for each in at] == [(order.index(name), Column.KIND) for name in names]
        assert [model.number_of(name) for name in (*names, "none")] == [*map(order.index, names), None]
