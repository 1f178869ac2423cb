"""Everything is inside the view and nothing overlaps, whatever the network and the size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph import Graph, build_graph
from app.views.network.units.analysis.layout import LARGEST_RADIUS, Layout, place
from app.views.network.units.analysis.picking import unit_at
from tests.app.made_up import chain, layer, probe

ROUNDED = 1e-6
SIZES = st.tuples(st.integers(700, 2500), st.integers(400, 1400))


def graph_of(units: list[int], picture: tuple[int, int, int] | None, maps: list[bool]) -> Graph:
    layers = {}
    for number, (wanted, is_conv) in enumerate(zip(units, maps, strict=True)):
        is_conv = is_conv and number < len(units) - 1
        layers[f"stage{number}"] = layer(
            f"stage{number}",
            "Conv2d" if is_conv else "Linear",
            units=wanted,
            output_shape=(wanted, 7, 7) if is_conv else (wanted,),
            parameters={"weight": (wanted, 1, 3, 3) if is_conv else (wanted, 1)},
        )
    inputs = np.zeros((1, *picture) if picture else (1, 5), "f4")
    return build_graph(layers, probe(inputs, 2, ["a long name of a class", "b"]))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    units = draw(st.lists(st.integers(1, 4096) | st.integers(1, 64), min_size=1, max_size=29))
    maps = draw(st.lists(st.booleans(), min_size=len(units), max_size=len(units)))
    picture = draw(st.sampled_from([None, (1, 28, 28), (3, 32, 32), (3, 64, 20)]))
    return graph_of(units, picture, maps)


def boxes(layout: Layout, column: int) -> np.ndarray:
    """Left, top, right, bottom of each unit, ``[U, 4]``."""
    spot = layout.columns[column]
    half = np.array(spot.size) / 2
    return np.hstack([spot.centres - half, spot.centres + half])


@settings(max_examples=60, deadline=None)
@given(graphs(), SIZES)
def test_that_all_units_and_texts_are_inside_the_view(graph: Graph, size: tuple[int, int]) -> None:
    layout = place(graph, *size)
    for column, spot in enumerate(layout.columns):
        every = boxes(layout, column)
        assert (every[:, :2] >= -1e-3).all()
        assert (every[:, 2:] <= np.array(size) + 1e-3).all()
        for text in (spot.heading, spot.footer):
            assert text.x >= 0 and text.right <= size[0] and text.y >= 0 and text.bottom <= size[1]
    for anchors in (layout.leaving, layout.arriving):
        assert (anchors >= -1).all() and (anchors <= np.array(size) + 1).all()
    if layout.rows is not None:
        assert layout.rows.figures[1] <= size[0]
        assert layout.rows.middles.min() - layout.rows.height / 2 >= 0
        assert layout.rows.middles.max() + layout.rows.height / 2 <= size[1]


@settings(max_examples=60, deadline=None)
@given(graphs(), SIZES)
def test_that_columns_headings_and_rows_do_not_overlap(graph: Graph, size: tuple[int, int]) -> None:
    layout = place(graph, *size)
    for left, right in zip(layout.columns, layout.columns[1:], strict=False):
        assert not left.body.overlaps(right.body)
        assert not left.heading.overlaps(right.heading)
        assert left.body.right < right.body.x
    for spot in layout.columns:
        assert not spot.body.overlaps(spot.heading)
        assert not spot.body.overlaps(spot.footer)
    if layout.rows is not None:
        assert layout.columns[-1].body.right <= layout.rows.names[0]
        assert layout.rows.bars is not None or size[0] < 750, "long names leave a narrow picture no room for bars"
        bars = layout.rows.bars or (layout.rows.figures[0],) * 2
        assert layout.rows.names[1] <= bars[0] <= bars[1] <= layout.rows.figures[0]


@settings(max_examples=40, deadline=None)
@given(st.integers(200, 700), st.integers(1, 60))
def test_that_where_there_is_little_room_names_and_figures_of_classes_keep_theirs(width: int, letters: int) -> None:
    graph = build_graph({"fc": layer("fc", "Linear", units=2)}, probe(np.zeros((1, 5), "f4"), 2, ["n" * letters, "b"]))
    rows = place(graph, width, 400).rows
    assert rows is not None
    borders = [*rows.names, *(rows.bars or ()), *rows.figures]
    assert borders == sorted(borders)
    assert rows.names[1] - rows.names[0] >= 26 - ROUNDED
    assert rows.figures[1] - rows.figures[0] >= 50 - ROUNDED
    assert rows.bars is None or rows.bars[1] - rows.bars[0] >= 20 - ROUNDED


def test_that_edges_arrive_at_the_left_of_a_unit_and_leave_at_its_right_in_the_middle() -> None:
    run = chain(("conv", 6), ("fc", 40), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    for column, spot in list(zip(graph.columns, layout.columns, strict=True))[1:]:
        units = slice(column.first_anchor, column.first_anchor + len(column))
        right = spot.centres + np.array([spot.size[0] / 2, 0])
        left = spot.centres - np.array([spot.size[0] / 2, 0])
        np.testing.assert_allclose(layout.leaving[units], right, rtol=1e-6)
        np.testing.assert_allclose(layout.arriving[units], left, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(graphs(), SIZES)
def test_that_units_of_a_column_do_not_overlap(graph: Graph, size: tuple[int, int]) -> None:
    layout = place(graph, *size)
    for column, spot in zip(graph.columns, layout.columns, strict=True):
        rows = spot.grid.rows if column.drawing in (Drawing.NEURONS, Drawing.OUTPUT) else spot.grid.columns
        assert len(np.unique(np.round(spot.centres, 6), axis=0)) == len(column)
        assert spot.size[0] <= spot.grid.pitch * spot.grid.aspect + 1e-6
        assert spot.size[1] <= spot.grid.pitch + 1e-6
        assert spot.grid.rows * spot.grid.columns >= len(column) and rows >= 1


@pytest.mark.parametrize("units", [1, 2, 24])
def test_that_few_neurons_are_drawn_large(units: int) -> None:
    layout = place(graph_of([units, 2], (1, 28, 28), [False, False]), 1600, 1000)
    assert layout.columns[1].radius == pytest.approx(LARGEST_RADIUS, abs=0.2)


def test_that_a_wide_layer_wraps_into_columns() -> None:
    layout = place(graph_of([4096, 2], (1, 28, 28), [False, False]), 1600, 1000)
    assert layout.columns[1].grid.columns > 4
    assert layout.columns[1].radius >= 2


def test_that_a_class_has_a_row_beside_its_neuron_where_there_is_room() -> None:
    run = chain(("fc", 10))
    layout = place(build_graph(run.layers, run.probe), 900, 600)
    assert layout.rows is not None and layout.rows.are_aligned
    assert layout.rows.middles == pytest.approx(layout.columns[-1].centres[:, 1])


def test_that_many_classes_are_listed_instead() -> None:
    run = chain(("fc", 1000))
    layout = place(build_graph(run.layers, run.probe), 900, 600)
    assert layout.rows is not None and not layout.rows.are_aligned
    assert len(layout.rows.middles) == 10


@settings(max_examples=30, deadline=None)
@given(graphs(), SIZES, st.randoms())
def test_that_the_middle_of_a_unit_hits_it(graph: Graph, size: tuple[int, int], random) -> None:
    layout = place(graph, *size)
    column = random.randrange(len(graph.columns))
    position = random.randrange(len(graph.columns[column]))
    assert unit_at(graph, layout, *layout.columns[column].centres[position]) == (column, position)


def test_that_between_columns_and_outside_nothing_is_hit() -> None:
    run = chain(("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    between = (layout.columns[1].body.right + layout.columns[2].body.x) / 2
    assert unit_at(graph, layout, between, 300) is None
    assert unit_at(graph, layout, -5, -5) is None


def test_that_the_row_of_a_class_hits_its_unit() -> None:
    run = chain(("fc", 4), ("fc", 3))
    graph = build_graph(run.layers, run.probe)
    layout = place(graph, 900, 600)
    assert layout.rows is not None
    assert unit_at(graph, layout, layout.rows.bars[0] + 3, float(layout.rows.middles[1])) == (2, 1)
