"""Which class most of a batch belongs to, read off the gradient of the outputs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, open_collection

LOSSES = {
    "cross entropy": functional.cross_entropy,
    "smoothed": lambda outputs, targets: functional.cross_entropy(outputs, targets, label_smoothing=0.1),
    "log softmax": lambda outputs, targets: functional.nll_loss(functional.log_softmax(outputs, 1), targets),
}


def trained(path: Path, loss, targets_of, n_outputs: int = 4) -> tuple[np.ndarray, list[Tensor]]:
    torch.manual_seed(0)
    model = nn.Linear(8, n_outputs)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    batches = []
    with Collector(model, optimizer, path, interval=5) as collector:
        for _ in range(24):
            batches.append(targets_of())
            optimizer.zero_grad()
            value = loss(model(torch.randn(16, 8)), batches[-1])
            value.backward()
            optimizer.step()
            collector.log(loss=value)
    with open_collection(path) as collection:
        if "largest_class_share/total" not in collection.series:
            return np.zeros((0, 3)), batches
        steps, shares = collection.series.recorded("largest_class_share/total")
        return np.stack([steps, shares, collection.series.recorded("largest_class/total")[1]], axis=1), batches


@pytest.mark.parametrize("loss", LOSSES)
def test_that_the_most_frequent_class_of_each_measured_batch_is_told(tmp_path: Path, loss: str) -> None:
    odds = torch.tensor([0.6, 0.2, 0.1, 0.1])
    found, batches = trained(tmp_path / "run.json", LOSSES[loss], lambda: torch.multinomial(odds, 16, replacement=True))
    assert len(found) > 2
    for step, share, which in found:
        counts = batches[int(step)].bincount(minlength=4)
        assert share == pytest.approx(float(counts.max()) / 16)
        assert counts[int(which)] == counts.max()


def test_that_nothing_is_told_of_other_losses(tmp_path: Path) -> None:
    found, _ = trained(tmp_path / "run.json", functional.mse_loss, lambda: torch.randn(16, 4))
    assert np.isnan(found[:, 1]).all()


def test_that_a_single_output_has_no_classes(tmp_path: Path) -> None:
    found, _ = trained(tmp_path / "run.json", functional.mse_loss, lambda: torch.randn(16, 1), n_outputs=1)
    assert not len(found)
