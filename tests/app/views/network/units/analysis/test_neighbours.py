"""What lies beside a unit, against the rows and columns that the units were put into."""

import numpy as np
import pytest

from app.analysis.graph.graph import Graph, build_graph
from app.views.network.units.analysis.layout import place
from app.views.network.units.analysis.neighbours import unit_beside
from tests.app.made_up import layer, probe


def picture(height: int, width: int) -> Graph:
    """An input picture and a layer of two units."""
    return build_graph({"fc": layer("fc", units=2)}, probe(np.zeros((1, 1, height, width), "f4"), 2))


def maps(n: int, height: int, width: int) -> Graph:
    """A layer of feature maps."""
    weight = {"weight": (n, 1, 3, 3)}
    return build_graph(
        {"conv": layer("conv", "Conv2d", units=n, output_shape=(n, height, width), parameters=weight)}, None
    )


@pytest.mark.parametrize(
    ("graph", "is_large", "is_oblong"),
    [
        pytest.param(maps(20, 8, 8), True, False, id="maps"),
        pytest.param(maps(60, 4, 12), True, True, id="broad maps"),
        pytest.param(maps(20, 12, 4), True, True, id="tall maps"),
        pytest.param(picture(8, 8), True, False, id="large pixels"),
        pytest.param(picture(300, 500), False, False, id="pixels smaller than those of the screen"),
    ],
)
def test_that_the_unit_beside_is_the_next_in_the_row_or_in_the_column(
    graph: Graph, is_large: bool, is_oblong: bool
) -> None:
    layout = place(graph, 900, 600)
    number = next(number for number, each in enumerate(graph.columns) if each.grid != (1, 1))
    grid = layout.columns[number].grid
    assert (grid.pitch > 1, grid.aspect != 1) == (is_large, is_oblong)
    at = grid.columns + 1  # the second of the second row
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        beside = unit_beside(graph, layout, (number, at), across, down)
        assert beside == (number, at + across + down * grid.columns)
