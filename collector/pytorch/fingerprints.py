"""Checksums of what modules are given and give in a training's own pass, of weights and of gradients: same or not.

CRC-32, as lines of the file have it: of a megabyte it takes 20 µs where BLAKE2 takes 2.8 ms. Two different values have
the same one in one case of 2³².
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.fact_names import GRADIENTS_CHECKSUM, NO_GRADIENT, WEIGHTS_CHECKSUM
from collector.capture.run_log import RunLog
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import is_in_memory, tensors_in
from collector.storage.checksums import crc32

OF_CALLS = ("input_crc32", "output_crc32")
OF_LAYERS = (WEIGHTS_CHECKSUM, GRADIENTS_CHECKSUM)


class Fingerprints:
    """Looks at modules while the model is called in training, and at the parameters before an update; see
    `ModuleWatcher`.

    Only what is in this machine's memory is looked at. Of several calls of a module in one step all count, in their
    order. Modules are those within which no other one is called, and layers.

    Args:
        step: number of the step under way.
        is_whole: whether this process has all of the parameters.
    """

    def __init__(
        self,
        model: nn.Module,
        plans: Sequence[LayerPlan],
        stepping: OptimizerHooks,
        step: Callable[[], int],
        *,
        is_whole: bool = True,
    ) -> None:
        layers = {plan.name for plan in plans}
        self._modules = {
            name: each for name, each in model.named_modules() if name and (name in layers or not any(each.children()))
        }
        self.looks = {module: partial(self._called, name) for name, module in self._modules.items()}
        self._plans = [plan for plan in plans if plan.parameters and is_whole]
        self._names = tuple(f"{metric}/{name}" for metric in OF_CALLS for name in self._modules)
        self._of_layers = tuple(f"{metric}/{plan.name}" for metric in OF_LAYERS for plan in self._plans)
        self._stepping = stepping
        self._step, self._of_step = step, -1
        self._inputs: dict[str, int] = {}
        self._outputs: dict[str, int] = {}
        self._last: tuple[Tensor, int, int] | None = None

    def record(self, step: int, log: RunLog) -> None:
        """Hand over what was found of the step under way, whose gradients are there."""
        inputs, outputs, self._inputs, self._outputs = self._inputs, self._outputs, {}, {}
        self._last = None
        if outputs:
            found = [own.get(name, np.nan) for own in (inputs, outputs) for name in self._modules]
            log.put_row(self._names, step, np.array(found, float))
        if self._of_layers:
            weights, gradients = [], []
            for plan in self._plans:
                parameters = list(plan.parameters.values())
                weights.append(_crc_of(self._stepping.weights(parameters)))
                own = [each for each in self._stepping.gradients(parameters) if each is not None]
                gradients.append(_crc_of(own) if own else NO_GRADIENT)
            log.put_row(self._of_layers, step, np.array(weights + gradients, float))

    def begin(self) -> None:
        """A call of the model that is looked at is about to be made."""
        self._last = None
        if self._of_step != self._step():
            self._of_step, self._inputs, self._outputs = self._step(), {}, {}

    def _called(self, name: str, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        given = (args, kwargs) if kwargs else args[0] if len(args) == 1 else args
        self._take(self._inputs, name, given, is_replaced=getattr(module, "inplace", False))
        self._take(self._outputs, name, output)

    def _take(self, crcs: dict[str, int], name: str, values: Any, *, is_replaced: bool = False) -> None:
        for tensor in (values,) if isinstance(values, Tensor) else tensors_in(values):
            if not _is_plain(tensor):
                crcs.pop(name, None)
                return
            crc = self._of(tensor, is_replaced=is_replaced)
            before = crcs.get(name)
            crcs[name] = crc if before is None else crc32(crc.to_bytes(4), before)

    def _of(self, tensor: Tensor, *, is_replaced: bool) -> int:
        """What a module gives is mostly what the next one is given.

        Args:
            is_replaced: whether the module has put what it gives in the place of what it was given.
        """
        last = self._last
        if last is not None and last[0] is tensor and (is_replaced or last[1] == tensor._version):
            return last[2]
        crc = _crc(tensor, 0)
        self._last = tensor, tensor._version, crc
        return crc


def _crc_of(tensors: Sequence[Tensor]) -> float:
    """Of all of them, one behind the other; NaN where one is not in this machine's memory."""
    crc = 0
    for each in tensors:
        if not _is_plain(each):
            return float("nan")
        crc = _crc(each, crc)
    return float(crc)


def _crc(tensor: Tensor, crc: int) -> int:
    values = tensor.detach()
    if values.dtype is torch.bfloat16:
        values = values.view(torch.int16)
    array = values.numpy()
    if not array.flags.c_contiguous:
        array = np.ascontiguousarray(array)
    return crc32(array, crc) if array.size else crc


def _is_plain(tensor: Tensor) -> bool:
    return type(tensor) in (Tensor, nn.Parameter) and is_in_memory(tensor) and not tensor.is_complex()
