from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded, falling, flat
from tests.collector.findings.said import halved, opponents, told

N = 200
STEPS = np.arange(N)


def recorded(folder: Path, loss: np.ndarray, weights: dict[str, np.ndarray] | None = None, **updates) -> Recorded:
    """Norms of three layers; weights of 1 and updates of 0.001 but for what is given."""
    run = Recorded(folder).scalars({"loss": loss})
    usual = {name: np.full(N, 0.001) for name in ("fc1", "fc2", "fc3")} | updates
    run.scalars({f"update_norm/{name}": values for name, values in usual.items()})
    return run.scalars({f"weight_norm/{name}": (weights or {}).get(name, np.ones(N)) for name in usual})


def between(start: int, stop: int, size: float, else_: float = 0.001) -> np.ndarray:
    return np.where((start <= STEPS) & (stop > STEPS), size, else_)


# --- too large ---


@pytest.mark.parametrize(
    ("size", "loss", "severity"),
    [
        (0.1, flat(N), "warning"),
        (0.101, flat(N), "critical"),
        (0.101, falling(N), "note"),
        (0.01, flat(N), None),
        (0.0101, flat(N), "warning"),
        (0.0101, falling(N), None),
    ],
)
def test_that_a_layer_whose_steps_are_too_large_is_as_bad_as_the_loss(tmp_path: Path, size, loss, severity) -> None:
    found = told(recorded(tmp_path, loss, fc2=between(100, N, size)), "update-too-large")
    assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else [])


def test_that_it_is_told_since_the_values_themselves_are_large(tmp_path: Path) -> None:
    sizes = between(100, N, 0.15)
    sizes[::2] = np.where(STEPS[::2] < 100, 0.001, 0.16)
    sizes[97] = 0.12
    assert told(recorded(tmp_path, flat(N), fc2=sizes), "update-too-large") == [
        "critical: fc2 since 97 in 96-97; see optimizer 97 fc2 update_ratio/fc2",
        "Each step changes fc2 by 0.12 of its size, from step 97 on. Usual are 0.0001 to 0.01: steps of "
        "this size jump over what they should find.",
        "update / weight: 0.12, layers: 1",
    ]


def test_that_large_steps_that_end_are_told_and_rather_large_ones_not(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, flat(N), fc2=between(100, 105, 0.15)), "update-too-large") == [
        "critical: fc2 since 100 in 99-100; see optimizer 100 fc2 update_ratio/fc2",
        "Each step changes fc2 by 0.15 of its size, from step 100 on. Usual are 0.0001 to 0.01: steps of "
        "this size jump over what they should find.",
        "update / weight: 0.15, layers: 1",
    ]
    two_medians = between(100, 104, 0.15) - between(102, 103, 0.149, 0)
    assert told(recorded(tmp_path, flat(N), fc2=two_medians), "update-too-large") == []
    three_medians = between(100, 103, 0.15)
    assert told(recorded(tmp_path, flat(N), fc2=three_medians), "update-too-large") != []
    assert told(recorded(tmp_path, flat(N), fc2=between(100, 150, 0.05)), "update-too-large") == []
    assert told(recorded(tmp_path, flat(N), fc2=between(100, N, 0.05)), "update-too-large") == [
        "warning: fc2 since 100 in 99-100; see optimizer 100 fc2 update_ratio/fc2",
        "Each step changes fc2 by 0.05 of its size, from step 100 on. Usual are 0.0001 to 0.01: steps of "
        "this size jump over what they should find.",
        "update / weight: 0.05, layers: 1",
    ]


def test_that_one_step_of_a_fifth_is_enough(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, flat(N), fc2=between(100, 101, 0.21)), "update-too-large") == [
        "critical: fc2 since 100 in 99-100; see optimizer 100 fc2 update_ratio/fc2",
        "Each step changes fc2 by 0.21 of its size, from step 100 on. Usual are 0.0001 to 0.01: steps of "
        "this size jump over what they should find.",
        "update / weight: 0.21, layers: 1",
    ]
    assert told(recorded(tmp_path, flat(N), fc2=between(100, 101, 0.2)), "update-too-large") == []
    both = between(100, 101, 0.21) + between(150, N, 0.15, 0)
    assert told(recorded(tmp_path, flat(N), fc2=both), "update-too-large")[0] == (
        "critical: fc2 since 100 in 99-100; see optimizer 100 fc2 update_ratio/fc2"
    )


def test_that_more_than_half_of_the_layers_are_the_rate_and_the_largest_is_named(tmp_path: Path) -> None:
    two = {"fc1": between(100, N, 0.12), "fc3": between(120, N, 0.3)}
    assert told(recorded(tmp_path, flat(N), **two), "learning-rate-too-high") == [
        "critical: fc3, fc1 since 100 in 99-100; see optimizer 100 fc3 update_ratio/fc3",
        "Each step changes the layers by 0.12 of their size, from step 100 on. Usual are 0.0001 to 0.01: "
        "steps of this size jump over what they should find.",
        "update / weight: 0.12, layers: 2",
    ]
    assert told(recorded(tmp_path, flat(N), **two), "update-too-large") == []
    one = {"fc3": between(120, N, 0.3)}
    assert told(recorded(tmp_path, flat(N), **one), "learning-rate-too-high") == []


def test_that_updates_are_measured_by_the_larger_of_weights_and_first_weights(tmp_path: Path) -> None:
    for first, later, is_told in ((1.0, 0.5, False), (1.0, 2.0, False), (0.5, 0.9, True)):
        weights = {"fc2": np.where(STEPS < 1, first, later)}
        run = recorded(tmp_path, flat(N), weights, fc2=between(100, N, 0.1))
        assert bool([each for each in told(run, "update-too-large") if each.startswith("crit")]) is is_told


def test_that_losses_that_need_not_fall_are_judged_by_the_size_alone(tmp_path: Path) -> None:
    for size, severity in ((0.15, "critical"), (0.05, None)):
        found = told(recorded(tmp_path, flat(N), fc2=between(100, N, size)).add(opponents()), "update-too-large")
        assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else [])


def test_that_two_steps_say_nothing(tmp_path: Path) -> None:
    for n, is_told in ((2, False), (3, True)):
        run = Recorded(tmp_path).scalars({"loss": flat(N)})
        columns = {f"update_norm/fc{k}": np.full(n, 0.5) for k in (1, 2, 3)}
        run.scalars(columns | {f"weight_norm/fc{k}": np.ones(n) for k in (1, 2, 3)}, every=50)
        assert bool(told(run, "learning-rate-too-high")) is is_told


# --- the rate ---


def rates(folder: Path, loss: np.ndarray, **of: np.ndarray) -> Recorded:
    return recorded(folder, loss).scalars({name.replace("__", "/"): values for name, values in of.items()})


def test_that_a_rate_of_ten_times_all_that_it_was_is_told_where_it_harms(tmp_path: Path) -> None:
    rule = "learning-rate-too-high"
    loss = np.where(STEPS < 100, falling(N), 2.0)
    rate = np.where(STEPS < 100, 0.25, 2.5) * np.where(STEPS < 50, 0.5, 1.0)
    assert told(rates(tmp_path, loss, learning_rate=rate), rule) == [
        "critical: all since 100 in 99-100; see timeline 100 learning_rate",
        "The learning rate jumps from 0.25 to 2.5 at step 100. The loss has not got better since.",
        "times what it was: 10",
    ]
    assert told(rates(tmp_path, falling(N), learning_rate=rate), rule) == []
    assert told(rates(tmp_path, loss, learning_rate=np.where(STEPS < 100, 0.25, 2.4)), rule) == []
    restart = np.where((STEPS > 50) & (STEPS < 100), 0.01, 1.0)
    assert told(rates(tmp_path, loss, learning_rate=restart), rule) == []
    assert told(rates(tmp_path, loss, learning_rate=np.where(STEPS < 100, 0.0, 1.0)), rule) == []


def test_that_the_layers_of_the_group_whose_rate_it_is_are_named(tmp_path: Path) -> None:
    loss = np.where(STEPS < 100, falling(N), 2.0)
    jump = np.where(STEPS < 100, 0.01, 1.0)
    run = rates(tmp_path, loss, learning_rate__group0=np.full(N, 0.01), learning_rate__group1=jump)
    groups = [
        ParameterGroup(["fc1.weight"], "SGD", 0, "learning_rate/group0"),
        ParameterGroup(["fc2.weight", "fc3.weight"], "SGD", 0, "learning_rate/group1"),
    ]
    assert told(run.add(OptimizersRecord(0, groups)), "learning-rate-too-high") == [
        "critical: fc2, fc3 since 100 in 99-100; see timeline 100 learning_rate/group1",
        "The learning rate jumps from 0.01 to 1 at step 100. The loss has not got better since.",
        "times what it was: 100",
    ]


def test_that_of_a_rate_that_jumps_and_large_updates_the_earlier_is_told(tmp_path: Path) -> None:
    loss = np.where(STEPS < 100, falling(N), 2.0)
    for since, words in ((100, "jumps"), (99, "Each step"), (150, "jumps")):
        large = {name: between(since, N, 0.15) for name in ("fc1", "fc2", "fc3")}
        run = recorded(tmp_path, loss, None, **large).scalars({"learning_rate": np.where(STEPS < 100, 0.01, 1.0)})
        assert words in told(run, "learning-rate-too-high")[1]


# --- too small ---


def small(*layers: str, size: float = 1e-7) -> dict[str, np.ndarray]:
    return {name: np.full(N, size) for name in layers}


ALL = ("fc1", "fc2", "fc3")


def test_that_layers_that_hardly_move_are_told(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, flat(N), **small("fc1", "fc3")), "update-too-small") == [
        "warning: fc1, fc3 since 0 in 0-0; see optimizer 0 fc1 update_ratio/fc1",
        "Each step changes fc1 by only 1e-07 of its size. The loss has fallen by 0.0 % in 200 steps.",
        "update / weight: 1e-07, loss fell by: 0.0001714",
    ]
    assert told(recorded(tmp_path, flat(N), **small("fc1", "fc3")), "learning-rate-too-low") == []
    assert told(recorded(tmp_path, flat(N), **small("fc1", size=1e-6)), "update-too-small") == []
    assert told(recorded(tmp_path, flat(N), **small("fc1", size=0.0)), "update-too-small") == []
    assert told(recorded(tmp_path, falling(N), **small("fc1")), "update-too-small")[0].startswith("note")


def test_that_more_than_half_of_the_steps_have_to_be_so(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, flat(N), fc2=between(0, 102, 0.001, 1e-7)), "update-too-small") == []
    assert told(recorded(tmp_path, flat(N), fc2=between(0, 101, 0.001, 1e-7)), "update-too-small") != []
    assert told(recorded(tmp_path, flat(N), fc2=between(40, 138, 0.001, 1e-7)), "update-too-small") == [
        "warning: fc2 since 0 in 0-0; see optimizer 0 fc2 update_ratio/fc2",
        "Each step changes fc2 by only 1e-07 of its size. The loss has fallen by 0.0 % in 200 steps.",
        "update / weight: 1e-07, loss fell by: 0.0001714",
    ]


def test_that_all_layers_are_the_rate_where_the_loss_has_not_fallen_by_a_tenth(tmp_path: Path) -> None:
    rule = "learning-rate-too-low"
    assert told(recorded(tmp_path, np.full(N, 2.0), **small(*ALL)), rule) == [
        "warning: fc1, fc2, fc3 since 0 in 0-0; see optimizer 0 fc1 update_ratio/fc1",
        "Each step changes every layer by only 1e-07 of its size. The loss has fallen by 0.0 % in 200 steps.",
        "update / weight: 1e-07, loss fell by: 0",
    ]
    assert told(recorded(tmp_path, np.full(N, 2.0), **small(*ALL)), "update-too-small") == []
    for last, severity in ((0.96, "warning"), (0.94, "note"), (0.89, None)):
        loss = last ** (STEPS / N)
        found = told(recorded(tmp_path, loss, **small(*ALL)), rule)
        assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else []), last


@pytest.mark.parametrize(("n", "limit"), [(100, 5e-5), (200, 5e-5), (400, 2.5e-5), (20_000, 1e-6)])
def test_that_updates_that_cannot_have_changed_any_layer_in_the_whole_run_are_too_small(
    tmp_path: Path, n: int, limit: float
) -> None:
    for times, is_told in ((0.99, True), (1.01, False)):
        run = Recorded(tmp_path).scalars({"loss": np.full(n, 2.0)})
        columns = {f"update_norm/{name}": np.full(n, times * limit) for name in ALL}
        run.scalars(columns | {f"weight_norm/{name}": np.ones(n) for name in ALL})
        assert bool(told(run, "learning-rate-too-low")) is is_told
        assert told(run, "update-too-small") == []


def test_that_a_loss_that_rises_has_fallen_by_nothing(tmp_path: Path) -> None:
    found = told(recorded(tmp_path, np.linspace(1.0, 1.3, N), **small(*ALL)), "learning-rate-too-low")
    assert found[1].endswith("The loss has fallen by 0.0 % in 200 steps.")


def test_that_of_classes_half_of_a_guess_is_much_to_learn(tmp_path: Path) -> None:
    for level, severity in ((0.36, "warning"), (0.34, "note")):  # of ln 2
        run = Recorded(tmp_path, probe=(np.zeros((4, 8)), np.array([0, 1, 0, 1]))).scalars({"loss": np.full(N, level)})
        columns = {f"update_norm/{name}": np.full(N, 1e-7) for name in ALL}
        run.scalars(columns | {f"weight_norm/{name}": np.ones(N) for name in ALL})
        assert told(run, "learning-rate-too-low")[0].startswith(severity)


def test_that_steps_below_a_hundredth_of_the_largest_rate_are_meant(tmp_path: Path) -> None:
    for share, is_told in ((0.00999, False), (0.01, True)):
        run = recorded(tmp_path, flat(N), fc1=between(0, 150, 1e-7), fc2=between(0, 150, 1e-7))
        run.scalars({"learning_rate": np.where(STEPS < 150, share, 1.0)})
        assert bool(told(run, "update-too-small")) is is_told


def test_that_a_loss_that_fell_at_once_is_judged_by_the_lesser_of_its_ends_and_its_trend(tmp_path: Path) -> None:
    run = recorded(tmp_path, halved(N, 1.0, 0.5), **small(*ALL))
    assert told(run, "learning-rate-too-low") == []
