"""Where a run of another seed leaves what repeats of A differ by."""

from pathlib import Path

import numpy as np

from collector.comparing import Comparison, compare
from collector.storage import open_collection
from tests.collector.findings.recorded import Recorded

N = 20
NAMES = ("learning_rate", "loss", "gradient_norm/fc1", "gradient_norm/fc2", "weight_norm/fc1", "angle/fc1")


def columns(factor: float, **since: int) -> dict[str, np.ndarray]:
    """All measures of a run, of which some are tenfold from a step on; ``__`` stands for the stroke."""
    made = {name: np.full(N, factor) for name in NAMES}
    for name, step in since.items():
        made[name.replace("__", "/")][step:] *= 10
    return made


def compared(folder: Path, b: dict[str, np.ndarray]) -> Comparison:
    runs = [columns(1.0), columns(1.1), columns(0.9), b]
    a, *repeats, other = (
        open_collection(Recorded(folder, name=f"{n}.json", seed=n).scalars(each).write()) for n, each in enumerate(runs)
    )
    return compare(a, other, repeats=repeats)


def first(folder: Path, b: dict[str, np.ndarray]) -> tuple[object, ...]:
    found = compared(folder, b).first_difference
    assert found is not None
    return found.step, found.phase, found.layer, found.quantity, found.verdict


def test_that_a_run_within_the_spread_is_noise(tmp_path: Path) -> None:
    found = compared(tmp_path, columns(1.05)).first_difference
    assert found is not None
    assert found.verdict == "noise"
    assert found.text.endswith("; nothing lies outside of the spread of 3 runs for 3 steps in a row")


def test_that_the_first_of_three_steps_in_a_row_is_told_with_its_layer(tmp_path: Path) -> None:
    values = columns(1.05, loss=9, gradient_norm__fc2=7, weight_norm__fc1=8)
    assert first(tmp_path, values) == (7, "backward", "fc2", "gradient norm", "computation")
    found = compared(tmp_path, values).first_difference
    assert found is not None
    assert found.text.endswith("; first outside of the spread of 3 runs: gradient norm of fc2 from step 7 on")


def test_that_at_one_step_the_order_of_a_step_decides(tmp_path: Path) -> None:
    values = columns(1.05, weight_norm__fc1=7, gradient_norm__fc2=7, gradient_norm__fc1=7, loss=7)
    assert first(tmp_path, values) == (7, "forward", "", "loss", "computation")
    values["loss"][:] = 1.05
    assert first(tmp_path, values) == (7, "backward", "fc1", "gradient norm", "computation")
    values["learning_rate"][7:] = 10.0
    assert first(tmp_path, values) == (7, "options", "", "learning rate", "options")


def test_that_two_steps_in_a_row_are_chance_and_three_at_the_end_are_not(tmp_path: Path) -> None:
    values = columns(1.05)
    values["loss"][[3, 4, 6, 7, 18, 19]] = 10.0
    assert first(tmp_path, values)[-1] == "noise"
    values["loss"][17] = 10.0
    assert first(tmp_path, values) == (17, "forward", "", "loss", "computation")


def test_that_what_no_practitioner_compares_by_is_not_judged(tmp_path: Path) -> None:
    assert first(tmp_path, columns(1.05, angle__fc1=0))[-1] == "noise"


def test_that_runs_that_part_later_are_not_of_another_seed(tmp_path: Path) -> None:
    """What repeats differ by says nothing of a run that is the same up to some step."""
    found = compared(tmp_path, columns(1.0) | {"loss": np.where(np.arange(N) < 5, 1.0, 1.01)}).first_difference
    assert found is not None
    assert "spread of 3 runs" not in found.text
