"""Of a network of many columns a stretch is drawn: which columns, and how what joins them is counted there."""

import numpy as np
import pytest

from app.analysis.graph import graph as room
from app.analysis.graph.graph import MOST_COLUMNS, STRETCH, Graph, build_graph
from tests.app.made_up import layer


def of_columns(n: int) -> Graph:
    """A chain of so many layers of two units, the fifth of which also reads the third."""
    layers = {}
    for number in range(n):
        reads = () if not number else ("l3", "l4") if number == 5 else (f"l{number - 1}",)
        layers[f"l{number}"] = layer(f"l{number}", units=2, reads=reads, input_units=2 if number else 0)
    layers["relu7"] = layer("relu7", "ReLU", stage="l7", units=2)
    return build_graph(layers, None)


def stages(graph: Graph) -> list[int]:
    return [int(each.stage[1:]) for each in graph.columns]


def test_that_as_many_columns_as_have_room_are_all_drawn() -> None:
    whole = of_columns(MOST_COLUMNS)
    assert whole.stretch(3) is whole
    assert whole.is_whole
    assert whole.whole is whole
    assert not of_columns(MOST_COLUMNS + 1).stretch(0).is_whole


@pytest.mark.parametrize(("wished", "first"), [(-3, 0), (0, 0), (1, 1), (30, 30), (31, 30), (99, 30)])
def test_that_a_stretch_is_of_one_length_wherever_it_begins(wished: int, first: int) -> None:
    whole = of_columns(30 + STRETCH)
    part = whole.stretch(wished)
    assert stages(part) == [*range(first, first + STRETCH)]
    assert part.first == first
    assert part.whole is whole
    assert not part.is_whole
    assert part.task is whole.task


def test_that_columns_of_a_stretch_are_counted_from_its_beginning() -> None:
    whole = of_columns(MOST_COLUMNS + 1)
    part = whole.stretch(4)
    assert [each.first_anchor for each in part.columns] == [*range(0, 2 * STRETCH, 2)]
    assert part.n_anchors == 2 * STRETCH
    assert whole.n_anchors == 2 * (MOST_COLUMNS + 1)
    assert [(each.source, each.target) for each in part.pairs] == [(at, at + 1) for at in range(STRETCH - 1)]
    third = whole.stretch(3)
    assert [(each.source, each.target) for each in third.pairs[:3]] == [(0, 1), (0, 2), (1, 2)]
    assert third.pairs[0].wiring is whole.pairs[whole.pairs_into(4)[0]].wiring
    assert part.n_edges == 4 * (STRETCH - 1)


def test_that_a_stretch_is_made_once_and_of_many_the_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_STRETCHES", 3)
    whole = of_columns(MOST_COLUMNS + 1)
    first, *others = [whole.stretch(number) for number in range(3)]
    assert whole.stretch(0) is first
    fourth = whole.stretch(3)
    assert whole.stretch(3) is fourth
    assert whole.stretch(0) is not first
    assert whole.stretch(1) is not others[0]


def test_that_a_column_is_found_by_its_layer_and_by_those_that_carry_its_units_on() -> None:
    graph = of_columns(9)
    assert [graph.column_number(name) for name in ("l0", "l7", "relu7", "x")] == [0, 7, None, None]
    assert [graph.column_of_layer(name) for name in ("l0", "l7", "relu7", "x")] == [0, 7, 7, None]
    assert [graph.pairs_into(number) for number in (0, 1, 5, 6, 99)] == [[], [0], [4, 5], [6], []]


def test_that_a_source_that_is_no_column_leaves_the_way_of_the_others_unknown() -> None:
    layers = {
        "a": layer("a", units=2),
        "b": layer("b", units=2, reads=("a", "x"), input_units=4),
        "c": layer("c", units=2, reads=("a", "c"), input_units=2),
    }
    graph = build_graph(layers, None)
    assert [(each.source, each.target, each.wiring, each.n_edges) for each in graph.pairs] == [
        (0, 1, None, 0),
        (0, 2, None, 0),
    ]


def test_that_where_a_unit_stands_is_known_of_those_that_are_kept() -> None:
    kept = np.array([5, 1, 9])
    (column,) = build_graph({"a": layer("a", units=12, kept=kept)}, None).columns
    assert column.positions[np.array([1, 5, 9, 0, 11])].tolist() == [1, 0, 2, -1, -1]
    assert len(column.positions) == 12
    (none,) = build_graph({"a": layer("a", units=12, kept=kept[:0])}, None).columns
    assert none.positions[np.array([[1], [5]])].tolist() == [[-1], [-1]]
