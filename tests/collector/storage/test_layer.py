"""The layers of a header and their unit plans."""

import numpy as np
import pytest

from collector.storage import schema
from collector.storage.blocks import to_block
from collector.storage.errors import BlockError
from collector.storage.layer import Layer, layers_of


def layer(**changes: object) -> Layer:
    fields = {
        "name": "fc",
        "kind": "Linear",
        "units": 10,
        "stage": "fc",
        "kept": [0, 5],
        "input_units": 6,
        "input_kept": [1, 2, 3],
        "input_block": 4,
        "parameters": {"weight": [10, 24], "bias": [10]},
    }
    return layers_of([schema.Layer(**fields | changes)])["fc"]


def test_that_a_layer_tells_its_true_size_and_what_is_kept_of_it() -> None:
    fc = layer()
    assert fc.n_parameters == 250
    assert fc.kept.tolist() == [0, 5]
    assert fc.input_kept.tolist() == [1, 2, 3]


def test_that_parameters_are_counted_as_far_as_every_reader_counts_exactly() -> None:
    assert layer(parameters={"weight": [2**26, 2**26]}).n_parameters == 2**52
    with pytest.raises(BlockError, match="more values than can be counted"):
        layer(parameters={"weight": [2**40, 2**40]})
    with pytest.raises(BlockError, match="more values than can be counted"):
        layer(output_shape=[1] * 65)


def test_that_a_layer_is_a_stage_if_its_units_are_its_own() -> None:
    assert layer().is_stage
    assert not layer(stage="conv").is_stage


@pytest.mark.parametrize(
    ("kind", "shape", "fits"),
    [
        ("activation", (7, 2), True),
        ("activation", (6, 2), False),
        ("activation", (7, 3), False),
        ("activation", (7, 2, 1), False),
        ("weight", (2, 12), True),
        ("weight", (2, 3), False),
        ("weight", (2,), False),
        ("weight", (2, 3, 5, 5), True),
        ("weight", (2, 12, 5, 5), False),
        ("weight_gradient", (2, 12), True),
        ("weight_update", (3, 12), False),
        ("bias", (2,), True),
        ("bias_gradient", (3,), False),
        ("bias_update", (2, 1), False),
        ("feature_maps", (3, 2, 8, 8), True),
        ("feature_maps", (7, 2, 8, 8), True),
        ("feature_maps", (8, 2, 8, 8), False),
        ("feature_maps", (3, 3, 8, 8), False),
        ("feature_maps", (3, 2, 8), False),
    ],
)
def test_that_arrays_fit_only_in_the_shape_of_the_unit_plan(kind: str, shape: tuple[int, ...], fits: bool) -> None:
    assert layer().fits(kind, shape, n_samples=7) is fits


def test_that_without_a_probe_any_number_of_samples_fits() -> None:
    assert layer().fits("activation", (123, 2), None)
    assert layer().fits("feature_maps", (123, 2, 1, 1), None)


@pytest.mark.parametrize("stage", ["fc", "conv"])
def test_that_the_weight_of_a_layer_that_joins_no_units_has_one_value_a_unit(stage: str) -> None:
    norm = layer(stage=stage, input_units=0, input_kept=[], input_block=1)
    assert norm.fits("weight", (2,), None)
    assert not norm.fits("weight", (2, 1), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"kept": [10]},
        {"kept": [-1]},
        {"kept": [0.5]},
        {"kept": [[0]]},
        {"kept": to_block(np.array([0.0]))},
        {"kept": to_block(np.array([2**62]))},
        {"input_kept": [6]},
        {"input_units": 0},
    ],
)
def test_that_a_plan_of_units_that_are_not_there_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BlockError):
        layer(**changes)


def test_that_two_layers_of_one_name_are_refused() -> None:
    one = schema.Layer(name="fc", kind="Linear", units=1, stage="fc")
    with pytest.raises(BlockError, match="same name"):
        layers_of([one, one])


GATES = ["input gate", "forget gate", "cell gate", "output gate"]


def recurrent(**changes: object) -> Layer:
    rows = {"size": 24, "kept": [0, 5, 6, 11, 12, 17, 18, 23], "parts": GATES, "heads": 3, "units_of": "lstm"}
    axes = [schema.Axis(**rows | changes), schema.Axis(4, [1, 2])]
    return layer(parameters={"weight_ih_l0": [24, 4]}, kept_parameters={"weight_ih_l0": axes})


def test_that_a_dimension_tells_part_head_and_unit_of_its_positions() -> None:
    rows, columns = recurrent().kept_parameters["weight_ih_l0"]
    assert (rows.part_of(0), rows.part_of(11), rows.part_of(23)) == ("input gate", "forget gate", "output gate")
    assert [rows.head_of(position) for position in (0, 5, 6, 11, 20)] == [0, 2, 0, 2, 1]
    assert rows.places(5).tolist() == [1, 3, 5, 7]
    assert rows.units_of == "lstm"
    assert (columns.part_of(1), columns.head_of(1), columns.places(2).tolist()) == ("", None, [1])


def test_that_a_parameter_fits_in_the_shape_of_its_kept_positions() -> None:
    assert recurrent().fits_parameter("weight_ih_l0", (8, 2))
    assert not recurrent().fits_parameter("weight_ih_l0", (2, 8))
    assert not recurrent().fits_parameter("weight_hh_l0", (8, 2))
    assert layer().fits_parameter("weight", (2, 12))


@pytest.mark.parametrize(
    "changes",
    [
        {"size": 25},
        {"kept": [24]},
        {"kept": [1, 1]},
        {"parts": ["a", "b", "c", "d", "e"]},
        {"heads": 4},
        {"parts": [""] * 24, "heads": 2},
    ],
)
def test_that_dimensions_that_a_parameter_cannot_have_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BlockError):
        recurrent(**changes)
