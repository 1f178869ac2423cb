"""A rank's own gradient, taken as it comes: which values of it, and when, without other ranks."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from collector.capture.guard import Guard
from collector.pytorch import local_gradients
from collector.pytorch.distributed import checksum
from collector.pytorch.local_gradients import LocalGradients


@pytest.fixture
def guard() -> Guard:
    return Guard(pytest.fail)


@pytest.fixture
def parameters() -> list[nn.Parameter]:
    return [nn.Parameter(torch.zeros(shape)) for shape in ((2, 3), (4,), ())]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At most five values are sent."""
    monkeypatch.setattr(local_gradients, "MOST", 5)
    yield


def flow(parameters: list[nn.Parameter], gradients: list[Tensor | None]) -> None:
    """Let these gradients come in a backward pass."""
    pairs = zip(parameters, gradients, strict=True)
    torch.stack([(each * own).sum() for each, own in pairs if own is not None]).sum().backward()


def test_that_of_a_small_model_every_value_is_taken_in_the_order_of_the_parameters(
    parameters: list[nn.Parameter], guard: Guard
) -> None:
    gradients = [torch.arange(6.0).reshape(2, 3), torch.arange(10.0, 14.0), torch.tensor(20.0)]
    local = LocalGradients(parameters)
    local.watch(guard)
    flow(parameters, gradients)

    taken = local.take()

    assert taken is not None
    assert (taken.dtype, taken.tolist()) == (np.float32, [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 20])
    assert local.scale == 1


def test_that_a_parameter_without_a_gradient_has_zeros_and_nothing_at_all_is_none(
    parameters: list[nn.Parameter], guard: Guard
) -> None:
    local = LocalGradients(parameters)
    local.watch(guard)
    assert local.take() is None
    local.watch(guard)
    flow(parameters, [None, torch.ones(4), None])

    taken = local.take()
    assert taken is not None
    assert taken.tolist() == [0] * 6 + [1] * 4 + [0]


def test_that_of_two_backward_passes_what_was_accumulated_is_taken_and_what_comes_later_is_not(
    parameters: list[nn.Parameter], guard: Guard
) -> None:
    local = LocalGradients(parameters)
    local.watch(guard)
    for _ in range(2):
        flow(parameters, [None, torch.ones(4), None])
    for each in parameters:
        each.grad = None if each.grad is None else each.grad * 100  # what averaging would do

    taken = local.take()
    assert taken is not None
    assert taken[6:10].tolist() == [2, 2, 2, 2]
    flow(parameters, [torch.ones(2, 3), None, None])
    assert local.take() is None, "nobody watches any more"


def test_that_no_hook_is_left_and_watching_twice_is_watching_once(parameters: list[nn.Parameter], guard: Guard) -> None:
    local = LocalGradients(parameters)
    for _ in range(2):
        local.watch(guard)
    assert [len(each._post_accumulate_grad_hooks) for each in parameters] == [1, 1, 1]
    local.leave()
    assert [len(each._post_accumulate_grad_hooks) for each in parameters] == [0, 0, 0]


def test_that_frozen_parameters_are_left_out_from_the_start_and_zeros_from_the_moment_they_are_frozen(
    parameters: list[nn.Parameter], guard: Guard
) -> None:
    parameters[0].requires_grad_(False)
    local = LocalGradients(parameters)
    parameters[2].requires_grad_(False)
    local.watch(guard)
    flow(parameters[1:2], [torch.ones(4)])

    taken = local.take()
    assert taken is not None
    assert taken.tolist() == [1, 1, 1, 1, 0]


@pytest.mark.usefixtures("few")
def test_that_of_a_larger_model_each_so_many_values_are_taken_over_the_borders_of_parameters(
    parameters: list[nn.Parameter], guard: Guard
) -> None:
    local = LocalGradients(parameters)  # 11 values, 5 at most: each third one, 0, 3 | 6, 9
    local.watch(guard)
    flow(parameters, [torch.arange(6.0).reshape(2, 3), torch.arange(6.0, 10.0), torch.tensor(10.0)])

    taken = local.take()
    assert taken is not None
    assert taken.tolist() == [0, 3, 6, 9]
    assert local.scale == 11 / 4


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(1, 60))
def test_that_never_more_than_the_bound_are_taken_at_an_odd_distance(sizes: list[int], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_gradients, "MOST", most)
        parameters = [nn.Parameter(torch.zeros(size)) for size in sizes]
        local = LocalGradients(parameters)
        local.watch(Guard(pytest.fail))
        places = torch.arange(float(sum(sizes))).split(sizes)
        flow(parameters, list(places))
        taken = local.take()

    assert taken is not None
    total = sum(sizes)
    stride = 1 if total <= most else -(-total // most)
    stride += stride % 2 == 0
    assert taken.tolist() == list(range(0, total, stride))
    assert len(taken) <= most
    assert local.scale == total / len(taken)


def test_that_complex_values_are_two_and_what_is_taken_is_a_copy_in_single_precision(guard: Guard) -> None:
    parameters = [nn.Parameter(torch.zeros(2, dtype=torch.complex64)), nn.Parameter(torch.zeros(1).double())]
    local = LocalGradients(parameters)
    local.watch(guard)
    (parameters[0].real.sum() * 3 + parameters[0].imag.sum() * 4 + parameters[1].sum() * 5).backward()

    taken = local.take()
    assert taken is not None
    assert (taken.dtype, taken.tolist()) == (np.float32, [3, 4, 3, 4, 5])


def test_that_a_checksum_tells_values_places_and_signs_of_zero_apart_and_the_same_weights_not() -> None:
    weights = [torch.tensor([1.0, 2.0]), torch.tensor([3.0])]

    def of(*changed: Tensor) -> int:
        return checksum(changed)

    same = of(weights[0].clone(), weights[1].clone())
    assert 0 <= same < 2**64
    assert same == checksum(weights)
    others = [of(torch.tensor([1.0, 2.0000002]), weights[1]), of(weights[1], weights[0]), of(weights[0], -weights[1])]
    others += [of(torch.tensor([0.0]), weights[1]), of(torch.tensor([-0.0]), weights[1]), of()]
    assert len({same, *others}) == 7


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.complex64])
def test_that_every_type_of_parameter_has_a_checksum_of_its_bits(dtype: torch.dtype) -> None:
    one, other = (torch.tensor([1.0, value]).to(dtype) for value in (2, 3))

    assert checksum([one]) == checksum([one.clone().requires_grad_(True)]) != checksum([other])
