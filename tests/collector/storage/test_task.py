"""What the outputs are is told by the user, else by loss, labels and shapes, and is not known rather than wrong."""

from typing import Any

import numpy as np
import pytest

from collector.storage.flow import FlowNode
from collector.storage.probe import Probe
from collector.storage.schema import LossRecord
from collector.storage.schema import Task as Given
from collector.storage.task import task_of
from tests.app.made_up import layer

NOTHING = np.zeros(0, "f4")


def told(
    shape: tuple[int, ...],
    inputs: tuple[int, ...] = (8,),
    loss: tuple[str, ...] = (),
    *,
    logged: tuple[str, ...] = (),
    whole: float | None = None,
    layer: str = "last",
    flow: tuple[FlowNode, ...] = (),
    **of_probe: Any,
) -> str:
    given = np.full((4, *inputs), whole or 0.5, "f4")
    probe = Probe(given, **{"labels": None, "class_names": (), "mean": NOTHING, "std": NOTHING, **of_probe})
    if whole is not None:
        object.__setattr__(probe, "whole_numbers", True)
    losses = [LossRecord(0, "loss", list(loss), "mean", layer)] if loss else []
    return task_of(probe, losses, flow, {}, shape, logged).kind


LABELS = np.array([0, 1, 2, 1])


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("classes", {"shape": (3,), "labels": LABELS}),
        ("classes", {"shape": (3,), "loss": ("NllLoss", "LogSoftmax")}),
        ("classes", {"shape": (2,), "loss": ("NllLoss", "LogSoftmax")}),
        ("classes", {"shape": (1,), "loss": ("BinaryCrossEntropyWithLogits",)}),
        ("labels", {"shape": (2,), "loss": ("BinaryCrossEntropyWithLogits",)}),
        ("classes", {"shape": (3,), "loss": ("MseLoss",), "labels": LABELS}),
        ("labels", {"shape": (3,), "loss": ("BinaryCrossEntropyWithLogits",)}),
        ("labels", {"shape": (3,), "targets": np.eye(4, 3, dtype="f4")}),
        ("values", {"shape": (1,), "loss": ("MseLoss",)}),
        ("values", {"shape": (1,), "loss": ("Mean", "Pow", "Sub")}),
        ("values", {"shape": (2,), "targets": np.full((4, 2), 0.3, "f4")}),
        ("reconstruction", {"shape": (784,), "inputs": (1, 28, 28), "loss": ("BinaryCrossEntropy", "Sigmoid")}),
        ("reconstruction", {"shape": (8,), "loss": ("MseLoss",), "targets": np.full((4, 8), 0.5, "f4")}),
        ("reconstruction", {"shape": (784,), "inputs": (1, 28, 28), "logged": ("kl_loss", "reconstruction_loss")}),
        ("values", {"shape": (784,), "inputs": (1, 28, 28), "loss": ("MseLoss",), "labels": LABELS}),
        ("values", {"shape": (8,), "loss": ("MseLoss",), "targets": np.full((4, 8), 0.25, "f4")}),
        ("labels", {"shape": (8,), "loss": ("BinaryCrossEntropy",), "targets": np.eye(4, 8, dtype="f4")}),
        ("segmentation", {"shape": (3, 8, 8), "inputs": (1, 8, 8), "loss": ("NllLoss2D", "LogSoftmax")}),
        ("segmentation", {"shape": (3, 8, 8), "inputs": (1, 8, 8), "targets": np.zeros((4, 8, 8), int)}),
        ("tokens", {"shape": (8, 50), "whole": 40}),
        ("tokens", {"shape": (8, 5), "whole": 40, "targets": np.zeros((4, 8), int)}),
        ("q_values", {"shape": (4,), "loss": ("SmoothL1Loss", "Gather")}),
        ("scores", {"shape": (1,), "logged": ("d_loss", "g_loss")}),
        ("embedding", {"shape": (3,), "labels": LABELS, "task": Given("embedding")}),
    ],
)
def test_the_task_is_told(kind: str, facts: dict[str, Any]) -> None:
    assert told(**facts) == kind


@pytest.mark.parametrize(
    "facts",
    [
        {"shape": (3,)},
        {"shape": (3,), "task": Given("of a Strobe to come")},
        {"shape": (3,), "labels": np.array([0, 1, 9, 1])},
        {"shape": (3,), "labels": LABELS, "loss": ("Mean", "ClampMin", "Add"), "layer": ""},
        {"shape": (64,), "labels": LABELS, "loss": ("NllLoss", "LogSoftmax", "Mm"), "layer": ""},
        {"shape": (8, 5), "whole": 40},
        {"shape": (1,), "logged": ("critic_loss", "actor_loss")},
    ],
    ids=["no loss", "unknown", "label beyond", "triplet", "contrastive", "features of words", "actor and critic"],
)
def test_what_cannot_be_known_is_not_guessed(facts: dict[str, Any]) -> None:
    assert told(**facts) == ""


def test_a_loss_of_another_output_tells_nothing() -> None:
    nodes = [
        FlowNode("input", "input", "input", "", (), (8,)),
        FlowNode("actor", "Linear", "call", "actor", ("input",), (4,)),
        FlowNode("critic", "Linear", "call", "critic", ("input",), (1,)),
        FlowNode("output.0", "output", "output", "", ("actor",), (4,)),
        FlowNode("output.1", "output", "output", "", ("critic",), (1,)),
    ]
    facts: dict[str, Any] = {"loss": ("MseLoss",), "layer": "critic", "flow": tuple(nodes)}
    assert told((4,), output_name="0", **facts) == ""
    assert told((1,), output_name="1", **facts) == "values"


@pytest.mark.parametrize(
    ("shape", "layers", "kind", "is_continuous"),
    [
        ((1,), ("actor.4",), "Linear", True),
        ((3,), ("actor.mean", "actor.log_std"), "Linear", True),
        ((3,), ("actor.mean", "actor.tanh"), "Tanh", True),
        ((3,), ("actor.4",), "Linear", False),
        ((1,), ("actor.4",), "Sigmoid", False),
    ],
    ids=["one number", "means with a spread", "bounded", "a number for each action", "one chance"],
)
def test_a_policy_of_numbers_has_no_probabilities(
    shape: tuple[int, ...], layers: tuple[str, ...], kind: str, is_continuous: bool
) -> None:
    flow = (
        FlowNode("input", "input", "input", "", (), (8,)),
        FlowNode("last", kind, "call", layers[0], ("input",), shape),
        FlowNode("output", "output", "output", "", ("last",), shape),
    )
    probe = Probe(np.zeros((4, 8), "f4"), None, (), NOTHING, NOTHING, task=Given("policy"))
    known = {name: layer(name) for name in layers}
    assert task_of(probe, [], flow, known, shape).is_continuous is is_continuous
