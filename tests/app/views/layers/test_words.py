"""What the table of layers says of a made-up run, alone and beside another: every word of it."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QModelIndex, Qt

from app.analysis.health import health_of
from app.views.layers.layer_table_model import LayerColumn, LayerTableModel
from app.views.layers.panel import LayersPanel
from tests.app.growing_run import GrowingRun
from tests.app.made_up import layer
from tests.app.made_up_findings import finding
from tests.app.views.layers.layered_run import NAN, USUAL, compared, run

Role, Flag = Qt.ItemDataRole, Qt.AlignmentFlag
LEFT, RIGHT = Flag.AlignLeft | Flag.AlignVCenter, Flag.AlignRight | Flag.AlignVCenter
OTHER = ("stem", "body.0.conv1", "body.0.relu", "neck")
FOUND = [finding("dead", "critical", ["stem"], 6), finding("large", "warning", ["stem", "head"], 9)]


@pytest.fixture
def shown(show: Callable[..., None]) -> Callable[..., LayersPanel]:
    """The panel at a step, of a run alone or beside others."""

    def make(step: int, other: tuple[str, ...] = (), held: int | None = None) -> LayersPanel:
        panel, own = LayersPanel(), run(*USUAL)
        show(panel, 900, 240)
        of_b = run(*other, rate=0.5) if other else own
        panel.show_collection(own, compared(own, of_b, held) if other or held is not None else None)
        panel.show_step(step)
        return panel

    return make


def cells(panel: LayersPanel) -> list[list[str]]:
    model = panel.model
    return [[model.index(row, each).data() for each in range(model.columnCount())] for row in range(model.rowCount())]


def tips(panel: LayersPanel) -> list[str]:
    return [panel.model.index(row, 0).data(Role.ToolTipRole) for row in range(panel.model.rowCount())]


def about(panel: LayersPanel) -> str:
    return " ".join(panel.about_label.text().split())


def heading(model: LayerTableModel, column: int, role: Qt.ItemDataRole = Role.DisplayRole) -> object:
    return model.headerData(column, Qt.Orientation.Horizontal, role)


def test_that_a_run_alone_is_told_cell_by_cell(shown: Callable[..., LayersPanel]) -> None:
    panel = shown(30)
    panel.show_health(health_of(FOUND))
    assert panel.model.headings == ("Layer", "Health", "Gradient norm", "Kind", "Output", "Parameters", "Units")
    assert cells(panel) == [
        ["stem", "Critical", "0.003356", "Linear", "8×28×28", "384", "128"],
        ["body.0.conv1", "", "0.03356", "Linear", "8×28×28", "3,840", "24 of 128"],
        ["body.0.relu", "", "–", "ReLU", "128", "–", "128"],
        ["body.1.conv1", "", "3.356", "Linear", "128", "384,000", "24 of 128"],
        ["head", "Warning", "33.56", "Linear", "128", "3,840,000", "128"],
    ]
    assert tips(panel)[:3] == [
        "stem\nCritical: dead of stem\nWarning: large of stem, head\nLinear, 128 units kept, 384 parameters\n"
        "output 8×28×28\ngradient norm now 0.003356, 0.001099 to 0.01009\n✕ NaN or Inf at 3 steps",
        "body.0.conv1\nLinear, 24 of 128 units kept, 3,840 parameters\noutput 8×28×28\n"
        "gradient norm now 0.03356, 0.01099 to 0.1009",
        "body.0.relu\nReLU, 128 units kept, 0 parameters\noutput 128",
    ]


def test_that_each_layer_of_two_runs_is_told_cell_by_cell(shown: Callable[..., LayersPanel]) -> None:
    panel = shown(5, OTHER)
    headings = ("Layer", "", "Gradient norm", "Kind", "Output", "Parameters", "Units", "A", "B", "Change")
    assert panel.model.headings == headings
    assert [row[7:] for row in cells(panel)] == [
        ["NaN", "NaN", ""],
        ["0.0805", "0.0891", "+0.15"],
        ["–", "–", ""],
        ["8.05", "8.91", "+0.15"],
        ["80.5", "", "only A"],
    ]
    assert {row[2] for row in cells(panel)} == {""}
    assert tips(panel)[0].endswith(
        "\ngradient norm: A NaN, B NaN\ngradient norm now NaN, 0.001099 to 0.01009\n✕ NaN or Inf at 3 steps"
    )
    assert tips(panel)[3:] == [
        "body.1.conv1\nLinear, 24 of 128 units kept, 384,000 parameters\noutput 128\nin B: neck\n"
        "gradient norm: A 8.05, B 8.91, log₂ B ÷ A +0.15\ngradient norm now 8.048, 1.099 to 10.09",
        "head\nLinear, 128 units kept, 3,840,000 parameters\noutput 128\nonly A\n"
        "gradient norm now 80.48, 10.99 to 100.9",
    ]
    assert about(panel) == "A —, B ╌: gradient norm, in figures at the playhead · Change: log₂ B ÷ A"
    assert not re.search(r"Change[^ ]* ", panel.about_label.text()), "a formula stays on one line"


@pytest.mark.parametrize(
    ("other", "held", "told"),
    [
        (USUAL, None, "Gradient norm at the playhead · Change: log₂ B ÷ A"),
        ((), 10, "Gradient norm, A: at step 10, B: at the playhead · Change: log₂ B ÷ A"),
    ],
)
def test_that_curves_without_room_are_not_spoken_of(
    shown: Callable[..., LayersPanel], other: tuple[str, ...], held: int | None, told: str
) -> None:
    panel = shown(30, other, held)
    wide = about(panel)
    panel.resize(300, 240)
    assert panel.table.isColumnHidden(LayerColumn.SPARK)
    assert about(panel) == told != wide
    panel.resize(900, 240)
    assert about(panel) == wide


def test_that_a_scroll_bar_does_not_decide_whether_there_are_curves(shown: Callable[..., LayersPanel]) -> None:
    panel, seen = shown(30, USUAL), []
    for width in range(300, 620, 4):
        for height in (120, 400):
            panel.resize(width, height)
            seen.append(not panel.table.isColumnHidden(LayerColumn.SPARK))
    assert seen[::2] == seen[1::2] == sorted(seen[::2])
    assert len(set(seen)) == 2


def test_that_what_only_b_has_comes_last_and_what_it_has_else_stands_behind_an_arrow(
    shown: Callable[..., LayersPanel],
) -> None:
    panel = shown(30, ("stem", "relu", "body.0.relu", "body.1.conv1", "head", "extra"))
    assert cells(panel)[-1] == ["extra", "", "", "Linear", "128", "38,400,000", "24 of 128", "", "576", "only B"]
    assert tips(panel)[-1].split("\n")[3:5] == ["only B", "gradient norm: A none, B 576"]


@pytest.mark.parametrize("column", [LayerColumn.A, LayerColumn.B, LayerColumn.CHANGE])
def test_that_headings_of_two_say_what_they_are_of(shown: Callable[..., LayersPanel], column: LayerColumn) -> None:
    tip = "A: usual, B: slower. log₂ B ÷ A: +1 is twice as much; a click sorts by it."
    two, held = shown(30, USUAL).model, shown(30, held=10).model
    assert heading(two, column, Role.ToolTipRole) == f"Gradient norm at the playhead. {tip}"
    told = str(heading(held, column, Role.ToolTipRole))
    assert " ".join(told.split()) == f"Gradient norm at step 10 and at the playhead. {tip}"


def test_that_the_heading_of_marks_has_its_name_at_the_pointer(shown: Callable[..., LayersPanel]) -> None:
    model = shown(30, USUAL).model
    assert heading(model, LayerColumn.HEALTH) == ""
    assert heading(model, LayerColumn.HEALTH, Role.ToolTipRole) == "Health"
    others = [each for each in range(LayerColumn.A) if each != LayerColumn.HEALTH]
    assert {heading(model, each, Role.ToolTipRole) for each in others} == {None}
    for beyond in (-1, 10):
        assert heading(model, beyond) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_that_figures_stand_at_the_right_and_words_at_the_left(shown: Callable[..., LayersPanel]) -> None:
    model = shown(30, USUAL).model
    wanted = [LEFT] * 4 + [RIGHT] * 6
    assert [model.index(1, each).data(Role.TextAlignmentRole) for each in range(10)] == wanted
    assert [heading(model, each, Role.TextAlignmentRole) for each in range(10)] == wanted
    assert model.index(1, 0).data(Role.DecorationRole) is None
    assert model.data(QModelIndex()) is None
    assert (model.rowCount(model.index(0, 0)), model.columnCount(model.index(0, 0))) == (0, 0)


def test_that_the_heading_that_rows_are_sorted_by_has_a_mark(shown: Callable[..., LayersPanel]) -> None:
    panel = shown(30, OTHER)
    panel.show_health(health_of(FOUND))
    for column, name in ((LayerColumn.HEALTH, " ▾"), (LayerColumn.CHANGE, "Change ▾")):
        panel._columns.sectionClicked.emit(column)
        assert heading(panel.model, column) == name
        assert sum(str(heading(panel.model, each)).endswith("▾") for each in range(10)) == 1
        panel._columns.sectionClicked.emit(column)
        assert panel.model.sorted_by is None
    panel._columns.sectionClicked.emit(LayerColumn.KIND)
    assert panel.model.sorted_by is None, "no other column is sorted by"


def test_that_the_largest_change_comes_first_whichever_way_it_goes_and_none_last(
    shown: Callable[..., LayersPanel],
) -> None:
    panel = shown(6, OTHER)
    panel._columns.sectionClicked.emit(LayerColumn.CHANGE)
    names = [row.layer.name for row in panel.model.rows]
    assert set(names[:2]) == {"body.0.conv1", "body.1.conv1"}
    assert names[2:] == ["stem", "body.0.relu", "head"], "as they were"


def test_that_the_table_for_other_tools_has_every_number(shown: Callable[..., LayersPanel]) -> None:
    names, rows = shown(30, OTHER).numbers()
    assert names == (
        *("layer", "kind", "output_shape", "parameters", "units", "units_kept"),
        *("gradient_norm", "gradient_norm_is", "health"),
        *("a:gradient_norm", "b:gradient_norm", "log2_b_by_a", "layer_of_b", "only_in"),
    )
    conv, relu, head = rows[1], rows[2], rows[4]
    assert conv[:6] == ("body.0.conv1", "Linear", "8×28×28", 3840, 128, 24)
    assert conv[6] == conv[9] == pytest.approx(0.0335617)
    assert conv[11] == pytest.approx(np.log2(conv[10] / conv[9]))
    assert (conv[7], conv[8], conv[12], conv[13]) == (None, None, "body.0.conv1", None)
    assert relu[6:] == (None, None, None, None, None, None, "body.0.relu", None)
    assert head[9:] == (pytest.approx(33.5617), None, None, None, "only A")


def test_that_what_was_not_recorded_is_told_with_each_reason_once(show: Callable[..., None]) -> None:
    why = {"weight": "too large", "weight_gradient": "too large", "activation": "a tuple"}
    lone = layer("fc", units=3, output_shape=(), parameters={"weight": (3, 2)}, not_recorded=why)
    panel = LayersPanel()
    show(panel, 600, 200)
    panel.show_collection(GrowingRun(layers={"fc": lone}).grow(loss=np.ones(3)))
    assert tips(panel) == [
        "fc\nLinear, 3 units kept, 6 parameters\ngradient norm: not recorded\n"
        "weight, weight gradient: not recorded, too large\nactivation: not recorded, a tuple"
    ]
    assert cells(panel) == [["fc", "", "not recorded", "Linear", "", "6", "3"]]


def test_that_a_curve_without_a_number_has_no_span_and_one_step_is_told_as_one(show: Callable[..., None]) -> None:
    panel = LayersPanel()
    show(panel, 600, 200)
    lone = {"fc": layer("fc", units=3, parameters={"weight": (3, 2)})}
    panel.show_collection(GrowingRun(layers=lone).grow(loss=np.ones(1), **{"gradient_norm/fc": np.array([NAN])}))
    panel.show_step(1)
    assert tips(panel)[0].split("\n")[-1:] == ["✕ NaN or Inf at 1 step"]
    assert "gradient norm now NaN" in tips(panel)[0].split("\n")


@pytest.mark.parametrize("width", [300, 330, 400, 470, 560, 640, 760, 1200, 2000])
@pytest.mark.parametrize("is_of_two", [False, True])
def test_that_columns_fill_the_table_to_its_end_also_beside_a_scroll_bar(
    show: Callable[..., None], width: int, is_of_two: bool
) -> None:
    panel, own = LayersPanel(), run(*(f"fc{each}" for each in range(12)))
    show(panel, width, 200)
    panel.show_collection(own, compared(own, own) if is_of_two else None)
    panel.show_health(health_of([finding("dead", "critical", ["fc1"], 6)]))
    header, viewport = panel.table.horizontalHeader(), panel.table.viewport()
    assert header is not None
    assert viewport is not None
    assert panel.table.verticalScrollBar().isVisible()  # type: ignore[union-attr]
    assert header.length() == viewport.width()
    figures = [panel.model.index(0, each).data() for each in (LayerColumn.A, LayerColumn.B)] if is_of_two else []
    for column, told in zip((LayerColumn.A, LayerColumn.B), figures, strict=False):
        is_whole = panel.table.fontMetrics().horizontalAdvance(told) + 6 <= panel.table.columnWidth(column)
        assert is_whole or width < 330, "a figure is cut only where there is really no room"
