"""The loss of the probe at weights near those that the model has."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from collector.capture.step_state import Arrays
from collector.pytorch.layers import device_of
from collector.pytorch.plan import LayerPlan
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.probe_losses import ProbeLosses
from collector.pytorch.samples import Samples

NOT_ALONE = "its weights lie in memory that other processes share"


class ShiftedLoss:
    """Computes it, see `collector.capture.step_state.LossAt`.

    The weights are moved where they are, so that whatever a model keeps of them is moved with them, and put back bit
    for bit. No graph that needs their old values learns of it.
    """

    def __init__(self, model: nn.Module, inputs: Samples, plans: list[LayerPlan], losses: ProbeLosses) -> None:
        self._model, self._inputs, self._plans, self._losses = model, inputs, plans, losses

    def __call__(self, shift: Arrays) -> float:
        inputs = self._inputs.to(device_of(self._model))
        with torch.no_grad(), self._moved(shift), preserved_state(self._model):
            return float(self._losses.mean(inputs.run(self._model)))

    @contextmanager
    def _moved(self, shift: Arrays) -> Iterator[None]:
        moved = self._by_parameter(shift)
        before = {parameter: parameter.data.clone() for parameter in moved}
        try:
            for parameter, far in moved.items():
                parameter.data.add_(far.to(parameter.device, parameter.dtype))
            yield
        finally:
            for parameter, values in before.items():
                parameter.data.copy_(values)

    def _by_parameter(self, shift: Arrays) -> dict[Tensor, Tensor]:
        moved: dict[Tensor, Tensor] = {}
        for plan in self._plans:
            for name, far in shift.get(plan.name, {}).items():
                moved.setdefault(plan.parameters[name], torch.from_numpy(far))
        return moved


def why_not_moved(plans: list[LayerPlan]) -> str:
    """Why the weights cannot be moved; empty where they can."""
    parameters = [each for plan in plans for each in plan.parameters.values()]
    if any(each.is_cpu and each.layout is torch.strided and each.is_shared() for each in parameters):
        return NOT_ALONE
    return ""
