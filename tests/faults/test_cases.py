"""A few of the broken and healthy trainings; all of them are run by ``make faults``."""

from pathlib import Path

import pytest

from tests.faults.drawn import drawn, record
from tests.faults.measure import Outcome, outcome

BROKEN = (
    "F03 ReLU on the logits",
    "F09 a layer that is dead",
    "F11 rate too high",
    "F17 head alone in the optimizer",
    "F22 all weights alike",
    "F34 NaN in a batch",
    "cut graph",
)
HEALTHY = (
    "example: graph convolutions",
    "example: actor and critic",
    "M6",
    "H05 frozen backbone",
    "H08 warm-up from 0",
    "H24 sigmoid output",
    "accumulation",
)


def _said(one: Outcome) -> list[tuple[str, list[str]]]:
    return [(each.rule, each.layers) for each in one.serious]


@pytest.mark.parametrize("name", BROKEN)
def test_that_a_fault_is_found_in_its_layer_at_its_step_and_its_twin_is_not_blamed(tmp_path: Path, name: str) -> None:
    broken, twin = sorted(outcome("broken", name, 0, tmp_path), key=lambda each: each.kind)
    assert (broken.is_found, broken.is_layer, broken.is_onset) == (True, True, True), _said(broken)
    assert _said(twin) == []
    assert broken.failed == twin.failed == []


@pytest.mark.parametrize("name", HEALTHY)
def test_that_a_healthy_training_is_not_blamed(tmp_path: Path, name: str) -> None:
    (healthy,) = outcome("healthy", name, 0, tmp_path)
    assert _said(healthy) == []
    assert healthy.failed == []


def test_that_recordings_that_are_there_are_judged_and_not_trained_again(tmp_path: Path) -> None:
    first = outcome("healthy", "M6", 0, tmp_path)
    (path,) = tmp_path.glob("*.json")
    before = path.stat().st_mtime_ns
    assert outcome("healthy", "M6", 0, tmp_path) == first
    assert path.stat().st_mtime_ns == before


@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_what_is_drawn_is_the_same_again_and_is_judged_by_its_own_answer(tmp_path: Path) -> None:
    seed = next(seed for seed in range(100) if drawn(seed)[1].fault == "not_in_optimizer")
    answer, one = record(seed, tmp_path)
    assert answer == record(seed, tmp_path)[0]
    assert (one.is_found, one.is_layer, one.is_onset) == (True, True, True)
