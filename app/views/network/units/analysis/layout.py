"""Where everything of the network graph stands, in px of a view of a given size. Everything is always inside it.

`A` anchors, `U` units of a column.
"""

from dataclasses import dataclass

import numpy as np

from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.graph import Graph
from app.analysis.graph.rectangle import Rectangle
from app.views.network.units.analysis.grid import Grid, cell_centres, fit_grid
from app.views.network.units.analysis.output_rows import OutputRows, output_width, place_rows
from app.views.network.units.analysis.tile_sheet import tile_shares

MARGIN = 14.0
HEADING_LINE = 16.0
HEADING_GAP = 10.0
HEADING_ROOM = 30.0
FOOTER = 22.0
"""Room below the columns for the scale of each, px."""

LARGEST_NEURON_PITCH = 30.0
LARGEST_OUTPUT_PITCH = 44.0
LARGEST_TILE = 110.0
LARGEST_PICTURE = 300.0
NEURON_SHARE = 0.86
"""Diameter of a neuron ÷ pitch of its grid."""

LARGEST_RADIUS = 13.0
CONTENT_SHARE = 0.5
"""At most this part of the width goes to columns; the rest is for edges."""


@dataclass(frozen=True, eq=False)
class ColumnPlace:
    """Where one column stands.

    Attributes:
        body: the room that its units take.
        heading: the room for its lines of heading; of neighbouring columns these never overlap.
        footer: the room for its scale.
        centres: of its units, px ``[U, 2]``; of a picture those of its pixels.
        grid: how the units are arranged.
        size: width and height of a unit as drawn, px: a neuron's diameter, a tile, a pixel.
    """

    body: Rectangle
    heading: Rectangle
    footer: Rectangle
    centres: np.ndarray
    grid: Grid
    size: tuple[float, float]

    @property
    def radius(self) -> float:
        """Radius of a neuron, px."""
        return self.size[1] / 2


@dataclass(frozen=True, eq=False)
class Layout:
    """Where everything stands in a view of ``width`` × ``height`` px.

    Attributes:
        columns: one place for each column of the graph.
        leaving: where edges leave each anchor, float32 ``[A, 2]``.
        arriving: where edges arrive at each anchor, float32 ``[A, 2]``.
        rows: the class names and bars beside the output; None where there is no output of a classifier.
    """

    width: float
    height: float
    columns: tuple[ColumnPlace, ...]
    leaving: np.ndarray
    arriving: np.ndarray
    rows: OutputRows | None


def place(graph: Graph, width: float, height: float) -> Layout:
    """Lay a graph out in a view of the given size in px."""
    lines = max((len(column.headings) for column in graph.columns), default=0)
    top = MARGIN + lines * HEADING_LINE + HEADING_GAP
    left = MARGIN
    if graph.columns and graph.columns[0].drawing is not Drawing.PICTURE:
        left += HEADING_ROOM  # a heading is wider than a narrow first column
    right = MARGIN
    if graph.columns and graph.columns[-1].drawing in (Drawing.NEURONS, Drawing.MAPS):
        right += HEADING_ROOM
    room = Rectangle(left, top, max(width - left - right, 1), max(height - top - FOOTER - MARGIN / 2, 1))
    output = graph.columns[-1] if graph.columns and graph.columns[-1].drawing is Drawing.OUTPUT else None
    rows_width = 0.0 if output is None else output_width(output, room.width)
    columns_width = room.width - rows_width
    grids = _fit_columns(graph.columns, columns_width * CONTENT_SHARE, room.height)
    spare = columns_width - sum(grid.width for grid in grids)
    # one alone stands in the middle
    gap, x = (spare / (len(grids) - 1), room.x) if len(grids) > 1 else (0.0, room.x + spare / 2)
    bodies = []
    for grid in grids:
        bodies.append(Rectangle(x, room.y + (room.height - grid.height) / 2, grid.width, grid.height))
        x += grid.width + gap
    places = _places(graph, grids, bodies, room, gap, width)
    leaving, arriving = _anchors(graph, places)
    rows = None
    if output is not None:
        beside = Rectangle(width - MARGIN - rows_width, room.y, rows_width, room.height)
        rows = place_rows(output, places[-1].centres, grids[-1], beside)
    return Layout(width, height, tuple(places), leaving, arriving, rows)


def _fit_columns(columns: tuple[Column, ...], width: float, height: float) -> list[Grid]:
    """Grids as large as can be that share a width: every column may take as much of it as the widest does."""
    low, high = 0.0, width
    for _ in range(16):  # to a fiftieth of a pixel
        middle = (low + high) / 2
        if sum(_fit(column, middle, height).width for column in columns) <= width:
            low = middle
        else:
            high = middle
    return [_fit(column, low, height) for column in columns]


def _fit(column: Column, width: float, height: float) -> Grid:
    rows, columns = column.grid
    match column.drawing:
        case Drawing.PICTURE:
            # a picture says the more the larger it is: it may take twice the share of others
            side = min(2 * width / columns, height / rows, LARGEST_PICTURE / max(rows, columns))
            return Grid(columns, rows, side)
        case Drawing.MAPS:
            aspect = float(np.clip(columns / max(rows, 1), 0.25, 4))
            return fit_grid(max(len(column), 1), width, height, LARGEST_TILE, aspect)
        case Drawing.OUTPUT:
            return fit_grid(max(len(column), 1), width, height, LARGEST_OUTPUT_PITCH)
        case Drawing.NEURONS:
            return fit_grid(max(len(column), 1), width, height, LARGEST_NEURON_PITCH)


def _places(
    graph: Graph, grids: list[Grid], bodies: list[Rectangle], room: Rectangle, gap: float, width: float
) -> list[ColumnPlace]:
    places = []
    for column, grid, body in zip(graph.columns, grids, bodies, strict=True):
        middle = body.x + body.width / 2
        half = min(body.width / 2 + gap / 2, middle - 4, width - middle - 4) - 3
        by_rows = column.drawing in (Drawing.PICTURE, Drawing.MAPS)
        centres = cell_centres(grid, len(column), by_rows=by_rows) + np.array([body.x, body.y])
        lines = HEADING_LINE * len(column.headings)
        heading = Rectangle(middle - half, room.y - HEADING_GAP - lines, max(2 * half, 1), lines)
        # figures are short: of neighbours they may come closer than headings
        footer = Rectangle(middle - half - 2, room.y + room.height + 4, max(2 * half + 4, 1), HEADING_LINE)
        places.append(ColumnPlace(body, heading, footer, centres, grid, _unit_size(column, grid)))
    return places


def _unit_size(column: Column, grid: Grid) -> tuple[float, float]:
    match column.drawing:
        case Drawing.PICTURE:
            return grid.pitch, grid.pitch
        case Drawing.MAPS:
            across, down = tile_shares(*column.grid)
            return grid.pitch * grid.aspect * across, grid.pitch * down
        case _:
            diameter = min(grid.pitch * NEURON_SHARE, 2 * LARGEST_RADIUS)
            return diameter, diameter


def _anchors(graph: Graph, places: list[ColumnPlace]) -> tuple[np.ndarray, np.ndarray]:
    leaving = np.zeros((graph.n_anchors, 2), np.float32)
    arriving = np.zeros((graph.n_anchors, 2), np.float32)
    for column, spot in zip(graph.columns, places, strict=True):
        units = slice(column.first_anchor, column.first_anchor + len(column))
        leaving[units] = arriving[units] = spot.centres
        if column.drawing is Drawing.PICTURE:
            channels = column.shape[0]
            ports = slice(units.stop, units.stop + channels)
            leaving[ports, 0] = spot.body.x + spot.body.width
            leaving[ports, 1] = spot.body.y + (np.arange(channels) + 0.5) * spot.body.height / channels
            arriving[ports] = leaving[ports]
        else:
            leaving[units, 0] += spot.size[0] / 2
            arriving[units, 0] -= spot.size[0] / 2
    return leaving, arriving
