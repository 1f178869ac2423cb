"""What the graph of a loss's gradient tells: the way to the last layer, and what is reached by it."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from collector.pytorch.loss_graph import last_operation, loss_record
from collector.storage.schema import LossRecord

INPUTS = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS = torch.arange(6) % 3


def recorded(loss: Tensor, model: nn.Module) -> LossRecord:
    record = loss_record(loss, "loss", 7, model)
    assert record is not None
    assert (record.name, record.step) == ("loss", 7)
    return record


@pytest.fixture
def model() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))


@pytest.mark.parametrize(
    ("loss_of", "operations", "reduction"),
    [
        (lambda z: F.cross_entropy(z, LABELS), ["NllLoss", "LogSoftmax"], "mean"),
        (lambda z: F.cross_entropy(z, LABELS, reduction="sum"), ["NllLoss", "LogSoftmax"], "sum"),
        (lambda z: F.cross_entropy(z.softmax(1), LABELS), ["NllLoss", "LogSoftmax", "Softmax"], "mean"),
        (lambda z: F.cross_entropy(z, LABELS, reduction="sum") / 6, ["NllLoss", "LogSoftmax"], ""),
        (lambda z: F.mse_loss(z.tanh(), torch.zeros(6, 3)), ["MseLoss", "Tanh"], "mean"),
        (lambda z: z.square().mean(), ["Mean", "Pow"], ""),
    ],
)
def test_that_the_way_leads_from_the_loss_to_the_last_layer(
    model: nn.Module, loss_of: Callable[[Tensor], Tensor], operations: list[str], reduction: str
) -> None:
    record = recorded(loss_of(model(INPUTS)), model)
    assert (record.operations, record.reduction, record.layer) == (operations, reduction, "2")


def test_that_where_two_things_are_added_up_the_way_ends(model: nn.Module) -> None:
    outputs = model(INPUTS)
    record = recorded((outputs.sigmoid() + outputs.tanh()).sum(), model)
    assert (record.operations, record.layer) == (["Sum", "Add"], "")


def test_that_parameters_which_the_loss_does_not_reach_are_named(model: nn.Module) -> None:
    whole = nn.ModuleDict({"body": model, "head": nn.Linear(3, 2)})
    whole["head"].bias.requires_grad_(False)
    record = recorded(model(INPUTS).sum(), whole)
    assert record.apart == ["head.weight"]
    assert recorded(model(INPUTS).sum(), model).apart == []


def test_that_a_parameter_of_nobody_is_told_by_its_shape(model: nn.Module) -> None:
    scale, frozen = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3), requires_grad=False)
    record = recorded((model(INPUTS) * scale * frozen).sum(), model)
    assert record.unregistered == ["a parameter of shape (3,)"]
    assert recorded(model(INPUTS).sum(), model).unregistered == []


def test_that_layers_with_nothing_that_is_not_linear_between_them_are_told() -> None:
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 3))
    assert recorded(model(INPUTS).sum(), model).linear == [("0", "2")], "through a norm of the batch"


def test_that_a_residual_branch_is_no_such_pair() -> None:
    first, second = nn.Linear(4, 4), nn.Linear(4, 3)
    hidden = first(INPUTS)
    record = recorded(second(hidden + hidden.relu()).sum(), nn.ModuleList([first, second]))
    assert record.linear == []


def test_that_a_tensor_without_a_graph_tells_nothing(model: nn.Module) -> None:
    assert loss_record(torch.tensor(1.0), "loss", 0, model) is None
    assert last_operation(torch.ones(2)) == ""


def test_that_the_last_operation_is_looked_for_behind_changes_of_shape(model: nn.Module) -> None:
    assert last_operation(model(INPUTS).sigmoid().view(-1)[2:].unsqueeze(0)) == "Sigmoid"
