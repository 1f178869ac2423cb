from pathlib import Path

import numpy as np
import pytest

from tests.collector.findings.recorded import Recorded, falling, flat
from tests.collector.findings.said import RULES, told

N = 200


def recorded(folder: Path, loss: np.ndarray, n_classes: int = 0, **run) -> Recorded:
    probe = (np.zeros((16, 8)), np.arange(16) % n_classes) if n_classes else None
    return Recorded(folder, probe=probe, **run).scalars({"loss": loss})


def with_jump(size: float, length: int, n: int = N) -> np.ndarray:
    loss = flat(n, 1.0)
    loss[120 : 120 + length] = size
    return loss


def test_that_a_jump_is_told_by_its_size_and_where_it_comes_back_until_when(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, with_jump(3.0, 10)), "loss-spike") == [
        "note: all since 120 in 119-120 until 130; see timeline 120 loss",
        "The loss jumps to 3 times what it was at step 120 and comes back. A batch that was hard by itself.",
        "times its median: 2.999, robust z: 99.97",
    ]
    assert told(recorded(tmp_path, with_jump(3.0, 30)), "loss-spike") == [
        "warning: all since 120 in 119-120; see timeline 120 loss",
        "The loss jumps to 3 times what it was at step 120. It has not come back within 30 steps.",
        "times its median: 2.999, robust z: 99.97",
    ]
    assert told(recorded(tmp_path, with_jump(1.9, 30)), "loss-spike") == []


def test_that_of_several_jumps_the_largest_is_told(tmp_path: Path) -> None:
    loss = with_jump(3.0, 10)
    loss[60:63] = 9.0
    assert told(recorded(tmp_path, loss), "loss-spike")[0].startswith("note: all since 60")
    loss[150] = 20.0
    assert told(recorded(tmp_path, loss), "loss-spike")[0].startswith("note: all since 150")


def test_that_a_jump_within_the_noise_of_the_loss_is_none(tmp_path: Path) -> None:
    noisy = np.where(np.arange(N) % 2, 0.8, 1.2)  # 1.4826 × 0.2 × 6 = 1.78
    for size, is_told in ((2.85, True), (2.75, False)):
        loss = noisy.copy()
        loss[120] = size
        assert bool(told(recorded(tmp_path, loss), "loss-spike")) is is_told


def test_that_at_the_end_a_jump_is_taken_to_come_back_where_the_loss_ends_finite(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, with_jump(3.0, 5, 125)), "loss-spike") == [
        "note: all since 120 in 119-120 until 124; see timeline 120 loss",
        "The loss jumps to 3 times what it was at step 120 and comes back. A batch that was hard by itself.",
        "times its median: 2.999, robust z: 99.97",
    ]
    loss = with_jump(3.0, 5, 130)
    loss[125:] = np.nan
    assert told(recorded(tmp_path, loss), "loss-spike") == [
        "warning: all since 120 in 119-120; see timeline 120 loss",
        "The loss jumps to 3 times what it was at step 120. It has not come back within 30 steps.",
        "times its median: 2.999, robust z: 99.97",
    ]


def test_that_a_level_of_a_fifth_more_is_back(tmp_path: Path) -> None:
    for level, severity in ((1.19, "note"), (1.22, "warning")):
        loss = np.ones(N)
        loss[120:] = level
        loss[120:125] = 5.0
        assert told(recorded(tmp_path, loss), "loss-spike")[0].startswith(severity)


def test_that_a_jump_near_the_floor_is_a_note(tmp_path: Path) -> None:
    loss = np.full(N, 0.001)
    loss[:10], loss[120:] = 1.0, 0.04
    assert told(recorded(tmp_path, loss), "loss-spike")[0].startswith("note")
    loss[120:] = 0.06
    assert told(recorded(tmp_path, loss), "loss-spike")[0].startswith("warning")


def turning(end: float, best: float = 1.0, first: float = 2.0, n: int = N) -> np.ndarray:
    """From ``first`` to ``best`` in the first half, at once ``end`` in the last quarter."""
    steps = np.arange(n)
    return np.where(steps < n // 2, np.linspace(first, 2 * best - first, n), np.where(steps < 3 * n // 4, best, end))


@pytest.mark.parametrize(("end", "severity"), [(1.49, None), (1.51, "warning"), (1.97, "warning"), (2.05, "critical")])
def test_that_a_loss_that_ends_one_and_a_half_times_its_best_runs_away(tmp_path: Path, end: float, severity) -> None:
    found = told(recorded(tmp_path, turning(end)), "diverging-loss")
    assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else [])


def test_that_it_is_told_from_where_it_turned(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, turning(3.0)), "diverging-loss") == [
        "critical: all since 150 in 149-150; see timeline 150 loss",
        "The loss runs away: its median is 1 around step 105, 3 at the end. What was learnt is lost again.",
        "last / best: 3",
    ]
    loss = turning(3.0)
    loss[160:170] = 1.0
    assert told(recorded(tmp_path, loss), "diverging-loss")[0].startswith("critical: all since 170 in 169-170")
    loss = turning(1.7)
    loss[100:150] += 0.4 * np.where(np.arange(50) % 5 == 0, 1, 0)
    assert told(recorded(tmp_path, loss), "diverging-loss")[0].startswith("warning: all since 150")


def test_that_it_turned_where_it_was_last_a_quarter_above_its_best(tmp_path: Path) -> None:
    for level, since in ((1.24, 150), (1.26, 120)):
        loss = turning(3.0)
        loss[120:150] = level
        assert f" since {since} in {since - 1}-{since};" in told(recorded(tmp_path, loss), "diverging-loss")[0]
    loss = turning(3.0)
    loss[120:170] = np.linspace(1.0, 3.0, 50)
    assert " since 127 in 126-127;" in told(recorded(tmp_path, loss), "diverging-loss")[0]
    loss[140] = 1.0  # one low value is no way back
    assert " since 127 in 126-127;" in told(recorded(tmp_path, loss), "diverging-loss")[0]


def test_that_a_tenth_of_what_was_won_is_not_lost_with_less(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, turning(2.0, 1.0, 12.0)), "diverging-loss") == []
    assert told(recorded(tmp_path, turning(2.2, 1.0, 12.0)), "diverging-loss") != []


def test_that_a_loss_on_its_way_back_does_not_run_away(tmp_path: Path) -> None:
    loss = turning(3.0)
    loss[180:] = np.linspace(8.0, 1.6, 20)
    assert told(recorded(tmp_path, loss), "diverging-loss") == []
    loss[180:] = np.linspace(4.0, 3.9, 20)
    assert told(recorded(tmp_path, loss), "diverging-loss") != []


def test_that_one_that_ends_near_its_floor_is_a_note(tmp_path: Path) -> None:
    for end, severity in ((0.13, "note"), (0.14, "warning")):  # of ln 16
        run = recorded(tmp_path, turning(end, 0.02, 0.5), 16)
        assert told(run, "diverging-loss")[0].startswith(severity)


@pytest.mark.parametrize(("end", "is_told"), [(0.91, True), (0.89, False)])
def test_that_a_loss_that_has_fallen_by_less_than_a_tenth_stands(tmp_path: Path, end: float, is_told: bool) -> None:
    loss = np.full(N, end)
    loss[:10] = 1.0
    found = told(recorded(tmp_path, loss), "loss-plateau")
    assert bool(found) is is_told
    if is_told:
        assert found == [
            "warning: all since 0 in 0-0; see timeline 199 loss",
            "The loss stands at 0.91: in 200 steps it has fallen by 9.0 %. The network has learnt next to nothing.",
            "fell by: 0.09, change of log loss in 50 steps: 0",
        ]


def test_that_one_that_goes_on_falling_does_not_stand(tmp_path: Path) -> None:
    for per_50, is_told in ((0.004, True), (0.006, False)):  # 2 % in all
        loss = np.exp(-per_50 * np.arange(N) / 50)
        assert bool(told(recorded(tmp_path, loss), "loss-plateau")) is is_told


def test_that_one_that_has_slowed_down_stands_and_so_does_that_of_a_guess(tmp_path: Path) -> None:
    for late, is_told in ((0.004, True), (0.016, False)):
        loss = np.exp(-np.cumsum(np.where(np.arange(N) < N // 2, 0.02, late)) / 50)
        assert bool(told(recorded(tmp_path, loss), "loss-plateau")) is is_told
    loss = np.log(2) * np.exp(-0.021 * np.arange(N) / 50) * 1.05
    assert told(recorded(tmp_path, loss, 2), "loss-plateau") == [
        "warning: all since 0 in 0-0; see timeline 199 loss",
        "The loss stands at 0.6707 after 200 steps, hardly better than a guess's 0.693. The network has learnt next to "
        "nothing.",
        "fell by: 0.07767, change of log loss in 50 steps: -0.021",
    ]


def test_that_never_below_nineteen_twentieths_of_a_guess_is_a_guess(tmp_path: Path) -> None:
    for level, is_told in ((0.96, True), (0.94, False)):
        loss = np.full(N, level * np.log(4))
        loss[:5] = 3.0
        assert bool(told(recorded(tmp_path, loss, 4), "loss-plateau")) is is_told


def test_that_short_runs_a_rate_of_zero_and_a_loss_that_runs_away_are_not_told(tmp_path: Path) -> None:
    for n, is_told in ((50, True), (49, False)):
        assert bool(told(recorded(tmp_path, np.ones(n)), "loss-plateau")) is is_told
    for rate, is_told in ((0.0, False), (0.1, True)):
        run = recorded(tmp_path, np.ones(N)).scalars({"learning_rate": np.full(N, rate)})
        assert bool(told(run, "loss-plateau")) is is_told
    for end, is_told in ((1.49, True), (1.51, False)):
        assert bool(told(recorded(tmp_path, np.where(np.arange(N) < 150, 1.0, end)), "loss-plateau")) is is_told


def test_that_it_is_looked_at_over_an_epoch_and_no_more_than_half_of_the_run(tmp_path: Path) -> None:
    standing = np.where(np.arange(N) < 140, np.linspace(1.0, 0.95, N), 0.95)
    assert told(recorded(tmp_path, standing, steps_per_epoch=30), "loss-plateau")[2].endswith("in 50 steps: 0")
    assert "in 80 steps" in told(recorded(tmp_path, standing, steps_per_epoch=80), "loss-plateau")[2]
    assert told(recorded(tmp_path, np.ones(N), steps_per_epoch=150), "loss-plateau")[2].endswith("in 100 steps: 0")
    seldom = Recorded(tmp_path).scalars({"loss": np.ones(24)}, every=6)
    assert told(seldom, "loss-plateau") == []
    assert told(Recorded(tmp_path).scalars({"loss": np.ones(24)}, every=5), "loss-plateau") != []


def test_that_a_loss_that_falls_is_none_of_these(tmp_path: Path) -> None:
    for rule in ("loss-spike", "diverging-loss", "loss-plateau"):
        assert told(recorded(tmp_path, falling(N)), rule) == []


def test_that_a_loss_that_jumps_right_behind_its_best_has_left_it_there(tmp_path: Path) -> None:
    noise = 0.05 * np.random.default_rng(0).normal(size=180)
    loss = np.concatenate((np.linspace(2.3, 1.0, 99), np.full(81, 2.3))) + noise
    (found,) = recorded(tmp_path, loss).found(RULES["diverging-loss"])
    assert 97 <= found.since <= 101
