from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import LossRecord, OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded, falling, flat, linear
from tests.collector.findings.said import halved, lacking, told

N = 200
RULE = "output-mismatch"
NUMBERS = np.random.default_rng(0)


def recorded(
    folder: Path, loss: np.ndarray, operations: list[str] | None = None, *, outputs: np.ndarray | None = None, **fields
) -> Recorded:
    n = 0 if outputs is None else len(outputs)
    probe = None if outputs is None else (np.zeros((n, 8)), np.arange(n) % max(outputs.shape[1], 2))
    run = Recorded(folder, probe=probe).scalars({"loss": loss})
    if operations is not None:
        run.add(LossRecord(0, "loss", operations, **({"reduction": "mean", "layer": "fc2"} | fields)))
    if outputs is not None:
        run.taken(0, {}, outputs.astype(np.float32)).taken(50, {}, outputs.astype(np.float32))
    return run


def test_that_without_loss_and_outputs_it_is_not_judged(tmp_path: Path) -> None:
    assert "neither what the loss is made of nor" in lacking(recorded(tmp_path, flat(N)), RULE)


def test_that_one_output_that_is_always_one_is_told(tmp_path: Path) -> None:
    ones = np.ones((16, 1))
    assert told(recorded(tmp_path, flat(N), outputs=ones), RULE) == [
        "critical: fc3 since 0 in 0-0; see network 0 fc3",
        "The network has one output, which is always 1: a softmax of one value. Its derivative is zero: "
        "no layer learns.",
        "output: 1",
    ]
    nearly = ones.copy()
    nearly[3] = 0.5
    assert told(recorded(tmp_path, flat(N), outputs=nearly), RULE) == []
    assert told(recorded(tmp_path, flat(N), outputs=np.ones((16, 2))), RULE) == []
    assert told(recorded(tmp_path, flat(N), outputs=np.zeros((16, 1))), RULE) == []


def test_that_a_softmax_of_one_unit_is_told_whatever_is_recorded_in_front_of_it(tmp_path: Path) -> None:
    for units, activation, is_told in ((1, "softmax", True), (2, "softmax", False), (1, "sigmoid", False)):
        run = recorded(tmp_path, falling(N), ["Other"])
        last = linear("fc3", n_out=units, reads="fc2")
        last.options["activation"] = activation
        run._header.layers[-1] = last
        found = told(run, RULE)
        assert bool(found) is is_told
        if found:
            assert found[1].endswith("Whatever is learnt in front of it, the answer stays the same.")


@pytest.mark.parametrize(
    ("operations", "bad"),
    [
        (["NllLoss", "LogSoftmax", "Softmax"], "softmax"),
        (["LogSoftmax", "Addmm", "Sigmoid"], "sigmoid"),
        (["CrossEntropy", "Relu"], "relu"),
        (["BinaryCrossEntropyWithLogits", "Softmax"], "softmax"),
        (["Softmax", "LogSoftmax"], ""),
        (["LogSoftmax", "Log", "Softmax"], ""),
        (["LogSoftmax", "Softmax", "Log"], "softmax"),
        (["LogSoftmax", "Tanh"], ""),
        (["Mean", "Softmax"], ""),
    ],
)
def test_that_what_is_bounded_in_front_of_a_loss_that_wants_logits_is_told(tmp_path, operations, bad: str) -> None:
    found = told(recorded(tmp_path, falling(N), operations), RULE)
    if not bad:
        assert found == []
        return
    head, title, figures = found
    assert head == "warning: fc2 since 0 in 0-0; see network 0 fc2"
    assert title.startswith(f"The loss wants logits and is given what a {bad} gives.")
    assert figures == f"loss: {operations[0]}, before it: {bad}"


@pytest.mark.parametrize(
    ("operations", "given"),
    [
        (["NllLoss", "Log"], "layer without a softmax"),
        (["NllLoss", "Log", "Relu"], "relu"),
        (["NllLoss", "Log", "Tanh", "Softmax"], "tanh"),
        (["BinaryCrossEntropy"], "layer without a softmax"),
        (["BinaryCrossEntropy", "Relu"], "relu"),
        (["NllLoss", "Log", "Softmax"], ""),
        (["NllLoss", "Relu"], ""),
        (["Relu", "BinaryCrossEntropy"], ""),
    ],
)
def test_that_what_is_no_probability_in_front_of_its_logarithm_is_told(tmp_path, operations, given: str) -> None:
    found = told(recorded(tmp_path, falling(N), operations), RULE)
    assert [each for each in found[1:2] if f"is given what a {given} gives" in each] == found[1:2]
    assert bool(found) is bool(given)
    if given:
        before = "nothing" if "without" in given else given
        assert found[2] == f"loss: {operations[0].lower()}, before it: {before}"
        named = told(recorded(tmp_path, falling(N), operations, function="mine"), RULE)
        assert named[2] == f"loss: mine, before it: {before}"
    assert told(recorded(tmp_path, falling(N), operations, layer=""), RULE) == []


@pytest.mark.parametrize(("last", "severity"), [(0.1, "note"), (0.11, "warning")])
def test_that_a_squared_error_of_probabilities_harms_where_a_tenth_is_left(tmp_path, last, severity: str) -> None:
    for name in ("MseLoss", "Mse", "L1Loss", "SmoothL1Loss", "HuberLoss"):
        head, _, figures = told(recorded(tmp_path, halved(N, 1.0, last), [name, "Sub", "Softmax"]), RULE)
        assert head.startswith(f"{severity}: fc2")
        assert figures == f"loss: {name}"
    assert told(recorded(tmp_path, halved(N, 1.0, last), ["Sub", "MseLoss", "Softmax"]), RULE) == []


def test_that_a_squared_error_is_a_note_where_no_loss_was_logged(tmp_path: Path) -> None:
    run = Recorded(tmp_path).add(LossRecord(0, "loss", ["MseLoss", "Softmax"], "mean", ""))
    assert told(run, RULE) == [
        "note: fc3 since 0 in 0-0; see network 0 fc3",
        "A squared error of what a softmax gives. Where it is sure and wrong, the gradient is nearly zero.",
        "loss: MseLoss",
    ]


def test_that_an_optimizer_that_maximizes_is_told_where_it_harms(tmp_path: Path) -> None:
    for loss, is_told in ((flat(N), True), (falling(N), False)):
        run = recorded(tmp_path, loss, ["Other"])
        groups = [ParameterGroup([], "SGD", 0), ParameterGroup([], "AdamW", 0, options={"maximize": True})]
        found = told(run.add(OptimizersRecord(0, groups)), RULE)
        assert bool(found) is is_told
        if found:
            assert found == [
                "critical: fc2 since 0 in 0-0; see network 0 fc2",
                "AdamW maximizes the loss. Each step makes it worse.",
                "maximize: True",
            ]


def ascending(folder: Path, accuracy: np.ndarray, loss: np.ndarray, name: str = "accuracy", n_out: int = 4) -> Recorded:
    outputs = NUMBERS.normal(size=(16, n_out))
    return recorded(folder, loss, outputs=outputs).scalars({name: accuracy})


def test_that_a_loss_below_zero_with_an_accuracy_below_half_of_chance_is_told(tmp_path: Path) -> None:
    loss = -falling(N)[::-1]
    assert told(ascending(tmp_path, np.full(N, 0.12), loss), RULE) == [
        "critical: fc3 since 0 in 0-0; see network 0 fc3",
        "The loss falls to -2.04, and the accuracy to 0.12, below chance. What is made small is not what should be.",
        "loss: -2.043, accuracy: 0.12",
    ]
    assert told(ascending(tmp_path, np.full(N, 0.125), loss), RULE) == []
    assert told(ascending(tmp_path, np.full(N, 12.0), loss, "train_acc"), RULE)[0].startswith("critical")
    assert told(ascending(tmp_path, np.full(N, 13.0), loss), RULE) == []
    assert told(ascending(tmp_path, np.full(N, 0.12), falling(N)), RULE) == []
    assert told(ascending(tmp_path, np.full(N, 0.12), -falling(N)), RULE) == []
    late = np.where(np.arange(N) < N - 19, 0.9, 0.1)
    assert told(ascending(tmp_path, late, loss), RULE) != []
    assert told(ascending(tmp_path, np.where(np.arange(N) < N - 9, 0.9, 0.1), loss), RULE) == []


def test_that_fewer_than_twenty_accuracies_say_nothing(tmp_path: Path) -> None:
    loss = -falling(N)[::-1]
    for n, is_told in ((20, True), (19, False)):
        run = recorded(tmp_path, loss, outputs=NUMBERS.normal(size=(16, 4))).scalars({"acc": np.full(n, 0.1)}, every=5)
        assert bool(told(run, RULE)) is is_told
    values = np.full(30, np.nan)
    values[:19] = 0.1
    run = recorded(tmp_path, loss, outputs=NUMBERS.normal(size=(16, 4))).scalars({"acc": values}, every=5)
    assert told(run, RULE) == []


def test_that_a_summed_loss_harms_where_little_is_learnt(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, flat(N), ["Other"], reduction="sum"), RULE) == [
        "warning: fc2 since 0 in 0-0; see network 0 fc2",
        "The loss is the sum over the batch, not its mean. Gradients grow with the size of the batch; "
        "the learning rate and any clipping mean something else.",
        "reduction: sum",
    ]
    assert told(recorded(tmp_path, falling(N), ["Other"], reduction="sum"), RULE)[0].startswith("note")
    poor = np.linspace(1.0, 0.85, N)
    assert told(recorded(tmp_path, poor, ["Other"], reduction="sum"), RULE)[0].startswith("warning")


def test_that_a_first_loss_of_more_than_four_times_that_of_a_guess_is_told(tmp_path: Path) -> None:
    guess = np.log(4)
    outputs = NUMBERS.normal(size=(16, 4))
    for times, is_told in ((4.01, True), (3.99, False)):
        loss = np.full(N, times * guess)
        for operations in (["NllLoss", "LogSoftmax"], ["Mean", "Neg", "CrossEntropy"], ["NllLoss2d"]):
            assert bool(told(recorded(tmp_path, loss, operations, outputs=outputs), RULE)) is is_told
    loss = np.full(N, 5 * guess)
    assert told(recorded(tmp_path, loss, ["CrossEntropyLoss"], outputs=outputs), RULE) == [
        "warning: fc2 since 0 in 0-0; see network 0 fc2",
        "The loss begins at 6.93, 5 times that of a guess among 4 classes. The first outputs are large "
        "and wrong: much of the run goes into taking them back.",
        "loss at step 0: 6.931, of a guess: 1.386",
    ]
    assert told(recorded(tmp_path, loss, ["A", "B", "C", "NllLoss"], outputs=outputs), RULE) == []
    assert told(recorded(tmp_path, 3 * falling(N), ["NllLoss"], outputs=outputs), RULE) == []
    loss[0] = np.inf
    assert told(recorded(tmp_path, loss, ["NllLoss"], outputs=outputs), RULE) == []
    assert told(recorded(tmp_path, np.full(N, 9.0), ["NllLoss"], outputs=outputs[:, :1]), RULE) == []
