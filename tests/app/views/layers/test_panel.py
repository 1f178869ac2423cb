"""The table of layers, by clicks and keys."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QModelIndex, QPoint, Qt
from PyQt6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.replay.opened import OpenedCollection
from app.views.layers.analysis import layer_rows
from app.views.layers.analysis.spark import spark_of
from app.views.layers.layer_table_model import HEADINGS, LayerColumn
from app.views.layers.panel import LayersPanel
from app.window.theme import apply_theme
from tests.app.growing_run import GrowingRun
from tests.app.made_up import layer
from tests.app.made_up_findings import DEAD, LARGE, finding

DOTTED = ("stem", "body.0.conv1", "body.0.relu", "body.1.conv1", "head")


@pytest.fixture
def panel(show: Callable[..., None], opened: OpenedCollection) -> LayersPanel:
    """The small collection: conv1, relu1, fc1, relu2, fc2."""
    panel = LayersPanel()
    panel.tester = QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    show(panel, 640, 260)
    panel.show_collection(opened.collection)
    return panel


@pytest.fixture
def wishes(panel: LayersPanel) -> list[str]:
    wishes: list[str] = []
    panel.layer_requested.connect(wishes.append)
    return wishes


def index(panel: LayersPanel, name: str, column: int = 0) -> QModelIndex:
    number = panel.model.number_of(name)
    assert number is not None
    return panel.model.index(number, column)


def text(panel: LayersPanel, name: str, column: int) -> str:
    return index(panel, name, column).data()


def click(qtbot: QtBot, panel: LayersPanel, name: str) -> None:
    at = panel.table.visualRect(index(panel, name)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def dotted_run(**scalars: np.ndarray) -> GrowingRun:
    layers = {name: layer(name, units=128, kept=np.arange(24), parameters={"weight": (128, 3)}) for name in DOTTED}
    return GrowingRun(layers=layers).grow(**({"loss": np.ones(100)} | scalars))


def test_that_each_layer_has_a_row_with_its_facts(panel: LayersPanel) -> None:
    assert [row.layer.name for row in panel.model.rows] == ["conv1", "relu1", "fc1", "relu2", "fc2"]
    assert text(panel, "conv1", LayerColumn.KIND) == "Conv2d"
    assert text(panel, "conv1", LayerColumn.SHAPE) == "6×12×12"
    assert text(panel, "fc1", LayerColumn.PARAMETERS) == "6,510"
    assert text(panel, "fc1", LayerColumn.UNITS) == "24 of 30"
    assert text(panel, "relu1", LayerColumn.PARAMETERS) == "–"


def test_that_a_run_that_names_no_layers_says_so(show: Callable[..., None]) -> None:
    panel = LayersPanel()
    show(panel, 640, 260)
    panel.show_collection(GrowingRun(layers={}).grow(loss=np.ones(5)))
    assert panel.empty_state.label.text() == "This collection names no layers."
    assert panel.empty_state.isVisible()


def test_that_columns_are_as_wide_as_larger_letters_need(panel: LayersPanel) -> None:
    before = panel.table.columnWidth(LayerColumn.KIND)
    larger = panel.table.font()
    larger.setPointSizeF(1.5 * larger.pointSizeF()) if larger.pointSizeF() > 0 else larger.setPixelSize(20)
    panel.table.setFont(larger)
    assert panel.table.columnWidth(LayerColumn.KIND) > before


def test_that_a_click_on_a_row_asks_for_its_layer(panel: LayersPanel, wishes: list[str], qtbot: QtBot) -> None:
    click(qtbot, panel, "fc1")
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    assert wishes == ["fc1", "relu2"]
    assert panel.selected == "relu2"


def test_that_a_layer_shown_from_outside_is_selected_without_a_wish(panel: LayersPanel, wishes: list[str]) -> None:
    panel.show_layer("fc2")
    assert panel.selected == "fc2"
    panel.show_layer("no such layer")
    assert panel.selected is None
    assert wishes == []


def test_that_the_same_layer_can_be_chosen_again_after_another_was_shown(
    panel: LayersPanel, wishes: list[str], qtbot: QtBot
) -> None:
    click(qtbot, panel, "fc1")
    panel.show_layer("conv1")
    click(qtbot, panel, "fc1")
    assert wishes == ["fc1", "fc1"]


def test_that_the_gradient_norm_is_that_of_the_playhead(panel: LayersPanel, opened: OpenedCollection) -> None:
    steps, norms = opened.collection.series.recorded("gradient_norm/fc1")
    panel.show_step(int(steps[2]))
    assert text(panel, "fc1", LayerColumn.SPARK) == f"{norms[2]:.4g}"
    panel.show_step(12)
    assert panel.model.playhead == 1
    panel.grab()


def test_that_a_layer_without_parameters_differs_from_one_that_was_not_recorded(show: Callable[..., None]) -> None:
    panel = LayersPanel()
    show(panel, 500, 200)
    layers = {"fc": layer("fc", parameters={"weight": (1, 1)}), "relu": layer("relu", "ReLU", stage="fc")}
    panel.show_collection(GrowingRun(layers=layers).grow(loss=np.ones(5)))
    assert text(panel, "fc", LayerColumn.SPARK) == "not recorded"
    assert text(panel, "relu", LayerColumn.SPARK) == "–"


def test_that_the_tooltip_names_what_was_not_recorded_and_why(show: Callable[..., None]) -> None:
    panel = LayersPanel()
    show(panel, 500, 200)
    reason = "more than 16 M values"
    layers = {"fc": layer("fc", not_recorded={"weight": reason, "weight_gradient": reason})}
    panel.show_collection(GrowingRun(layers=layers).grow(loss=np.ones(5)))
    tip = index(panel, "fc").data(Qt.ItemDataRole.ToolTipRole)
    assert f"weight, weight gradient: not recorded, {reason}" in tip


def test_that_nan_and_inf_of_a_gradient_norm_are_marked(show: Callable[..., None]) -> None:
    norms = np.geomspace(1, 1e-6, 100)
    norms[[20, 60]] = np.nan, np.inf
    panel = LayersPanel()
    show(panel, 500, 200)
    panel.show_collection(dotted_run(gradient_norm__stem=norms))
    spark = panel.model.rows[0].spark
    assert spark is not None
    assert spark.is_log
    assert spark.not_finite.tolist() == [0.2, 0.6]
    assert "NaN or Inf at 2 steps" in index(panel, "stem").data(Qt.ItemDataRole.ToolTipRole)
    panel.grab()


def test_that_a_growing_run_keeps_selection_and_columns(show: Callable[..., None], qtbot: QtBot) -> None:
    panel = LayersPanel()
    show(panel, 500, 200)
    run = dotted_run(gradient_norm__stem=np.ones(100))
    panel.show_collection(run)
    panel.show_layer("body.1.conv1")
    panel.table.setColumnWidth(LayerColumn.KIND, 111)
    with qtbot.assertNotEmitted(panel.model.modelReset), qtbot.assertNotEmitted(panel.layer_requested):
        panel.show_collection(run.grow(loss=np.ones(50), gradient_norm__stem=np.ones(50)))
    assert panel.selected == "body.1.conv1"
    assert panel.table.columnWidth(LayerColumn.KIND) == 111
    assert panel.model.rows[0].spark.across[-1] == pytest.approx(149 / 150)


def test_that_layers_are_indented_by_the_modules_around_them_and_these_are_named_once(
    show: Callable[..., None],
) -> None:
    panel = LayersPanel()
    show(panel, 500, 200)
    panel.show_collection(dotted_run())
    rows = panel.model.rows
    assert [row.depth for row in rows] == [0, 2, 2, 2, 0]
    assert [row.short_name for row in rows] == ["stem", "conv1", "relu", "conv1", "head"]
    assert [row.parent if row.is_first else "" for row in rows] == ["", "body.0.", "", "body.1.", ""]
    panel.grab()


def test_that_nothing_open_says_what_would_fill_the_panel(show: Callable[..., None], qapp) -> None:
    panel = LayersPanel()
    show(panel, 400, 260)
    assert "Open a collection" in panel.empty_state.label.text()
    assert panel.empty_state.isVisible()
    assert panel.model.rowCount() == 0
    apply_theme(qapp, "light")
    panel.grab()


def test_that_the_numbers_name_every_layer(panel: LayersPanel) -> None:
    panel.show_step(6)
    names, rows = panel.numbers()
    assert names[0] == "layer"
    assert len(HEADINGS) <= len(names)
    assert [row[0] for row in rows] == [row.layer.name for row in panel.model.rows]
    assert rows[1][-1] is None


@pytest.mark.parametrize("width", [190, 306, 420, 640, 1000])
def test_that_nothing_has_to_be_scrolled_sideways(panel: LayersPanel, width: int) -> None:
    panel.resize(width, 260)
    columns = sum(panel.table.columnWidth(column) for column in LayerColumn)
    assert columns <= panel.table.viewport().width()
    assert not panel.table.isColumnHidden(LayerColumn.NAME)
    assert not panel.table.isColumnHidden(LayerColumn.SPARK)


def test_that_a_narrow_table_does_without_what_its_tooltips_tell(panel: LayersPanel) -> None:
    panel.resize(306, 260)
    assert not panel.table.isColumnHidden(LayerColumn.KIND)
    assert panel.table.isColumnHidden(LayerColumn.UNITS)
    tip = index(panel, "fc1").data(Qt.ItemDataRole.ToolTipRole)
    assert all(fact in tip for fact in ("Linear", "24 of 30 units", "6,510 parameters", "output 30"))
    panel.resize(1000, 260)
    hidden = [column for column in LayerColumn if panel.table.isColumnHidden(column)]
    assert hidden == [LayerColumn.HEALTH], "nothing is found of any layer"


def test_that_a_column_drawn_wider_stays_so(panel: LayersPanel) -> None:
    panel.resize(900, 260)
    panel.table.horizontalHeader().resizeSection(LayerColumn.NAME, 160)
    panel.resize(950, 260)
    assert panel.table.columnWidth(LayerColumn.NAME) == 160


def test_that_columns_fit_the_second_run_as_they_would_the_first(panel: LayersPanel, show: Callable[..., None]) -> None:
    panel.resize(306, 260)
    assert panel.table.isColumnHidden(LayerColumn.UNITS)
    panel.show_collection(dotted_run())
    fresh = LayersPanel()
    show(fresh, 306, 260)
    fresh.show_collection(dotted_run())
    for each in (fresh, panel):
        each.resize(900, 260)
    assert [panel.table.columnWidth(each) for each in LayerColumn] == [
        fresh.table.columnWidth(each) for each in LayerColumn
    ]
    seen = [each for each in LayerColumn if each != LayerColumn.HEALTH and each < len(HEADINGS)]
    assert all(panel.table.columnWidth(each) > 50 for each in seen)


def test_that_the_health_of_layers_is_told_in_a_column_and_at_the_pointer_where_something_is_found(
    panel: LayersPanel,
) -> None:
    panel.resize(300, 260)
    panel.show_health(health_of([DEAD, LARGE]))
    assert not panel.table.isColumnHidden(LayerColumn.HEALTH)
    assert text(panel, "fc1", LayerColumn.HEALTH) == "Critical"
    assert text(panel, "fc2", LayerColumn.HEALTH) == ""
    assert f"Critical: {DEAD.title}" in index(panel, "fc1").data(Qt.ItemDataRole.ToolTipRole)
    assert sum(panel.table.columnWidth(each) for each in LayerColumn) <= panel.table.viewport().width()
    panel.show_health({})
    assert panel.table.isColumnHidden(LayerColumn.HEALTH)


@pytest.mark.parametrize("width", [250, 306, 420])
def test_that_long_names_push_no_figures_out_of_sight(panel: LayersPanel, width: int) -> None:
    name = "a_block_with_a_name_as_people_give_them_who_describe_what_it_does"
    run = GrowingRun(layers={name: layer(name, parameters={"weight": (1, 1)})}).grow(loss=np.ones(3))
    panel.resize(width, 260)
    panel.show_collection(run)
    panel.show_health(health_of([DEAD, LARGE]))
    assert sum(panel.table.columnWidth(each) for each in LayerColumn) <= panel.table.viewport().width()


def test_that_layers_sorted_by_health_stay_so_while_more_is_found(panel: LayersPanel, qtbot: QtBot) -> None:
    panel.show_health(health_of([LARGE]))
    header = panel.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(LayerColumn.HEALTH) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    panel.show_layer("fc2")
    panel.show_health(health_of([LARGE, DEAD]))
    assert [row.layer.name for row in panel.model.rows] == ["fc1", "relu2", "conv1", "relu1", "fc2"]
    assert panel.selected == "fc2"
    assert panel.model.number_of("fc2") == 4


def test_that_the_selected_layer_is_in_sight_wherever_sorting_takes_it(panel: LayersPanel, qtbot: QtBot) -> None:
    layers = {name: layer(name) for name in (f"fc{number}" for number in range(80))}
    panel.show_collection(GrowingRun(layers=layers).grow(loss=np.ones(3)))
    panel.show_health(health_of([finding("dead-units", "critical", ["fc70"], 0)]))
    panel.show_layer("fc70")
    header, viewport = panel.table.horizontalHeader(), panel.table.viewport()
    at = QPoint(header.sectionViewportPosition(LayerColumn.HEALTH) + 10, header.height() // 2)
    for row in (0, 70):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert panel.model.number_of("fc70") == row
        assert viewport.rect().contains(panel.table.visualRect(index(panel, "fc70", LayerColumn.HEALTH)))


def test_that_a_column_is_as_wide_as_its_longest_text_even_far_below_what_is_seen(
    panel: LayersPanel, show: Callable[..., None]
) -> None:
    names = [f"fc{number}" for number in range(200)]
    layers = {name: layer(name, units=8, kept=np.arange(8), parameters={"weight": (8, 3)}) for name in names}
    layers["last"] = layer("last", kind="AnUnusuallyNamedKindOfLayer", units=8, kept=np.arange(8))
    panel.resize(1200, 100)
    panel.show_collection(GrowingRun(layers=layers).grow(loss=np.ones(3)))
    wanted = panel.fontMetrics().horizontalAdvance("AnUnusuallyNamedKindOfLayer")
    assert panel.table.columnWidth(LayerColumn.KIND) >= wanted


def test_that_only_curves_that_are_seen_are_read(
    panel: LayersPanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    names = [f"fc{number}" for number in range(3_000)]
    layers = {name: layer(name, parameters={"weight": (1, 1)}) for name in names}
    run = GrowingRun(layers=layers).grow(**{f"gradient_norm__{name}": np.ones(5) for name in names})
    read: list[str] = []
    monkeypatch.setattr(layer_rows, "spark_of", lambda norm, last: read.append(norm.name) or spark_of(norm, last))
    panel.show_collection(run)
    panel.grab()
    assert "gradient_norm/fc0" in read and len(read) < 40
    click(qtbot, panel, "fc0")
    qtbot.keyClick(panel.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    panel.grab()
    assert "gradient_norm/fc2999" in read and len(read) < 80
    assert len(read) == len(set(read)), "each once"
    panel.show_layer("fc1500")
    assert panel.selected == "fc1500"
