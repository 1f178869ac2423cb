"""Global events: what moves all layers at once, and not what a healthy training does anyway."""

from pathlib import Path

import numpy as np
import pytest

from collector.findings.events import shared_change
from tests.collector.findings.recorded import Recorded

N = 200


def norms(level: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """Norms of gradients and updates of three layers at this level ``[N]``, with noise."""
    random = np.random.default_rng(seed)
    names = [f"{metric}/fc{k}" for metric in ("gradient_norm", "update_norm") for k in (1, 2, 3)]
    return {name: level * np.exp(0.1 * random.standard_normal(N)) for name in names}


def told(folder: Path, columns: dict[str, np.ndarray]) -> list[tuple[int, str]]:
    return [(each.step, each.text) for each in Recorded(folder).scalars(columns).report().global_events]


STEADY = np.ones(N)


def test_that_a_jump_of_all_layers_is_told_once_for_gradients_and_updates(tmp_path: Path) -> None:
    columns = {name: v * np.where(np.arange(N) >= 120, 20.0, 1.0) for name, v in norms(STEADY).items()}
    ((step, text),) = told(tmp_path, columns)
    assert step == 120
    assert text.startswith("The gradients of all layers are ")
    assert "times larger than before" in text
    assert "updates" in text


def test_that_a_hard_batch_is_told_at_its_step(tmp_path: Path) -> None:
    columns = {name: v * np.where(np.arange(N) == 77, 50.0, 1.0) for name, v in norms(STEADY).items()}
    assert [step for step, _ in told(tmp_path, columns)] == [77]


def test_that_a_jump_of_the_rate_is_told_and_not_the_updates_that_follow_it(tmp_path: Path) -> None:
    rate = np.where(np.arange(N) >= 90, 0.1, 0.001)
    columns = {name: v * (rate if name.startswith("update") else 1) for name, v in norms(STEADY).items()}
    assert told(tmp_path, columns | {"learning_rate": rate}) == [(90, "The learning rate goes from 0.001 to 0.1.")]


@pytest.mark.parametrize(
    "rate",
    [
        0.1 * 0.5 * (1 + np.cos(np.pi * np.arange(N) / N)),
        0.1 * np.minimum(np.arange(N) / 50, 1),
        0.1 * 0.99 ** np.arange(N),
    ],
)
def test_that_schedules_are_no_events(tmp_path: Path, rate: np.ndarray) -> None:
    columns = {name: v * (rate + 1e-9 if name.startswith("update") else 1) for name, v in norms(STEADY).items()}
    assert told(tmp_path, columns | {"learning_rate": rate}) == []


@pytest.mark.parametrize("level", [1e-4 ** (np.arange(N) / N), np.exp(-np.arange(N) / 8) + 0.01])
def test_that_gradients_that_fall_while_a_training_learns_are_no_event(tmp_path: Path, level: np.ndarray) -> None:
    assert told(tmp_path, norms(level)) == []


def test_that_what_one_layer_does_is_no_global_event(tmp_path: Path) -> None:
    columns = norms(STEADY)
    columns["gradient_norm/fc2"][100:] *= 1e5
    assert told(tmp_path, columns) == []


def test_that_restarts_of_the_rate_are_told(tmp_path: Path) -> None:
    rate = 0.1 * 0.5 * (1 + np.cos(np.pi * (np.arange(N) % 50) / 50))
    assert [step for step, _ in told(tmp_path, {"learning_rate": rate})] == [50, 100, 150]


@pytest.mark.parametrize(
    ("changes", "shared"),
    [
        ([3.0], 0.0),
        ([3.0, np.nan], 0.0),
        ([3.0, 1.0], 1.0),
        ([3.0, -1.0], 0.0),
        ([3.0, 1.0, 0.0], 1.0),
        ([0.0, 0.1, 3.0, 4.0], 0.1),
        ([-4.0, -3.0, -2.0, np.nan], -3.0),
    ],
)
def test_that_what_is_shared_is_the_median_and_never_what_one_layer_does(changes: list[float], shared: float) -> None:
    own, together = shared_change(np.array([changes]))
    assert together[0] == shared
    np.testing.assert_equal(own[0], np.array(changes) - shared)


def test_that_of_no_layers_nothing_is_known() -> None:
    assert np.isnan(shared_change(np.zeros((4, 0)))[1]).all()
    assert np.isnan(shared_change(np.full((4, 3), np.nan))[1]).all()
