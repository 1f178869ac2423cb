"""The black box sees the spikes that the rules see, and asks each value once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from collector.capture.spikes import GradientSpikes, loss_spikes
from collector.findings.robust import SIGMA
from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import FORMAT, VERSION, Header, Run, StepsRecord


def falling(seed: int, n: int = 300) -> np.ndarray:
    """A loss that falls, with noise of a tenth of it."""
    chance = np.random.default_rng(seed)
    return (1.5 * np.exp(-np.arange(n) / 80) + 0.4) * np.exp(0.1 * chance.standard_normal(n))


def seen(values: np.ndarray, sees: Callable[[float], bool]) -> list[int]:
    return [step for step, value in enumerate(values.tolist()) if sees(value)]


def is_spike(values: np.ndarray, step: int) -> bool:
    """By the formula, of all 50 values before."""
    before = values[max(0, step - 50) : step]
    median = np.median(before)
    spread = SIGMA * np.median(np.abs(before - median))
    return (values[step] - median) / max(spread, 0.02 * abs(median)) > 6 and values[step] > 2 * median


@pytest.mark.parametrize("seed", range(8))
def test_that_a_healthy_loss_has_no_spike(seed: int) -> None:
    assert seen(falling(seed), loss_spikes().sees) == []


@pytest.mark.parametrize("step", [5, 60, 133, 299])
def test_that_a_jump_is_seen_at_its_step_as_the_formula_and_the_rule_have_it(step: int, tmp_path: Path) -> None:
    values = falling(1)
    values[step] *= 4
    assert seen(values, loss_spikes().sees) == [step]
    assert [each for each in range(5, 300) if is_spike(values, each)] == [step]
    header = Header(FORMAT, VERSION, Run(created="2024-05-01T12:00:00+00:00", interval=50, neuron_cap=24), [])
    with CollectionWriter(tmp_path / "run.json", header) as writer:
        writer.write(StepsRecord(0, len(values), {"loss": values}))
    with open_collection(tmp_path / "run.json") as collection:
        assert [each.since for each in collection.findings(["loss-spike"]).findings] == [step]


def test_that_a_loss_that_stays_high_is_one_spike() -> None:
    values = falling(2)
    values[100:130] *= 5
    assert seen(values, loss_spikes().sees) == [100]


def test_that_what_is_not_finite_is_left_out() -> None:
    values = falling(3)
    values[[50, 51]] = np.nan, np.inf
    assert seen(values, loss_spikes().sees) == []


def test_that_gradients_have_to_be_far_for_three_steps() -> None:
    norms = falling(4)
    norms[40] *= 100
    norms[80:82] *= 100
    norms[200:] *= 100
    assert seen(norms**2, GradientSpikes().sees) == [202]
