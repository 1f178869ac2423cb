from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import LossRecord
from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import RULES, halved, lacking, told

N = 200
RULE = "target-scale"


def recorded(
    folder: Path, loss: np.ndarray, operations: list[str], *, outputs: np.ndarray, reduction: str = "mean"
) -> Recorded:
    inputs = 80 * np.random.default_rng(0).normal(size=(len(outputs), 8))
    run = Recorded(folder, probe=(inputs, None)).scalars({"loss": loss})
    run.add(LossRecord(0, "loss", operations, reduction, "fc2"))
    return run.taken(0, {}, outputs.astype(np.float32)).taken(50, {}, outputs.astype(np.float32))


def test_that_targets_thirty_times_further_than_the_outputs_reach_are_told(tmp_path: Path) -> None:
    outputs = np.resize([-2.0, 2.0], (16, 1))
    assert told(recorded(tmp_path, np.full(N, 61.0**2), ["MseLoss"], outputs=outputs), RULE) == [
        "warning: fc2 since 0 in 0-0; see network 0 fc2",
        "Targets lie about 61 away from the outputs, which differ by 2. The last bias has to travel "
        "there before anything else is learnt.",
        "distance: 61, spread of the outputs: 2",
    ]
    assert told(recorded(tmp_path, np.full(N, 60.0**2), ["MseLoss"], outputs=outputs), RULE) == []
    assert told(recorded(tmp_path, np.full(N, 61.0), ["L1Loss"], outputs=outputs), RULE) == [
        "warning: fc2 since 0 in 0-0; see network 0 fc2",
        "Targets lie about 61 away from the outputs, which differ by 2. The last bias has to travel "
        "there before anything else is learnt.",
        "distance: 61, spread of the outputs: 2",
    ]
    assert told(recorded(tmp_path, np.full(N, 60.0), ["L1Loss"], outputs=outputs), RULE) == []
    assert told(recorded(tmp_path, np.full(N, 31.0), ["L1Loss"], outputs=outputs / 4), RULE) == [
        "warning: fc2 since 0 in 0-0; see network 0 fc2",
        "Targets lie about 31 away from the outputs, which differ by 0.5. The last bias has to travel "
        "there before anything else is learnt.",
        "distance: 31, spread of the outputs: 0.5",
    ]
    assert told(recorded(tmp_path, np.full(N, 30.0), ["L1Loss"], outputs=outputs / 4), RULE) == []
    assert told(recorded(tmp_path, np.full(N, 31.0), ["L1Loss"], outputs=outputs * 0), RULE) == [
        "warning: fc2 since 0 in 0-0; see network 0 fc2",
        "Targets lie about 31 away from the outputs, which differ by 1. The last bias has to travel "
        "there before anything else is learnt.",
        "distance: 31, spread of the outputs: 1",
    ]
    assert told(recorded(tmp_path, np.full(N, 99.0), ["Sub", "L1Loss"], outputs=outputs), RULE) == []
    for last, is_told in ((6.4, False), (6.5, True)):
        run = recorded(tmp_path, halved(N, 64.0, last), ["L1Loss"], outputs=outputs)
        assert bool(told(run, RULE)) is is_told


@pytest.mark.parametrize(
    ("operation", "reduction", "is_told"),
    [("SmoothL1Loss", "mean", True), ("HuberLoss", "mean", True), ("L1Loss", "sum", False), ("NllLoss", "mean", False)],
)
def test_that_errors_that_grow_with_the_distance_are_judged_where_they_are_means(
    operation: str, reduction: str, is_told: bool, tmp_path: Path
) -> None:
    outputs = np.resize([-2.0, 2.0], (16, 1))
    run = recorded(tmp_path, np.full(N, 99.0), [operation], outputs=outputs, reduction=reduction)
    assert bool(told(run, RULE)) is is_told


def test_that_inputs_out_of_scale_do_not_excuse_the_targets(tmp_path: Path) -> None:
    run = recorded(tmp_path, np.full(N, 99.0), ["L1Loss"], outputs=np.resize([-2.0, 2.0], (16, 1)))
    found = {each.rule: each for each in run.found(RULES["input-scale"], RULES[RULE])}
    assert {name: (each.severity, each.follows_from) for name, each in found.items()} == {
        "input-scale": ("warning", ""),
        RULE: ("warning", ""),
    }


def test_that_without_the_loss_and_the_outputs_it_is_not_judged(tmp_path: Path) -> None:
    assert "what the loss is made of is not known" in lacking(Recorded(tmp_path), RULE)
