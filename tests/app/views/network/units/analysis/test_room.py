"""Where columns, their texts and the rows of classes stand, in numbers that can be told from the sizes."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.rectangle import Rectangle
from app.views.network.units.analysis.grid import Grid
from app.views.network.units.analysis.layout import place
from app.views.network.units.analysis.output_rows import output_width, place_rows
from app.views.network.units.analysis.tile_sheet import tile_shares
from tests.app.made_up import chain, layer, probe


def graph_of(*stages: tuple[str, int], picture: tuple[int, int, int] = (1, 8, 8)) -> Graph:
    run = chain(*stages, picture=picture)
    return build_graph(run.layers, run.probe)


def of_vectors(*units: int) -> Graph:
    names = [f"fc{number}" for number in range(len(units))]
    layers = {
        name: layer(name, units=n, reads=(source,))
        for name, n, source in zip(names, units, ["input", *names], strict=False)
    }
    return build_graph(layers, probe(np.zeros((2, 5), "f4")))


GRAPHS = {
    "a picture and classes": (graph_of(("conv", 6), ("fc", 40), ("fc", 3)), 14.0, None),
    "a broad picture": (graph_of(("conv", 20), ("fc", 3), picture=(3, 4, 16)), 14.0, None),
    "vectors": (of_vectors(9, 200, 4), 44.0, 44.0),
    "maps alone": (
        build_graph(
            {"conv": layer("conv", "Conv2d", units=5, output_shape=(5, 6, 9), parameters={"weight": (5, 1, 3, 3)})},
            None,
        ),
        44.0,
        44.0,
    ),
}


@pytest.mark.parametrize("size", [(900, 600), (500, 300)])
@pytest.mark.parametrize("name", GRAPHS)
def test_that_columns_stand_evenly_apart_in_the_room_between_the_margins(name: str, size: tuple[int, int]) -> None:
    (graph, left, right), (width, height) = GRAPHS[name], size
    layout = place(graph, width, height)
    n_lines = max(len(column.headings) for column in graph.columns)
    top, bottom = 14 + 16 * n_lines + 10, height - 22 - 7
    bodies = [spot.body for spot in layout.columns]
    for body in bodies:
        assert body.y + body.height / 2 == pytest.approx((top + bottom) / 2)
        assert body.height <= bottom - top + 1e-6
    if right is None:
        assert layout.rows is not None
        right = width - (layout.rows.names[0] - 14)
        assert layout.rows.figures[1] == pytest.approx(width - 14)
    else:
        assert layout.rows is None
    if len(bodies) > 1:
        assert bodies[0].x == left
        assert bodies[-1].right == pytest.approx(width - right)
    else:
        assert bodies[0].x + bodies[0].width / 2 == pytest.approx(width / 2)
    gaps = [after.x - before.right for before, after in pairwise(bodies)]
    assert gaps == pytest.approx(gaps[:1] * len(gaps))
    share = sum(body.width for body in bodies) / (width - left - right)
    assert share <= 0.5 + 1e-6, "half of the width is for edges"
    for column, spot in zip(graph.columns, layout.columns, strict=True):
        middle, lines = spot.body.x + spot.body.width / 2, 16 * len(column.headings)
        half = min(spot.body.width / 2 + (gaps[0] if gaps else 0) / 2, middle - 4, width - middle - 4) - 3
        assert spot.heading.x == pytest.approx(middle - half)
        assert spot.heading.width == pytest.approx(max(2 * half, 1))
        assert (spot.heading.y, spot.heading.height) == (top - 10 - lines, lines)
        assert (spot.footer.x, spot.footer.width) == pytest.approx((spot.heading.x - 2, spot.heading.width + 4))
        assert (spot.footer.y, spot.footer.height) == pytest.approx((bottom + 4, 16))


@pytest.mark.parametrize("name", GRAPHS)
def test_that_units_are_as_large_as_their_cells_allow_and_edges_end_at_their_sides(name: str) -> None:
    graph, *_ = GRAPHS[name]
    layout = place(graph, 900, 600)
    for column, spot in zip(graph.columns, layout.columns, strict=True):
        grid = spot.grid
        if column.drawing is Drawing.PICTURE:
            assert spot.size == (grid.pitch, grid.pitch)
            rows, columns = column.grid
            assert (grid.rows, grid.columns) == (rows, columns)
            assert grid.pitch <= 300 / max(rows, columns)
        elif column.drawing is Drawing.MAPS:
            across, down = tile_shares(*column.grid)
            assert spot.size == pytest.approx((grid.pitch * grid.aspect * across, grid.pitch * down))
            assert grid.aspect == pytest.approx(np.clip(column.grid[1] / column.grid[0], 0.25, 4))
            assert grid.pitch <= 110
        else:
            assert spot.size == pytest.approx((min(0.86 * grid.pitch, 26),) * 2)
            assert grid.pitch <= (44 if column.drawing is Drawing.OUTPUT else 30)
        assert spot.radius == spot.size[1] / 2
        units = slice(column.first_anchor, column.first_anchor + len(column))
        half = 0 if column.drawing is Drawing.PICTURE else spot.size[0] / 2
        np.testing.assert_allclose(layout.leaving[units], spot.centres + np.array([half, 0]), rtol=1e-6)
        np.testing.assert_allclose(layout.arriving[units], spot.centres - np.array([half, 0]), rtol=1e-6)
        ports = slice(units.stop, column.first_anchor + column.n_anchors)
        for number, port in enumerate(layout.leaving[ports]):
            y = spot.body.y + (number + 0.5) * spot.body.height / column.shape[0]
            assert port == pytest.approx((spot.body.right, y), rel=1e-5)
        np.testing.assert_array_equal(layout.leaving[ports], layout.arriving[ports])


def test_that_columns_are_as_large_as_they_can_be_in_their_half_of_the_width() -> None:
    graph = graph_of(("fc", 300), ("fc", 300), picture=(1, 28, 28))
    layout = place(graph, 700, 500)
    widths = [spot.body.width for spot in layout.columns]
    room = layout.columns[-1].body.right - layout.columns[0].body.x
    assert 0.9 * room / 2 < sum(widths) <= room / 2 + 1e-6
    assert layout.columns[1].grid == layout.columns[2].grid
    assert widths[0] > 1.9 * widths[1], "a picture may take twice as much"


@pytest.mark.parametrize(("side", "is_largest"), [(4_000, True), (300, False)])
def test_that_units_grow_with_the_room_up_to_a_size_of_their_kind(side: int, is_largest: bool) -> None:
    largest = {Drawing.PICTURE: 300.0, Drawing.MAPS: 110.0, Drawing.NEURONS: 30.0, Drawing.OUTPUT: 44.0}
    graph = graph_of(("conv", 6), ("fc", 40), ("fc", 12), picture=(1, 8, 5))
    for column, spot in zip(graph.columns, place(graph, side, side).columns, strict=True):
        px = spot.body.height if column.drawing is Drawing.PICTURE else spot.grid.pitch
        assert (px == pytest.approx(largest[column.drawing])) is is_largest
        assert px <= largest[column.drawing]


def test_that_a_graph_of_nothing_has_a_size_and_no_columns() -> None:
    layout = place(build_graph({}, None), 300, 200)
    assert (layout.width, layout.height, layout.columns, layout.rows) == (300, 200, (), None)


def test_that_a_view_without_room_has_some_all_the_same() -> None:
    layout = place(GRAPHS["vectors"][0], 20, 10)
    assert all(spot.body.width > 0 and spot.heading.width == 1 for spot in layout.columns)
    assert sum(spot.body.width for spot in layout.columns) <= 0.5, "and half of it is for edges even so"
    first, last = layout.columns[0], layout.columns[-1]
    assert last.body.right - first.body.x == pytest.approx(1)
    for spot in layout.columns:
        assert spot.footer.width == 1
        assert spot.footer.y - 4 - (spot.heading.bottom + 10) == pytest.approx(1)


class Output(SimpleNamespace):
    """Classes of which some units are kept."""

    def __len__(self) -> int:
        return self.n_kept


def classes(letters: int, n: int = 3, n_kept: int | None = None) -> Output:
    return Output(class_names=["n" * letters, *["n"] * (n - 1)], n_kept=n if n_kept is None else n_kept)


@pytest.mark.parametrize(
    ("letters", "width", "room"),
    [
        (5, 1000, 14 + 60 + 16 + 80 + 50),
        (5, 2000, 14 + 60 + 16 + 130 + 50),
        (5, 700, 14 + 60 + 16 + 56 + 50),
        (5, 500, 150),
        (5, 400, 14 + 50 + 8 + 50),
        (0, 400, 120),
        (0, 300, 14 + 26.4 + 8 + 50),
        (10, 1000, 14 + 102 + 16 + 80 + 50),
        (13, 1500, 14 + 120 + 16 + 120 + 50),
        (40, 1500, 14 + 120 + 16 + 120 + 50),
    ],
)
def test_that_rows_have_room_for_a_name_a_bar_and_a_figure(letters: int, width: float, room: float) -> None:
    assert output_width(classes(letters), width) == pytest.approx(room)  # type: ignore[arg-type]


def test_that_without_names_there_is_room_for_a_letter() -> None:
    assert output_width(Output(class_names=[], n_kept=0), 200) == pytest.approx(14 + 26.4 + 8 + 50)  # type: ignore[arg-type]


ROOM, CENTRES = Rectangle(600, 100, 220, 300), np.array([[9.0, 20.0], [9.0, 50.0], [9.0, 80.0]])


@pytest.mark.parametrize(
    ("output", "grid", "aligned"),
    [
        (classes(5), Grid(1, 3, 30.0), True),
        (classes(5), Grid(1, 3, 16.0), True),
        (classes(5), Grid(1, 3, 15.9), False),
        (classes(5), Grid(2, 2, 30.0), False),
        (classes(5, n_kept=2), Grid(1, 2, 30.0), False),
    ],
)
def test_that_each_class_has_its_row_only_where_all_have_room(output: Output, grid: Grid, aligned: bool) -> None:
    rows = place_rows(output, CENTRES, grid, ROOM)  # type: ignore[arg-type]
    assert rows.are_aligned is aligned
    assert rows.height == (min(grid.pitch, 28) if aligned else 28)
    assert rows.middles.tolist() == ([20, 50, 80] if aligned else [222, 250, 278])
    assert (rows.names, rows.bars, rows.figures) == ((614, 674), (682, 762), (770, 820))


@pytest.mark.parametrize(
    ("n", "height", "listed", "high"),
    [(40, 1000, 10, 28), (40, 170, 10, 17), (40, 159, 9, 159 / 9), (40, 33, 2, 16.5), (40, 9, 1, 9), (7, 1000, 7, 28)],
)
def test_that_as_many_classes_are_listed_as_can_be_read(n: int, height: float, listed: int, high: float) -> None:
    room = Rectangle(600, 100, 220, height)
    rows = place_rows(classes(5, n), CENTRES, Grid(9, 9, 5.0), room)  # type: ignore[arg-type]
    assert rows.height == pytest.approx(high)
    middle = 100 + height / 2
    assert rows.middles.tolist() == pytest.approx([middle + (each - (listed - 1) / 2) * high for each in range(listed)])


@pytest.mark.parametrize(
    ("letters", "width", "names", "bars"),
    [
        (40, 400, (14, 134), (142, 342)),
        (40, 220, (14, 124), (132, 162)),
        (40, 170, (14, 80), (88, 112)),
        (40, 154, (14, 64), (72, 96)),
        (40, 153.9, (14, 95.9), None),
        (0, 130.5, (14, 40.4), (48.4, 72.5)),
        (0, 130.3, (14, 72.3), None),
    ],
)
def test_that_names_give_way_to_bars_and_bars_to_names(
    letters: int, width: float, names: tuple[float, float], bars: tuple[float, float] | None
) -> None:
    rows = place_rows(classes(letters), CENTRES, Grid(9, 9, 5.0), Rectangle(0, 0, width, 300))  # type: ignore[arg-type]
    assert rows.names == pytest.approx(names)
    assert rows.bars == (None if bars is None else pytest.approx(bars))
    assert rows.figures == pytest.approx((width - 50, width))
