"""How a file of the original visualizer is understood, rule by rule."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.storage import open_collection
from collector.storage.json_text import JsonTextError
from collector.storage.legacy.document import LegacyDocument, kind_of, read_document
from collector.storage.legacy.layers import MOST_UNITS, group_starts, layers_of


def document(*passes: dict[str, Any], **architecture: dict[str, Any]) -> LegacyDocument:
    """Passes from number 1 on, and modules by tag (with a leading underscore)."""
    tags = {tag.removeprefix("_"): each for tag, each in architecture.items()}
    numbered = {str(number): each for number, each in enumerate(passes, 1)}
    return read_document(json.dumps({"architecture": tags, **numbered}).encode())


def linear(units: int, inputs: int, **more: Any) -> dict[str, Any]:
    return {"weight": np.ones((units, inputs)).tolist(), "bias": [0.5] * units, **more}


@given(st.integers(0, 300), st.integers(1, 60))
def test_that_groups_begin_where_numpy_splits(units: int, groups: int) -> None:
    parts = np.array_split(np.arange(units), groups)
    filled = [int(part[0]) for part in parts if len(part)]

    assert group_starts(units, groups)[: len(filled)].tolist() == filled
    assert len(group_starts(units, groups)) == groups


@pytest.mark.parametrize(
    ("tag", "kind"), [("13_Linear", "Linear"), ("1_a_b", "a_b"), ("Linear", ""), ("x_Linear", ""), ("_Linear", "")]
)
def test_that_a_tag_is_a_number_and_a_kind(tag: str, kind: str) -> None:
    assert kind_of(tag) == kind


@pytest.mark.parametrize(
    ("given_label", "label"),
    [
        ([7, "seven"], (7, "seven")), ([7], (7, "")), (7, (7, "")), (7.0, (7, "")), ([7.0, 7], (7, "7")), (0, (0, "")),
        (2**31 - 1, (2**31 - 1, "")), (2**31, None), (-1, None), (7.5, None), (True, None), ("7", None), ([], None),
        (None, None), (10**400, None),
    ],
)  # fmt: skip
def test_that_a_class_is_a_whole_number_that_may_have_a_name(given_label: Any, label: tuple[int, str] | None) -> None:
    for name in ("true_label", "label", "prediction"):
        record = document({name: given_label}).records[0]
        assert (record.prediction if name == "prediction" else record.label) == label


@pytest.mark.parametrize(("value", "number"), [(2, 2.0), (0.5, 0.5), (True, None), ("2", None), (10**400, None)])
def test_that_loss_and_accuracy_are_numbers_and_nothing_else(value: Any, number: float | None) -> None:
    record = document({"loss": value, "accuracy": value}).records[0]

    assert (record.loss, record.accuracy) == (number, number)


def test_that_passes_come_in_the_order_of_their_numbers_and_other_keys_are_none() -> None:
    content = {"architecture": {}, "10": {"loss": 10}, "9": {"loss": 9}, " 2": {"loss": 2}, "x": {"loss": 0},
               "٣": {"loss": 3}, "1" * 16: {"loss": 16}, "1" * 15: {"loss": 15}}  # fmt: skip

    assert [each.loss for each in read_document(json.dumps(content).encode()).records] == [9, 10, 15]


@pytest.mark.parametrize("fact", ["input", "logits", "true_label", "prediction", "loss", "accuracy"])
def test_that_pass_zero_is_a_stray_unless_it_was_measured_on_something(fact: str) -> None:
    weights = {"1_Linear": linear(2, 2)}
    value = {"input": [[1.0]], "logits": [1.0]}.get(fact, 1)
    for first, is_stray in ((weights, True), (weights | {fact: value}, False)):
        content = {"architecture": {}, "0": first, "1": weights}
        read = read_document(json.dumps(content).encode())
        assert (read.has_stray, [each.key for each in read.records]) == (is_stray, [1] if is_stray else [0, 1])


def test_that_a_first_pass_of_another_number_is_no_stray() -> None:
    content = {"architecture": {}, "3": {"1_Linear": linear(2, 2)}}

    assert [each.key for each in read_document(json.dumps(content).encode()).records] == [3]


@pytest.mark.parametrize("text", [b"[1]", b'{"1":{}}', b'{"architecture":[]}', b'{"architecture":{}', b"[NaN]"])
def test_that_what_does_not_say_what_the_network_is_made_of_is_no_document(text: bytes) -> None:
    with pytest.raises(JsonTextError):
        read_document(text)


@pytest.mark.parametrize(("word", "value"), [("NaN", np.nan), ("Infinity", np.inf), ("-Infinity", -np.inf)])
def test_that_words_of_a_run_that_diverged_are_read_as_the_numbers_they_mean(word: str, value: float) -> None:
    record = read_document(f'{{"architecture":{{}},"1":{{"logits":[1.0,{word}]}}}}'.encode()).records[0]

    assert record.logits is not None
    np.testing.assert_array_equal(record.logits, [1, value])


@pytest.mark.parametrize(
    ("shape", "is_picture"), [((4, 4), True), ((1, 4, 4), True), ((3, 4, 4), True), ((2, 4, 4), False)]
)
def test_that_a_picture_has_one_channel_or_three(shape: tuple[int, ...], is_picture: bool) -> None:
    read = document({"input": np.ones(shape).tolist()})

    assert (read.records[0].picture is not None) == is_picture
    assert len(read.problems) == (not is_picture)


@pytest.mark.parametrize("value", [[], [[]], "text", [[1.0], [1.0, 2.0]], [[["a"]]], 5])
def test_that_what_is_no_array_of_its_dimensions_is_passed_over_with_a_word(value: Any) -> None:
    read = document({"input": value, "1_Linear": {"weight": value, "bias": [[1.0]]}})

    assert read.records[0].picture is None
    assert read.records[0].layers == {"1_Linear": {}}
    assert [each.partition(" was passed")[0] for each in read.problems] == [
        "Pass 1: the picture", "Pass 1: weight of '1_Linear'", "Pass 1: bias of '1_Linear'"
    ]  # fmt: skip


def test_that_gradients_and_values_of_other_modules_are_known_to_be_there() -> None:
    read = document({"1_Linear": linear(2, 2), "2_Conv2d": {"input": [1.0]}, "note": {"grad_bias": [1.0]}})

    assert (read.has_gradients, list(read.other_tags)) == (True, ["2_Conv2d"])
    assert not document({"1_Linear": linear(2, 2)}).has_gradients


def test_that_layers_follow_the_architecture_and_those_it_forgot_come_behind() -> None:
    read = document({"9_Linear": linear(2, 3), "1_Linear": linear(3, 2)}, _1_Linear={}, _0_ReLU={})

    assert read.tags == ["1_Linear", "9_Linear"]


@pytest.mark.parametrize(
    ("claimed", "units"),
    [(7.0, 7), (float(MOST_UNITS), MOST_UNITS), (MOST_UNITS + 1.0, 3), (0, 3), (-5, 3), (True, 3), ("7", 3)],
)
def test_that_the_true_size_is_what_the_architecture_says_as_far_as_it_can_be_believed(
    claimed: Any, units: int
) -> None:
    read = document({"1_Linear": linear(3, 2)}, _1_Linear={" out_features": claimed})

    layer = layers_of(read)["1_Linear"]
    assert (layer.units, len(layer.kept)) == (units, 3)
    assert layer.parameters == {"weight": (units, 2), "bias": (units,)}


def test_that_a_weight_larger_than_its_architecture_is_believed_with_a_word() -> None:
    read = document({"1_Linear": linear(3, 4)}, _1_Linear={"out_features": 2, "in_features": 4})

    layer = layers_of(read)["1_Linear"]
    assert (layer.units, layer.input_units) == (3, 4)
    assert read.problems == ["'1_Linear' has a larger weight than its architecture says; the weight is believed."]


@pytest.mark.parametrize(("inputs", "columns"), [(10, 4), (9, 3), (7, 7), (48, 5)])
def test_that_each_column_of_a_capped_weight_begins_where_adaptive_pooling_begins(inputs: int, columns: int) -> None:
    read = document({"1_Linear": linear(3, columns)}, _1_Linear={"in_features": inputs})

    slow = [int(np.floor(column * inputs / columns)) for column in range(columns)]
    assert layers_of(read)["1_Linear"].input_kept.tolist() == slow


@pytest.mark.parametrize(
    ("units", "rows", "inputs", "columns", "reason"),
    [
        (4, 4, 4, 4, None),
        (8, 4, 8, 4, None),  # groups of two on both sides
        (8, 3, 8, 3, "its 3 columns are averages over other groups than those of what it reads"),
        (8, 4, 8, 2, "its weight has 2 columns, while 4 of what it reads are kept"),
        (8, 4, 6, 4, "its 6 inputs are not the 8 units of the linear layer before it"),
    ],
)
def test_that_edges_are_told_only_where_columns_are_the_kept_units(
    units: int, rows: int, inputs: int, columns: int, reason: str | None
) -> None:
    read = document(
        {"1_Linear": linear(rows, 2), "2_Linear": linear(5, columns)},
        _1_Linear={"out_features": units}, _2_Linear={"in_features": inputs},
    )  # fmt: skip

    layer = layers_of(read)["2_Linear"]
    assert layer.reads == (() if reason else ("1_Linear",))
    assert layer.not_recorded.get("edges") == reason


def test_that_without_a_weight_or_what_comes_before_there_are_no_edges() -> None:
    layers = layers_of(document({"1_Linear": linear(3, 2), "2_Linear": {"bias": [1.0, 2.0]}}))

    assert layers["1_Linear"].not_recorded["edges"] == "what it reads is not in the file"
    assert layers["2_Linear"].not_recorded["edges"] == "its weight is not in the file"
    assert layers["2_Linear"].not_recorded["weight"] == "it is not in the file"
    assert layers["2_Linear"].units == 2


def test_that_what_the_first_layer_reads_is_the_picture_or_a_layer_of_its_own() -> None:
    pixels = layers_of(document({"input": np.ones((2, 3)).tolist(), "1_Linear": linear(4, 6)}))
    others = layers_of(document({"1_Linear": linear(4, 6, input=[0.0] * 6)}, _1_Linear={"in_features": 6}))

    assert list(pixels) == ["1_Linear"]
    assert pixels["1_Linear"].reads == ("input",)
    assert list(others) == ["what 1_Linear reads", "1_Linear"]
    assert others["1_Linear"].reads == ("what 1_Linear reads",)
    assert others["what 1_Linear reads"].units == 6


@pytest.mark.parametrize(
    ("architecture", "rows", "run"),
    [
        ({"1_Identity": {}, "2_Net": {}, "3_Linear": {"out_features": 9}}, 4, (4, "group_mean", "Net")),
        ({"2_Conv2d": {}, "3_Linear": {"out_features": 4}}, 4, (0, "spread", "")),
    ],
)
def test_that_the_run_is_described_by_what_was_capped_and_the_outermost_module(
    tmp_path: Path, architecture: dict[str, Any], rows: int, run: tuple[int, str, str]
) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"architecture": architecture, "1": {"3_Linear": linear(rows, 2), "loss": 1.0}}))
    with open_collection(path) as collection:
        assert (collection.run.neuron_cap, collection.run.unit_rule, collection.run.model) == run
        assert collection.run.interval == 1  # its passes are its steps


def test_that_names_of_classes_reach_as_far_as_the_logits_or_else_the_last_layer(tmp_path: Path) -> None:
    label = {"true_label": [1, "bee"], "1_Linear": linear(3, 2)}
    for logits, names in (({}, 3), ({"logits": [0.0, 1.0]}, 2)):
        path = tmp_path / "old.json"
        path.write_text(json.dumps({"architecture": {}, "1": label | logits}))
        with open_collection(path) as collection:
            assert collection.probe is not None
            assert collection.probe.class_names == ("class 0", "bee", "class 2")[:names]


BASIC = {"input": [[1.0]], "true_label": 1, "logits": [0.0], "loss": 1.0, "accuracy": 0.5, "1_Linear": linear(3, 2)}


@pytest.mark.parametrize(
    ("change", "starts"),
    [
        ({}, ["Loss and accuracy are means"]),
        ({"loss": None}, ["Loss and accuracy are means", "Not recorded: loss, in 1 of 1 passes."]),
        (
            {"loss": None, "accuracy": None},
            ["Not recorded: loss, in 1 of 1 passes.", "Not recorded: accuracy, in 1 of 1 passes."],
        ),
        ({"prediction": 1}, ["Loss and accuracy are means"]),
        (
            {"prediction": 1, "logits": None},
            [
                "Loss and accuracy are means",
                "Passes without logits hold only",
                "Not recorded: logits, in 1 of 1 passes.",
            ],
        ),
        ({"logits": None}, ["Loss and accuracy are means", "Not recorded: logits, in 1 of 1 passes."]),
        ({"2_Conv2d": {"input": [1.0]}}, ["Loss and accuracy are means", "Values of 2_Conv2d are not shown"]),
        (
            {"1_Linear": linear(3, 2, grad_weight=[[1.0]])},
            ["Loss and accuracy are means", "What the file calls grad_weight and grad_bias"],
        ),
        ({"input": None}, ["Loss and accuracy are means", "Not recorded: picture, in 1 of 1 passes."]),
        ({"true_label": None}, ["Loss and accuracy are means", "Not recorded: true class, in 1 of 1 passes."]),
    ],
)
def test_that_each_note_stands_where_its_cause_is_and_nowhere_else(
    tmp_path: Path, change: dict[str, Any], starts: list[str]
) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"architecture": {}, "1": BASIC | change}))
    with open_collection(path) as collection:
        always, more = [note.text for note in collection.notes[:4]], [note.text for note in collection.notes[4:]]

    assert [text.partition(" ")[0] for text in always] == ["Opened", "Each", "Activations", "The"]
    assert [text[: len(start)] for text, start in zip(more, starts, strict=True)] == starts


def test_that_without_logits_and_layers_no_number_of_classes_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps({"architecture": {}, "1": {"true_label": [0, "ant"], "loss": 1.0}}))
    with open_collection(path) as collection:
        assert collection.probe is not None
        assert (collection.probe.class_names, collection.probe.labels.tolist()) == ((), [0])
