"""Each rule finds its fault in a recording made for it, names the layer and the step, and is silent beside it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from collector.findings import Finding, Rule
from collector.findings.registry import own_rules
from collector.storage.schema import (
    FlowNode,
    LossRecord,
    OptimizersRecord,
    OriginRecord,
    ParameterGroup,
    ResumeRecord,
)
from tests.collector.findings.recorded import Recorded, chain, falling, flat, linear

RULES: dict[str, Rule] = {each.name: each for each in own_rules()}
N = 200
"""Steps of a run; dynamics are recorded at each."""

Make = Callable[[Path], Recorded]


def dynamics(recorded: Recorded, **changes: np.ndarray) -> Recorded:
    """Healthy norms of three layers at each step, but for what is given as ``metric__layer``."""
    noise = 1 + 0.1 * np.sin(np.arange(N) * 2.3)
    usual = {"gradient_norm": 1.0, "weight_norm": 10.0, "update_norm": 0.01}
    columns = {
        f"{metric}/{layer}": level * noise
        for metric, level in usual.items()
        for layer in ("fc1", "fc2", "fc3", "total")
    }
    columns |= {name.replace("__", "/"): values for name, values in changes.items()}
    return recorded.scalars(columns)


def one(run: Recorded, name: str) -> Finding:
    found = run.found(RULES[name])
    assert [each.rule for each in found] == [name]
    return found[0]


def none(run: Recorded, name: str, least: str = "note") -> None:
    assert run.report(RULES[name]).at_least(least) == []  # type: ignore[arg-type]


def from_step(step: int, before: float, after: float) -> np.ndarray:
    return np.where(np.arange(N) < step, before, after) * (1 + 0.1 * np.sin(np.arange(N) * 2.3))


def optimizer(**fields) -> OptimizersRecord:
    parameters = [f"fc{k}.{which}" for k in (1, 2, 3) for which in ("weight", "bias")]
    return OptimizersRecord(0, [ParameterGroup(parameters, "Adam", 0, "learning_rate")], **fields)


# --- not finite ---


def test_that_the_origin_is_told_where_it_was_looked_for(tmp_path: Path) -> None:
    loss = falling(N)
    loss[70:] = np.nan
    origin = OriginRecord(70, "forward", "fc2", "Linear", plus_inf=3, largest=6e4, largest_input=9.0)
    found = one(Recorded(tmp_path).scalars({"loss": loss}).add(origin), "not-finite")
    assert (found.severity, found.layers, found.since, found.until) == ("critical", ["fc2"], 70, None)
    assert found.rests_on.figures["largest finite value beside them"] == 6e4


@pytest.mark.parametrize(("name", "layers"), [("fc2", ["fc2"]), ("fc2.weight", ["fc2"]), ("nobody", [])])
def test_that_a_module_is_told_by_the_layers_that_it_is_or_holds(tmp_path: Path, name: str, layers: list[str]) -> None:
    found = one(Recorded(tmp_path).add(OriginRecord(70, "forward", name, "Block", nan=3)), "not-finite")
    assert found.layers == layers


def test_that_a_block_is_told_by_its_layers(tmp_path: Path) -> None:
    run = Recorded(tmp_path, [linear("block.fc1"), linear("block.fc2", reads="block.fc1")])
    found = one(run.add(OriginRecord(70, "forward", "block", "Block", nan=3)), "not-finite")
    assert found.layers == ["block.fc1", "block.fc2"]


def test_that_steps_that_were_skipped_are_no_origin(tmp_path: Path) -> None:
    none(Recorded(tmp_path).add(OriginRecord(70, "forward", "fc2", "Linear", nan=3, skipped=True)), "not-finite")


def test_that_without_it_the_first_place_in_the_order_of_a_step_is_told(tmp_path: Path) -> None:
    loss = falling(N)
    loss[70:] = np.nan
    run = dynamics(Recorded(tmp_path).scalars({"loss": loss}))
    run.scalars({"nan/fc1": [8.0], "nan/fc3": [8.0]}, start=70).scalars({"not_finite_weight/fc1": [8.0]}, start=71)
    found = one(run, "not-finite")
    assert found.layers == ["fc3"]  # nearest to the loss
    assert found.affected == ["fc1"]
    assert found.since == 70


def test_that_one_batch_that_the_training_outlived_is_a_warning(tmp_path: Path) -> None:
    loss = falling(N)
    loss[70] = np.inf
    found = one(Recorded(tmp_path).scalars({"loss": loss}), "not-finite")
    assert (found.severity, found.until) == ("warning", 70)


# --- gradients ---


def test_that_a_gradient_far_above_its_past_explodes(tmp_path: Path) -> None:
    run = dynamics(Recorded(tmp_path).scalars({"loss": flat(N)}), gradient_norm__fc2=from_step(120, 1, 5000))
    found = one(run, "exploding-gradient")
    assert (found.layers, found.since, found.severity) == (["fc2"], 120, "critical")
    assert found.since_range == (119, 120)


def test_that_a_spike_that_recovers_is_a_note(tmp_path: Path) -> None:
    norms = from_step(N, 1, 1)
    norms[120:125] = 500
    run = dynamics(Recorded(tmp_path).scalars({"loss": flat(N)}), gradient_norm__fc2=norms)
    assert one(run, "exploding-gradient").severity == "note"


def test_that_gradients_of_usual_noise_do_not_explode(tmp_path: Path) -> None:
    noisy = np.exp(np.random.default_rng(0).normal(0, 0.7, N))
    none(dynamics(Recorded(tmp_path).scalars({"loss": flat(N)}), gradient_norm__fc2=noisy), "exploding-gradient")


def deep(folder: Path, factor: float, loss: np.ndarray) -> Recorded:
    run = Recorded(folder, chain(8)).scalars({"loss": loss})
    return run.scalars({f"gradient_norm/fc{k}": np.full(N, factor ** (8 - k)) for k in range(1, 9)})


def test_that_gradients_vanish_where_each_layer_back_has_less(tmp_path: Path) -> None:
    found = one(deep(tmp_path, 0.1, flat(N)), "vanishing-gradient")
    assert (found.severity, found.layers, found.since) == ("warning", ["fc1", "fc2"], 0)


@pytest.mark.parametrize(("factor", "loss"), [(0.9, flat(N)), (10.0, flat(N))])
def test_that_gradients_that_fade_little_or_grow_do_not_vanish(tmp_path: Path, factor: float, loss: np.ndarray) -> None:
    none(deep(tmp_path, factor, loss), "vanishing-gradient")


def test_that_gradients_that_vanish_in_a_network_that_learns_are_a_note(tmp_path: Path) -> None:
    assert one(deep(tmp_path, 0.1, falling(N)), "vanishing-gradient").severity == "note"


# --- units ---


@pytest.mark.parametrize(
    ("shares", "severity"),
    [([0, 0, 0.95, 0.95, 0.95], "critical"), ([0, 0, 0.4, 0.4, 0.4], "warning"), ([0.05, 0.05, 0.1, 0.1, 0.1], None)],
)
def test_that_units_that_are_silent_pass_after_pass_are_dead(tmp_path: Path, shares, severity) -> None:
    run = Recorded(tmp_path).scalars({"loss": flat(N)}).scalars({"dead_fraction/fc2": shares}, every=50)
    if severity is None:
        none(run, "dead-units")
    else:
        found = one(run, "dead-units")
        assert (found.severity, found.layers[0], found.since) == (severity, "fc2", 100)


def test_that_units_that_wake_up_again_are_not_dead(tmp_path: Path) -> None:
    shares = [0, 0.5, 0.5, 0.5, 0.0]
    none(Recorded(tmp_path).scalars({"dead_fraction/fc2": shares}, every=50), "dead-units")


def silent_units(folder: Path, *passes: list[int]) -> Recorded:
    """Three of eight units of ``fc2`` are silent at each pass: these ones."""
    run = Recorded(folder).scalars({"loss": flat(N)}).scalars({"dead_fraction/fc2": [3 / 8] * len(passes)}, every=50)
    for number, units in enumerate(passes):
        run.taken(50 * number, {}, states={"fc2": np.isin(np.arange(8), units)})
    return run


def test_that_it_is_said_which_units_are_silent(tmp_path: Path) -> None:
    found = one(silent_units(tmp_path, *[[1, 4, 6]] * 4), "dead-units")
    assert "the units 1, 4, 6." in found.why
    assert (found.evidence[0].layer, found.evidence[0].unit) == ("fc2", 1)


def test_that_units_that_come_and_go_are_not_dead_though_they_are_always_many(tmp_path: Path) -> None:
    none(silent_units(tmp_path, [0, 1, 2], [3, 4, 5], [6, 7, 0], [1, 2, 3]), "dead-units")


def test_that_outputs_may_saturate_and_hidden_layers_not(tmp_path: Path) -> None:
    shares = [0.5] * 5
    run = Recorded(tmp_path).scalars({"loss": flat(N)})
    none(run.scalars({"saturated_fraction/fc3": shares}, every=50), "saturated-units")
    run.scalars({"saturated_fraction/fc1": shares}, every=50)
    assert one(run, "saturated-units").layers == ["fc1"]


# --- what does not move ---


def test_that_parameters_in_no_optimizer_are_told_by_fact(tmp_path: Path) -> None:
    run = Recorded(tmp_path).add(optimizer(in_none=["fc1.weight", "fc1.bias"]))
    found = one(run, "not-in-optimizer")
    assert (found.layers, found.severity) == (["fc1"], "warning")
    none(Recorded(tmp_path).add(optimizer(frozen=["fc1.weight"])), "not-in-optimizer")


def test_that_layers_that_are_no_part_of_the_model_are_told_by_fact(tmp_path: Path) -> None:
    assert one(Recorded(tmp_path).add(optimizer(unregistered=["hidden.0"])), "unregistered-layer").layers == [
        "hidden.0"
    ]
    run = Recorded(tmp_path).add(optimizer(), LossRecord(1, "loss", unregistered=["a parameter of shape (3,)"]))
    assert one(run, "unregistered-layer").since == 1


def test_that_a_layer_that_never_gets_a_gradient_is_told(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"gradient_norm/fc2": np.ones(N), "no_gradient/fc1": np.full(N, 72.0)})
    found = one(run, "no-gradient")
    assert (found.layers, found.since) == (["fc1"], 0)


def test_that_a_gradient_of_exactly_zero_is_told_since_it_is_so(tmp_path: Path) -> None:
    run = dynamics(Recorded(tmp_path), gradient_norm__fc1=np.where(np.arange(N) < 90, 1.0, 0.0))
    found = one(run, "no-gradient")
    assert (found.layers, found.since) == (["fc1"], 90)


def test_that_frozen_layers_and_branches_that_begin_at_zero_need_no_gradient(tmp_path: Path) -> None:
    late = np.where(np.arange(N) < 3, 0.0, 1.0)
    none(dynamics(Recorded(tmp_path), gradient_norm__fc1=late), "no-gradient")
    run = Recorded(tmp_path).scalars({"gradient_norm/fc2": np.ones(N), "no_gradient/fc1": np.full(N, 72.0)})
    none(run.add(optimizer(frozen=["fc1.weight", "fc1.bias"])), "no-gradient")


def test_that_a_layer_that_gets_gradients_and_stands_still_is_told(tmp_path: Path) -> None:
    run = dynamics(Recorded(tmp_path), update_norm__fc1=np.where(np.arange(N) < 50, 0.01, 0.0))
    found = one(run, "not-updated")
    assert (found.layers, found.since) == (["fc1"], 50)


def test_that_nothing_has_to_move_at_a_rate_of_zero(tmp_path: Path) -> None:
    still = np.zeros(N)
    run = dynamics(Recorded(tmp_path), update_norm__fc1=still, update_norm__fc2=still, update_norm__fc3=still)
    none(run.scalars({"learning_rate": still}), "not-updated")


# --- size of updates ---


@pytest.mark.parametrize(("loss", "severity"), [(flat(N), "critical"), (falling(N), "note")])
def test_that_updates_as_large_as_the_weights_are_too_large_where_they_harm(tmp_path: Path, loss, severity) -> None:
    changes = {f"update_norm__fc{k}": from_step(100, 0.01, 3.0) for k in (1, 2, 3)}
    run = dynamics(Recorded(tmp_path).scalars({"loss": loss}), **changes)
    found = one(run, "learning-rate-too-high")
    assert (found.severity, found.since) == (severity, 100)
    none(run, "update-too-large")


@pytest.mark.parametrize(("reward", "severity"), [(falling(N, 1, 9), "note"), (flat(N), "critical")])
def test_that_large_updates_that_win_rewards_do_no_harm(tmp_path: Path, reward, severity) -> None:
    run = Recorded(tmp_path).scalars({"loss": flat(N), "reward": reward})
    changes = {f"update_norm__fc{k}": from_step(100, 0.01, 3.0) for k in (1, 2, 3)}
    assert one(dynamics(run, **changes), "learning-rate-too-high").severity == severity


@pytest.mark.parametrize(("loss", "severity"), [(falling(N), "note"), (flat(N), "critical")])
def test_that_large_updates_of_several_optimizers_do_no_harm_where_the_loss_falls(tmp_path, loss, severity) -> None:
    run = Recorded(tmp_path).scalars({"loss": loss})
    run.add(OptimizersRecord(0, [ParameterGroup([], "Adam", number) for number in (0, 1)]))
    changes = {f"update_norm__fc{k}": from_step(100, 0.01, 3.0) for k in (1, 2, 3)}
    assert one(dynamics(run, **changes), "learning-rate-too-high").severity == severity


def test_that_a_loss_that_comes_down_from_a_jump_to_where_it_was_has_won_nothing(tmp_path: Path) -> None:
    rate = np.where(np.arange(N) < 100, 1e-3, 0.3)
    loss = np.concatenate([falling(100, 4.0, 2.0), falling(100, 9.0, 2.0)])
    run = dynamics(Recorded(tmp_path).scalars({"loss": loss, "learning_rate": rate}))
    found = one(run, "learning-rate-too-high")
    assert (found.severity, found.since) == ("critical", 100)


def test_that_a_rate_that_jumps_is_told_at_its_step_where_it_harms(tmp_path: Path) -> None:
    rate = np.where(np.arange(N) < 120, 1e-3, 0.3)
    harmed = falling(N)
    harmed[121:] = np.nan
    for loss, severities in ((harmed, ["critical"]), (falling(N), [])):
        run = dynamics(Recorded(tmp_path).scalars({"loss": loss, "learning_rate": rate}))
        found = run.found(RULES["learning-rate-too-high"])
        assert [each.severity for each in found] == severities
        assert [(each.since, each.since_range) for each in found] == [(120, (119, 120))] * len(found)
    warm_up = np.minimum(np.arange(N) / 100, 1.0) * 1e-3
    none(dynamics(Recorded(tmp_path).scalars({"loss": harmed, "learning_rate": warm_up})), "learning-rate-too-high")


def test_that_one_layers_updates_may_be_too_large(tmp_path: Path) -> None:
    run = dynamics(Recorded(tmp_path).scalars({"loss": flat(N)}), update_norm__fc2=from_step(100, 0.01, 3.0))
    assert one(run, "update-too-large").layers == ["fc2"]
    none(run, "learning-rate-too-high")


@pytest.mark.parametrize(("loss", "severity"), [(flat(N), "warning"), (falling(N), None)])
def test_that_updates_near_nothing_are_too_small_where_there_is_much_to_learn(tmp_path: Path, loss, severity) -> None:
    changes = {f"update_norm__fc{k}": np.full(N, 1e-7) for k in (1, 2, 3)}
    run = dynamics(Recorded(tmp_path).scalars({"loss": loss}), **changes)
    if severity is None:
        none(run, "learning-rate-too-low", "warning")
    else:
        assert one(run, "learning-rate-too-low").severity == severity


def test_that_one_layer_that_hardly_moves_is_told(tmp_path: Path) -> None:
    run = dynamics(Recorded(tmp_path).scalars({"loss": flat(N)}), update_norm__fc2=np.full(N, 1e-7))
    assert one(run, "update-too-small").layers == ["fc2"]
    none(dynamics(Recorded(tmp_path).scalars({"loss": flat(N)})), "update-too-small")


def test_that_warm_up_is_not_too_small(tmp_path: Path) -> None:
    rate = np.minimum(np.arange(N) / 100, 1)
    changes = {f"update_norm__fc{k}": np.where(rate < 0.01, 1e-7, 0.01) for k in (1, 2, 3)}
    run = dynamics(Recorded(tmp_path).scalars({"loss": flat(N), "learning_rate": rate}), **changes)
    none(run, "learning-rate-too-low")


def test_that_a_schedule_that_ended_early_is_told(tmp_path: Path) -> None:
    rate = np.where(np.arange(N) < 60, 0.1, 0.0)
    found = one(Recorded(tmp_path).scalars({"loss": flat(N), "learning_rate": rate}), "learning-rate-zero")
    assert (found.since, found.severity) == (60, "warning")
    cosine = 0.1 * 0.5 * (1 + np.cos(np.pi * np.arange(N) / N))
    none(Recorded(tmp_path).scalars({"loss": flat(N), "learning_rate": cosine}), "learning-rate-zero")


def test_that_clipping_at_every_step_is_told(tmp_path: Path) -> None:
    cut = {"unclipped_gradient_norm/total": np.full(N, 10.0), "gradient_norm/total": np.ones(N)}
    found = one(Recorded(tmp_path).scalars(cut | {"loss": flat(N)}), "clipping-always")
    assert found.severity == "warning"
    seldom = cut | {"unclipped_gradient_norm/total": np.where(np.arange(N) < 10, 10.0, 1.0)}
    none(Recorded(tmp_path).scalars(seldom | {"loss": flat(N)}), "clipping-always")


def test_that_decay_that_takes_the_weights_away_is_told(tmp_path: Path) -> None:
    fading = {f"weight_norm__fc{k}": 10 * 0.98 ** np.arange(N) for k in (1, 2, 3)}
    changes = {f"update_norm__fc{k}": 10 * 0.98 ** np.arange(N) * 0.02 for k in (1, 2, 3)}
    run = dynamics(Recorded(tmp_path).scalars({"loss": flat(N), "learning_rate": np.full(N, 0.1)}), **fading, **changes)
    record = optimizer()
    record.groups[0].options = {"weight_decay": 0.2}
    run.add(record)
    assert one(run, "weight-decay-dominates").layers == ["fc1", "fc2", "fc3"]
    assert one(run, "shrinking-weights").layers == ["fc1", "fc2", "fc3"]
    none(dynamics(Recorded(tmp_path).scalars({"loss": flat(N)})), "shrinking-weights")


# --- the loss ---


def test_that_a_jump_is_a_warning_only_where_it_does_not_come_back(tmp_path: Path) -> None:
    once, stays = falling(N), falling(N)
    once[120] *= 20
    stays[120:] += 3
    assert one(Recorded(tmp_path).scalars({"loss": once}), "loss-spike").severity == "note"
    found = one(Recorded(tmp_path).scalars({"loss": stays}), "loss-spike")
    assert (found.severity, found.since) == ("warning", 120)
    none(Recorded(tmp_path).scalars({"loss": falling(N)}), "loss-spike")


def test_that_a_loss_that_runs_away_is_told_from_where_it_turns(tmp_path: Path) -> None:
    loss = falling(N)
    loss[120:] += np.linspace(0, 5, N - 120)
    found = one(Recorded(tmp_path).scalars({"loss": loss}), "diverging-loss")
    assert found.severity == "critical"
    assert 100 <= found.since <= 140
    none(Recorded(tmp_path).scalars({"loss": falling(N)}), "diverging-loss")


def test_that_a_loss_that_runs_away_at_once_is_told_from_its_very_step(tmp_path: Path) -> None:
    loss = falling(N)
    loss[120:126] = 10.0 ** np.arange(1, 7)
    loss[126:] = np.nan
    run = Recorded(tmp_path).scalars({"loss": loss})
    found = one(run, "diverging-loss")
    assert (found.since, found.since_range) == (120, (119, 120))
    assert "comes back" not in one(run, "loss-spike").title


def test_that_a_loss_that_does_not_fall_is_told(tmp_path: Path) -> None:
    assert one(Recorded(tmp_path).scalars({"loss": flat(N)}), "loss-plateau").severity == "warning"
    none(Recorded(tmp_path).scalars({"loss": falling(N)}), "loss-plateau")


def test_that_a_loss_that_falls_slowly_and_steadily_does_not_stand_still(tmp_path: Path) -> None:
    slow = flat(4 * N) * np.linspace(1, 0.93, 4 * N)
    none(Recorded(tmp_path).scalars({"loss": slow}), "loss-plateau")
    stands = flat(4 * N) * np.maximum(np.linspace(1.0, 0.72, 4 * N), 0.93)
    assert one(Recorded(tmp_path).scalars({"loss": stands}), "loss-plateau").severity == "warning"


@pytest.mark.parametrize("name", ["loss-spike", "diverging-loss", "loss-plateau"])
def test_that_losses_that_need_not_fall_are_not_judged(tmp_path: Path, name: str) -> None:
    reward = Recorded(tmp_path).scalars({"loss": flat(N), "reward": flat(N)})
    assert "rewards" in reward.report(RULES[name]).not_judged[0].why
    two = Recorded(tmp_path).scalars({"loss": flat(N)})
    two.add(OptimizersRecord(0, [ParameterGroup([], "Adam", number) for number in (0, 1)]))
    assert "several optimizers" in two.report(RULES[name]).not_judged[0].why


def held_out(folder: Path, values: list[float], loss: np.ndarray) -> Recorded:
    return Recorded(folder).scalars({"loss": loss}).scalars({"val_loss": values}, every=20, start=19)


def test_that_a_held_out_loss_that_rises_while_the_trainings_falls_is_overfitting(tmp_path: Path) -> None:
    rising = [1.0, 0.8, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]
    found = one(held_out(tmp_path, rising, falling(N)), "overfitting")
    assert (found.severity, found.since) == ("warning", 59)
    none(held_out(tmp_path, rising[2::-1] * 3, falling(N)), "overfitting", "warning")


# --- inputs and outputs ---


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (np.random.default_rng(0).uniform(0, 255, (16, 8)), "standard deviation 7"),
        (np.random.default_rng(0).normal(0, 0.001, (16, 8)), "hardly differ"),
        (np.random.default_rng(0).normal(50, 1, (16, 8)), "around 50"),
        (np.random.default_rng(0).normal(0, 1, (16, 8)), ""),
    ],
)
def test_that_inputs_of_another_scale_are_told(tmp_path: Path, inputs: np.ndarray, words: str) -> None:
    run = Recorded(tmp_path, probe=(inputs, None))
    if words:
        found = one(run, "input-scale")
        assert words in found.title
        assert found.layers == ["fc1"]
    else:
        none(run, "input-scale")


def test_that_inputs_that_hardly_differ_are_a_note_where_they_are_learnt_from(tmp_path: Path) -> None:
    inputs = np.random.default_rng(0).normal(0, 0.001, (16, 8))
    for loss, severity in ((falling(N), "note"), (flat(N), "warning")):
        run = Recorded(tmp_path, probe=(inputs, None)).scalars({"loss": loss})
        assert one(run, "input-scale").severity == severity


@pytest.mark.parametrize(
    ("operations", "loss", "words"),
    [
        (["NllLoss", "LogSoftmax", "Softmax"], flat(N), "a softmax gives"),
        (["NllLoss", "LogSoftmax", "Relu"], flat(N), "a relu gives"),
        (["BinaryCrossEntropyWithLogits", "Sigmoid"], flat(N), "a sigmoid gives"),
        (["MseLoss", "Softmax"], flat(N), "squared error of what a softmax"),
        (["NllLoss", "LogSoftmax"], falling(N), ""),
        (["MseLoss", "Sigmoid"], falling(N), ""),
        (["BinaryCrossEntropy", "Sigmoid"], falling(N), ""),
        (["NllLoss", "Log", "Softmax"], falling(N), ""),
    ],
)
def test_that_what_does_not_fit_the_loss_is_told_from_its_graph(tmp_path: Path, operations, loss, words: str) -> None:
    run = Recorded(tmp_path).scalars({"loss": loss}).add(LossRecord(0, "loss", operations, "mean", "fc3"))
    if words:
        found = one(run, "output-mismatch")
        assert words in found.title
        assert found.layers == ["fc3"]
    else:
        none(run, "output-mismatch")


def test_that_a_summed_loss_harms_only_where_it_does_not_fall(tmp_path: Path) -> None:
    for loss, severity in ((flat(N), "warning"), (falling(N), "note")):
        run = Recorded(tmp_path).scalars({"loss": loss}).add(LossRecord(0, "loss", ["NllLoss"], "sum", "fc3"))
        assert one(run, "output-mismatch").severity == severity


def passes_of(run: Recorded, outputs: list[np.ndarray]) -> Recorded:
    for number, each in enumerate(outputs):
        run.taken(50 * number, {}, each.astype(np.float32))
    return run


def test_that_one_softmax_of_one_output_is_told(tmp_path: Path) -> None:
    probe = np.random.default_rng(0).normal(size=(16, 8)), None
    run = passes_of(Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}), [np.ones((16, 1))] * 3)
    assert one(run, "output-mismatch").severity == "critical"


def test_that_the_same_output_for_every_sample_is_told_since_it_is_so(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    probe = numbers.normal(size=(16, 8)), numbers.integers(0, 4, 16)
    lively, dead = numbers.normal(size=(16, 4)), np.tile(numbers.normal(size=4), (16, 1))
    run = passes_of(Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}), [lively, lively, dead, dead])
    found = one(run, "constant-output")
    assert (found.since, found.since_range, found.severity) == (100, (50, 100), "critical")
    none(
        passes_of(Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}), [dead, lively, lively]), "constant-output"
    )


def features(run: Recorded, activations: list[np.ndarray], layer: str = "fc1") -> Recorded:
    for number, each in enumerate(activations):
        run.taken(50 * number, {layer: {"activation": each.astype(np.float32)}})
    return run


def test_that_features_on_one_line_are_a_collapse(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    probe = numbers.normal(size=(16, 8)), None
    line = np.outer(numbers.normal(size=16), numbers.normal(size=8))
    run = features(Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}), [line] * 3)
    assert one(run, "representation-collapse").layers == ["fc1"]
    wide = [numbers.normal(size=(16, 8))] * 3
    none(features(Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}), wide), "representation-collapse")


def test_that_activations_that_fade_from_layer_to_layer_begin_badly(tmp_path: Path) -> None:
    run = Recorded(tmp_path, chain(5)).scalars({"loss": flat(N)})
    run.scalars({f"activation_std/fc{k}": [0.01**k] for k in range(1, 6)}).taken(0, {}).taken(50, {})
    found = one(run, "bad-initialization")
    assert found.layers == ["fc2", "fc3", "fc4", "fc5"]
    good = Recorded(tmp_path, chain(5)).scalars({"loss": flat(N)}).taken(0, {}).taken(50, {})
    none(good.scalars({f"activation_std/fc{k}": [0.8**k] for k in range(1, 6)}), "bad-initialization")


def test_that_units_that_are_and_stay_alike_are_told(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    alike = np.tile(numbers.normal(size=8), (8, 1)).astype(np.float32)
    lively = numbers.normal(size=(8, 8)).astype(np.float32)
    run = Recorded(tmp_path).scalars({"loss": flat(N)})
    run.taken(0, {"fc2": {"weight": alike}}).taken(50, {"fc2": {"weight": alike}})
    assert one(run, "symmetric-units").layers == ["fc2"]
    left = Recorded(tmp_path).taken(0, {"fc2": {"weight": alike}}).taken(50, {"fc2": {"weight": lively}})
    none(left, "symmetric-units")


def test_that_a_network_without_activations_is_told_and_a_single_pair_noted(tmp_path: Path) -> None:
    for pairs, severity in (([("fc1", "fc2"), ("fc2", "fc3")], "warning"), ([("fc1", "fc2")], "note")):
        run = Recorded(tmp_path).scalars({"loss": flat(N)}).add(LossRecord(0, "loss", ["NllLoss"], linear=pairs))
        found = one(run, "linear-copies")
        assert (found.severity, found.layers[0]) == (severity, "fc1")


# --- how it is trained ---


def test_that_norms_that_are_trained_in_evaluation_mode_are_told(tmp_path: Path) -> None:
    tracked = {"batches_tracked/fc2": np.zeros(20), "training_mode/fc2": np.zeros(20)}
    assert one(Recorded(tmp_path).scalars(tracked, every=10), "norm-statistics").layers == ["fc2"]
    usual = {"batches_tracked/fc2": np.arange(20) * 10, "training_mode/fc2": np.ones(20)}
    none(Recorded(tmp_path).scalars(usual, every=10), "norm-statistics")


def test_that_statistics_that_take_in_other_batches_are_told_since_they_do(tmp_path: Path) -> None:
    tracked = np.arange(20) * 10 + 3 * (np.arange(20) >= 8)
    columns = {"batches_tracked/fc2": tracked, "training_mode/fc2": np.ones(20)}
    found = one(Recorded(tmp_path).scalars(columns, every=10), "norm-statistics")
    assert (found.since, found.since_range) == (80, (70, 80))


@pytest.mark.parametrize(("per_epoch", "severity"), [(20, "warning"), (1, "note"), (None, "note")])
def test_that_the_same_batch_again_and_again_is_told(tmp_path: Path, per_epoch, severity: str) -> None:
    run = Recorded(tmp_path, steps_per_epoch=per_epoch).scalars({"batch_crc32/total": np.full(40, 7.0)})
    assert one(run, "repeated-batch").severity == severity
    none(Recorded(tmp_path).scalars({"batch_crc32/total": np.arange(40.0)}), "repeated-batch")


def test_that_a_few_batches_that_take_turns_are_told_since_they_do(tmp_path: Path) -> None:
    hashes = np.concatenate([np.arange(60.0), np.tile([91.0, 92.0, 93.0], 20)])
    found = one(Recorded(tmp_path, steps_per_epoch=30).scalars({"batch_crc32/total": hashes}), "repeated-batch")
    assert "3 batches" in found.title
    assert found.since == 60
    epochs = np.tile(np.arange(30.0), 4)
    none(Recorded(tmp_path, steps_per_epoch=30).scalars({"batch_crc32/total": epochs}), "repeated-batch")


def test_that_halves_that_agree_in_nothing_are_noise(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    unrelated = {f"half_batch_cosine/fc{k}": numbers.normal(0, 0.01, N) for k in (1, 2, 3)}
    assert one(Recorded(tmp_path).scalars({"loss": flat(N)} | unrelated), "noise-gradient").severity == "warning"
    related = {name: values + 0.3 for name, values in unrelated.items()}
    none(Recorded(tmp_path).scalars({"loss": flat(N)} | related), "noise-gradient")
    none(Recorded(tmp_path).scalars({"loss": falling(N)} | unrelated), "noise-gradient")
    slow = {"loss": np.linspace(2.3, 1.5, N)} | unrelated
    for end, least in ((1.7, "note"), (2.2, "critical")):  # what is learnt holds for held-out samples, or does not
        run = Recorded(tmp_path).scalars(slow).scalars({"val_loss": np.linspace(2.3, end, 10)}, every=20, start=19)
        none(run, "noise-gradient", least)
    assert one(run, "noise-gradient").severity == "warning"


@pytest.mark.parametrize(
    ("p", "loss", "severity"), [(0.95, flat(N), "warning"), (0.95, falling(N), "note"), (0.5, flat(N), "")]
)
def test_that_dropout_that_leaves_too_little_is_told(tmp_path: Path, p: float, loss, severity: str) -> None:
    run = Recorded(tmp_path).scalars({"loss": loss})
    run._header.flow = [
        FlowNode("input", "input", "input"),
        FlowNode("drop", "Dropout", "call", "drop", ["input"], options={"p": p}),
    ]
    if severity:
        found = one(run, "dropout-too-high")
        assert (found.severity, found.layers) == (severity, ["drop"])
    else:
        none(run, "dropout-too-high")


def test_that_gradients_that_are_not_set_to_zero_are_told_since_they_are_not(tmp_path: Path) -> None:
    carried = np.where(np.arange(20) < 8, 0.0, np.arange(20.0) * 5)
    columns = {"carried_gradient_norm/total": carried, "unclipped_gradient_norm/total": carried + 5}
    found = one(Recorded(tmp_path).scalars(columns, every=10), "accumulating-gradients")
    assert found.since == 80
    columns["carried_gradient_norm/total"] = np.zeros(20)
    none(Recorded(tmp_path).scalars(columns, every=10), "accumulating-gradients")


def test_that_an_optimizer_that_begins_anew_is_told(tmp_path: Path) -> None:
    ages = np.where(np.arange(20) < 10, np.arange(20), np.arange(20) - 10) * 10.0
    run = Recorded(tmp_path).scalars({"loss": flat(N)}).scalars({"optimizer_age/total": ages}, every=10)
    found = one(run.add(ResumeRecord(100, "")), "optimizer-state-lost")
    assert (found.since, found.severity) == (100, "warning")
    assert "checkpoint" in found.causes[0].text
    none(Recorded(tmp_path).scalars({"optimizer_age/total": np.arange(20.0)}, every=10), "optimizer-state-lost")


def test_that_a_class_that_is_said_far_too_often_is_told(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    labels = np.arange(32) % 8
    right = np.eye(8)[labels] * 5 + numbers.normal(0, 0.1, (32, 8))
    one_class = right + 20 * (np.arange(8) == 3) * (numbers.random(32) < 0.9)[:, None]
    probe = numbers.normal(size=(32, 8)), labels
    run = passes_of(
        Recorded(tmp_path, probe=probe).scalars({"loss": falling(N)}), [right, one_class, one_class, one_class]
    )
    found = one(run, "class-imbalance")
    assert (found.since, found.layers) == (50, ["fc3"])
    none(passes_of(Recorded(tmp_path, probe=probe).scalars({"loss": falling(N)}), [right] * 4), "class-imbalance")
    guessing = passes_of(Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}), [one_class] * 4)
    none(guessing, "class-imbalance")


def test_that_targets_of_which_most_are_of_one_class_are_told_where_the_others_suffer(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0)
    labels = np.arange(32) % 8
    right = np.eye(8)[labels] * 5.0
    more = right + 9 * (np.arange(8) == 3) * (numbers.random(32) < 0.3)[:, None]
    probe = numbers.normal(size=(32, 8)), labels
    facts = {"largest_class_share/total": np.full(20, 0.7), "largest_class/total": np.full(20, 3.0)}

    def recorded(logits: np.ndarray, **changes: np.ndarray) -> Recorded:
        run = Recorded(tmp_path, probe=probe).scalars({"loss": falling(N)})
        return passes_of(run.scalars(facts | {f"{name}/total": each for name, each in changes.items()}), [logits] * 4)

    found = one(recorded(more), "class-imbalance")
    assert "70 % of the training's targets" in found.title
    assert found.since == 0
    none(recorded(right), "class-imbalance")
    none(recorded(more, largest_class_share=np.full(20, 0.2)), "class-imbalance")


def test_that_of_two_networks_the_one_that_gets_no_gradient_is_starved(tmp_path: Path) -> None:
    groups = [ParameterGroup(["fc1.weight"], "Adam", 0), ParameterGroup(["fc2.weight", "fc3.weight"], "Adam", 1)]
    run = dynamics(Recorded(tmp_path), gradient_norm__fc1=from_step(100, 1, 1e-4))
    found = one(run.add(OptimizersRecord(0, groups)), "generator-starved")
    assert (found.layers, found.since) == (["fc1"], 100)
    none(dynamics(Recorded(tmp_path)).add(OptimizersRecord(0, groups)), "generator-starved")


@pytest.mark.parametrize(
    ("counts", "severity"), [([9] * 20, "warning"), ([1] + [0] * 19, None), ([1] * 8 + [0] * 12, "note")]
)
def test_that_many_skipped_steps_are_told(tmp_path: Path, counts, severity) -> None:
    run = Recorded(tmp_path).scalars({"loss": falling(N)}).scalars({"skipped_steps": counts}, every=10)
    if severity is None:
        none(run, "skipped-steps")
    else:
        assert one(run, "skipped-steps").severity == severity


def test_that_an_adam_with_next_to_no_eps_is_told(tmp_path: Path) -> None:
    for eps, is_told in ((1e-16, True), (1e-8, False)):
        record = optimizer()
        record.groups[0].options = {"eps": eps}
        report = Recorded(tmp_path).scalars({"loss": falling(N)}).add(record).report(RULES["spiky-units"])
        assert bool(report.findings) is is_told


def test_that_every_rule_has_a_test() -> None:
    files = (Path(__file__), *(Path(__file__).parent / "rules").glob("test_*.py"))
    source = "".join(each.read_text("utf-8") for each in files)
    assert [name for name in RULES if f'"{name}"' not in source] == []
