"""All gradients are asked at each step whether they are finite, of large matrices by their edges."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from collector.pytorch import finite_check
from collector.pytorch.finite_check import FiniteCheck

BAD = [float("nan"), float("inf"), -float("inf")]


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all matrices the edges are asked."""
    monkeypatch.setattr(finite_check, "SMALL", 4)


def gradients_of(
    model: nn.Module, inputs: Tensor, spoil: Callable[[Tensor], Tensor] = lambda each: each
) -> list[Tensor]:
    """Of each parameter, where what comes back from the loss is spoilt."""
    output = model(inputs)
    output.register_hook(spoil)
    output.square().sum().backward()
    return [each.grad for each in model.parameters() if each.grad is not None]


def models() -> list[tuple[nn.Module, Tensor]]:
    return [
        (nn.Linear(6, 7), torch.randn(3, 6)),
        (nn.Conv2d(3, 5, 3, padding=1), torch.randn(2, 3, 6, 6)),
        (nn.Conv1d(3, 5, 3), torch.randn(2, 3, 9)),
        (nn.Linear(6, 7, bias=False), torch.randn(3, 6)),
        (nn.Conv2d(3, 5, 3, bias=False), torch.randn(2, 3, 6, 6)),
        (nn.Sequential(nn.Linear(6, 7), nn.ReLU(), nn.Linear(7, 4)), torch.randn(5, 6)),
    ]


@pytest.mark.usefixtures("small_is_large")
@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("bad", BAD)
def test_that_one_bad_value_that_comes_in_or_comes_back_shows_at_the_edges(number: int, bad: float) -> None:
    model, inputs = models()[number]
    check = FiniteCheck(model, list(model.parameters()))
    assert check(gradients_of(model, inputs))
    for place in range(0, inputs.numel(), 5):
        model.zero_grad()
        spoilt = inputs.clone()
        spoilt.view(-1)[place] = bad
        assert not check(gradients_of(model, spoilt)), f"in the input at {place}"

    def spoil(gradient: Tensor, place: int) -> Tensor:
        spoilt = gradient.clone().reshape(-1)
        spoilt[place] = bad
        return spoilt.reshape(gradient.shape)

    for place in range(0, model(inputs).numel(), 7):
        model.zero_grad()
        assert not check(gradients_of(model, inputs, lambda each, at=place: spoil(each, at))), f"coming back at {place}"


@pytest.mark.usefixtures("small_is_large")
def test_that_where_a_bias_gets_no_gradient_the_matrix_itself_is_asked() -> None:
    model, inputs = nn.Linear(6, 7), torch.randn(3, 6)
    check = FiniteCheck(model, list(model.parameters()))
    model.bias.requires_grad_(False)
    model(inputs)[:, 3].sum().mul(float("inf")).backward()

    assert not check([model.weight.grad, None])


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("size", [1, 2**14, 2**14 + 1, 2**18 + 4])
def test_that_every_value_counts_that_is_no_large_matrix_between_units(size: int, bad: float) -> None:
    model = nn.Module()
    model.weight = nn.Parameter(torch.zeros(size))
    check = FiniteCheck(model, [model.weight])
    gradient = torch.ones(size)
    assert check([gradient])
    gradient[-1] = bad
    assert not check([gradient])


def test_that_a_row_of_a_large_embedding_counts_and_in_float16_every_value() -> None:
    embedding, linear = nn.Embedding(600, 500), nn.Linear(500, 600)
    gradient = torch.ones(600, 500)
    gradient[300, 200] = float("inf")
    assert not FiniteCheck(embedding, [embedding.weight])([gradient])
    check = FiniteCheck(linear, [linear.weight])
    assert not check([gradient], is_narrow=True)
    tied = nn.Sequential(embedding, linear)
    linear.weight = embedding.weight
    assert not FiniteCheck(tied, [embedding.weight])([gradient])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64])
def test_that_large_values_are_finite_whatever_their_square_is(dtype: torch.dtype) -> None:
    model = nn.Linear(3, 4)
    most = torch.finfo(dtype).max
    gradients = [torch.full((4, 3), most, dtype=dtype), torch.zeros(4, dtype=dtype)]
    check = FiniteCheck(model, list(model.parameters()))

    assert check(gradients)
    gradients[1][2] = float("nan")
    assert not check(gradients)


def test_that_missing_and_sparse_gradients_are_asked_too() -> None:
    model = nn.Linear(3, 4)
    check = FiniteCheck(model, list(model.parameters()))
    bad = torch.sparse_coo_tensor([[1]], torch.full((1, 3), float("nan")), (4, 3), check_invariants=True)

    assert check([None, None])
    assert check([None, torch.ones(4)])
    assert not check([bad, None])
