"""What a training with Keras cannot tell is said in words, and what it tells otherwise is read."""

from pathlib import Path

import numpy as np
import pytest

from collector.findings.registry import own_rules
from collector.storage.schema import Layer, LossRecord
from tests.collector.findings.recorded import Recorded, chain

RULES = {each.name: each for each in own_rules()}
KERAS = {"framework": "keras 3.15 on tensorflow 2.21"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("accumulating-gradients", "Keras makes the gradients of each step anew"),
        ("linear-copies", "compile the model with one loss"),
        ("clipping-always", "no optimizer of this training clips"),
    ],
)
def test_that_what_keras_does_not_tell_is_named(tmp_path: Path, name: str, why: str) -> None:
    (told,) = Recorded(tmp_path, **KERAS).scalars({"loss": np.ones(30)}).report(RULES[name]).not_judged

    assert why in told.why


def test_that_clipping_is_judged_by_what_an_optimizer_makes_of_the_gradients_that_it_receives(tmp_path: Path) -> None:
    received, left = np.full(100, 10.0), np.ones(100)
    columns = {"unclipped_gradient_norm/total": received, "gradient_norm/total": received}
    clipped = columns | {"clipped_gradient_norm/total": left}

    assert Recorded(tmp_path, **KERAS).scalars(columns).found(RULES["clipping-always"]) == []
    (found,) = Recorded(tmp_path, **KERAS).scalars(clipped).found(RULES["clipping-always"])
    assert found.rests_on.figures["times"] == 10


def test_that_a_norm_whose_statistics_never_move_is_told_without_a_count_of_batches(tmp_path: Path) -> None:
    layers = [*chain(2), Layer("norm", "BatchNormalization", 4, "fc2", parameters={"weight": [4], "bias": [4]})]
    for modes, n_found in ((np.zeros(20), 1), (np.ones(20), 0)):
        run = Recorded(tmp_path, layers, **KERAS).scalars({"training_mode/norm": modes}, every=10)
        assert [each.layers for each in run.found(RULES["norm-statistics"])] == [["norm"]] * n_found


@pytest.mark.parametrize(
    ("operations", "n_found"),
    [
        (["NllLoss", "Log"], 1),
        (["NllLoss", "Log", "Relu"], 1),
        (["BinaryCrossEntropy", "Tanh"], 1),
        (["NllLoss", "Log", "Softmax"], 0),
        (["BinaryCrossEntropy", "Sigmoid"], 0),
        (["NllLoss", "LogSoftmax"], 0),
        (["NllLoss", "Log", "RealDiv"], 0),
    ],
)
def test_that_a_loss_of_probabilities_is_given_some(tmp_path: Path, operations: list[str], n_found: int) -> None:
    run = Recorded(tmp_path, **KERAS).add(LossRecord(0, "loss", operations, "mean", "fc3"))

    assert [each.layers for each in run.found(RULES["output-mismatch"])] == [["fc3"]] * n_found


def test_that_a_softmax_of_one_output_is_told_though_keras_trains_what_is_in_front_of_it(tmp_path: Path) -> None:
    layers = [
        *chain(2),
        Layer("head", "Dense", 1, "head", parameters={"weight": [1, 4]}, options={"activation": "softmax"}),
    ]
    loss = LossRecord(0, "loss", ["BinaryCrossEntropyWithLogits"], "mean", "head")

    (found,) = Recorded(tmp_path, layers, **KERAS).add(loss).found(RULES["output-mismatch"])

    assert (found.severity, found.layers) == ("critical", ["head"])
