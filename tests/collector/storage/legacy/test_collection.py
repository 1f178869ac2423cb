"""Opening collections of the original visualizer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.analysis.graph.columns import Drawing
from app.replay.frame import read_frame
from app.replay.opened import open_for_replay
from app.replay.state import ReplayState
from collector.storage import Collection, CollectionError, open_collection
from collector.storage.legacy import collection as legacy
from tests.collector.storage.legacy.original import SIZES, architecture, document, picture
from tests.http_server import serving

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a document as the original does."""

    def write(content: Any) -> Path:
        path = tmp_path / "mnist_collection.json"
        with path.open("w") as file:
            json.dump(content, file, indent=4)
        return path

    return write


def without(content: dict[str, Any], *names: str) -> dict[str, Any]:
    """The document without these keys of its passes."""
    return {
        key: {name: each for name, each in value.items() if key == "architecture" or name not in names}
        for key, value in content.items()
    }


def texts(collection: Collection) -> str:
    return "\n".join(note.text for note in collection.notes)


def test_that_a_file_of_the_original_opens_as_a_finished_collection(written: Written) -> None:
    with open_collection(written(document())) as collection:
        assert collection.finished
        assert not collection.damaged
        assert not collection.refresh()
        assert collection.run.model == "CNN"
        assert collection.run.dataset == ""
        assert collection.run.neuron_cap == 0
        assert collection.require_passes().passes.steps.tolist() == [0, 1, 2]
        assert [each.number for each in collection.passes] == [0, 1, 2]
        assert collection.passes[-1].step == 2
        assert len(collection.passes[:2]) == 2
        assert "Steps were not recorded" in texts(collection)


def test_that_the_stray_pass_is_left_out_with_a_note(written: Written) -> None:
    with open_collection(written(document(n_passes=1))) as collection:
        assert len(collection.passes) == 1
        assert "Pass 0" in texts(collection)


def test_that_uncapped_layers_give_back_every_weight_and_activation(written: Written) -> None:
    content = document()
    with open_collection(written(content)) as collection:
        first, *linears = collection.layers
        assert first == "what 13_Linear reads"
        assert linears == list(SIZES)
        for name, read, (inputs, units) in zip(linears, collection.layers, SIZES.values(), strict=False):
            layer, stored = collection.layers[name], content["2"][name]
            assert layer.reads == (read,)
            assert (layer.units, layer.input_units) == (units, inputs)
            assert layer.parameters == {"weight": (units, inputs), "bias": (units,)}
            arrays = collection.passes[1].layers
            np.testing.assert_allclose(arrays[name].weight, stored["weight"], rtol=1e-6)
            np.testing.assert_allclose(arrays[name].bias, stored["bias"], rtol=1e-6)
            np.testing.assert_allclose(arrays[read].activation, [stored["input"]], rtol=1e-6)
        np.testing.assert_array_equal(arrays["15_Linear"].activation, collection.passes[1].logits)


def test_that_a_capped_layer_says_which_units_its_groups_begin_with(written: Written) -> None:
    with open_collection(written(document(cap=7))) as collection:
        assert collection.run.unit_rule == "group_mean"
        assert collection.run.neuron_cap == 7
        layer = collection.layers["13_Linear"]
        assert (layer.units, layer.kept.tolist()) == (48, [0, 7, 14, 21, 28, 35, 42])
        assert collection.layers["14_Linear"].kept.tolist() == [0, 2, 4, 6, 7, 8, 9]


def test_that_columns_that_are_not_the_kept_units_make_no_edges_and_say_why(written: Written) -> None:
    with open_collection(written(document(cap=24))) as collection:
        first, second, third = (collection.layers[tag] for tag in SIZES)
        assert first.reads == ()
        assert "30 columns" in first.not_recorded["edges"]
        assert second.reads == ()
        assert "48 columns, while 24" in second.not_recorded["edges"]
        assert third.reads == ("14_Linear",)
        assert "edges" not in third.not_recorded
        assert collection.passes[0].layers["13_Linear"].weight.shape == (24, 30)
        assert collection.passes[0].layers["14_Linear"].weight.shape == (10, 48)


def test_that_as_many_columns_as_units_make_no_edges_where_their_groups_differ(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "14_Linear", (48, 48))
    monkeypatch.setitem(SIZES, "15_Linear", (48, 10))
    with open_collection(written(document(cap=24))) as collection:
        assert collection.layers["14_Linear"].reads == ("13_Linear",), "48 is a multiple of 24"
    with open_collection(written(document(cap=36))) as collection:
        assert len(collection.layers["13_Linear"].kept) == 36
        assert collection.layers["14_Linear"].reads == ()
        assert "other groups" in collection.layers["14_Linear"].not_recorded["edges"]


def test_that_a_first_layer_of_as_many_inputs_as_pixels_reads_thepicture(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "13_Linear", (16, 48))
    with open_collection(written(document())) as collection:
        assert list(collection.layers) == list(SIZES)
        assert collection.layers["13_Linear"].reads == ("input",)


def test_that_what_a_layer_reads_from_elsewhere_is_not_the_activation_of_the_one_before(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "14_Linear", (30, 10))
    with open_collection(written(document(cap=7))) as collection:
        assert collection.layers["14_Linear"].reads == ()
        assert "48 units" in collection.layers["14_Linear"].not_recorded["edges"]
        assert collection.passes[0].layers["13_Linear"].activation is None
        assert "not this layer's units" in collection.layers["13_Linear"].not_recorded["activation"]


def test_that_without_logits_it_is_told_that_the_last_layer_alone_gave_nothing_out(written: Written) -> None:
    with open_collection(written(without(document(), "logits"))) as collection:
        *others, last = (layer.not_recorded.get("activation") for layer in collection.layers.values())
        assert last == "the original visualizer did not record what the last layer gives out"
        assert others == [None] * len(others)


def test_that_loss_and_accuracy_stand_at_the_steps_of_their_passes(written: Written) -> None:
    content = document()
    del content["2"]["loss"]
    with open_collection(written(content)) as collection:
        steps, values = collection.series.recorded("loss")
        assert steps.tolist() == [0, 2]
        assert values.tolist() == [2.5, 2.5 / 3]
        np.testing.assert_array_equal(collection.series["accuracy"], [0.1, 0.2, 0.3])
        assert "Not recorded: loss, in 1 of 3 passes." in texts(collection)


def test_that_every_pass_has_the_picture_and_label_it_was_measured_on(written: Written) -> None:
    with open_collection(written(document())) as collection:
        probes = [each.probe for each in collection.passes]
        assert [probe.labels.tolist() for probe in probes] == [[2], [3], [4]]
        np.testing.assert_array_equal(probes[1].inputs[0], picture(2))
        assert [probe.n_inputs for probe in (collection.probe, *probes)] == [1, 1, 1, 1]
        np.testing.assert_array_equal(collection.probe.inputs[0], picture(1))
        assert collection.probe.class_names[:5] == ("class 0", "digit 1", "digit 2", "digit 3", "digit 4")


def test_that_the_label_of_the_readme_is_taken_too(written: Written) -> None:
    content = without(document(), "true_label")
    content["1"]["label"] = [7, "seven"]
    content["2"]["label"] = 8
    with open_collection(written(content)) as collection:
        assert collection.passes[0].probe.labels.tolist() == [7]
        assert collection.passes[1].probe.labels.tolist() == [8]
        assert collection.passes[2].probe.labels is None
        assert collection.probe.class_names[7] == "seven"


def test_that_digits_that_no_pass_has_shown_are_named_like_the_others(written: Written) -> None:
    content = without(document(), "prediction")
    for key in ("1", "2", "3"):
        content[key]["true_label"] = [int(key), key]
    with open_collection(written(content)) as collection:
        assert collection.probe.class_names == tuple("0123456789")


def test_that_what_is_called_a_gradient_is_not_shown_as_one(written: Written) -> None:
    content = document()
    for tag in SIZES:
        content["1"][tag] |= {f"grad_{name}": content["1"][tag][name] for name in ("input", "weight", "bias")}
    with open_collection(written(content)) as collection:
        assert collection.passes[0].layers["14_Linear"].weight_gradient is None
        assert "parameter" in collection.layers["14_Linear"].not_recorded["weight_gradient"]
        assert "No gradient is shown" in texts(collection)


def test_that_a_pass_of_another_shape_is_shown_without_what_does_not_fit(written: Written) -> None:
    content = document()
    content["2"]["14_Linear"]["weight"] = [[1.0, 2.0]]
    content["3"]["14_Linear"]["bias"] = ["a"]
    content["3"]["input"] = [[[1.0]]]
    with open_collection(written(content)) as collection:
        assert collection.passes[1].layers["14_Linear"].weight is None
        assert collection.passes[2].layers["14_Linear"].bias is None
        assert collection.passes[2].probe.picture(0) is None
        assert len(collection.damaged) == 2


def test_that_numbers_that_are_not_finite_survive(written: Written) -> None:
    content = document()
    content["2"]["loss"] = float("nan")
    content["2"]["14_Linear"]["bias"][0] = float("-inf")
    with open_collection(written(content)) as collection:
        assert np.isnan(collection.series["loss"][1])
        assert collection.passes[1].layers["14_Linear"].bias[0] == -np.inf


@pytest.mark.parametrize("cap", [1000, 24, 7])
@pytest.mark.parametrize(
    "missing",
    [
        (),
        ("loss",),
        ("accuracy",),
        ("true_label",),
        ("logits",),
        ("input",),
        ("input", "true_label"),
        ("14_Linear",),
        ("loss", "accuracy", "true_label", "logits", "input", "prediction"),
        tuple(SIZES),
    ],
)
def test_that_every_pass_can_be_replayed_whatever_is_missing(
    written: Written, cap: int, missing: tuple[str, ...]
) -> None:
    opened = open_for_replay(written(without(document(cap), *missing)))
    for number in range(opened.n_passes):
        view = opened.view_of(ReplayState(pass_number=number))
        frame = read_frame(opened, view)
        assert frame.step == number
        assert (frame.loss is None) == ("loss" in missing)
        assert (frame.accuracy is None) == ("accuracy" in missing)
        assert (frame.sample.predicted_class is None) == ("logits" in missing)
        assert (frame.sample.picture is None) == ("input" in missing)
    opened.collection.close()


def test_that_the_graph_shows_picture_layers_and_classes(written: Written) -> None:
    opened = open_for_replay(written(document()))
    columns = opened.graph.columns
    assert [column.stage for column in columns] == ["input", "what 13_Linear reads", *SIZES]
    assert columns[0].drawing is Drawing.PICTURE
    assert columns[-1].drawing is Drawing.OUTPUT
    assert opened.graph.n_edges == sum(inputs * units for inputs, units in SIZES.values())
    frame = read_frame(opened, opened.view_of(ReplayState(pass_number=1)))
    one = opened.passes.get(1)
    shown = opened.graph_view(frame.view, one, is_drawn=True)
    np.testing.assert_array_equal(shown.columns[2].values, one.layers["13_Linear"].activation[0])
    assert frame.sample.predicted_class == 2


@pytest.mark.parametrize(
    "content",
    [
        b'{"architecture": {',
        b'{"architecture": {}, "1": {"loss": 1.0',
        b'{"architecture": {"a": NaN',
        b'{"architecture": {}} more',
        b'{"architecture": {"a": ' + b"[" * 100_000,
        b'{"architecture": {"\xff": 1}}',
    ],
)
def test_that_a_spoiled_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "spoiled.json"
    path.write_bytes(content)
    with pytest.raises(CollectionError, match="original visualizer, but cannot be read"):
        open_collection(path)


@pytest.mark.parametrize(
    "content",
    [
        {"architecture": {}},
        {
            "architecture": {"13_Linear": 4, "14_Linear": {"out_features": 1e18}},
            "1": [],
            "x": {},
            "²": {},
            "9" * 5000: {},
        },
        {"architecture": {}, "0": {"13_Linear": {"weight": [[1.0]]}}},
    ],
)
def test_that_a_file_without_a_pass_says_so(written: Written, content: dict[str, Any]) -> None:
    with open_collection(written(content)) as collection, pytest.raises(CollectionError, match="no pass"):
        collection.require_passes()


@pytest.mark.parametrize(
    "given",
    [
        {"13_Linear": {"weight": {}, "bias": 3, "input": "text"}},
        {"13_Linear": {"weight": [[1.0], [1.0, 2.0]], "bias": [[1.0]], "input": []}},
        {"13_Linear": {"weight": [[1e300]]}, "input": 4, "logits": [["a"]], "true_label": [], "loss": "much"},
        {"input": [[[1.0]], [[2.0]]], "true_label": [1, "x"]},
        {"true_label": [-1, "x"], "prediction": [1.5, "y"], "logits": [], "accuracy": True},
        {"true_label": [12, "x"], "prediction": [400, "y"], "logits": [1.0, 2.0], "loss": 10**400},
    ],
)
def test_that_values_of_other_types_count_as_not_recorded(written: Written, given: dict[str, Any]) -> None:
    opened = open_for_replay(written({"architecture": architecture(SIZES), "1": given}))
    frame = read_frame(opened, opened.view_of(ReplayState()))
    assert frame.loss is None
    assert frame.accuracy is None
    assert opened.collection.passes[0].layers["13_Linear"].weight is None
    opened.collection.close()


def test_that_a_file_too_large_to_read_as_a_whole_is_refused_in_words(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legacy, "LARGEST_FILE", 1000)
    with pytest.raises(CollectionError, match="bytes of 1,000"):
        open_collection(written(document(n_passes=1)))


def test_that_the_check_of_a_whole_file_tells_what_was_found_and_that_there_are_no_checksums(written: Written) -> None:
    content = document()
    with open_collection(written(content)) as collection:
        found = collection.verify()
    assert found.is_sound
    assert found.records == {"pass": len(collection.passes)}
    assert "It has no checksums" in found.remarks[0]
    content["2"]["13_Linear"]["weight"] = [[1.0]]
    with open_collection(written(content)) as collection:
        assert collection.verify().faults == collection.damaged != []


def test_that_a_small_file_that_lies_elsewhere_opens_and_a_large_one_is_to_be_downloaded(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(document(n_passes=1))
    with serving(path.parent) as server:
        monkeypatch.setattr(legacy, "LARGEST_REMOTE", path.stat().st_size)
        with open_collection(f"{server.address}/{path.name}") as collection:
            assert len(collection.passes) == 1
        monkeypatch.setattr(legacy, "LARGEST_REMOTE", path.stat().st_size - 1)
        with pytest.raises(CollectionError, match="Download it, and open the copy"):
            open_collection(f"{server.address}/{path.name}")
