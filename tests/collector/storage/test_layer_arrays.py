"""Parameters of any name and the optimizer's states of them, as they come from the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.comparing.pairing import paired
from collector.comparing.pass_differences import differences_of
from collector.comparing.subtracted import PassDifference, common_layers
from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.blocks import to_block
from collector.storage.errors import DamagedError
from collector.storage.schema import Axis, Header, Layer, LayerRecord, ParameterArrays, PassRecord
from tests.collector.storage.small_parts import small_parts

VALUE = np.arange(240, dtype=np.float32).reshape(80, 3)


def header(make_header: Callable[..., Header], rows: range = range(80)) -> Header:
    axes = [Axis(100, np.array(rows), ["a", "b"], units_of="lstm"), Axis(3, [0, 1, 2])]
    lstm = Layer("lstm", "LSTM", 50, "lstm", [0, 49], parameters={"weight": [50], "own": [100, 3]}, experts=2)
    lstm.kept_parameters = {"own": axes}
    return make_header(layers=[lstm])


@pytest.fixture(params=[False, True])
def written(tmp_path: Path, make_header: Callable[..., Header], request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Writes one pass, as a whole and in parts."""

    def write(name: str = "one.json", rows: range = range(80), **fields: Any) -> Path:
        path = tmp_path / name
        with CollectionWriter(path, header(make_header, rows)) as writer:
            record = PassRecord(0, 0, layers={"lstm": LayerRecord(**fields)})
            if request.param:
                with small_parts():
                    writer.write(record)
            else:
                writer.write(record)
        return path

    return write


def opened(path: Path) -> Collection:
    return open_collection(path)


def test_that_parameters_and_moments_come_as_they_were(written: Callable[..., Path]) -> None:
    arrays = ParameterArrays(VALUE, VALUE + 1)
    moments = {"own": {"exp_avg": VALUE + 2}, "weight": {"momentum_buffer": np.array([3.0, 4.0])}}
    path = written(parameters={"own": arrays}, moments=moments, chosen=np.array([0.25, 0.75]))

    found = opened(path).passes[0].layers["lstm"]

    own = found.parameters["own"]
    np.testing.assert_array_equal(own.value, VALUE)
    np.testing.assert_array_equal(own.gradient, VALUE + 1)
    assert own.update is None
    assert own.value is own.value
    assert {name: [*states] for name, states in found.moments.items()} == {
        "own": ["exp_avg"],
        "weight": ["momentum_buffer"],
    }
    np.testing.assert_array_equal(found.moments["own"]["exp_avg"], VALUE + 2)
    assert found.moments["weight"]["momentum_buffer"].tolist() == [3, 4]
    assert found.chosen.tolist() == [0.25, 0.75]
    assert "missing" not in found.parameters
    assert not opened(path).verify().faults


def test_that_a_pass_without_them_has_none(finished: Path) -> None:
    layer = opened(finished).passes[0].layers["fc"]
    assert (len(layer.parameters), len(layer.moments), layer.chosen) == (0, 0, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"parameters": {"own": ParameterArrays(VALUE.T)}},
        {"parameters": {"other": ParameterArrays(VALUE)}},
        {"parameters": {"own": ParameterArrays(update=VALUE.astype(int))}},
        {"moments": {"own": {"exp_avg": VALUE[:1]}}},
        {"chosen": np.ones(3)},
    ],
)
def test_that_arrays_that_the_plan_does_not_allow_are_told_and_count_as_not_recorded(
    written: Callable[..., Path], fields: dict[str, Any]
) -> None:
    collection = opened(written(**fields))
    salvaged = collection.passes.salvaged(0)
    arrays = salvaged.layers["lstm"]
    found = [arrays.chosen, *(each for own in arrays.parameters.values() for each in (own.value, own.update))]
    assert not any(each is not None for each in found)
    assert not any(arrays.moments[name] for name in arrays.moments)
    assert len(salvaged.damaged) == 1
    whole = collection.passes[0].layers["lstm"]
    with pytest.raises(DamagedError):
        _ = whole.chosen, [(own.value, own.update) for own in whole.parameters.values()], [*whole.moments.values()]


def test_that_what_nested_arrays_would_take_is_counted_before_they_are_decoded(written: Callable[..., Path]) -> None:
    bomb = to_block(np.zeros(2**26, np.uint8), compress=True)
    path = written(parameters={str(number): ParameterArrays(bomb) for number in range(5)})
    with pytest.raises(DamagedError, match="would take"):
        _ = [*opened(path).passes[0].layers["lstm"].parameters]


def test_that_two_runs_are_compared_in_the_positions_that_both_keep(written: Callable[..., Path]) -> None:
    a = opened(written(parameters={"own": ParameterArrays(VALUE, VALUE)}))
    b = opened(written("b.json", range(10, 90), parameters={"own": ParameterArrays(VALUE + 1)}))
    pairing = paired(a.layers, b.layers)

    common = common_layers(a.layers, b.layers, pairing)
    less = PassDifference(a.passes[0], b.passes[0], common, a.layers, has_same_probe=True)
    own = less.layers["lstm"].parameters["own"]
    np.testing.assert_array_equal(own.value, VALUE[:70] + 1 - VALUE[10:])
    np.testing.assert_array_equal(less.b.layers["lstm"].parameters["own"].value, VALUE[:70] + 1)
    assert own.gradient is None
    assert common.layers["lstm"].kept_parameters["own"][0].kept.tolist() == list(range(10, 80))

    partner = {"lstm": "lstm"}
    found = {
        each.kind: (each.distance, each.lacks)
        for each in differences_of(a.passes[0], b.passes[0], a.layers, b.layers, partner, has_same_probe=True)
    }
    assert found == {"own": (29.0, ""), "own_gradient": (np.inf, "b")}
