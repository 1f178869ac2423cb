"""The collections that every later version has to read as this one does."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from collector.storage import Collection, open_collection
from collector.storage.schema import EpochRecord, NoteRecord
from collector.storage.snapshot import KINDS


def ramp(*shape: int, start: float = 0.0) -> np.ndarray:
    return start + np.arange(np.prod(shape)).reshape(shape) / 8


@pytest.fixture(params=["finished.json", "cut_off.json"])
def collection(request: pytest.FixtureRequest, golden: Path) -> Collection:
    """The golden run, whole and cut off within its last pass."""
    return open_collection(golden / request.param)


def test_that_the_run_is_what_it_was(collection: Collection) -> None:
    run = collection.run
    assert run.created == "2024-05-01T12:00:00+00:00"
    assert (run.interval, run.neuron_cap, run.unit_rule, run.seed) == (2, 3, "spread", 0)
    assert (run.framework, run.model, run.optimizer, run.strobe) == ("none", "golden", "sgd", "")
    assert (run.dataset, run.data_used, run.data_note) == ("ramps", "ramps", "")
    assert (run.steps_per_epoch, run.total_steps) == (4, 4)
    assert run.options == {"lr": 0.5, "augment": False, "comment": 'quotes " and ümläuts'}


def test_that_the_layers_are_what_they_were(collection: Collection) -> None:
    conv, relu, head = collection.layers.values()
    assert [layer.name for layer in (conv, relu, head)] == ["conv", "relu", "head"]
    assert [layer.kind for layer in (conv, relu, head)] == ["Conv2d", "ReLU", "Linear"]
    assert [layer.units for layer in (conv, relu, head)] == [6, 6, 7]
    assert [layer.stage for layer in (conv, relu, head)] == ["conv", "conv", "head"]
    assert [layer.reads for layer in (conv, relu, head)] == [("input",), (), ("conv",)]
    assert [layer.kept.tolist() for layer in (conv, relu, head)] == [[0, 2, 5], [0, 2, 5], list(range(7))]
    assert [layer.input_kept.tolist() for layer in (conv, relu, head)] == [[0], [], [0, 2, 5]]
    assert [layer.input_units for layer in (conv, relu, head)] == [1, 0, 6]
    assert [layer.input_block for layer in (conv, relu, head)] == [1, 1, 4]
    assert [layer.output_shape for layer in (conv, relu, head)] == [(6, 2, 2), (6, 2, 2), (7,)]
    assert conv.parameters == {"weight": (6, 1, 3, 3), "bias": (6,)}
    assert [layer.n_parameters for layer in (conv, relu, head)] == [60, 0, 175]
    assert head.not_recorded == {"weight_update": "an example of a reason"}


def test_that_the_probe_is_what_it_was(collection: Collection) -> None:
    probe = collection.probe
    np.testing.assert_array_equal(probe.inputs, ramp(2, 1, 4, 4, start=-2))
    assert probe.inputs.dtype == np.float32
    assert probe.labels.tolist() == [6, 0]
    assert probe.class_names == tuple("abcdefg")
    np.testing.assert_array_equal(probe.picture(0), np.clip(ramp(4, 4, start=-2) * 0.25 + 0.5, 0, 1))


def test_that_the_passes_are_what_they_were(collection: Collection) -> None:
    assert len(collection.passes) == (3 if collection.finished else 2)
    for number, snapshot in enumerate(collection.passes):
        assert (snapshot.number, snapshot.step, snapshot.epoch) == (number, 2 * number, 0)
        assert snapshot.seconds == 0.25 * number
        np.testing.assert_array_equal(snapshot.logits, ramp(2, 7, start=10 * number))
        expected = {
            "conv": {
                "activation": ramp(2, 3, start=number),
                "weight": ramp(3, 1, 3, 3, start=number),
                "bias": np.zeros(3),
            },
            "relu": {"activation": ramp(2, 3, start=number), "feature_maps": ramp(2, 3, 4, 4, start=number)},
            "head": {"activation": ramp(2, 7, start=number), "weight": ramp(7, 12, start=number)},
        }
        expected["head"]["weight"][0, :3] = np.nan, np.inf, -np.inf
        if number < 2:
            expected["conv"]["weight_gradient"] = ramp(3, 1, 3, 3, start=-number)
            expected["conv"]["weight_update"] = ramp(3, 1, 3, 3, start=-1)
        assert list(snapshot.layers) == list(expected)
        for name, arrays in expected.items():
            for kind in KINDS:
                array = getattr(snapshot.layers[name], kind)
                if kind not in arrays:
                    assert array is None, (name, kind)
                    continue
                np.testing.assert_array_equal(array, arrays[kind], f"{kind} of {name}")
                assert array.dtype == (np.float16 if kind == "feature_maps" else np.float32)


def test_that_the_scalars_are_what_they_were(collection: Collection) -> None:
    assert collection.n_steps == 4
    assert collection.series.steps.tolist() == [0, 1, 2, 3]
    assert sorted(collection.series) == ["gradient_norm/conv", "learning_rate", "loss"]
    np.testing.assert_array_equal(collection.series["loss"], [2.5, 1.5, np.nan, 0.5])
    np.testing.assert_array_equal(collection.series["learning_rate"], [0.5, 0.5, 0.25, 0.25])
    np.testing.assert_array_equal(collection.series["gradient_norm/conv"], [3, np.nan, np.nan, np.nan])
    assert collection.epochs == [EpochRecord(0, 4, {"accuracy": 0.75, "loss": "nan"})]
    assert collection.notes == [NoteRecord(2, "A note of the collector's own.")]


def test_that_the_script_still_makes_collections_of_the_same_content(golden: Path, tmp_path: Path) -> None:
    runpy.run_path(str(golden / "make_golden.py"))["make"](tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {each.name for each in golden.glob("*.json")}
    with open_collection(golden / "finished.json") as kept, open_collection(tmp_path / "finished.json") as made:
        assert made.run == kept.run
        assert made.passes.steps.tolist() == kept.passes.steps.tolist()
        np.testing.assert_array_equal(made.passes[1].layers["head"].weight, kept.passes[1].layers["head"].weight)
