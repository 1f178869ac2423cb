"""What is kept of samples that can be laid out in a plane: how they look, of which layers how much."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.compared_layers import MOST_BYTES, OUTPUT, Wanted
from collector.capture.projected_samples import (
    ProjectedSamples,
    as_pictures,
    is_picture,
    plan_features,
    predicted_classes,
    record_of,
    samples_kept,
)
from collector.capture.sample_recorder import SampleRecorder
from collector.storage.schema import ProjectionRecord, ProjectionSamplesRecord
from tests.collector.capture.made_up import Log, outputs_of


@given(st.integers(0, 999), st.sampled_from([1, 3]))
def test_that_pictures_are_what_they_were_before_they_were_normalised(seed: int, channels: int) -> None:
    random = np.random.default_rng(seed)
    pictures = random.integers(0, 256, (5, channels, 4, 6), np.uint8)
    mean, std = random.uniform(0, 1, channels), random.uniform(0.1, 1, channels)
    inputs = (pictures / 255 - mean[:, None, None]) / std[:, None, None]

    np.testing.assert_array_equal(as_pictures(inputs.astype(np.float32), mean, std), pictures)


def test_that_without_mean_and_deviation_the_smallest_is_black_and_the_largest_white() -> None:
    inputs = np.array([[[-3.0, np.nan], [1.0, 5.0]]], np.float32)

    assert as_pictures(inputs, (), ()).tolist() == [[[[0, 0], [128, 255]]]]
    assert as_pictures(np.zeros((2, 1, 2, 2), np.float32), (), ()).max() == 0


def test_that_what_is_no_picture_is_flattened_as_it_is() -> None:
    inputs = np.random.default_rng(0).normal(size=(4, 5, 3, 3)).astype(np.float32)

    np.testing.assert_array_equal(as_pictures(inputs, (), ()), inputs.reshape(4, -1))
    assert as_pictures(np.ones((4, 7)), (), ()).shape == (4, 7)


def test_that_of_large_samples_as_many_are_kept_as_fit() -> None:
    assert samples_kept(10_000, 784, are_pictures=True) == 10_000
    assert samples_kept(10_000, 3 * 224 * 224, are_pictures=True) == 2**28 // (3 * 224 * 224)
    assert samples_kept(10, 2**30, are_pictures=False) == 1


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 5000), max_size=40), st.integers(1, 10_000))
def test_that_layers_and_features_are_bounded_and_spread(widths: dict[str, int], n_samples: int) -> None:
    plan = plan_features(widths, n_samples)

    there = [name for name, width in widths.items() if width]
    assert len(plan.layers) == min(24, len(there))
    assert [each.name for each in plan.layers] == [name for name in there if name in {x.name for x in plan.layers}]
    assert bool(plan.notes) == (len(there) > 24)
    for layer in plan.layers:
        kept = np.asarray(layer.to_schema().kept)
        assert len(kept) == min(256, widths[layer.name])
        assert (kept[0], kept[-1]) == (0, widths[layer.name] - 1 if len(kept) > 1 else 0)
        assert (np.diff(kept) > 0).all()
    assert [layer for group in plan.groups for layer in group] == list(plan.layers)
    assert all(sum(x.n_taken for x in group) * 4 * n_samples <= MOST_BYTES or len(group) == 1 for group in plan.groups)


def test_that_a_record_holds_the_kept_features_and_the_classes() -> None:
    values = np.random.default_rng(0).normal(size=(6, 600)).astype(np.float32)
    values[0, 0], values[1, 0] = 1e9, np.nan
    logits = np.eye(6, 3, dtype=np.float32)
    asked = []

    def outputs(wanted):
        asked.extend(wanted)
        found = {"a": values[:, wanted["a"]], "b": values[:3, :4], OUTPUT: logits}
        return {name: found[name] for name in wanted if name in found}

    plan = plan_features({"a": 600, "b": 4, "c": 2}, 6)
    record = record_of(plan, outputs, 6, step=7, epoch=2)

    assert (record.step, record.epoch, list(record.features)) == (7, 2, ["a"])
    assert asked == ["a", "b", "c", OUTPUT]
    kept = np.clip(values[:, plan.layers[0].taken], -65504, 65504).astype(np.float16)
    np.testing.assert_array_equal(record.features["a"], kept)
    assert record.features["a"][0, 0] == 65504
    assert record.predictions.tolist() == [0, 1, 2, 0, 0, 0]


@pytest.mark.parametrize("n_classes", [3, 40_000])
def test_that_a_prediction_is_the_largest_and_none_where_there_is_nan(n_classes: int) -> None:
    logits = np.zeros((3, n_classes), np.float32)
    logits[0, n_classes - 1], logits[1, 0] = 1, np.nan

    assert predicted_classes(logits).tolist() == [n_classes - 1, -1, 0]


def values_of(name: str, n_samples: int, width: int) -> np.ndarray:
    return np.random.default_rng(len(name)).normal(size=(n_samples, width)).astype(np.float32)


def recorder(n_layers: int = 1, labels: np.ndarray | None = None) -> SampleRecorder:
    layers = {f"fc{number}": values_of(f"fc{number}", 6, 3) for number in range(n_layers)}
    plan = plan_features(dict.fromkeys(layers, 3), 6)
    pictures = np.zeros((6, 1, 2, 2), np.uint8)
    return SampleRecorder(ProjectedSamples(plan, outputs_of(layers), pictures, labels))


def test_that_samples_are_recorded_once_and_features_at_each_epoch_and_at_the_end() -> None:
    log, labels = Log(), np.arange(6)
    own = recorder(labels=labels)
    own.start(log)  # type: ignore[arg-type]
    for step, ends in ((5, own.end_epoch), (10, own.end_epoch), (10, own.end), (13, own.end)):
        log.steps_taken = step
        ends()

    samples, *records = log.records
    assert (samples.step, samples.pictures.shape, samples.labels is labels) == (0, (6, 1, 2, 2), True)
    assert [each.step for each in records] == [0, 5, 10, 13]
    assert set(log.asked) == {"comparisons"}
    assert own.header is not None
    assert (own.header.samples, [each.name for each in own.header.layers]) == (6, ["fc0"])


def test_that_a_resumed_run_does_not_record_the_samples_again() -> None:
    log = Log()
    log.holds = lambda kind: kind == "projection_samples"
    log.steps_taken = 9
    recorder().start(log)  # type: ignore[arg-type]

    assert [(type(each), each.step) for each in log.records] == [(ProjectionRecord, 9)]


def test_that_what_cannot_be_afforded_or_written_is_left_out_and_asked_for_at_the_end() -> None:
    log = Log()
    log.affords_more = False
    own = recorder()
    own.start(log)  # type: ignore[arg-type]
    own.end_epoch()
    assert log.steps == [0]
    assert type(log.records[0]) is ProjectionSamplesRecord
    log.affords_more = True
    own.end()
    assert [type(each) for each in log.records[1:]] == [ProjectionRecord]
    log.is_open = False
    log.steps_taken = 8
    own.end()
    assert len(log.records) == 2


def test_that_without_samples_nothing_is_recorded() -> None:
    log = Log()
    own = SampleRecorder(None)
    own.start(log)  # type: ignore[arg-type]
    own.end_epoch()
    own.end()

    assert (log.records, log.asked, own.header) == ([], [], None)


def test_that_layers_left_out_are_a_note_in_the_file() -> None:
    log = Log()
    recorder(25).start(log)  # type: ignore[arg-type]

    (note,) = log.notes
    assert note.startswith("Of 25 layers 24 can be projected. Left out, evenly spread: fc")


def test_that_groups_are_run_one_after_the_other_and_the_networks_output_with_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("collector.capture.projected_samples.MOST_BYTES", 4 * 6 * 5)
    widths = {"a": 3, "b": 2, "c": 3}
    layers = {name: values_of(name, 6, width) for name, width in widths.items()}
    layers[OUTPUT] = np.eye(6, 3, 1, dtype=np.float32)
    asked: list[list[str]] = []

    def outputs(wanted: Wanted) -> dict[str, np.ndarray]:
        asked.append(list(wanted))
        return outputs_of(layers)(wanted)

    record = record_of(plan_features(widths, 6), outputs, 6, 0, 0)

    assert asked == [["a", "b", OUTPUT], ["c"]]
    assert list(record.features) == ["a", "b", "c"]
    np.testing.assert_array_equal(record.features["c"], layers["c"].astype(np.float16))
    assert record.predictions.tolist() == [1, 2, 0, 0, 0, 0]


def test_that_a_model_without_layers_still_has_predictions() -> None:
    logits = np.eye(6, 3, dtype=np.float32)
    record = record_of(plan_features({}, 6), outputs_of({OUTPUT: logits}), 6, 0, 0)

    assert record.features == {}
    assert record.predictions.tolist() == [0, 1, 2, 0, 0, 0]


@pytest.mark.parametrize("shape", [(6, 1), (5, 3)])
def test_that_an_output_that_is_no_class_scores_of_the_samples_is_no_prediction(shape: tuple[int, int]) -> None:
    record = record_of(plan_features({}, 6), outputs_of({OUTPUT: np.ones(shape, np.float32)}), 6, 0, 0)

    assert record.predictions is None


@pytest.mark.parametrize(
    ("n_values", "are_pictures", "kept"),
    [
        (2**27, True, 2), (2**27 + 1, True, 1), (2**28 + 1, True, 1),
        (2**25, False, 2), (2**25 + 1, False, 1), (0, True, 9), (3 * 2**25, True, 2), (2**24, False, 4),
    ],
)  # fmt: skip
def test_that_samples_of_one_byte_a_pixel_or_four_a_number_are_kept_as_long_as_they_fit(
    n_values: int, are_pictures: bool, kept: int
) -> None:
    assert samples_kept(9, n_values, are_pictures=are_pictures) == kept


@pytest.mark.parametrize(
    ("shape", "is_one"),
    [((4, 4), True), ((1, 4, 4), True), ((3, 4, 4), True), ((2, 4, 4), False), ((4, 4, 3), False), ((4,), False),
     ((1, 3, 4, 4), False)],
)  # fmt: skip
def test_that_a_picture_has_two_axes_or_one_or_three_channels_in_front(shape: tuple[int, ...], is_one: bool) -> None:
    assert is_picture(shape) == is_one


def test_that_pictures_without_a_channel_get_one_and_many_are_painted_as_one_is() -> None:
    grey = np.random.default_rng(0).uniform(0, 1, (600, 4, 6)).astype(np.float32)

    made = as_pictures(grey, [0.0], [1.0])

    assert made.shape == (600, 1, 4, 6)
    np.testing.assert_array_equal(made[:, 0], np.rint(grey * 255))


def test_that_values_beyond_black_and_white_are_black_and_white() -> None:
    inputs = np.array([[[[-2.0, 0.5], [np.nan, 9.0]]]], np.float32)

    assert as_pictures(inputs, [0.0], [1.0]).tolist() == [[[[0, 128], [0, 255]]]]


@pytest.mark.parametrize(
    ("inputs", "painted"), [([np.nan, np.inf, -np.inf], [0, 255, 0]), ([np.inf, 2, 3], [255, 0, 255])]
)
def test_that_infinities_are_white_and_black_and_what_is_no_number_black(
    inputs: list[float], painted: list[int]
) -> None:
    assert as_pictures(np.array([[inputs]], np.float32), (), ()).reshape(-1).tolist() == painted
