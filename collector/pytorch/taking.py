"""The life of a pass: what is taken before the optimizer's step, and what the step adds."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from collector.metrics.norms import layer_norms, layer_ratios, sum_of_squares
from collector.pytorch.plan import LayerPlan, device_of, n_map_values
from collector.pytorch.snapshot import parameter_arrays, probe_arrays
from collector.pytorch.statistics import moments
from collector.storage.schema import LayerRecord, PassRecord

MOST_MAP_VALUES = 2**20
"""Feature-map values of one pass. Over it, the maps of fewer probe samples are kept, of one at the least."""


@dataclass
class Taken:
    """A pass in the making."""

    layers: dict[str, LayerRecord]
    logits: np.ndarray | None
    scalars: dict[str, float] = field(default_factory=dict)
    weights: dict[Tensor, Tensor] = field(default_factory=dict)
    """Parameter → its values before the step."""

    def to_record(self, step: int) -> PassRecord:
        """The pass as the file holds it."""
        return PassRecord(number=0, step=step, logits=self.logits, layers=self.layers)  # type: ignore[arg-type]


class PassTaker:
    """Takes passes of one model.

    Args:
        inputs: the probe ``[N, …]``; None takes no activations.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        plans: list[LayerPlan],
        inputs: Tensor | None,
    ) -> None:
        self._model = model
        self._optimizer = optimizer
        self._plans = plans
        self._inputs = inputs
        n_samples = 0 if inputs is None else len(inputs)
        self._n_mapped = min(n_samples, max(1, MOST_MAP_VALUES // max(1, n_map_values(plans))))

    def before_step(self) -> Taken:
        """The state before an update, and the gradients that the update will be made of."""
        taken = self.state()
        squares = {}
        for plan in self._plans:
            parameters = plan.parameters
            gradients = {name: each.grad for name, each in parameters.items() if each.grad is not None}
            for name, array in parameter_arrays(plan, gradients).items():
                setattr(taken.layers[plan.name], f"{name}_gradient", array)
            for parameter in parameters.values():
                taken.weights[parameter] = parameter.detach().clone()
                if parameter.grad is not None and not parameter.grad.is_sparse:
                    squares[parameter] = sum_of_squares(parameter.grad.float())
        taken.scalars |= layer_norms("gradient_norm", squares, self._parameters())
        return taken

    def state(self) -> Taken:
        """The network as it is: activations of the probe, weights and biases."""
        if self._inputs is None:
            taken = Taken({plan.name: LayerRecord() for plan in self._plans}, None)
        else:
            inputs = self._inputs.to(device_of(self._model))
            taken = Taken(*probe_arrays(self._model, inputs, self._plans, self._n_mapped))
        squares = {}
        for plan in self._plans:
            parameters = plan.parameters
            for name, array in parameter_arrays(plan, parameters).items():
                setattr(taken.layers[plan.name], name, array)
            for parameter in parameters.values():
                squares[parameter] = sum_of_squares(parameter.detach().float())
        taken.scalars |= layer_norms("weight_norm", squares, self._parameters())
        return taken

    def after_step(self, taken: Taken) -> None:
        """Add the update, weights after the step minus weights before it, and the optimizer's statistics."""
        updates = {parameter: parameter.detach() - before for parameter, before in taken.weights.items()}
        for plan in self._plans:
            own = {name: updates[parameter] for name, parameter in plan.parameters.items() if parameter in updates}
            for name, array in parameter_arrays(plan, own).items():
                setattr(taken.layers[plan.name], f"{name}_update", array)
        squares = {parameter: sum_of_squares(update.float()) for parameter, update in updates.items()}
        scalars = taken.scalars | layer_norms("update_norm", squares, self._parameters())
        scalars |= layer_ratios("update_ratio", "update_norm", "weight_norm", scalars)
        scalars |= layer_ratios("step_size", "update_norm", "gradient_norm", scalars)
        taken.scalars = scalars | moments(self._optimizer, self._parameters())
        taken.weights.clear()

    def _parameters(self) -> dict[str, list[Tensor]]:
        layers = {plan.name: list(plan.parameters.values()) for plan in self._plans}
        return {name: parameters for name, parameters in layers.items() if parameters}
