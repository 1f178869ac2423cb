"""Checksums of what passes through a training step: the same values have the same, and others have others."""

import zlib
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.storage.reader import Collection

INPUTS = torch.randn(8, 4, generator=torch.Generator().manual_seed(0))


def net(*, inplace: bool = False) -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(OrderedDict(fc1=nn.Linear(4, 5), relu=nn.ReLU(inplace=inplace), fc2=nn.Linear(5, 2)))


def trained(path: Path, model: nn.Module, *, n_steps: int = 3, calls: int = 1) -> Collection:
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, insight=InsightOptions(interval=1)) as collector:
        for _ in range(n_steps):
            optimizer.zero_grad()
            loss = sum(model(INPUTS).square().mean() for _ in range(calls))
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    return open_collection(path)


def crc(*tensors: Tensor) -> float:
    return float(zlib.crc32(b"".join(each.detach().numpy().tobytes() for each in tensors)))


def test_that_they_are_crc32_of_the_values_themselves(tmp_path: Path) -> None:
    model = net()
    expected = {
        "weights_crc32/fc1": crc(model.fc1.weight, model.fc1.bias),
        "input_crc32/fc1": crc(INPUTS),
        "output_crc32/fc1": crc(model.fc1(INPUTS)),
        "input_crc32/relu": crc(model.fc1(INPUTS)),
        "output_crc32/relu": crc(model.relu(model.fc1(INPUTS))),
    }
    found = trained(tmp_path / "run.json", model).series
    assert {name: found[name][0] for name in expected} == expected
    assert found["batch_samples/total"].tolist() == [8, 8, 8]


def test_that_a_module_that_works_in_place_has_the_input_that_it_was_given(tmp_path: Path) -> None:
    found = trained(tmp_path / "run.json", net(inplace=True)).series
    np.testing.assert_array_equal(found["input_crc32/relu"], found["output_crc32/fc1"])
    assert (found["output_crc32/relu"] != found["input_crc32/relu"]).all()


def test_that_all_calls_of_a_step_count(tmp_path: Path) -> None:
    once = trained(tmp_path / "once.json", net(), n_steps=1).series
    twice = trained(tmp_path / "twice.json", net(), n_steps=1, calls=2).series
    assert once["output_crc32/fc1"][0] != twice["output_crc32/fc1"][0]
    assert twice["batch_samples/total"][0] == 16


def test_that_a_layer_without_a_gradient_says_so(tmp_path: Path) -> None:
    model = net()
    for each in model.fc1.parameters():
        each.requires_grad_(requires_grad=False)
    found = trained(tmp_path / "run.json", model).series
    assert found["gradients_crc32/fc1"].tolist() == [-1, -1, -1]
    assert (found["gradients_crc32/fc2"] >= 0).all()


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float64])
def test_that_values_of_other_types_have_them_too(tmp_path: Path, kind: torch.dtype) -> None:
    class Cast(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inside = net().to(kind)

        def forward(self, values: Tensor) -> Tensor:
            result: Tensor = self.inside(values.to(kind)).float()
            return result

    found = trained(tmp_path / "run.json", Cast()).series
    assert np.isfinite(found["output_crc32/inside.fc1"]).all()


def test_that_no_hook_is_left_behind(tmp_path: Path) -> None:
    model = net()
    trained(tmp_path / "run.json", model)
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in model.modules())
