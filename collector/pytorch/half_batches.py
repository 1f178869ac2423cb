"""Whether two halves of a batch ask the same of a layer: the cosine between their gradients."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import grad

from collector.capture.fact_names import HALF_BATCH_COSINE
from collector.capture.guard import Guard
from collector.capture.run_log import RunLog
from collector.pytorch.compiled import is_compiled
from collector.pytorch.hooks import Hooks
from collector.pytorch.layers import class_of
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import tensors_in

MOST_VALUES = 2**22
"""Of larger weights, and of more products of rows, the gradients are not made."""


class Limits(NamedTuple):
    """Of more samples, rows of all of them, and pictures, the first ones are taken."""

    samples: int
    rows: int
    pictures: int


ENOUGH = Limits(64, 1024, 32)
"""For the direction of the gradients."""
WHOLE = Limits(2**20, 2**30, 2**20)
"""For their size too."""

Found = dict[str, list[tuple[Tensor | None, int]]]
"""Of a call of the model: layer → products of its halves' gradients, and of how many samples, as often as the layer was
called; None: they are too large."""

_CONVOLUTIONS: dict[type[nn.Module], Any] = {nn.Conv1d: grad.conv1d_weight, nn.Conv2d: grad.conv2d_weight}


class HalfBatches:
    """Looks at what each layer is given and what comes back to it, of a step's last backward pass.

    The gradient of a layer's weights is a sum over the samples of the batch, of products of the two. Of every second
    sample and of the others it is made again, from what the training's own passes have anyway: no run of the model,
    no gradient of it is touched. A step that is looked at takes 1.12 to 1.32 times as long: most where a step is short
    (1.32 for 243,000 parameters and 64 samples), 1.12 for 5.8 million, 1.18 for the CNN.

    Args:
        limits: how much of a batch is taken.
        clock: runs while products are made.
    """

    def __init__(
        self,
        plans: Sequence[LayerPlan],
        guard: Guard,
        limits: Limits = ENOUGH,
        clock: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._limits, self._clock = limits, clock
        own = {plan.name: plan.module for plan in plans if plan.number_of_call is None and not plan.is_gone}
        self._modules = {name: module for name, module in own.items() if _is_followed(module)}
        self._axes = {plan.name: plan.sample_axis for plan in plans}
        self._names = tuple(f"{HALF_BATCH_COSINE}/{name}" for name in (*self._modules, "total"))
        self._guard = guard
        self._latest: Found = {}
        self._is_compiled: bool | None = None

    def put_on(self, hooks: Hooks) -> None:
        """Look at the call that follows, and at its way back; see `CallWatcher`."""
        found: Found = {}
        if self._is_compiled is None:
            self._is_compiled = any(map(is_compiled, self._modules.values()))
        if self._is_compiled or torch.jit.is_tracing():
            return
        for name, module in self._modules.items():
            hooks.after(module, partial(self._called, found, name))

    def products(self) -> dict[str, tuple[Tensor, int]]:
        """Layer → ``g₁·g₂, ‖g₁‖², ‖g₂‖²`` ``[3]`` of the step under way, and of how many samples both halves are.

        They are told once. Of a layer that was called several times there are none.
        """
        found, self._latest = self._latest, {}
        once = {name: each[0] for name, each in found.items() if len(each) == 1}
        return {name: (products, n) for name, (products, n) in once.items() if products is not None}

    def record(self, step: int, log: RunLog) -> None:
        """Hand over what was found of the step under way."""
        if self._latest and (once := self.products()):
            device = next(iter(once.values()))[0].device
            lacking = torch.full((3,), torch.nan, device=device)
            rows = [once[name][0] if name in once else lacking for name in self._modules]
            parts = torch.stack([each.to(device, non_blocking=True) for each in rows])
            log.put_row(self._names, step, log.far.bring(parts), _cosines)

    def _called(self, found: Found, name: str, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        given = next(tensors_in((args, kwargs)), None)
        if torch.compiler.is_compiling() or given is None or not isinstance(output, Tensor):
            return
        axis = self._axes[name]
        is_whole = min(given.ndim, output.ndim) > max(axis, 1) and given.size(axis) == output.size(axis) > 1
        is_trained = output.requires_grad and module.weight.requires_grad and type(output) is Tensor
        if is_whole and is_trained and not torch._C._functorch.is_functorch_wrapped_tensor(output):
            output.register_hook(partial(self._take, found, name, module, given.detach()))

    def _take(self, found: Found, name: str, module: nn.Module, given: Tensor, gradient: Tensor) -> None:
        with self._guard("comparing the gradients of half batches"), self._clock(), torch.no_grad():
            given, gradient = (each.movedim(self._axes[name], 0) for each in (given, gradient))
            is_linear = isinstance(module, nn.Linear)
            n_samples = min(len(given), self._limits.samples if is_linear else self._limits.pictures)
            if self._limits is WHOLE:
                n_samples -= n_samples % 2  # or the halves differ in size
            given, gradient = given[:n_samples], gradient[:n_samples]
            if is_linear:
                products = _of_linear(given, gradient, self._limits.rows)
            else:
                products = _of_convolution(module, given, gradient)
            found.setdefault(name, []).append((products, n_samples))
            self._latest = found


def _is_followed(module: nn.Module) -> bool:
    if class_of(module) is nn.Linear:
        return True
    is_plain = (
        class_of(module) in _CONVOLUTIONS and module.padding_mode == "zeros" and not isinstance(module.padding, str)
    )
    return is_plain and module.weight.numel() <= MOST_VALUES  # type: ignore[operator]


def _of_linear(given: Tensor, gradient: Tensor, most_rows: int) -> Tensor | None:
    """``g₁·g₂, ‖g₁‖², ‖g₂‖²`` of the weight's gradients g = Σ δ xᵀ of two halves ``[3]``.

    Where there are few rows they come from the products of the rows with one another, without making a gradient:
    ⟨Σᵢ δᵢ xᵢᵀ, Σⱼ δⱼ xⱼᵀ⟩ = Σᵢⱼ (δᵢ·δⱼ)(xᵢ·xⱼ). None where both would be too large.
    """
    n_samples = len(given)
    x, delta = (each.reshape(n_samples, -1, each.shape[-1]) for each in (given, gradient))
    per_sample = max(1, most_rows // n_samples)
    x, delta = x[:, :per_sample].float(), delta[:, :per_sample].float()
    n_in, n_out, n_rows = x.shape[2], delta.shape[2], x.shape[0] * x.shape[1]
    if n_rows * (n_in + n_out) < n_in * n_out or n_in * n_out > MOST_VALUES:
        if n_rows**2 > 4 * MOST_VALUES:
            return None
        rows, deltas = x.reshape(n_rows, n_in), delta.reshape(n_rows, n_out)
        products = (rows @ rows.T) * (deltas @ deltas.T)
        if x.shape[1] > 1:
            products = products.reshape(n_samples, x.shape[1], n_samples, x.shape[1]).sum((1, 3))
        return torch.stack([products[0::2, 1::2].sum(), products[0::2, 0::2].sum(), products[1::2, 1::2].sum()])
    one, other = (delta[start::2].reshape(-1, n_out).T @ x[start::2].reshape(-1, n_in) for start in range(2))
    return _products(one, other)


def _of_convolution(module: nn.Module, given: Tensor, gradient: Tensor) -> Tensor:
    make = _CONVOLUTIONS[class_of(module)]
    way: Any = module.stride, module.padding, module.dilation, module.groups
    one, other = (
        make(given[start::2].float(), module.weight.shape, gradient[start::2].float(), *way) for start in range(2)
    )
    return _products(one, other)


def _products(one: Tensor, other: Tensor) -> Tensor:
    one, other = one.reshape(-1), other.reshape(-1)
    return torch.stack([one @ other, one @ one, other @ other])


def _cosines(rows: Sequence[Any]) -> np.ndarray:
    """Of each layer, and of all together, ``[S, L + 1]``; NaN where one of the two is 0."""
    own = [each.double().numpy() if isinstance(each, Tensor) else each.read() for each in rows]
    products = np.stack(own)
    products = np.concatenate([products, np.nansum(products, axis=1, keepdims=True)], axis=1)
    with np.errstate(all="ignore"):
        found: np.ndarray = products[..., 0] / np.sqrt(products[..., 1] * products[..., 2])
    return np.where(np.isfinite(found), found, np.nan)
