"""Small steps of drawing the graph, each against a slow and obvious version of itself."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.graph.graph import build_graph
from app.analysis.graph.strongest import Lines
from app.views.network.units.analysis.layout import place
from app.views.network.units.analysis.line_budget import affordable
from app.views.network.units.analysis.neighbours import first_unit, layer_beside, unit_beside
from app.views.network.units.analysis.parallel_lines import parallel_lines
from app.views.network.units.analysis.picking import DrawnLines, unit_at
from app.views.network.units.analysis.tile_sheet import tile_shares, tile_sheet
from app.views.network.units.analysis.unit_edges import unit_edges
from tests.app.made_up import chain, layer, made_up_pass, probe
from tests.app.views.network.conftest import prepared


def test_that_a_wide_line_is_thin_ones_side_by_side_around_its_middle() -> None:
    starts, ends = np.array([[0.0, 0.0], [0.0, 10.0], [5.0, 5.0]]), np.array([[10.0, 0.0], [0.0, 30.0], [5.0, 5.0]])
    from_, to, line = parallel_lines(starts, ends, np.array([3, 2, 1]), 0.5)
    assert line.tolist() == [0, 0, 0, 1, 1, 2]
    assert from_.tolist() == [[0, -0.5], [0, 0], [0, 0.5], [0.25, 10], [-0.25, 10], [5, 5]]
    assert to.tolist() == [[10, -0.5], [10, 0], [10, 0.5], [0.25, 30], [-0.25, 30], [5, 5]]


@pytest.mark.parametrize("width", [2, 3])
def test_that_thin_lines_lie_beside_one_another_however_short_the_wide_one_is(width: int) -> None:
    starts, ends = np.array([[10.0, 0.0], [3.0, 9.0]]), np.array([[10.0, 20.0], [3.0, 9.5]])
    from_, to, line = parallel_lines(starts, ends, np.full(2, width), 0.5)
    across = (0.5 * (width - 1) / 2 - 0.5 * np.arange(width)).tolist()
    assert line.tolist() == [0] * width + [1] * width
    assert from_.tolist() == [[10 + each, 0] for each in across] + [[3 + each, 9] for each in across]
    assert to.tolist() == [[10 + each, 20] for each in across] + [[3 + each, 9.5] for each in across]


def test_that_lines_that_are_all_thin_stay_as_they_are() -> None:
    starts, ends = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[9.0, 0.0], [1.0, 8.0]])
    from_, to, line = parallel_lines(starts, ends, np.array([1, 1]), 0.5)
    assert from_ is starts and to is ends
    assert line.tolist() == [0, 1]


def lines_of(pairs: list[int]) -> Lines:
    each = np.arange(len(pairs))
    return Lines(np.array(pairs), each, each, each, np.zeros(len(pairs), np.uint8), len(pairs))


@pytest.mark.parametrize(("smooth", "rough", "smoothly", "roughly"), [
    (60.0, 0.0, [0, 1, 2, 3, 4, 5], []),
    (59.0, 0.0, [1, 2, 3, 4, 5], []),
    (40.0, 20.0, [2, 3, 4, 5], [0, 1]),
    (20.0, 20.0, [4, 5], [2, 3]),
    (20.0, 0.0, [4, 5], []),
    (9.0, 0.0, [], []),
    (9.0, 51.0, [], [0, 1, 2, 3, 4, 5]),
])  # fmt: skip
def test_that_of_each_pair_the_strongest_edges_are_drawn_as_far_as_there_is_time(
    smooth: float, rough: float, smoothly: list[int], roughly: list[int]
) -> None:
    lines = lines_of([0, 1, 0, 1, 0, 1])
    found = affordable(lines, np.full(6, 10.0), smooth, rough)
    assert [each.tolist() for each in found] == [roughly, smoothly]


def test_that_all_are_drawn_smoothly_where_there_is_just_time_for_all() -> None:
    roughly, smoothly = affordable(lines_of([0, 1]), np.array([0.5, 0.5]), 1.0, 0.0)
    assert (roughly.tolist(), smoothly.tolist()) == ([], [0, 1])


def test_that_a_pair_of_few_edges_leaves_its_share_to_others() -> None:
    lines = lines_of([0, 1, 1, 1, 1, 1])
    roughly, smoothly = affordable(lines, np.full(6, 10.0), 40.0, 0.0)
    assert (roughly.tolist(), smoothly.tolist()) == ([], [0, 3, 4, 5])


def test_that_small_tiles_are_enlarged_and_large_ones_are_not() -> None:
    for side, times, gap in ((1, 14, 1), (6, 3, 1), (7, 2, 1), (13, 2, 2), (14, 1, 1), (28, 1, 2), (60, 1, 4)):
        sheet = tile_sheet(np.zeros((1, side, side), int), 1, 1, -1)
        assert sheet.shape == (side * times + gap, side * times + gap)
        assert (sheet == 0).sum() == (side * times) ** 2
    assert tile_shares(7, 14) == (28 / 29, 14 / 15)
    assert tile_shares(14, 7) == (14 / 15, 28 / 29)
    assert tile_shares(0, 5) == (70 / 71, 0.0)


def test_that_a_neuron_is_met_a_little_around_its_circle_and_a_tile_on_itself() -> None:
    run = chain(("conv", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    tile, circle = layout.columns[1], layout.columns[2]
    (x, y), away = circle.centres[0], circle.radius + 3
    for across, down in ((1, 0), (-1, 0), (0, -1)):
        near, far = away - 0.01, away + 0.01
        assert unit_at(graph, layout, x + across * near, y + down * near) == (2, 0)
        assert unit_at(graph, layout, x + across * far, y + down * far) is None
    (x, y), (width, height) = tile.centres[0], tile.size
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        for share, met in ((0.499, (1, 0)), (0.501, None)):
            assert unit_at(graph, layout, x + across * share * width, y + down * share * height) == met


def test_that_the_row_of_a_class_is_met_from_its_name_to_its_figure() -> None:
    run = chain(("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    rows = layout.rows
    assert rows is not None
    for number, middle in enumerate(rows.middles.tolist()):
        for x in (rows.names[0], rows.figures[1]):
            assert unit_at(graph, layout, x, middle) == (2, number)
        for x in (rows.names[0] - 0.5, rows.figures[1] + 0.5):
            assert unit_at(graph, layout, x, middle) is None
    top, bottom = float(rows.middles[0]) - rows.height / 2, float(rows.middles[-1]) + rows.height / 2
    x = rows.names[0] + 1
    assert [unit_at(graph, layout, x, y) for y in (top - 0.1, top + 0.1, bottom - 0.1, bottom + 0.1)] == [
        None, (2, 0), (2, 2), None,
    ]  # fmt: skip


def test_that_rows_of_the_most_probable_classes_stand_for_no_unit() -> None:
    run = chain(("fc", 4), ("fc", 1_000))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    assert layout.rows is not None
    assert unit_at(graph, layout, layout.rows.names[0] + 1, float(layout.rows.middles[0])) is None


def test_that_a_column_without_units_has_nothing_to_be_met() -> None:
    layers = {"a": layer("a", units=3), "odd": layer("odd", "LSTM", units=0, output_shape=(), reads=("a",))}
    graph = build_graph(layers, None)
    layout = place(graph, 900, 600)
    body = layout.columns[graph.column_number("odd")].body
    assert unit_at(graph, layout, body.x + body.width / 2, body.y + body.height / 2) is None


@pytest.mark.parametrize("reach", [4.0, 5.0])
def test_that_a_line_is_met_at_its_reach_and_not_beyond(reach: float) -> None:
    lines = DrawnLines(np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]]))
    assert len(lines) == 1
    assert lines.nearest(50, reach, reach) == 0
    assert lines.nearest(100 + reach, 0, reach) == 0
    assert lines.nearest(-reach, 0, reach) == 0
    assert lines.nearest(-reach - 0.01, 0, reach) is None


def test_that_the_walk_begins_in_the_first_layer_and_at_last_in_the_input() -> None:
    layers = {
        "odd": layer("odd", "LSTM", units=0, output_shape=(), reads=("input",)),
        "fc": layer("fc", units=2, reads=("odd",)),
    }
    given = probe(np.zeros((2, 3), "f4"))
    graph = build_graph(layers, given)
    assert [column.stage for column in graph.columns] == ["input", "odd", "fc"]
    assert first_unit(graph, None) == (2, 0)
    assert first_unit(graph, 0) == (0, 0)
    assert first_unit(graph, 1) == (2, 0), "what has no units is passed over"
    assert first_unit(graph, 7) == (2, 0), "a column that is not there"
    alone = build_graph({"odd": layers["odd"]}, given)
    assert first_unit(alone, None) == (0, 0)
    assert first_unit(build_graph({}, None), None) is None
    behind_vectors = build_graph({"fc": layer("fc", units=2)}, given)
    assert first_unit(behind_vectors, None) == (1, 0)


def test_that_the_unit_beside_in_the_next_layer_is_the_one_at_its_height() -> None:
    run = chain(("fc", 9), ("fc", 3), ("fc", 9))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    for position in range(3):
        height = layout.columns[2].centres[position][1]
        for step in (-1, 1):
            found = layer_beside(graph, layout, (2, position), step)
            assert found == unit_beside(graph, layout, (2, position), step, 0)
            assert found is not None and found[0] == 2 + step
            heights = layout.columns[found[0]].centres[:, 1]
            assert abs(heights[found[1]] - height) == np.abs(heights - height).min()
    assert layer_beside(graph, layout, (3, 0), 1) is None
    assert layer_beside(graph, layout, (0, 0), -1) is None
    assert layer_beside(graph, layout, (1, 0), -1) == unit_beside(graph, layout, (1, 0), -1, 0) is not None
    top, bottom = 0, 2
    assert unit_beside(graph, layout, (2, top), 0, -1) is None
    assert unit_beside(graph, layout, (2, bottom), 0, 1) is None
    assert unit_beside(graph, layout, (2, top), 0, 1) == (2, 1)


@pytest.mark.parametrize(("down", "beside"), [(0, 0), (35, 0), (45, 1)])
def test_that_on_the_way_to_another_layer_across_counts_four_times_as_much_as_down(down: int, beside: int) -> None:
    run = chain(("fc", 1), ("fc", 2))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    one, two = layout.columns[1:]
    x, y = one.centres[0]
    moved = replace(two, centres=np.array([[x + 10, y + down], [x + 20, y]]))
    assert layer_beside(graph, replace(layout, columns=(layout.columns[0], one, moved)), (1, 0), 1) == (2, beside)


def test_that_the_edges_of_a_unit_are_those_it_reads_and_those_that_read_it() -> None:
    view = prepared(chain(("conv", 2), ("fc", 4), ("fc", 3), picture=(3, 2, 2)))
    found = unit_edges(view, 2, 1)
    ends = {(int(pair), int(edge)) for pair, edge in zip(found.lines.pairs, found.lines.edges, strict=True)}
    n_read = len(view.graph.pairs[1].wiring.sources)
    assert ends == {(1, n_read + each) for each in range(n_read)} | {(2, 4 * each + 1) for each in range(3)}
    assert found.columns == (1, 3)
    pixel = unit_edges(view, 0, 3)
    assert len(pixel.lines) == 3 * 2, "a pixel stands for all channels"
    assert pixel.columns == (1,)
    assert len(unit_edges(view, 2, 1, most=2).lines) == 2


def test_that_a_unit_leads_to_no_column_whose_edges_were_not_recorded() -> None:
    run = chain(("fc", 4), ("fc", 3), ("fc", 2), picture=(1, 2, 2))
    for name, columns in (("fc1", (2,)), ("fc2", (0,))):
        records = {
            each: {"weight": run.passes[0].layers[each].weight} for each in ("fc1", "fc2", "fc3") if each != name
        }
        view = prepared(replace(run, passes=[made_up_pass(run.layers, records)]))
        found = unit_edges(view, 1, 1)
        assert found.columns == columns
        assert len(found.lines) == {"fc1": 3, "fc2": 4}[name]
