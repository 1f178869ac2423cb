from pathlib import Path

import numpy as np

from collector.storage.schema import OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import lacking, told

RULE = "norm-statistics"


def recorded(folder: Path, modes: dict[str, list[float]], counts: dict[str, np.ndarray] | None = None, **run):
    n = len(next(iter(modes.values())))
    columns = {f"training_mode/{name}": values for name, values in modes.items()}
    tracked = counts if counts is not None else dict.fromkeys(modes, np.zeros(n))
    columns |= {f"batches_tracked/{name}": values for name, values in tracked.items()}
    return Recorded(folder, **run).scalars(columns, every=10)


def test_that_more_than_nine_of_ten_steps_in_evaluation_mode_are_told_since_the_first(tmp_path: Path) -> None:
    run = recorded(tmp_path, {"fc1": [1.0, *[0.0] * 19], "fc2": [1.0] * 20, "fc3": [0.0] * 20})
    assert told(run, RULE) == [
        "warning: fc1, fc3 since 0 in 0-0; see layers 0 fc1",
        "fc1 and 1 more norm: in evaluation mode while it is trained. It normalises with the statistics "
        "it began with, not with those of the batch.",
        "norms: 2",
    ]
    assert told(recorded(tmp_path, {"fc1": [1.0, 1.0, *[0.0] * 18]}), RULE) == []
    assert told(recorded(tmp_path, {"fc1": [1.0, *[0.0] * 19]}), RULE) == [
        "warning: fc1 since 10 in 10-10; see layers 10 fc1",
        "fc1: in evaluation mode while it is trained. It normalises with the statistics it began with, "
        "not with those of the batch.",
        "norms: 1",
    ]
    assert told(recorded(tmp_path, {"fc1": [0.0, 0.0]}), RULE) == []
    assert told(recorded(tmp_path, {"fc1": [0.0, 0.0, 0.0]}), RULE) != []


def test_that_a_norm_whose_gain_is_frozen_at_last_is_not(tmp_path: Path) -> None:
    for frozen, is_told in (([["fc1.weight"]], False), ([["fc1.weight"], []], True), ([["fc1.bias"]], True)):
        run = recorded(tmp_path, {"fc1": [0.0] * 20})
        records = [
            OptimizersRecord(10 * k, [ParameterGroup([], "Adam")], frozen=names) for k, names in enumerate(frozen)
        ]
        assert bool(told(run.add(*records), RULE)) is is_told


def test_that_of_keras_the_mode_is_enough(tmp_path: Path) -> None:
    modes = {"fc1": [0.0] * 20}
    assert told(recorded(tmp_path, modes, {}, framework="keras 3"), RULE) != []
    assert "no layer has running statistics" in lacking(recorded(tmp_path, modes, {}, framework="torch"), RULE)


def beside(folder: Path, *more: dict[int, int], usual: int = 10) -> Recorded:
    """Counts of batches at every tenth step, with more from these rows on."""
    counts = {}
    for number, each in enumerate(more, 1):
        per_row = np.full(20, usual)
        for row, extra in each.items():
            per_row[row] += extra
        counts[f"fc{number}"] = np.cumsum(per_row).astype(float)
    return recorded(folder, {name: [1.0] * 20 for name in counts}, counts)


def test_that_more_batches_than_usual_are_told_by_the_first_norm_with_their_number(tmp_path: Path) -> None:
    assert told(beside(tmp_path, {12: 7}, {8: 1000, 15: 500}), RULE) == [
        "warning: fc1, fc2 since 80 in 70-80; see timeline 80 fc2 batches_tracked/fc2",
        "fc2: its statistics take in 1,500 batches that are not the training's. Validation in training "
        "mode: its figures depend on the batch, and its data leak into the model.",
        "batches beside the training's: 1500",
    ]
    assert told(beside(tmp_path, {8: 1}), RULE) == [
        "warning: fc1 since 80 in 70-80; see timeline 80 fc1 batches_tracked/fc1",
        "fc1: its statistics take in 1 batches that are not the training's. Validation in training mode: "
        "its figures depend on the batch, and its data leak into the model.",
        "batches beside the training's: 1",
    ]
    assert told(beside(tmp_path, {}), RULE) == []
    assert told(beside(tmp_path, {8: 5}, usual=9), RULE) == []  # frozen in a part of the steps
    assert told(beside(tmp_path, {8: 5}, usual=20), RULE) != []  # accumulation


def test_that_five_counts_are_too_few(tmp_path: Path) -> None:
    for n, is_told in ((6, True), (5, False)):
        counts = np.arange(n) * 10.0
        counts[3:] += 4
        assert bool(told(recorded(tmp_path, {"fc1": [1.0] * n}, {"fc1": counts}), RULE)) is is_told
