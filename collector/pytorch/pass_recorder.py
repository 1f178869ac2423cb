"""The life of a pass: what is taken before the optimizer's step, and what the step adds."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from itertools import chain

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.guard import Guard
from collector.capture.missing import states_left_out
from collector.capture.pass_draft import ParameterNumbers
from collector.metrics.histogram import counting_step, spread_histogram
from collector.pytorch.host_copy import HostCopy
from collector.pytorch.last_updates import LastUpdate
from collector.pytorch.layers import device_of
from collector.pytorch.network_output import OutputRecorder
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.pass_arrays import put_moments, put_parameters, run_probe
from collector.pytorch.pass_changes import WeightParts
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.pytorch.probe_losses import ProbeLosses
from collector.pytorch.samples import Samples
from collector.pytorch.shards import Shards, is_shard
from collector.pytorch.statistics import Moments
from collector.pytorch.tensors import real_values
from collector.pytorch.weight_copies import WeightCopies
from collector.storage.schema import LayerRecord


class PassRecorder:
    """Takes passes of one model.

    Args:
        inputs: the probe; None takes no activations.
        guard: wraps the model's run on the probe, so that a pass without activations is left where it fails.
        copies: of the weights before an update.
        has_histograms: whether the spread of all values is taken too.
        output: keeps what the model gives for the probe; None where there is no probe.
        losses: computes losses of that.
        shards: the ranks, where the model is shared out to them: then all of them take each pass.
    """

    def __init__(
        self,
        model: nn.Module,
        stepping: OptimizerHooks,
        plans: list[LayerPlan],
        inputs: Samples | None,
        guard: Guard,
        copies: WeightCopies,
        *,
        has_histograms: bool = True,
        output: OutputRecorder | None = None,
        losses: ProbeLosses | None = None,
        shards: Shards | None = None,
    ) -> None:
        self._shards = shards
        self._has_histograms = has_histograms
        self._model = model
        self._optimizer_hooks = stepping
        self._plans = plans
        self._inputs = inputs
        self._output, self._losses = output, losses
        self._guard = guard
        self._copies = copies
        self._n_values = 0
        self._parts: WeightParts | None = None
        """Of the weights before the update of the step under way, where there is no copy of them."""

    def before_step(
        self, *, has_gradients: bool = True, has_histograms: bool = True, covered: Collection[str] = ()
    ) -> PassDraft:
        """The state before an update, and the gradients that the update will be made of.

        Args:
            has_gradients: False where the step itself computes them, so that those there are belong to no step;
                `add_gradients` takes them when they are there.
            has_histograms: False leaves out how all values are spread.
            covered: scalars of this step that come from elsewhere.
        """
        draft = self.state(is_alone=False)
        draft.has_histograms = self._has_histograms and has_histograms
        layers = self._parameters()
        parameters = list(dict.fromkeys(parameter for own in layers.values() for parameter in own))
        self._parts = None
        draft.has_norms = any(f"weight_norm/{layer}" not in covered for layer in layers)
        if self._copies.are_made:
            for each in parameters:  # what was copied is in the processor's cache
                own = self._copies.hold([each], [each])
                self._measure(draft, "weight", own)
                draft.before |= own
        else:
            self._measure(draft, "weight", {each: each for each in parameters})
            self._parts = WeightParts(self._plans, parameters, self._sampled)
        if has_gradients:
            self.add_gradients(draft)
        return draft

    def state(self, *, is_alone: bool = True) -> PassDraft:
        """The network as it is: activations of the probe, weights and biases; of scalars those of dead units.

        Args:
            is_alone: whether nothing is added to it.
        """
        draft = self._nothing()
        if self._inputs is not None and self._output is not None:
            with self._guard("running the model on the probe"):
                seen = self._nothing()
                run_probe(
                    self._model,
                    self._inputs.to(device_of(self._model)),
                    self._plans,
                    seen,
                    self._output,
                    self._losses,
                )
                draft = seen
        for plan in self._plans:
            put_parameters(draft, plan, plan.parameters)
        if is_alone:
            draft.host_copy.fetch()
        return draft

    def add_gradients(self, draft: PassDraft) -> None:
        """Add the gradients that the update will be made of."""
        gradients: dict[Tensor, Tensor] = {}
        draft.without_gradient = []
        waiting = self._optimizer_hooks.waiting
        for plan in self._plans:
            found = dict(
                zip(plan.parameters, self._optimizer_hooks.gradients(list(plan.parameters.values())), strict=True)
            )
            own = {name: gradient for name, gradient in found.items() if gradient is not None}
            put_parameters(draft, plan, own, "gradient")
            last = self._last_update(plan, own)
            if last is not None:
                draft.updated_before[plan.name] = last
                draft.layers[plan.name].updated_at = last.step
                put_parameters(draft, plan, _by_name(plan, last.gradients), "gradient")
            gradients |= {plan.parameters[name]: gradient for name, gradient in own.items()}
            if not own and any(each.requires_grad and each not in waiting for each in plan.parameters.values()):
                draft.without_gradient.append(plan.name)
        self._measure(draft, "gradient", gradients)

    def after_step(self, draft: PassDraft) -> Callable[[], None]:
        """Add the update, weights after the step minus weights before it, and the optimizer's statistics.

        Returns:
            What makes the pass whole when its ``host_copy`` has brought all that it took.
        """
        layers = self._parameters()
        if self._parts is None:
            self._add_updates(draft)
        else:
            parameters = list(dict.fromkeys(each for own in layers.values() for each in own))
            after = zip(parameters, self._optimizer_hooks.weights_after(parameters), strict=True)
            parts, self._parts = self._parts, None
            parts.put_changes(draft, self._plans, dict(after), self._optimizer_hooks.told_norms)
        left_out = dict[str, str]()
        for plan in self._plans:
            if (last := draft.updated_before.get(plan.name)) is not None:
                put_parameters(draft, plan, _by_name(plan, last.changes), "update")
            left_out |= put_moments(draft, plan, self._optimizer_hooks.state)
        if left_out:
            self._guard.remark(states_left_out(left_out))
        moments = Moments(self._optimizer_hooks.state, layers, draft.host_copy)

        def finish() -> None:
            draft.add_layer_numbers(layers)
            draft.scalars |= moments.scalars()

        return finish

    def _add_updates(self, draft: PassDraft) -> None:
        updates, draft.before = draft.before, {}
        of, afterwards = draft.of("update"), self._optimizer_hooks.weights_after(list(updates))
        with torch.no_grad():
            for (parameter, update), after in zip(updates.items(), afterwards, strict=True):
                use = partial(_put_size, of, parameter) if draft.has_norms else None
                draft.host_copy.put_change(after, update, use)
        for plan in self._plans:
            put_parameters(draft, plan, _by_name(plan, updates), "update")
        self._count(draft, "update", updates)

    def _last_update(self, plan: LayerPlan, own: Mapping[str, Tensor]) -> LastUpdate | None:
        """That of a layer whose optimizer makes none in this step."""
        waiting = [] if own else [each for each in plan.parameters.values() if each in self._optimizer_hooks.waiting]
        return self._optimizer_hooks.last_update(waiting[0]) if waiting else None

    def _nothing(self) -> PassDraft:
        return PassDraft({plan.name: LayerRecord() for plan in self._plans}, host_copy=HostCopy(self._shards))

    def _measure(self, draft: PassDraft, kind: str, tensors: Mapping[Tensor, Tensor]) -> None:
        """Take the size of what belongs to each parameter, and how its values are spread."""
        of = draft.of(kind)
        if draft.has_norms:
            draft.host_copy.take_sizes(list(tensors.values()), [partial(_put_size, of, each) for each in tensors])
        self._count(draft, kind, tensors)

    def _count(self, draft: PassDraft, kind: str, tensors: Mapping[Tensor, Tensor]) -> None:
        """Take how the values of what belongs to each parameter are spread."""
        of = draft.of(kind)
        if not draft.has_histograms:
            return
        whole = {}
        for parameter, tensor in tensors.items():
            if is_shard(tensor):
                count = partial(spread_histogram, step=counting_step(parameter.shape))
                draft.host_copy.take_counts(real_values(tensor.detach()), count, partial(_put_histogram, of, parameter))
            else:
                whole[parameter] = self._sampled(parameter, tensor)
        values, steps = [each for each, _ in whole.values()], [step for _, step in whole.values()]
        draft.host_copy.take_histograms(values, steps, [partial(_put_histogram, of, each) for each in whole])

    def _sampled(self, parameter: Tensor, tensor: Tensor) -> tuple[Tensor, int]:
        """The values that are counted of what belongs to a parameter ``[n]``, and each how manieth that is."""
        step = counting_step(parameter.shape, self._n_values)
        return real_values(tensor.detach()).reshape(-1)[::step], step

    def _parameters(self) -> dict[str, list[Tensor]]:
        layers = {plan.name: list(plan.parameters.values()) for plan in self._plans}
        self._n_values = sum(each.numel() for each in dict.fromkeys(chain(*layers.values())))
        return {name: parameters for name, parameters in layers.items() if parameters}


def _by_name(plan: LayerPlan, tensors: Mapping[Tensor, Tensor]) -> dict[str, Tensor]:
    return {name: tensors[each] for name, each in plan.parameters.items() if each in tensors}


def _put_size(of: ParameterNumbers[Tensor], parameter: Tensor, norm: float, not_finite: np.ndarray) -> None:
    of.norms[parameter] = norm
    if not_finite.any():
        of.not_finite[parameter] = not_finite


def _put_histogram(of: ParameterNumbers[Tensor], parameter: Tensor, counts: np.ndarray) -> None:
    of.histograms[parameter] = counts
