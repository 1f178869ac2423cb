"""What the table says of each layer."""

import numpy as np
import pytest

from app.views.layers.analysis.layer_rows import LayerRows, reasons
from tests.app.growing_run import GrowingRun
from tests.app.made_up import layer

NAMES = ("stem", "body.0.conv1", "body.0.relu", "body.1.conv1", "a.b.c.d", "a.b.c.e", "head")


def rows(*names: str) -> LayerRows:
    layers = {name: layer(name, units=number + 1) for number, name in enumerate(names or NAMES)}
    return LayerRows(layers, GrowingRun().series, 10)


def test_that_a_module_is_named_where_it_begins() -> None:
    told = [(row.parent, row.short_name, row.depth, row.is_first) for row in rows()]
    assert told == [
        ("", "stem", 0, False),
        ("body.0.", "conv1", 2, True),
        ("body.0.", "relu", 2, False),
        ("body.1.", "conv1", 2, True),
        ("a.b.c.", "d", 3, True),
        ("a.b.c.", "e", 3, False),
        ("", "head", 0, False),
    ]
    assert rows("body.0.conv1")[0].is_first


def test_that_rows_are_a_sequence_of_which_each_is_made_once() -> None:
    found = rows()
    assert len(found) == 7
    assert found[-1] is found[6]
    assert [row.layer.name for row in found[1:5:2]] == ["body.0.conv1", "body.1.conv1"]
    assert [found.number_of(name) for name in ("stem", "head", "none")] == [0, 6, None]
    with pytest.raises(IndexError):
        _ = found[7]


def test_that_the_longest_names_are_those_that_are_shown() -> None:
    assert [row.layer.name for row in rows().with_longest_names(3)] == ["body.0.conv1", "body.1.conv1", "a.b.c.d"]
    assert len(rows().with_longest_names(100)) == 7


def test_that_of_layers_of_which_the_same_is_told_there_is_one_row() -> None:
    assert [row.layer.units for row in rows().that_differ(lambda each: each.units % 3)] == [7, 5, 6]


@pytest.mark.parametrize(
    ("units", "kept", "shape", "told"),
    [
        (5, 5, (8, 28, 28), ("5", "8×28×28")),
        (1280, 1280, (1280,), ("1,280", "1280")),
        (5, 2, (), ("2 of 5", "")),
        (12800, 1024, (3, 4), ("1,024 of 12,800", "3×4")),
    ],
)
def test_that_units_and_shapes_are_told(units: int, kept: int, shape: tuple[int, ...], told: tuple[str, str]) -> None:
    lone = layer("fc", units=units, kept=np.arange(kept), output_shape=shape)
    (row,) = LayerRows({"fc": lone}, GrowingRun().series, 1)
    assert (row.units, row.shape) == told
    assert row.norm is row.spark is None


def test_that_reasons_are_told_once_each_in_the_order_they_come() -> None:
    assert reasons({"weight": "too large", "bias": "shared", "weight_update": "too large"}) == [
        "weight, weight update: not recorded, too large",
        "bias: not recorded, shared",
    ]
    assert reasons({}) == []


def test_that_a_module_counts_where_it_is_told_first() -> None:
    assert [row.layer.name for row in rows("m.abc", "m.vwxyz").with_longest_names(1)] == ["m.abc"], "as long, and first"
    assert [row.layer.name for row in rows("m.abc", "m.uvwxyz").with_longest_names(1)] == ["m.uvwxyz"]
    assert [row.layer.name for row in rows("m.a", "n.ab", "n.abcd").with_longest_names(2)] == ["n.ab", "n.abcd"]
