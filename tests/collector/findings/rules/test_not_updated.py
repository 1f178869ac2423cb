from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import LossRecord, OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded, chain
from tests.collector.findings.said import told

N = 20
STEPS = np.arange(N)


def recorded(folder: Path, n_layers: int = 3, *, updates: dict | None = None, **gradients: np.ndarray) -> Recorded:
    names = [f"fc{k}" for k in range(1, n_layers + 1)]
    run = Recorded(folder, chain(n_layers))
    run.scalars({f"gradient_norm/{name}": gradients.get(name, np.ones(N)) for name in names}, every=10)
    return run.scalars({f"update_norm/{name}": (updates or {}).get(name, np.ones(N)) for name in names}, every=10)


def until(row: int, before: float = 1.0, after: float = 0.0) -> np.ndarray:
    return np.where(row > STEPS, before, after)


def optimizers(step: int = 0, **fields) -> OptimizersRecord:
    return OptimizersRecord(step, [ParameterGroup(["fc1.weight"], "Adam", 0)], **fields)


# --- by fact ---


def test_that_what_is_in_no_optimizer_at_last_is_told_since_it_first_was(tmp_path: Path) -> None:
    names = [f"fc{k}.{which}" for k in (4, 1, 2, 3) for which in ("weight", "bias")]
    run = recorded(tmp_path, 5).add(optimizers(), optimizers(30, in_none=["fc5.bias"]), optimizers(60, in_none=names))
    assert told(run, "not-in-optimizer") == [
        "warning: fc1, fc2, fc3, fc4 since 30 in 30-30; see optimizer 30 fc1 update_norm/fc1",
        "fc1, fc2, fc3 and 1 more: trainable, and in no optimizer. 8 parameters get gradients and never change.",
        "parameters: 8, first: fc4.weight",
    ]
    assert told(run.add(optimizers(90)), "not-in-optimizer") == []
    assert told(recorded(tmp_path).add(optimizers(in_none=["elsewhere.weight"])), "not-in-optimizer") == []


def test_that_the_first_record_with_parts_that_are_not_the_models_is_told(tmp_path: Path) -> None:
    run = recorded(tmp_path).add(optimizers(unregistered=[]), LossRecord(40, "loss", unregistered=["a", "b", "c", "d"]))
    assert told(run, "unregistered-layer") == [
        "warning: a, b, c, d since 40 in 40-40; see network 40",
        "a, b, c and 1 more: used in the forward pass, and not a part of the model. Its parameters are "
        "not among model.parameters(): no optimizer has them, nothing saves them.",
        "layers: 4",
    ]
    run.add(optimizers(50, unregistered=["own"]))
    assert told(run, "unregistered-layer")[1].startswith("own: used in the forward pass")


# --- no gradient ---


def test_that_the_layers_that_lost_it_first_are_the_cause_the_nearest_to_the_loss_named_first(tmp_path: Path) -> None:
    run = recorded(tmp_path, 5, fc1=until(8), fc2=until(8), fc4=until(12))
    assert told(run, "no-gradient") == [
        "warning: fc2, fc1 (then fc4) since 80 in 70-80; see gradients 80 fc2 gradient_norm/fc2",
        "fc2, fc1: a gradient of exactly zero since step 80. What gets no gradient does not learn.",
        "layers: 2",
    ]
    run = recorded(tmp_path, 4, **{f"fc{k}": until(0) for k in (1, 2, 3)})
    assert told(run, "no-gradient")[0].startswith("critical: fc3, fc2, fc1 since 0 in 0-0")
    run = recorded(tmp_path, 4, **{f"fc{k}": until(0) for k in (1, 2)})
    assert told(run, "no-gradient")[0].startswith("warning: fc2, fc1 since 0")


@pytest.mark.parametrize(("row", "is_told"), [(17, True), (18, False)])
def test_that_three_steps_up_to_the_last_are_needed(tmp_path: Path, row: int, is_told: bool) -> None:
    assert bool(told(recorded(tmp_path, fc1=until(row)), "no-gradient")) is is_told
    back = until(5)
    back[-1] = 1.0
    assert told(recorded(tmp_path, fc1=back), "no-gradient") == []


def test_that_no_gradient_is_told_from_counts_that_are_seldom(tmp_path: Path) -> None:
    def missing(counts: list[float], start: int = 0) -> Recorded:
        own = Recorded(tmp_path, chain(3))
        own.scalars({f"gradient_norm/fc{k}": np.ones(N) for k in (2, 3)}, every=10)
        return own.scalars({"no_gradient/fc1": counts}, every=50, start=start)

    assert told(missing([0, 72, 72, 72]), "no-gradient") == [
        "warning: fc1 since 50 in 40-50; see gradients 50 fc1 gradient_norm/fc1",
        "fc1: no gradient since step 50. What gets no gradient does not learn.",
        "layers: 1",
    ]
    assert told(missing([72, 72], 15), "no-gradient")[0].startswith("warning: fc1 since 20 in 10-20")
    assert told(missing([0, 71, 71, 71]), "no-gradient") == []
    assert told(missing([0, 72, 72, 0]), "no-gradient") == []


def test_that_frozen_layers_are_excused_where_all_of_them_is_frozen_at_last(tmp_path: Path) -> None:
    for frozen, is_told in ((["fc1.weight", "fc1.bias"], False), (["fc1.weight"], True)):
        run = recorded(tmp_path, fc1=until(0), updates={"fc1": until(0)})
        run.add(optimizers(frozen=["fc1.weight", "fc1.bias"]), optimizers(10, frozen=frozen))
        assert bool(told(run, "no-gradient")) is is_told


# --- not updated ---


def test_that_layers_that_stand_still_from_the_same_step_on_are_told(tmp_path: Path) -> None:
    run = recorded(tmp_path, 5, updates={"fc2": until(8), "fc3": until(8), "fc5": until(10)})
    assert told(run, "not-updated") == [
        "warning: fc2, fc3 since 80 in 70-80; see optimizer 80 fc2 update_norm/fc2",
        "fc2, fc3: gets gradients and does not change since step 80. Its updates are exactly zero.",
        "layers: 2",
    ]
    assert told(recorded(tmp_path, updates={"fc2": until(17)}), "not-updated") != []
    assert told(recorded(tmp_path, updates={"fc2": until(18)}), "not-updated") == []
    moving = until(8)
    moving[-1] = 0.1
    assert told(recorded(tmp_path, updates={"fc2": moving}), "not-updated") == []


def test_that_layers_without_gradient_frozen_ones_and_those_in_no_optimizer_are_excused(tmp_path: Path) -> None:
    still = {"fc2": until(0)}
    assert told(recorded(tmp_path, fc2=until(0), updates=still), "not-updated") == []
    frozen = optimizers(frozen=["fc2.weight", "fc2.bias"])
    assert told(recorded(tmp_path, updates=still).add(frozen), "not-updated") == []
    assert told(recorded(tmp_path, updates=still).add(optimizers(in_none=["fc2.weight"])), "not-updated") == []
    assert told(recorded(tmp_path, updates=still).add(optimizers()), "not-updated") != []


def test_that_steps_at_a_rate_of_zero_do_not_count(tmp_path: Path) -> None:
    run = recorded(tmp_path, updates={"fc2": until(0)})
    run.scalars({"learning_rate": until(6, 0.0, 0.1)}, every=10)
    assert told(run, "not-updated")[0].startswith("warning: fc2 since 60 in 50-60")


def test_that_a_layer_without_a_gradient_column_and_other_steps_are_not_judged(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"gradient_norm/fc1": np.ones(N)}, every=10)
    assert told(run.scalars({"update_norm/fc1": np.zeros(N), "update_norm/fc2": np.zeros(N)}, every=10), "not-updated")
    assert "fc2" not in told(run, "not-updated")[0].partition(" since")[0]
    run = Recorded(tmp_path).scalars({"gradient_norm/fc1": np.ones(N)}, every=10)
    assert told(run.scalars({"update_norm/fc1": np.zeros(N)}, every=5), "not-updated") == []
