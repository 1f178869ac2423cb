"""When the similarity of layers is measured, and what becomes of an augmented sample."""

import numpy as np
import pytest

from collector.capture.compared_layers import plan_compared_layers
from collector.capture.similarity_recorder import AugmentedSample, ComparedSamples, SimilarityRecorder, check_comparing
from collector.storage.schema import AugmentationRecord, SimilarityRecord
from tests.collector.capture.made_up import Log, outputs_of

FEATURES = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
PLAN = plan_compared_layers({"fc": 5}, None, 6, 3)
MEASURED = ComparedSamples(PLAN, outputs_of({"fc": FEATURES}), 6)


def augmented(*, every_epoch: bool) -> AugmentedSample:
    return AugmentedSample(
        FEATURES, np.zeros((6, 1, 2, 2), np.uint8), ["none", *["noise"] * 5], np.linspace(0, 1, 6), {"noise": "0.5"},
        label=3, seed=7, every_epoch=every_epoch,
    )  # fmt: skip


def run(signals: SimilarityRecorder, steps: list[int], log: Log) -> None:
    """Take the steps, of which several may come at once."""
    for step in steps:
        log.steps_taken = step
        signals.after_step()


@pytest.mark.parametrize(
    ("steps", "measured"),
    [
        (range(1, 11), [0, 3, 6, 9]),
        ([2, 4, 5, 9, 11], [0, 4, 9]),  # several steps at once: at the first one behind each multiple
        ([1, 2], [0]),
        ([100], [0, 100]),
    ],
)
def test_that_layers_are_compared_at_the_start_and_whenever_a_multiple_of_the_interval_was_passed(
    steps: list[int], measured: list[int]
) -> None:
    log = Log()
    signals = SimilarityRecorder(MEASURED, interval=3)
    signals.start(log)  # type: ignore[arg-type]
    run(signals, list(steps), log)

    assert log.steps == measured
    assert set(log.asked) == {"comparisons"}
    assert log.entered == ["comparing layers", "comparisons"] * len(measured)


def test_that_a_resumed_run_waits_for_the_next_multiple() -> None:
    log = Log()
    log.steps_taken = 7
    signals = SimilarityRecorder(MEASURED, interval=5)
    signals.start(log)  # type: ignore[arg-type]
    run(signals, [8, 9, 10, 11], log)

    assert log.steps == [7, 10]


def test_that_interval_zero_compares_at_epochs_only() -> None:
    log = Log()
    signals = SimilarityRecorder(MEASURED)
    signals.start(log)  # type: ignore[arg-type]
    run(signals, list(range(1, 9)), log)
    log.epoch = 1
    signals.end_epoch()

    assert [(each.step, each.epoch) for each in log.records] == [(0, 0), (8, 1)]


def test_that_the_end_is_measured_unless_it_was_already() -> None:
    log = Log()
    signals = SimilarityRecorder(MEASURED, interval=3)
    signals.start(log)  # type: ignore[arg-type]
    run(signals, [1, 2, 3], log)
    signals.end()
    assert log.steps == [0, 3]
    run(signals, [4], log)
    signals.end()
    assert log.steps == [0, 3, 4]


@pytest.mark.parametrize(("every_epoch", "measured"), [(True, [0, 4, 6]), (False, [6])])
def test_that_an_augmented_sample_is_run_at_the_end_and_where_asked_for_at_each_epoch(
    every_epoch: bool, measured: list[int]
) -> None:
    log = Log()
    signals = SimilarityRecorder(None, augmented=MEASURED, sample=augmented(every_epoch=every_epoch), interval=1)
    signals.start(log)  # type: ignore[arg-type]
    run(signals, [1, 2, 3, 4], log)
    signals.end_epoch()
    run(signals, [5, 6], log)
    signals.end()
    signals.end()

    assert log.steps == measured
    assert all(type(each) is AugmentationRecord for each in log.records)
    assert log.entered == ["running the model on the augmented sample", "comparisons"] * len(measured)


def test_that_an_epoch_that_ends_with_the_run_is_augmented_once() -> None:
    log = Log()
    signals = SimilarityRecorder(MEASURED, augmented=MEASURED, sample=augmented(every_epoch=True))
    signals.start(log)  # type: ignore[arg-type]
    run(signals, [1, 2], log)
    signals.end_epoch()
    signals.end()

    kinds = [(each.step, type(each)) for each in log.records]
    assert kinds == [(step, kind) for step in (0, 2) for kind in (SimilarityRecord, AugmentationRecord)]


def test_that_what_cannot_be_afforded_is_left_out_and_asked_for_again() -> None:
    log = Log()
    signals = SimilarityRecorder(MEASURED, interval=2, augmented=MEASURED, sample=augmented(every_epoch=True))
    log.affords_more = False
    signals.start(log)  # type: ignore[arg-type]
    run(signals, [2], log)
    assert log.steps == []
    assert log.asked == ["comparisons"] * 3
    log.affords_more = True
    signals.end()
    assert log.steps == [2, 2]


def test_that_nothing_is_measured_once_the_file_is_closed() -> None:
    log = Log()
    signals = SimilarityRecorder(MEASURED, interval=1, augmented=MEASURED, sample=augmented(every_epoch=True))
    signals.start(log)  # type: ignore[arg-type]
    log.is_open = False
    run(signals, [1], log)
    signals.end_epoch()
    signals.end()

    assert log.steps == [0, 0]


def test_that_without_samples_and_without_a_log_nothing_is_done() -> None:
    signals = SimilarityRecorder(None, interval=1)
    signals.after_step()
    signals.end_epoch()
    signals.end()
    log = Log()
    signals.start(log)  # type: ignore[arg-type]
    run(signals, [1], log)
    signals.end()

    assert (log.records, log.notes, log.asked) == ([], [], [])
    assert (signals.similarity, signals.augmentations) == (None, None)


def test_that_notes_of_both_plans_are_in_the_file() -> None:
    many = {f"fc{number}": 2 for number in range(30)}
    own = ComparedSamples(plan_compared_layers(many, None, 6, 3), outputs_of({}), 6)
    log = Log()
    SimilarityRecorder(own, augmented=own, sample=augmented(every_epoch=False)).start(log)  # type: ignore[arg-type]

    assert log.notes == [*own.comparison.notes, *own.comparison.notes] != []


def test_that_the_header_says_what_is_compared_on_how_many_samples() -> None:
    labels = np.arange(6)
    signals = SimilarityRecorder(MEASURED, labels, 9, MEASURED, augmented(every_epoch=True))

    similarity, told = signals.similarity, signals.augmentations
    assert similarity is not None and told is not None
    assert (similarity.samples, similarity.interval, similarity.labels) == (6, 9, labels)
    assert [(each.name, each.features, each.kept.tolist()) for each in similarity.layers] == [("fc", 5, [0, 2, 4])]
    assert (told.kinds, told.label, told.seed, told.largest) == (["none", *["noise"] * 5], 3, 7, {"noise": "0.5"})
    assert (told.pictures.shape, told.strengths.dtype) == ((6, 1, 2, 2), np.float64)
    assert [each.name for each in told.layers] == ["fc"]


@pytest.mark.parametrize(("interval", "features", "name"), [
    (-1, 8, "similarity_interval"), (1.5, 8, "similarity_interval"), (0, 0, "similarity_features"),
    (0, 2.5, "similarity_features"),
])  # fmt: skip
def test_that_a_bad_option_is_refused_by_its_name(interval: object, features: object, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is "):
        check_comparing(interval, features)


def test_that_the_least_of_both_options_is_taken() -> None:
    assert check_comparing(0, 1) is None
