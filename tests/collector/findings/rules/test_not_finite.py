from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import OriginRecord
from tests.collector.findings.recorded import Recorded, falling
from tests.collector.findings.said import told

N = 200
RULE = "not-finite"


def losing(step: int, until: int = N) -> np.ndarray:
    loss = falling(N)
    loss[step:until] = np.nan
    return loss


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("input", "The training's input fc2 holds"),
        ("forward", "fc2 gives"),
        ("loss", "The loss is"),
        ("backward", "The backward pass through fc2 gives"),
        ("update", "The optimizer's update of fc2 gives"),
    ],
)
def test_that_the_first_origin_is_told_by_its_phase_with_all_its_counts(tmp_path: Path, phase, words: str) -> None:
    run = Recorded(tmp_path).scalars({"loss": losing(70)})
    run.add(OriginRecord(80, "forward", "fc3", nan=9), OriginRecord(70, phase, "fc2", "Linear", 2000, 30, 4, 5.0, 6.0))
    found = run.add(OriginRecord(60, "forward", "fc1", nan=1, skipped=True))
    head, title, figures = told(found, RULE)
    assert head == "critical: fc2 since 70 in 70-70; see gradients 70 fc2"
    assert title == f"{words} 2,000 NaN and 30 +Inf and 4 −Inf at step 70. Nothing is learnt from then on."
    assert figures == (
        f"values: 2034, phase: {phase}, largest finite value beside them: 5, largest value of its input: 6"
    )


def test_that_what_is_not_known_of_an_origin_is_left_out(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"loss": losing(70, 90)})
    assert told(run.add(OriginRecord(70, "loss", "", text="It was looked at.")), RULE) == [
        "warning: all since 70 in 70-70 until 89; see gradients 70",
        "The loss is values that are not finite at step 70. It was looked at.",
        "values: 0, phase: loss",
    ]


def counted(folder: Path, loss: np.ndarray, **of: dict[int, float]) -> Recorded:
    """Counts of what is not finite, ``metric__layer``, at every tenth step; by the step at which there are some."""
    run = Recorded(folder).scalars({"loss": loss}).scalars({"gradient_norm/fc1": np.ones(20)}, every=10)
    for name, counts in of.items():
        values = np.zeros(20)
        values[[step // 10 for step in counts]] = list(counts.values())
        run.scalars({name.replace("__", "/"): values}, every=10)
    return run


def test_that_within_a_step_the_first_place_in_its_order_is_told(tmp_path: Path) -> None:
    order = [
        ("not_finite_input__x", "critical: all (then fc1, fc2, fc3) since 100 in 100-100; see gradients 100 not"),
        ("not_finite_forward__fc2", "critical: fc2 (then fc1, fc3) since 100 in 90-100; see gradients 100 fc2 not_f"),
        ("minus_inf__fc3", "critical: fc3 (then fc1, fc2) since 100 in 90-100; see gradients 100 fc3 minus_inf/fc3"),
        ("nan__fc1", "critical: fc1 (then fc2) since 100 in 90-100; see gradients 100 fc1 nan/fc1"),
        ("not_finite_update__fc2", "critical: fc2 since 100 in 90-100; see gradients 100 fc2 not_finite_update/fc2"),
        ("not_finite_weight__fc2", "critical: fc2 since 100 in 90-100; see gradients 100 fc2 not_finite_weight/fc2"),
    ]
    for place, (_, head) in enumerate(order):
        of = {name: {100: 3.0, 110: 8.0} for name, _ in order[place:]}
        assert told(counted(tmp_path, losing(101), **of), RULE)[0].startswith(head), place


def test_that_all_kinds_of_a_phase_are_counted_at_the_step_alone(tmp_path: Path) -> None:
    kinds = {"nan__fc2": {100: 1000.0, 110: 7.0}, "plus_inf__fc2": {100: 200.0}, "minus_inf__fc2": {100: 30.0}}
    assert told(counted(tmp_path, losing(101), **kinds), RULE) == [
        "critical: fc2 since 100 in 90-100; see gradients 100 fc2 minus_inf/fc2",
        "The gradient of fc2 is not finite at step 100: 1,230 values. Nothing is learnt from then on.",
        "values: 1230, phase: backward",
    ]
    assert told(counted(tmp_path, losing(101), not_finite_input__x={0: 2.0}, nan__total={0: 9.0}), RULE) == [
        "critical: all since 0 in 0-0; see gradients 0 not_finite_input/x",
        "The training's input x is not finite at step 0: 2 values. Nothing is learnt from then on.",
        "values: 2, phase: input",
    ]


def test_that_a_loss_before_all_of_them_is_told_as_what_it_is(tmp_path: Path) -> None:
    assert told(counted(tmp_path, losing(95), nan__fc2={100: 1.0}), RULE) == [
        "critical: all since 95 in 95-95; see timeline 95 loss",
        "The loss is not finite at step 95. Where it arose was not looked at in this step.",
        "phase: loss",
    ]
    assert told(counted(tmp_path, losing(100), nan__fc2={100: 1.0}), RULE)[1].startswith("The gradient of fc2")
    assert told(counted(tmp_path, falling(N), nan__total={100: 1.0}), RULE) == []


def test_that_it_lasts_until_loss_and_weights_are_finite_again(tmp_path: Path) -> None:
    for of, until in (
        ({}, 119),
        ({"not_finite_weight__fc1": {130: 1.0, 150: 1.0}}, 150),
        ({"nan__fc3": {130: 2.0}}, 130),
    ):
        run = counted(tmp_path, losing(100, 120), **of)
        assert told(run, RULE)[0].startswith(f"warning: all since 100 in 100-100 until {until};")
    run = counted(tmp_path, losing(100, 120)[:151], not_finite_weight__fc1={150: 1.0})
    assert told(run, RULE)[0].startswith("critical: all since 100 in 100-100;")
    last = losing(100, 120)
    last[-1] = np.nan
    assert told(counted(tmp_path, last), RULE)[0].startswith("critical: all since 100 in 100-100;")


def test_that_without_a_loss_it_is_not_known_to_be_outlived(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"nan/fc1": [0.0, 5.0, 0.0]}, every=10)
    assert told(run, RULE) == [
        "critical: fc1 since 10 in 10-10; see gradients 10 fc1 nan/fc1",
        "The gradient of fc1 is not finite at step 10: 5 values. Nothing is learnt from then on.",
        "values: 5, phase: backward",
    ]
