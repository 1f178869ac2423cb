"""The life of a pass: what is taken before the optimizer's step, and what the step adds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.guard import Guard
from collector.metrics.histogram import layer_histograms
from collector.metrics.norms import layer_norms, layer_ratios
from collector.pytorch.layers import device_of
from collector.pytorch.plan import LayerPlan
from collector.pytorch.samples import Samples
from collector.pytorch.snapshot import Arrays, put_parameters, run_probe
from collector.pytorch.statistics import moments
from collector.pytorch.stepping import Stepping
from collector.pytorch.tensors import real_values, sums_of_squares, to_numpy
from collector.storage.schema import LayerRecord, PassRecord

Histograms = dict[str, dict[str, np.ndarray]]
"""Layer → ``weight``, ``gradient``, ``update`` → counts ``[129]``."""


@dataclass
class Taken:
    """A pass in the making."""

    layers: Arrays
    logits: np.ndarray | None
    scalars: dict[str, float] = field(default_factory=dict)
    before: dict[Tensor, Tensor] = field(default_factory=dict)
    """Parameter → its values before the step."""
    histograms: Histograms = field(default_factory=dict)
    has_histograms: bool = True
    without_gradient: list[str] | None = None
    """Layers that could learn, but have no gradient; None: gradients were not taken."""
    norms_are_known: bool = False
    """Whether the norms of this step come from elsewhere."""

    def to_record(self, step: int) -> PassRecord:
        """The pass as the file holds it."""
        return PassRecord(number=0, step=step, logits=self.logits, layers=self.layers, histograms=self.histograms)  # type: ignore[arg-type]


class PassTaker:
    """Takes passes of one model.

    Args:
        inputs: the probe; None takes no activations.
        guard: wraps the model's run on the probe, so that a pass without activations is left where it fails.
        has_histograms: whether the spread of all values is taken too.
    """

    def __init__(
        self,
        model: nn.Module,
        stepping: Stepping,
        plans: list[LayerPlan],
        inputs: Samples | None,
        guard: Guard,
        *,
        has_histograms: bool = True,
    ) -> None:
        self._has_histograms = has_histograms
        self._model = model
        self._stepping = stepping
        self._plans = plans
        self._inputs = inputs
        self._guard = guard
        self._memory: dict[Tensor, Tensor] = {}

    def before_step(
        self, *, has_gradients: bool = True, has_histograms: bool = True, covered: Collection[str] = ()
    ) -> Taken:
        """The state before an update, and the gradients that the update will be made of.

        Args:
            has_gradients: False where the step itself computes them, so that those there are belong to no step;
                `add_gradients` takes them when they are there.
            has_histograms: False leaves out how all values are spread.
            covered: scalars of this step that come from elsewhere.
        """
        taken = self.state()
        taken.has_histograms = self._has_histograms and has_histograms
        layers = self._parameters()
        parameters = {parameter for own in layers.values() for parameter in own}
        taken.norms_are_known = all(f"weight_norm/{layer}" in covered for layer in layers)
        if not taken.norms_are_known:
            taken.scalars |= layer_norms("weight_norm", sums_of_squares(parameters), layers)
        self._add_histograms(taken, "weight", {each: each for each in parameters}, layers)
        taken.before = self._memory = {parameter: self._copied(parameter) for parameter in parameters}
        if has_gradients:
            self.add_gradients(taken)
        return taken

    def state(self) -> Taken:
        """The network as it is: activations of the probe, weights and biases; of scalars those of idle units."""
        taken = Taken({plan.name: LayerRecord() for plan in self._plans}, None)
        if self._inputs is not None:
            with self._guard("running the model on the probe"):
                inputs = self._inputs.to(device_of(self._model))
                taken = Taken(*run_probe(self._model, inputs, self._plans, self._guard.remark))
        for plan in self._plans:
            put_parameters(taken.layers[plan.name], plan, plan.parameters)
        return taken

    def after_step(self, taken: Taken) -> None:
        """Add the update, weights after the step minus weights before it, and the optimizer's statistics."""
        with torch.no_grad():
            updates = {each: torch.sub(each, before, out=before) for each, before in taken.before.items()}
        taken.before = {}
        for plan in self._plans:
            own = {name: updates[each] for name, each in plan.parameters.items() if each in updates}
            put_parameters(taken.layers[plan.name], plan, own, "_update")
        layers = self._parameters()
        self._add_histograms(taken, "update", updates, layers)
        if not taken.norms_are_known:
            by_tensor = sums_of_squares(updates.values())
            squares = {parameter: by_tensor[update] for parameter, update in updates.items()}
            taken.scalars |= layer_norms("update_norm", squares, layers)
            taken.scalars |= layer_ratios("update_ratio", "update_norm", "weight_norm", taken.scalars)
            taken.scalars |= layer_ratios("step_size", "update_norm", "gradient_norm", taken.scalars)
        taken.scalars |= moments(self._stepping.state, layers)

    def add_gradients(self, taken: Taken) -> None:
        """Add the gradients that the update will be made of."""
        layers = self._parameters()
        gradients: dict[Tensor, Tensor] = {}
        taken.without_gradient = []
        for plan in self._plans:
            found = dict(zip(plan.parameters, self._stepping.gradients(list(plan.parameters.values())), strict=True))
            own = {name: gradient for name, gradient in found.items() if gradient is not None}
            put_parameters(taken.layers[plan.name], plan, own, "_gradient")
            gradients |= {plan.parameters[name]: gradient for name, gradient in own.items()}
            if not own and any(each.requires_grad for each in plan.parameters.values()):
                taken.without_gradient.append(plan.name)
        self._add_histograms(taken, "gradient", gradients, layers)
        if not taken.norms_are_known:
            by_tensor = sums_of_squares(gradients.values())
            squares = {parameter: by_tensor[gradient] for parameter, gradient in gradients.items()}
            taken.scalars |= layer_norms("gradient_norm", squares, layers)

    def _add_histograms(
        self, taken: Taken, kind: str, tensors: Mapping[Tensor, Tensor], layers: Mapping[str, Sequence[Tensor]]
    ) -> None:
        """Add how the values of each layer's ``tensors``, those that belong to its parameters, are spread."""
        if not taken.has_histograms:
            return
        arrays = {each: to_numpy(real_values(tensor.detach())) for each, tensor in tensors.items()}
        for layer, counts in layer_histograms(arrays, layers).items():
            taken.histograms.setdefault(layer, {})[kind] = counts

    def _copied(self, parameter: Tensor) -> Tensor:
        """A copy in memory that is used again at each pass: fresh memory costs more than the copying."""
        memory = self._memory.get(parameter)
        if memory is None or memory.shape != parameter.shape or memory.dtype != parameter.dtype:
            memory = self._memory[parameter] = torch.empty_like(parameter, requires_grad=False)
        return memory.copy_(parameter.detach())

    def _parameters(self) -> dict[str, list[Tensor]]:
        layers = {plan.name: list(plan.parameters.values()) for plan in self._plans}
        return {name: parameters for name, parameters in layers.items() if parameters}
