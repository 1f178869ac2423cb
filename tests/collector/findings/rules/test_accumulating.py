from pathlib import Path

import numpy as np

from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import lacking, opponents, told

RULE = "accumulating-gradients"


def recorded(folder: Path, carried: dict[int, float], norms: dict[int, float]) -> Recorded:
    """At 20 steps, every 10; what is left over is recorded from the first on, norms from the second on."""
    left, whole = np.zeros(20), np.full(20, 10.0)
    left[list(carried)], whole[list(norms)] = list(carried.values()), list(norms.values())
    run = Recorded(folder).scalars({"carried_gradient_norm/total": left}, every=10)
    return run.scalars({"unclipped_gradient_norm/total": whole[1:]}, every=10, start=10)


def test_that_more_than_a_tenth_of_the_norm_left_over_at_three_steps_is_told(tmp_path: Path) -> None:
    run = recorded(tmp_path, {8: 1.1, 9: 20.0, 10: 9.0}, {9: 40.0, 10: 30.0, 12: 50.0})
    assert told(run, RULE) == [
        "warning: all since 80 in 70-80 until 100; see optimizer 80 carried_gradient_norm/total",
        "Gradients are not set to zero from step 80 on: 4 times what one was. Each step goes on in the "
        "direction of all the steps before it.",
        "times: 4, carried / all: 0.3",
    ]


def test_that_a_tenth_or_two_steps_are_not(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, {8: 1.0, 9: 1.0, 10: 1.0, 11: 1.0}, {}), RULE) == []
    assert told(recorded(tmp_path, {8: 5.0, 9: 5.0}, {}), RULE) == []


def test_that_a_sum_that_begins_with_the_first_step_and_lasts_is_told(tmp_path: Path) -> None:
    run = recorded(tmp_path, dict.fromkeys(range(20), 5.0), {1: 5.0, 2: 25.0})
    assert told(run, RULE) == [
        "warning: all since 10 in 10-10; see optimizer 10 carried_gradient_norm/total",
        "Gradients are not set to zero from step 10 on: 5 times what one was. Each step goes on in the "
        "direction of all the steps before it.",
        "times: 5, carried / all: 0.5",
    ]


def test_that_with_several_optimizers_it_is_not_judged(tmp_path: Path) -> None:
    assert "several optimizers" in lacking(recorded(tmp_path, {}, {}).add(opponents()), RULE)
