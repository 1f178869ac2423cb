from pathlib import Path

import numpy as np
import pytest

from tests.collector.findings.recorded import Recorded, flat
from tests.collector.findings.said import halved, told

RULE = "clipping-always"


def recorded(folder: Path, before: list[float] | np.ndarray, loss: np.ndarray | None = None) -> Recorded:
    """Norms before clipping at each step; behind it they are 1, from the second step on."""
    n = len(before)
    run = Recorded(folder).scalars({"loss": flat(n) if loss is None else loss})
    run.scalars({"unclipped_gradient_norm/total": before})
    return run.scalars({"gradient_norm/total": np.ones(n - 1)}, start=1)


def test_that_it_is_told_since_the_first_cut_of_the_first_window_in_which_most_are(tmp_path: Path) -> None:
    before = np.ones(401)
    before[200:] = 8.0
    before[50] = before[100] = 5.0
    assert told(recorded(tmp_path, before), RULE) == [
        "warning: all since 200 in 199-200; see optimizer 200 unclipped_gradient_norm/total",
        "Clipping cuts the gradient at 51 % of the steps, to a 8th of it. The norm that is left is always "
        "the limit: large and small gradients count the same.",
        "share of steps: 0.5075, times: 8",
    ]


def test_that_a_window_has_a_hundred_steps(tmp_path: Path) -> None:
    run = recorded(tmp_path, [1.0, *[4.0] * 50, *[1.0] * 50, *[4.0] * 200])
    assert told(run, RULE) == [
        "warning: all since 101 in 100-101; see optimizer 101 unclipped_gradient_norm/total",
        "Clipping cuts the gradient at 83 % of the steps, to a 4th of it. The norm that is left is always "
        "the limit: large and small gradients count the same.",
        "share of steps: 0.8333, times: 4",
    ]


def test_that_half_of_the_steps_or_three_times_are_not_told(tmp_path: Path) -> None:
    half = np.where(np.arange(301) % 2, 8.0, 1.0)
    assert told(recorded(tmp_path, half), RULE) == []
    assert told(recorded(tmp_path, np.full(301, 3.0)), RULE) == []
    early = np.where(np.arange(301) <= 150, 8.0, 1.0)
    assert told(recorded(tmp_path, early), RULE) == []


def test_that_fewer_steps_than_a_window_are_judged_together_and_fewer_than_ten_not(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, np.full(11, 3.4)), RULE) == [
        "warning: all since 1 in 1-1; see optimizer 1 unclipped_gradient_norm/total",
        "Clipping cuts the gradient at 100 % of the steps, to a third of it. The norm that is left is "
        "always the limit: large and small gradients count the same.",
        "share of steps: 1, times: 3.4",
    ]
    assert told(recorded(tmp_path, np.full(10, 3.4)), RULE) == []
    assert told(recorded(tmp_path, [1.0, *[9.0] * 6, *[1.0] * 4]), RULE) == [
        "warning: all since 1 in 1-1; see optimizer 1 unclipped_gradient_norm/total",
        "Clipping cuts the gradient at 60 % of the steps, to a 9th of it. The norm that is left is always "
        "the limit: large and small gradients count the same.",
        "share of steps: 0.6, times: 9",
    ]
    assert told(recorded(tmp_path, [1.0, *[9.0] * 5, *[1.0] * 5]), RULE) == []


@pytest.mark.parametrize(("last", "severity"), [(9.0, "note"), (9.01, "warning")])
def test_that_it_harms_where_the_loss_has_fallen_by_less_than_a_tenth(tmp_path: Path, last, severity: str) -> None:
    assert told(recorded(tmp_path, np.full(41, 4.0), halved(41, 10.0, last)), RULE)[0].startswith(severity)


def test_that_without_a_loss_it_is_a_note(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"unclipped_gradient_norm/total": np.full(20, 9), "gradient_norm/total": [1] * 20})
    assert told(run, RULE)[0].startswith("note")


def test_that_gradients_that_came_to_nothing_were_not_cut(tmp_path: Path) -> None:
    norms = {"unclipped_gradient_norm/total": np.full(20, 9.0), "gradient_norm/total": np.zeros(20)}
    assert told(Recorded(tmp_path).scalars(norms), RULE) == []


def test_that_an_optimizer_that_clips_for_itself_is_judged_by_what_it_makes_of_them(tmp_path: Path) -> None:
    norms = {"unclipped_gradient_norm/total": np.full(20, 9.0), "gradient_norm/total": np.full(20, 9.0)}
    run = Recorded(tmp_path).scalars(norms | {"clipped_gradient_norm/total": np.full(20, 3.0 - 2**-20)})
    assert told(run, RULE) == [
        "note: all since 0 in 0-0; see optimizer 0 unclipped_gradient_norm/total",
        "Clipping cuts the gradient at 100 % of the steps, to a third of it. The norm that is left is "
        "always the limit: large and small gradients count the same.",
        "share of steps: 1, times: 3",
    ]
