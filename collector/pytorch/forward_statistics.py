"""How large the outputs of layers are in the training's own forward pass, at steps that are measured."""

from collections.abc import Sequence
from functools import partial
from math import isfinite, nan, sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.fact_names import ACTIVATIONS, NOT_FINITE_FORWARD
from collector.capture.guard import Guard
from collector.capture.run_log import RunLog
from collector.pytorch.compiled import is_compiled
from collector.pytorch.hooks import Hooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import tensors_in

METRICS = (*ACTIVATIONS, NOT_FINITE_FORWARD)


class ForwardStatistics:
    """Looks at what layers give while the model is called in training.

    Hooks are on the modules only while the model runs, so that nobody copies or saves them. Of a step's calls the last
    one counts, and of a module's. Models that are compiled are not looked at: hooks would have them compiled anew.
    """

    def __init__(self, model: nn.Module, plans: Sequence[LayerPlan], guard: Guard) -> None:
        self._model = model
        self._modules = {plan.name: plan.module for plan in plans if plan.number_of_call is None and not plan.is_gone}
        self._names = tuple(f"{metric}/{name}" for name in self._modules for metric in METRICS)
        self._guard = guard
        self._found: dict[str, Tensor] = {}
        self._is_compiled: bool | None = None

    def put_on(self, hooks: Hooks) -> None:
        """Look at the call that follows; see `CallWatcher`."""
        self._found = {}
        if self._is_compiled is None:
            self._is_compiled = any(map(is_compiled, self._model.modules()))
        if self._is_compiled or torch.jit.is_tracing():
            return
        for name, module in self._modules.items():
            hooks.after(module, partial(self._look, name))

    def record(self, step: int, log: RunLog) -> None:
        """Hand over what was found of the step under way."""
        found, self._found = self._found, {}
        if found:
            lacking = torch.full((len(METRICS),), torch.nan, dtype=torch.float64)
            device = next(iter(found.values())).device
            parts = [found.get(name, lacking).to(device) for name in self._modules]
            log.put_row(self._names, step, torch.cat(parts), _on_the_host)

    def _look(self, name: str, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if torch.compiler.is_compiling():  # of a function that is compiled within the model
            return
        with self._guard.quick("looking at a layer's output"):
            first = next(iter(tensors_in(output)), None)
            if first is not None and _is_plain(first):
                self._found[name] = statistics_of(first.detach())


def statistics_of(values: Tensor) -> Tensor:
    """`METRICS` of a tensor, float64 ``[4]``; the last is NaN where all are finite."""
    if values.is_cpu and values.dtype in (torch.float32, torch.float64):
        found = _of_array(values.detach().numpy().ravel("K"))
        if all(map(isfinite, found)):
            return torch.tensor((*found, nan), dtype=torch.float64)
    with torch.no_grad():
        wide = values if values.dtype in (torch.float32, torch.float64) else values.float()
        variance, mean = torch.var_mean(wide, correction=0)
        n_bad = values.numel() - torch.isfinite(values).sum()
        n_bad = torch.where(n_bad > 0, n_bad.double(), torch.nan)
        return torch.stack([mean.double(), variance.double().sqrt(), wide.abs().max().double(), n_bad])


def _of_array(values: np.ndarray) -> tuple[float, float, float]:
    """`ACTIVATIONS`, ten times as fast as torch has them; a NaN or an Inf, or squares that overflow, show in them."""
    with np.errstate(all="ignore"):
        mean = values.mean()
        apart = values - mean
        deviation = float(np.vdot(apart, apart)) / values.size
        return float(mean), sqrt(deviation) if deviation >= 0 else nan, float(max(values.max(), -values.min()))


def _is_plain(tensor: Tensor) -> bool:
    """Whether it is a tensor of numbers in memory, not one that stands for several or for none."""
    is_wrapped = torch._C._functorch.is_functorch_wrapped_tensor(tensor)
    is_dense = tensor.layout is torch.strided and not tensor.is_nested and not tensor.is_meta
    is_own = type(tensor) in (Tensor, nn.Parameter)
    return is_own and is_dense and not is_wrapped and tensor.is_floating_point() and tensor.numel() > 0


def _on_the_host(rows: Sequence[Tensor]) -> np.ndarray:
    stacked: np.ndarray = torch.stack(list(rows)).cpu().numpy()
    return stacked
