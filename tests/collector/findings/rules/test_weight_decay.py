from pathlib import Path

import numpy as np

from collector.storage.schema import OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded, falling, flat
from tests.collector.findings.said import told

N = 40
STEPS = np.arange(N)
HALF = 0.98**STEPS
"""Norms that end below half of what they were."""


def recorded(folder: Path, weights: dict[str, np.ndarray], share: dict[str, float], loss=None, **of) -> Recorded:
    """Norms at each step; of each update at a rate of 0.5 with a decay of 0.25 this share is decay."""
    run = Recorded(folder).scalars({"loss": flat(N) if loss is None else loss, "learning_rate": np.full(N, 0.5)})
    run.scalars({f"weight_norm/{name}": values for name, values in weights.items()})
    if share:
        run.scalars({f"update_norm/{name}": 0.125 * weights[name] / each for name, each in share.items()})
    names = [f"{name}.weight" for name in weights]
    options = {"options": {"weight_decay": 0.25}, "rate": "learning_rate"} | of
    return run.add(OptimizersRecord(0, [ParameterGroup(names, "AdamW", 0, **options)]))


def test_that_more_than_nine_tenths_in_five_steps_before_the_weights_halve_dominate(tmp_path: Path) -> None:
    rule = "weight-decay-dominates"
    late = np.where(STEPS < 20, 0.5, 0.95)
    weights = {"fc1": 0.95**STEPS, "fc2": np.ones(N), "fc3": HALF}
    assert told(recorded(tmp_path, weights, {"fc1": late, "fc2": 0.95, "fc3": 0.91}), rule) == [
        "warning: fc3, fc1 since 0 in 0-0; see optimizer 0 fc3 weight_norm/fc3",
        "fc3: 91 % of each update is weight decay, from step 0 on. The weights shrink faster than the "
        "gradients make them grow.",
        "share: 0.91, layers: 2",
    ]
    assert told(recorded(tmp_path, weights, {"fc3": 0.899}), rule) == []
    assert told(recorded(tmp_path, weights, {"fc3": 5.0}), rule)[2] == "share: 1.111, layers: 1"
    assert told(recorded(tmp_path, {"fc3": HALF}, {"fc3": 0.95}, falling(N)), rule)[0].startswith("note")


def test_that_the_weights_have_to_halve_behind_where_it_begins(tmp_path: Path) -> None:
    rule = "weight-decay-dominates"
    for n_rows, is_told in ((4, False), (5, True)):
        share = np.where(n_rows > STEPS, 0.95, 0.5)
        assert bool(told(recorded(tmp_path, {"fc1": 0.9**STEPS}, {"fc1": share}), rule)) is is_told
    before = np.where(STEPS < 20, 10.0, 1.0)
    assert told(recorded(tmp_path, {"fc1": before}, {"fc1": np.where(STEPS < 25, 0.5, 0.95)}), rule) == []


def test_that_no_decay_or_one_that_is_no_number_does_nothing(tmp_path: Path) -> None:
    for decay in (0, -0.5, None, "a tensor"):
        run = recorded(tmp_path, {"fc1": HALF}, {"fc1": 0.95}, options={"weight_decay": decay})
        assert told(run, "weight-decay-dominates") == []


def test_that_the_rate_is_that_of_the_layers_own_group_when_it_was_last_recorded(tmp_path: Path) -> None:
    names = {"learning_rate/group0": np.full(8, 0.01), "learning_rate/group1": np.where(np.arange(8) < 4, 0.01, 0.5)}
    for start, since in ((0, 20), (10, 30)):
        run = Recorded(tmp_path).scalars({"loss": flat(N)}).scalars(names, every=5, start=start)
        run.scalars({"weight_norm/fc1": 0.9**STEPS, "weight_norm/fc2": np.ones(N)})
        run.scalars({"update_norm/fc1": 0.13 * 0.9**STEPS, "update_norm/fc2": np.ones(N)})
        decay = {"weight_decay": 0.25}
        groups = [
            ParameterGroup(["fc2.weight"], "AdamW", 0, "learning_rate/group0", decay),
            ParameterGroup(["fc1.weight"], "AdamW", 0, "learning_rate/group1", decay),
        ]
        head = told(run.add(OptimizersRecord(0, groups)), "weight-decay-dominates")[0]
        assert head.startswith(f"warning: fc1 since {since} in {since - 1}-{since}")


def test_that_weights_that_end_below_half_of_what_they_were_shrink(tmp_path: Path) -> None:
    rule = "shrinking-weights"
    weights = {"fc1": np.where(STEPS < 5, 1.0, 0.97 ** (STEPS - 5)), "fc2": np.ones(N), "fc3": 0.9**STEPS}
    assert told(recorded(tmp_path, weights, {}), rule) == [
        "warning: fc3, fc1 since 2 in 1-2; see optimizer 2 fc3 weight_norm/fc3",
        "fc3: the weights have shrunk to 2 % of what they were. Activations fade with them.",
        "last / first norm: 0.01642, layers: 2",
    ]
    assert told(recorded(tmp_path, weights, {}, falling(N)), rule) == []
    to_half = np.linspace(1.0, 0.5, N)
    assert told(recorded(tmp_path, {"fc1": to_half}, {}), rule) == []
    assert told(recorded(tmp_path, {"fc1": to_half - 0.001 * STEPS}, {}), rule) != []


def test_that_gains_weights_that_came_back_and_few_steps_do_not(tmp_path: Path) -> None:
    rule = "shrinking-weights"
    run = recorded(tmp_path, {"fc1": HALF}, {})
    run._header.layers[0].parameters = {"weight": [8], "bias": [8]}
    assert told(run, rule) == []
    dip = np.where(np.abs(STEPS - 20) < 5, 0.1, 1.0)
    assert told(recorded(tmp_path, {"fc1": dip}, {}), rule) == []
    rising = np.linspace(0.1, 0.4, N)
    rising[0] = 1.0
    assert told(recorded(tmp_path, {"fc1": rising}, {}), rule) == []
    for n, is_told in ((10, True), (9, False)):
        run = Recorded(tmp_path).scalars({"loss": flat(N)}).scalars({"weight_norm/fc1": 0.9 ** np.arange(n)}, every=4)
        assert bool(told(run, rule)) is is_told
