"""How large an update was, as the optimizer that made it tells by what it holds: that needs no copy of the weights.

Of torch's own SGD, Adam and AdamW the change of each weight follows from the state behind the step. It is made again a
part at a time, and only its length is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.metrics.norms import norm
from collector.pytorch.optimizers import groups_of, state_of
from collector.pytorch.tensors import wide

_AT_ONCE_HERE, _AT_ONCE_THERE = 2**16, 2**22
"""Values whose changes are made at once: here so many as a cache holds, on an accelerator for few calls."""

_LOOKED_AT = 8
"""Values of a row, and of a column, that tell whether it has a gradient."""
_SMALL = 2**20
"""Of more values than these the processor makes Adam's changes only where a sample could miss them."""

Number = float | Tensor
"""A number, or one ``[]`` on the parameters' device."""


@dataclass(frozen=True)
class _Change:
    """a · m ÷ (√v + c) + Σ b · t, where there is an m, of one parameter: its change but for the sign.

    Attributes:
        moments: m and v.
        a, c: numbers.
        terms: t and b.
    """

    terms: tuple[tuple[Tensor, float], ...]
    moments: tuple[Tensor, Tensor] | None = None
    a: Number = 1.0
    c: Number = 0.0

    @property
    def tensors(self) -> list[Tensor]:
        return [*(self.moments or ()), *(each for each, _ in self.terms)]

    @property
    def key(self) -> tuple[Any, ...]:
        """What is the same of parameters whose changes are made together."""
        return self.tensors[0].device, self.moments is None, self.a, self.c, tuple(by for _, by in self.terms)

    def parts(self, size: int) -> Iterator["_Change"]:
        """The same of so many values at a time."""
        flats = [each.detach().reshape(-1) for each in self.tensors]
        for start in range(0, len(flats[0]), size):
            own = [each[start : start + size] for each in flats]
            n_moments = len(own) - len(self.terms)
            terms = tuple((each, by) for each, (_, by) in zip(own[n_moments:], self.terms, strict=True))
            yield replace(self, terms=terms, moments=(own[0], own[1]) if n_moments else None)


def told_norms(optimizer: Any, parameters: Sequence[Tensor]) -> dict[Tensor, Number]:
    """‖Δw‖₂ of the update that an optimizer has just made, by what it holds; only those parameters of which it is told.

    Of Adam's on the processor, where that costs as much as the update, what a sample knows well is left out.

    It is the change that is added to the weights, before their own precision rounds it. Nothing is told where hooks
    besides the collector's follow the step, as they may change the weights; see `collector.metrics.norms.is_possible`.
    """
    kind = {torch.optim.SGD: _of_sgd, torch.optim.Adam: _of_adam, torch.optim.AdamW: _of_adam}.get(type(optimizer))
    is_last = len(getattr(optimizer, "_optimizer_step_post_hooks", ())) < 2
    if kind is None or not is_last or getattr(optimizer, "grad_scale", None) is not None:
        return {}
    wanted, state = set(parameters), state_of(optimizer)
    changes: list[tuple[Tensor, _Change]] = []
    for group in groups_of(optimizer):
        own = [each for each in group["params"] if each in wanted and _is_usual(each)]
        changes += kind(group, own, state, is_decoupled=isinstance(optimizer, torch.optim.AdamW))
    found: dict[Tensor, Number] = {}
    with torch.no_grad():
        here = [(each, change) for each, change in changes if each.is_cpu]
        found |= {each: _norm_here(change) for each, change in here if change.moments is None or not _is_even(each)}
        far = [each for each in changes if not each[0].is_cpu]
        for _, alike in groupby(far, key=lambda each: _hashed(each[1].key)):
            found |= _norms_there(list(alike))
    return found


def _is_even(parameter: Tensor) -> bool:
    """Whether a large parameter has no row and no column without a gradient, so that all of it moves alike."""
    gradient: Any = parameter.grad
    if parameter.numel() <= _SMALL or gradient.ndim < 2:
        return False
    rows = gradient.reshape(len(gradient), -1)
    return bool((rows[:, :_LOOKED_AT] != 0).any(1).all()) and bool((rows[:_LOOKED_AT] != 0).any(0).all())


def _is_usual(parameter: Tensor) -> bool:
    gradient = parameter.grad
    if gradient is None or gradient.layout is not torch.strided or not parameter.numel():
        return False
    return parameter.dtype in (torch.float32, torch.float64) and gradient.dtype == parameter.dtype


def _hashed(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(id(each) if isinstance(each, Tensor) else each for each in key)


def _of_sgd(
    group: Mapping[str, Any], parameters: Sequence[Tensor], state: Mapping[Any, Mapping[str, Any]], **_: Any
) -> Iterator[tuple[Tensor, _Change]]:
    """lr · d, where d is the gradient g + λw, or its average b, or, after Nesterov, g + λw + μb."""
    rate, decay, momentum = group["lr"], group["weight_decay"], group["momentum"]
    if not all(isinstance(each, float | int) for each in (rate, decay, momentum)) or rate * decay == 1:
        return
    sign = -1.0 if group.get("maximize") else 1.0
    for each in parameters:
        average = state.get(each, {}).get("momentum_buffer")
        if momentum and average is None:
            continue
        if momentum and not group["nesterov"]:
            yield each, _Change(((average, rate),))  # type: ignore[arg-type]
            continue
        # the weights are those behind the step: w + lr · d stood before it
        by = rate / (1 - rate * decay)
        further = ((each, decay * by), (average, momentum * by))
        yield each, _Change(((each.grad, sign * by), *(term for term in further if term[1])))  # type: ignore[arg-type]


def _of_adam(
    group: Mapping[str, Any],
    parameters: Sequence[Tensor],
    state: Mapping[Any, Mapping[str, Any]],
    *,
    is_decoupled: bool,
) -> Iterator[tuple[Tensor, _Change]]:
    """lr · m̂ ÷ (√v̂ + ε), and lr · λw where the decay is decoupled."""
    rate, decay, (first, second), epsilon = group["lr"], group["weight_decay"], group["betas"], group["eps"]
    if not all(isinstance(each, float | int) for each in (rate, decay, first, second, epsilon)) or rate * decay == 1:
        return
    decay = decay if is_decoupled or group.get("decoupled_weight_decay") else 0.0
    names = "exp_avg", "max_exp_avg_sq" if group.get("amsgrad") else "exp_avg_sq", "step"
    own = [each for each in parameters if all(isinstance(state.get(each, {}).get(name), Tensor) for name in names)]
    counts = [state[each]["step"] for each in own]
    if all(each.is_cpu for each in counts):
        numbers: list[Number] = [float(each) for each in counts]
    else:
        numbers = [_common(counts)] * len(counts)
    made: dict[tuple[Number, torch.dtype], tuple[Number, Number]] = {}
    for each, n in zip(own, numbers, strict=True):
        kept = 1 - rate * decay
        if each.dtype is torch.float32:
            kept = float(np.float32(kept))  # in their precision weights are multiplied by it: it can be near 1
        if (n, each.dtype) not in made:
            root = (1 - second**n) ** 0.5
            made[n, each.dtype] = root / (1 - first**n) * (rate / kept), root * epsilon
        m, v = (state[each][name] for name in names[:2])
        yield each, _Change(((each, (1 - kept) / kept),) if decay else (), (m, v), *made[n, each.dtype])


def _common(counts: Sequence[Tensor]) -> Tensor:
    """The number of updates of all, on their device, where reading it would wait; NaN where they differ."""
    device = next(each.device for each in counts if not each.is_cpu)
    together = torch.stack([each.reshape(()).to(device, wide(each), non_blocking=True) for each in counts])
    return torch.where(together.amin() == together.amax(), together[0], torch.nan)


def _norm_here(change: _Change) -> float:
    """Of a parameter in this machine's memory; NumPy needs half the time of torch for it."""
    size = min(_AT_ONCE_HERE, change.tensors[0].numel())
    made, other = np.empty((2, size), change.tensors[0].numpy().dtype)
    square = 0.0
    with np.errstate(all="ignore"):
        for part in change.parts(size):
            values, product = (each[: len(part.tensors[0])] for each in (made, other))
            if part.moments is not None:
                m, v = (each.numpy() for each in part.moments)
                np.sqrt(v, out=values)
                values += part.c
                np.divide(m, values, out=values)
                values *= part.a
            for number, (term, by) in enumerate(part.terms):
                is_first = part.moments is None and not number
                np.multiply(term.numpy(), by, out=values if is_first else product)
                if not is_first:
                    values += product
            square += norm(values) ** 2
    return sqrt(square)


def _norms_there(own: Sequence[tuple[Tensor, _Change]]) -> dict[Tensor, Tensor]:
    """Of parameters on an accelerator whose changes are made of the same numbers, by few calls for all."""
    found: dict[Tensor, list[Tensor]] = {each: [] for each, _ in own}
    parts = [(each, part) for each, change in own for part in change.parts(_AT_ONCE_THERE)]
    for together in _joined(parts):
        values = _values([part for _, part in together])
        norms = torch._foreach_norm(values, 2, dtype=wide(values[0]))
        for (each, _), one in zip(together, norms, strict=True):
            found[each].append(one)
    return {each: norms[0] if len(norms) == 1 else torch.stack(norms).norm() for each, norms in found.items()}


def _joined(parts: Sequence[tuple[Tensor, _Change]]) -> Iterator[list[tuple[Tensor, _Change]]]:
    together: list[tuple[Tensor, _Change]] = []
    n_values = 0
    for each in parts:
        size = len(each[1].tensors[0])
        if together and n_values + size > _AT_ONCE_THERE:
            yield together
            together, n_values = [], 0
        together.append(each)
        n_values += size
    if together:
        yield together


def _values(changes: Sequence[_Change]) -> list[Tensor]:
    """The changes themselves, in memory of their own."""
    like = changes[0]
    values: list[Tensor] = []
    if like.moments is not None:
        moments = [each.moments for each in changes if each.moments is not None]
        values = list(torch._foreach_sqrt([v for _, v in moments]))
        a, c = (_for_each(number, values) for number in (like.a, like.c))
        torch._foreach_add_(values, c)
        torch._foreach_reciprocal_(values)
        torch._foreach_mul_(values, [m for m, _ in moments])
        torch._foreach_mul_(values, a)
    for number, (_, by) in enumerate(like.terms):
        others = [each.terms[number][0] for each in changes]
        if values:
            torch._foreach_add_(values, others, alpha=by)
        else:
            values = list(torch._foreach_mul(others, by))
    return values


def _for_each(number: Number, values: Sequence[Tensor]) -> float | list[Tensor]:
    """A number that lies on the device is given with each tensor: else it would be read."""
    return [number.to(values[0].dtype)] * len(values) if isinstance(number, Tensor) else number
