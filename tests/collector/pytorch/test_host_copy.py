"""What lies on another device comes over in one copy. Here the processor's own memory plays the other device."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection
from collector.pytorch import host_copy, insight
from collector.pytorch.host_copy import HostCopy


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every tensor seems to lie on another device; how many came over in each copy."""
    copies: list[int] = []
    cat = torch.cat

    def counted(parts: list[torch.Tensor], *args: Any, **kwargs: Any) -> torch.Tensor:
        copies.append(len(parts))
        return cat(parts, *args, **kwargs)

    for module in (host_copy, insight):
        monkeypatch.setattr(module, "is_here", lambda tensor: False)
    monkeypatch.setattr(host_copy.torch, "cat", counted)
    return copies


def given(*tensors: torch.Tensor) -> list[np.ndarray]:
    """What comes of tensors that are changed before it is fetched."""
    arrays: list[np.ndarray] = []
    brought = HostCopy()
    for tensor in tensors:
        brought.take(tensor, lambda array: arrays.append(np.array(array)))
        tensor.zero_()
    brought.fetch()
    return arrays


@pytest.mark.usefixtures("elsewhere")
def test_that_each_array_has_the_values_of_the_moment_it_was_taken() -> None:
    tensors = [torch.randn(3, 4), torch.randn(5, 2).T.clone().T, torch.tensor(2.5), torch.zeros(0, 3)]
    truth = [each.clone().numpy() for each in tensors]

    for array, true in zip(given(*tensors), truth, strict=True):
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, true)


def test_that_the_values_of_a_step_come_over_in_a_copy_for_each_precision_and_lose_nothing(
    elsewhere: list[int],
) -> None:
    wide = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)
    given = [wide, torch.tensor([0.1, 0.2, 0.3]), None, 2 * wide, torch.tensor([0.5], dtype=torch.bfloat16)]

    found = insight._arrays(given)

    assert [None if each is None else (each.dtype, each.tolist()) for each in found] == [
        (np.float64, [1 / 3, 2 / 3]),
        (np.float32, given[1].tolist()),
        None,
        (np.float64, [2 / 3, 4 / 3]),
        (np.float32, [0.5]),
    ]
    assert elsewhere == [2, 2]


def test_that_bytes_are_handed_on_at_once_or_come_over_with_all_else(request: pytest.FixtureRequest) -> None:
    whole = torch.tensor([[0, 1, 255], [7, 8, 9]], dtype=torch.uint8)

    def taken() -> tuple[list[Any], HostCopy]:
        found: list[Any] = []
        brought = HostCopy()
        brought.take_bytes(whole, lambda array: found.append((array.dtype, array.tolist())))
        brought.take(torch.tensor([0.5]), lambda array: found.append(array.tolist()))
        return found, brought

    expected = [(np.uint8, whole.tolist()), [0.5]]
    assert taken()[0] == expected
    copies = request.getfixturevalue("elsewhere")
    found, brought = taken()
    assert found == []
    brought.fetch()
    assert found == expected
    assert copies == [2]


@pytest.mark.usefixtures("elsewhere")
def test_that_other_kinds_of_numbers_become_float32() -> None:
    (halves, whole) = given(torch.tensor([0.5, -2.0], dtype=torch.bfloat16), torch.arange(5))

    assert halves.tolist() == [0.5, -2.0]
    assert whole.tolist() == [0, 1, 2, 3, 4]


def test_that_sizes_come_over_as_four_numbers_each(elsewhere: list[int]) -> None:
    small, sparse = (
        torch.full((1000,), 1e-22),
        torch.sparse_coo_tensor([[1, 1]], [3.0, 1.0], (4,), check_invariants=True),
    )
    odd = torch.tensor([np.nan, np.inf, np.nan, -np.inf, 1.0])
    found: dict[str, tuple[float, list[int]]] = {}
    brought = HostCopy()
    for name, tensor in {"small": small, "sparse": sparse, "odd": odd}.items():
        brought.take_size(tensor, lambda norm, kinds, name=name: found.update({name: (norm, kinds.tolist())}))
    brought.take_change(small, small / 2, lambda norm, kinds: found.update(change=(norm, kinds.tolist())))
    brought.fetch()

    assert found["small"] == (pytest.approx(1e-22 * 1000**0.5, rel=1e-5), [0, 0, 0])
    assert found["sparse"] == (4.0, [0, 0, 0])
    assert np.isnan(found["odd"][0])
    assert found["odd"][1] == [2, 1, 1]
    assert found["change"] == (pytest.approx(0.5e-22 * 1000**0.5, rel=1e-5), [0, 0, 0])
    assert elsewhere == [4]


def test_that_what_was_fetched_is_not_fetched_again(elsewhere: list[int]) -> None:
    brought = HostCopy()
    brought.take(torch.ones(2), lambda array: None)
    brought.fetch()
    brought.fetch()

    assert elsewhere == [1]


def test_that_a_pass_comes_over_in_one_copy_and_is_the_same(
    path: Path, make_batches: Callable[..., Any], train: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    batches = make_batches(5, 1, 8, 8)

    def passes() -> Any:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 3))
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        options = InsightOptions(interval=2, sign_interval=0)
        with Collector(
            model, optimizer, path, probe=batches[0], interval=3, insight=options, overwrite=True
        ) as collector:
            train(model, optimizer, batches, collector)
        return open_collection(path)

    here = passes()
    copies = request.getfixturevalue("elsewhere")
    copies.clear()
    there = passes()

    n_parameters = sum(len(each.parameters) for each in here.layers.values())
    of_passes = [n_parts for n_parts in copies if n_parts > n_parameters]  # the others are norms between the passes
    assert len(of_passes) == len(there.passes) == 3
    for name in here.series:
        np.testing.assert_allclose(there.series.recorded(name)[1], here.series.recorded(name)[1], rtol=1e-6)
    for one, other in zip(here.passes, there.passes, strict=True):
        np.testing.assert_array_equal(one.logits, other.logits)
        assert one.histograms.keys() == other.histograms.keys()
        for layer, arrays in one.layers.items():
            for kind in ("activation", "weight", "bias", "weight_gradient", "weight_update", "feature_maps"):
                mine, yours = getattr(arrays, kind), getattr(other.layers[layer], kind)
                assert (mine is None) == (yours is None)
                if mine is not None:
                    np.testing.assert_array_equal(mine, yours)
