"""Whose units lie where in a function's result: each claim is looked up in the numbers themselves.

Every value of a tensor is the number of the unit that it belongs to, so that a function which leaves units where they
are gives a result in which they can be read off.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from collector.pytorch.origin_tracing import OriginTracing
from collector.pytorch.origins import Origin

UNITS = 6


def of_units(*shape: int, axis: int = 1, first: int = 0) -> Tensor:
    """Of this shape, every value the number of its unit along the axis."""
    numbers = torch.arange(first, first + shape[axis], dtype=torch.float32)
    sizes = [1] * len(shape)
    sizes[axis] = shape[axis]
    return numbers.reshape(sizes).expand(shape).clone()


def traced(function: Callable[..., Tensor], *given: tuple[Tensor, Origin]) -> tuple[Tensor, Origin | None]:
    """What the function gives for tensors of these origins, and what is said of it."""
    with OriginTracing(torch.zeros(1)) as tracing:
        for tensor, origin in given:
            tracing.put(tensor, origin)
        result = function(*(tensor for tensor, _ in given))
        return result, tracing.origin_of(result)


def assert_units_lie(result: Tensor, origin: Origin, numbers: list[int]) -> None:
    """Along the origin's axis come these units, each with all of its positions."""
    places = [number for number in numbers for _ in range(origin.block)]
    assert result.shape[origin.axis] == len(places)
    for place, part in zip(places, result.unbind(origin.axis), strict=True):
        assert (part == place).all()


MAPS = Origin(("conv",))
LAST = Origin(("fc",), axis=2)


@pytest.mark.parametrize(
    "function",
    [
        functional.relu,
        lambda x: functional.dropout(x, 0.5, training=False),
        lambda x: x + 0,
        lambda x: x * torch.ones(4, 5),
        lambda x: x.to(torch.float64).float(),
        lambda x: x.clamp(0, 100),
        lambda x: functional.max_pool2d(x, 2),
        lambda x: functional.avg_pool2d(x, 2),
        lambda x: functional.adaptive_avg_pool2d(x, 1),
        lambda x: functional.interpolate(x, scale_factor=2.0),
        lambda x: functional.pad(x, (1, 1, 2, 0), "replicate"),
        lambda x: x.flatten(1),
        lambda x: x.flatten(2),
        lambda x: x.view(2, -1),
        lambda x: x.reshape(2, UNITS, 20),
        lambda x: x.reshape(2, UNITS * 20),
        lambda x: x.unsqueeze(-1),
        lambda x: functional.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1),
        lambda x: x.mean((2, 3)),
        lambda x: x.mean([-1, -2], keepdim=True),
        lambda x: x.amax(dim=2),
        lambda x: x.mean(2).flatten(1),
        lambda x: functional.max_pool2d(x, 2).flatten(1),
        lambda x: x.flatten(2).flatten(1),
        lambda x: (x + x) / 2,
        lambda x: x.transpose(1, 2),
        lambda x: x.permute(0, 2, 3, 1),
        lambda x: x.movedim(1, -1),
        lambda x: x.swapaxes(0, 1),
        lambda x: x[..., -1].mT,
        lambda x: x[:, :, 0],
        lambda x: x[0],
        lambda x: x.select(2, 1),
        lambda x: x.narrow(3, 0, 2),
    ],
)
def test_that_units_of_maps_are_followed_to_where_they_are(function: Callable[[Tensor], Tensor]) -> None:
    result, origin = traced(function, (of_units(2, UNITS, 4, 5), MAPS))

    assert origin is not None
    assert (origin.stages, origin.is_joined) == (("conv",), False)
    assert_units_lie(result, origin, list(range(UNITS)))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.flatten(0),
        lambda x: x.flatten(0, 1),
        lambda x: x.reshape(2, 2, 3, 4, 5),  # units in groups
        lambda x: x.reshape(2, 3, -1),
        lambda x: x.reshape(2, -1, 1),
        lambda x: x.mean(1),
        lambda x: x.mean(),
        lambda x: x.mean((0, 2)),
        lambda x: x.amax((1, 3)),
        lambda x: x.sum(0),
        lambda x: x.flip(1),
        lambda x: x[:, ::2],
        lambda x: functional.pixel_shuffle(x[:, :4], 2),
        lambda x: functional.pad(x, (0, 0, 0, 0, 1, 1)),  # new channels
        lambda x: x + x.mean(1, keepdim=True),
        lambda x: x + x[:1],
        lambda x: x.softmax(1).matmul(torch.ones(5, 5)),
        lambda x: functional.max_pool1d(x[0], 2),  # a picture without an axis of samples
    ],
)
def test_that_what_moves_or_mixes_units_is_not_followed(function: Callable[[Tensor], Tensor]) -> None:
    _, origin = traced(function, (of_units(2, UNITS, 4, 5), MAPS))

    assert origin is None


def test_that_units_behind_positions_are_followed_too() -> None:
    given = (of_units(2, 7, UNITS, axis=2), LAST)
    for function, axis in (
        (lambda x: x.mean(1), 1), (lambda x: x.mean(1, keepdim=True), 2), (functional.relu, 2),
        (lambda x: x.mean(1, True), 2),
        (lambda x: x.mean(dim=-2), 1), (lambda x: x.unsqueeze(-1), 2),
    ):  # fmt: skip
        result, origin = traced(function, given)
        assert origin == Origin(("fc",), axis)
        assert_units_lie(result, origin, list(range(UNITS)))
    for function in (lambda x: x.mean(2), lambda x: x.flatten(1), lambda x: functional.max_pool1d(x, 2)):
        assert traced(function, given)[1] is None


def cat(*tensors: Tensor, **options: Any) -> Tensor:
    return torch.cat(tensors, **options)


@pytest.mark.parametrize(("sizes", "dim"), [((3, 2), 1), ((2, 3, 4), -3)])
def test_that_joined_units_come_one_after_the_other(sizes: tuple[int, ...], dim: int) -> None:
    firsts = [100 * number for number in range(len(sizes))]
    given = [(of_units(2, size, 4, 5, first=first), Origin((f"conv{first}",)))
             for size, first in zip(sizes, firsts, strict=True)]  # fmt: skip

    result, origin = traced(lambda *tensors: cat(*tensors, dim=dim), *given)

    assert origin == Origin(tuple(f"conv{first}" for first in firsts), 1, is_joined=True)
    numbers = [first + unit for size, first in zip(sizes, firsts, strict=True) for unit in range(size)]
    assert_units_lie(result, origin, numbers)
    flat, behind = traced(lambda x: x.flatten(1), (result, origin))
    assert behind == Origin(origin.stages, 1, block=20, is_joined=True)
    assert_units_lie(flat, behind, numbers)


def test_that_a_join_of_a_join_is_one_and_what_is_joined_otherwise_is_none() -> None:
    a, b, c = ((of_units(2, 3, 4, first=10 * at), Origin((name,))) for at, name in enumerate("abc"))
    ab = traced(lambda *tensors: cat(*tensors, dim=1), a, b)
    assert ab[1] is not None
    result, origin = traced(lambda *tensors: cat(*tensors, dim=1), ab, c)  # type: ignore[arg-type]
    assert origin == Origin(("a", "b", "c"), 1, is_joined=True)
    assert_units_lie(result, origin, [0, 1, 2, 10, 11, 12, 20, 21, 22])

    added = (a[0] + b[0], Origin(("a", "b")))
    flat = (of_units(2, 12), Origin(("a",), block=4))
    for given, dim in (((a, b), 2), ((a, b), 0), ((a, a), 1), ((added, c), 1), ((flat, (b[0].mean(2), b[1])), 1)):
        assert traced(lambda *tensors, dim=dim: cat(*tensors, dim=dim), *given)[1] is None


@pytest.mark.parametrize("function", [torch.add, torch.sub, lambda a, b: a + b, lambda a, b: a - b])
def test_that_a_sum_of_outputs_has_the_units_of_all_of_them(function: Callable[..., Tensor]) -> None:
    a, b = (of_units(2, 3, 4), Origin(("a",))), (torch.zeros(2, 3, 4), Origin(("b",)))

    result, origin = traced(function, a, b)

    assert origin == Origin(("a", "b"))
    assert_units_lie(result, origin, [0, 1, 2])
    assert traced(function, (result, origin), a)[1] == Origin(("a", "b")), "each stage once"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Origin(("a",)), Origin(("b",), axis=2)),
        (Origin(("a",)), Origin(("b",), block=2)),
        (Origin(("a", "c"), is_joined=True), Origin(("b", "d"), is_joined=True)),
    ],
)
def test_that_a_sum_of_what_lies_differently_is_not_followed(one: Origin, other: Origin) -> None:
    assert traced(torch.add, (of_units(2, 4, 4), one), (of_units(2, 4, 4), other))[1] is None


def test_that_a_product_or_a_sum_that_spreads_is_not_followed() -> None:
    a = (of_units(2, 3, 4), Origin(("a",)))
    assert traced(torch.mul, a, (torch.ones(2, 3, 4), Origin(("b",))))[1] is None
    assert traced(torch.add, a, (torch.zeros(2, 3, 1), Origin(("b",))))[1] is None
    assert traced(torch.add, a, (torch.zeros(1, 3, 4), Origin(("b",))))[1] is None


def test_that_of_what_nothing_is_known_nothing_is_said() -> None:
    with OriginTracing(torch.zeros(2, 3)) as tracing:
        known, unknown = of_units(2, 3), torch.ones(2, 3)
        tracing.put(known, Origin(("a",)))
        tracing.put(unknown, None)
        assert tracing.origin_of(known + unknown) is None
        assert tracing.origin_of(functional.relu(unknown)) is None
        assert tracing.origin_of(known + torch.ones(3)) == Origin(("a",)), "a constant is no unknown"
        halves = known.split(2, dim=1)
        assert [tracing.origin_of(each) for each in halves] == [None, None]
        known[0] = 5
        assert tracing.origin_of(known) is None
