"""A summed loss is told as such, unless it is divided by something, as by the size of the batch."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from collector import Collector, open_collection

DIVIDED: list[tuple[Callable[[Tensor], Tensor], str]] = [
    (lambda loss: loss, "sum"),
    (lambda loss: loss + 1, "sum"),
    (lambda loss: loss / 4, ""),
    (lambda loss: 0.25 * (loss + 1), ""),
]


@pytest.mark.parametrize(("change", "reduction"), DIVIDED)
def test_that_a_sum_that_is_scaled_is_perhaps_a_mean(
    tmp_path: Path, change: Callable[[Tensor], Tensor], reduction: str
) -> None:
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, tmp_path / "run.json") as collector:
        loss = change(mse_loss(model(torch.ones(4, 3)), torch.ones(4, 2), reduction="sum"))
        loss.backward()
        optimizer.step()
        collector.log(loss=loss)

    with open_collection(tmp_path / "run.json") as collection:
        (record,) = collection.losses
        assert (record.operations[0], record.reduction) == ("MseLoss", reduction)
