"""The unit in parameters of any name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.analysis.graph.graph import build_graph
from app.views.unit.analysis.parameter_rows import MOST_PARTS, parameter_rows
from app.views.unit.analysis.unit_history import UnitHistoryReader
from collector.storage import CollectionWriter, open_collection
from collector.storage.reader import Collection
from collector.storage.schema import (
    FORMAT,
    VERSION,
    Axis,
    Header,
    Layer,
    LayerRecord,
    ParameterArrays,
    PassRecord,
    Run,
)
from tests.app.scanning import read_all
from tests.app.views.unit.recurrent import GATES, recurrent

WEIGHT = np.arange(36, dtype=np.float32).reshape(12, 3)


def attention(n_parts: int = 2) -> Layer:
    rows = Axis(4 * n_parts, np.arange(4 * n_parts), [f"part {part}" for part in range(n_parts)], heads=2)
    layer = Layer("attention", "MultiheadAttention", 4, "attention", np.arange(4), parameters={"own": [4 * n_parts]})
    layer.kept_parameters = {"own": [rows]}
    return layer


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Collection]:
    """Opens one pass of one layer, or as many as there are arrays of ``own``."""

    def write(layer: Layer, *own: dict[str, ParameterArrays], **parameters: ParameterArrays) -> Collection:
        run = Run(created="2024-05-01T12:00:00+00:00", interval=1, neuron_cap=0)
        with CollectionWriter(tmp_path / "run.json", Header(FORMAT, VERSION, run, [layer])) as writer:
            for number, each in enumerate(own or (parameters,)):
                writer.write(PassRecord(number, number, layers={layer.name: LayerRecord(parameters=each)}))
        return open_collection(tmp_path / "run.json")

    return write


def test_that_a_unit_of_a_recurrent_layer_has_a_row_for_each_gate(opened: Callable[..., Collection]) -> None:
    collection = opened(
        recurrent(), weight_ih_l0=ParameterArrays(WEIGHT, 0 * WEIGHT), bias_ih_l0=ParameterArrays(WEIGHT[:, 0])
    )
    rows = parameter_rows(collection.layers["gru"], 1, collection.passes[0])

    norms = [f"{np.linalg.norm(WEIGHT[row]):.4g} · 0" for row in (1, 5, 9)]
    assert rows == [
        ("weight_ih_l0", "norm · of the gradient"),
        *((f"  {gate}", told) for gate, told in zip(GATES, norms, strict=True)),
        ("bias_ih_l0", "value"),
        *((f"  {gate}", f"{value}") for gate, value in zip(GATES, (3, 15, 27), strict=True)),
        ("  gradient", "not recorded"),
    ]


def test_that_the_last_state_of_a_run_has_no_gradient_because_no_step_follows(
    opened: Callable[..., Collection],
) -> None:
    own = WEIGHT[:, 0]
    with_gradient, last = ParameterArrays(own, own), ParameterArrays(own)
    collection = opened(recurrent(), {"bias_ih_l0": with_gradient}, {"bias_ih_l0": last})
    column = build_graph(collection.layers, None).columns[-1]
    history = read_all(collection.passes, UnitHistoryReader(column, 1))
    assert [history.has_no_step_by_part_after(step) for step in (0, 1)] == [False, True]
    assert not history.has_no_step_after(1), "of the weight there never was a gradient"
    alone = read_all(collection.passes[1:], UnitHistoryReader(column, 1))
    assert not alone.has_no_step_by_part_after(1), "none was ever recorded"
    rows = parameter_rows(collection.layers["gru"], 1, collection.passes[1], "no step follows")
    assert rows[-1] == ("  gradient", "no step follows")


def test_that_a_unit_of_attention_is_told_with_its_head(opened: Callable[..., Collection]) -> None:
    own = np.arange(8.0)
    collection = opened(attention(), own=ParameterArrays(own, -own))
    rows = parameter_rows(collection.layers["attention"], 3, collection.passes[0])
    assert rows[1:] == [("  part 0 (head 1)", "3 · −3"), ("  part 1 (head 1)", "7 · −7")]


def test_that_of_very_many_parts_the_first_are_told(opened: Callable[..., Collection]) -> None:
    collection = opened(attention(20), own=ParameterArrays(np.arange(80.0)))
    rows = parameter_rows(collection.layers["attention"], 0, collection.passes[0])
    assert len(rows) == 1 + MOST_PARTS + 2
    assert rows[-2] == ("and 12 more", "")


def test_that_nothing_is_told_of_a_unit_or_a_parameter_that_was_not_recorded(
    opened: Callable[..., Collection],
) -> None:
    collection = opened(recurrent(), bias_ih_l0=ParameterArrays(WEIGHT[:, 0]))
    layer, one = collection.layers["gru"], collection.passes[0]
    assert [what for what, _ in parameter_rows(layer, 0, one)] == [
        "bias_ih_l0",
        *(f"  {each}" for each in [*GATES, "gradient"]),
    ]
    assert parameter_rows(layer, 9, one) == []


def test_that_a_damaged_value_is_told_and_one_that_was_not_recorded(opened: Callable[..., Collection]) -> None:
    own = np.arange(8.0)
    collection = opened(attention(), own=ParameterArrays(own))
    (pass_,) = collection.passes
    pass_.damaged["attention", "own_gradient"] = "cut off"
    rows = parameter_rows(collection.layers["attention"], 3, pass_)
    assert rows == [
        ("own", "value · gradient"), ("  part 0 (head 1)", "3 · damaged"), ("  part 1 (head 1)", "7 · damaged"),
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "heads"), [(4, 0), (8, 2)])
def test_that_a_dimension_is_that_of_units_where_it_has_heads_and_as_many_as_they_are(
    opened: Callable[..., Collection], size: int, heads: int
) -> None:
    layer = Layer("own", "Own", 4, "own", np.arange(4), parameters={"own": [size]})
    layer.kept_parameters = {"own": [Axis(size, np.arange(size), heads=heads)]}
    collection = opened(layer, own=ParameterArrays(np.arange(float(size))))
    assert parameter_rows(collection.layers["own"], 1, collection.passes[0]) == []
