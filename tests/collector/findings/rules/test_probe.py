from pathlib import Path

import numpy as np
import pytest

from tests.collector.findings.recorded import Recorded, flat
from tests.collector.findings.said import RULES, lacking, told

N = 60
RULE = "probe-scale"


def recorded(folder: Path, probe: np.ndarray, *, mean: float = 0.0, std: float = 1.0, name: str = "input") -> Recorded:
    run = Recorded(folder, probe=(probe, None)).scalars({"loss": flat(N)})
    return run.scalars({f"input_mean/{name}": [mean] * N, f"input_std/{name}": [std] * N})


def spread(size: float, around: float = 0.0) -> np.ndarray:
    """16 samples that lie so far on either side."""
    return around + size * np.resize([1.0, -1.0], (16, 8))


def test_that_a_probe_that_was_not_scaled_as_the_training_is_told(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, spread(80.0, 120.0)), RULE) == [
        "warning: fc1 since 0 in 0-0; see sample 0",
        "The probe is not like the training's inputs: it lies around 120 (standard deviation 80), they around 0 (1). "
        "What the network makes of the probe, at every pass, is not what it makes of its data.",
        "mean of the probe: 120, standard deviation of the probe: 80, mean of the training: 0, standard deviation of "
        "the training: 1",
    ]


@pytest.mark.parametrize(
    ("probe", "is_told"),
    [
        (spread(4.9), False),
        (spread(5.1), True),
        (spread(0.21), False),
        (spread(0.19), True),
        (spread(1.0, 2.9), False),
        (spread(1.0, 3.1), True),
        (np.zeros((16, 8)), False),
    ],
)
def test_that_what_a_few_samples_differ_by_is_not_told(tmp_path: Path, probe: np.ndarray, is_told: bool) -> None:
    assert bool(told(recorded(tmp_path, probe), RULE)) is is_told


def test_that_a_probe_may_differ_from_the_training_as_its_batches_do(tmp_path: Path) -> None:
    run = Recorded(tmp_path, probe=(spread(20.0, 7.9), None)).scalars({"loss": flat(N)})
    heavy = np.where(np.arange(N) == 7, 6.0, 1.0)
    run.scalars({"input_mean/input": heavy - 1, "input_std/input": heavy})
    assert told(run, RULE) == []


def test_that_units_that_are_silent_for_such_a_probe_follow_from_it(tmp_path: Path) -> None:
    run = recorded(tmp_path, spread(80.0)).scalars({"dead_fraction/fc1": [0.9, 0.95, 0.95]}, every=20)
    found = {each.rule: each for each in run.found(RULES[RULE], RULES["dead-units"])}
    assert (found["dead-units"].severity, found["dead-units"].follows_from) == ("note", RULE)


def test_that_of_several_inputs_it_is_not_judged(tmp_path: Path) -> None:
    run = recorded(tmp_path, spread(80.0)).scalars({"input_std/mask": [1.0] * N})
    assert lacking(run, RULE) == "the training's inputs were not recorded, or are several"
