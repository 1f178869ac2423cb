"""Gives the insight recorder what PyTorch holds at a step."""

from collections.abc import Mapping, Sequence
from operator import is_

import numpy as np
import torch
from torch import Tensor

from collector.capture.insight import InsightRecorder
from collector.capture.insight_options import InsightOptions
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.pytorch.arrivals import Arrivals
from collector.pytorch.far_insight import FarInsight
from collector.pytorch.flat_values import Drawn, FlatWeights, GradientNorms, can_be_flat
from collector.pytorch.host_copy import is_here
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.plan import LayerPlan
from collector.pytorch.shards import SampledParts, Shards
from collector.pytorch.step_sizes import StepSizes
from collector.pytorch.tensors import as_array, flat_values, is_plain, is_wide
from collector.pytorch.weight_copies import WeightCopies

_LOOK_AT_FIRST = 10
_LOOK_EACH = 50
"""Whether weights were changed behind the back of their version, as through ``.data``, is looked at at the first steps
and each so many steps later on."""


class StepInsight:
    """Follows the parameters of the layers.

    Args:
        plans: the layers.
        stepping: knows what the updates of a step begin with.
        copies: of the weights before an update.
        shards: the ranks, where the parameters are shared out to them: what is counted is brought from all of them.

    Attributes:
        is_open: whether `after_step` has something to take.
    """

    def __init__(
        self,
        plans: list[LayerPlan],
        stepping: OptimizerHooks,
        copies: WeightCopies,
        options: InsightOptions,
        shards: Shards | None = None,
    ) -> None:
        layers: dict[Tensor, list[tuple[str, str]]] = {}
        for plan in plans:
            for name, each in plan.parameters.items():
                layers.setdefault(each, []).append((plan.name, name))
        self._parameters = list(layers)
        self._optimizer_hooks, self._copies = stepping, copies
        self._shards = shards
        self._sizes = StepSizes(self._parameters, copies, stepping.told_norms, shards)
        specs = [
            ParameterSpec.owned_by(
                owners,
                each.numel() * (1 + each.is_complex()),
                is_trained=each.requires_grad,
                is_wide=is_wide(each),
            )
            for each, owners in layers.items()
        ]
        self.recorder = InsightRecorder(
            specs, options, turns=len(stepping.optimizers) > 1, estimates_updates=not copies.are_made
        )
        self._take_flat()
        self._gone: set[Tensor] = set()
        self._far: FarInsight | None = None
        self._version = -1
        self._n_looked = 0
        self._trusts_versions = True
        self.is_open = False
        self._held: _Views | SampledParts = _Views()
        self._moments: _Views | SampledParts = _Views()
        self._arrays = _arrays
        self._raster: SampledParts | None = None
        if shards is not None:
            self._held = self._moments = counted = SampledParts(self.recorder.counted_numbers(), shards)
            self._arrays = counted.of
            self._raster = SampledParts(self.recorder.raster_numbers(), shards)

    def before_step(self, log: RunLog) -> frozenset[str]:
        """Take the gradients of the step under way, which is wanted; the scalars that will be written of it."""
        step = log.steps_taken
        self.is_open = False
        gradients: Sequence[Tensor | None] = self._optimizer_hooks.gradients(self._parameters)
        if self._gone:
            pairs = zip(self._parameters, gradients, strict=True)
            gradients = [None if each in self._gone else gradient for each, gradient in pairs]
        if self._shards is None and any(not each.is_cpu for each in self._parameters):
            self._far_before_step(step, gradients)
            return self.recorder.columns if self.recorder.measures(step) else frozenset()
        is_flat = self._flat is not None and self.recorder.measures(step)  # of others no norms are asked for
        self._is_flat = is_flat and self._flat_before_step(step, gradients)
        if self._is_flat:
            self.is_open = True
            return self.recorder.columns if self.recorder.measures(step) else frozenset()
        moments = sizes = None
        if self.recorder.measures(step):
            of_parameters = self._optimizer_hooks.first_moments(self._parameters)
            moments = self._moments.of([of_parameters.get(each) for each in self._parameters])
            if self.recorder.is_sampled:
                weights = self._optimizer_hooks.weights(self._parameters)
                sizes = self._sizes.before(gradients, weights)
        waits = self._waits()
        known = None if self._is_known(step) else self._weights_before()
        raster = self._raster.of(gradients) if self._raster is not None and self.recorder.has_row else None
        self.recorder.before_update(step, self._arrays(gradients), known, moments, sizes, raster, waits)
        self._look_at_versions()
        self.is_open = True
        return self.recorder.columns if self.recorder.measures(step) else frozenset()

    def _take_flat(self) -> None:
        """Where the model is small, follow it in few calls for all parameters."""
        self._is_flat = False
        self._flat: _Flat | None = None
        is_flat = self.recorder.is_sampled and self._shards is None and self._copies.are_made
        if is_flat and can_be_flat(self._parameters):
            self._flat = _Flat(self._parameters, self.recorder)

    @property
    def gradient_norms(self) -> GradientNorms | None:
        """Those of the step under way, for whoever else asks; None where they are not made for all at once."""
        return None if self._flat is None else self._flat.gradients

    def _flat_before_step(self, step: int, gradients: Sequence[Tensor | None]) -> bool:
        """The same as `before_step` of a small model; False: a gradient is none that can be taken so."""
        flat: _Flat = self._flat  # type: ignore[assignment]
        norms = flat.gradients.of(gradients)
        if norms is None:
            return False
        is_measured = self.recorder.measures(step)
        moments = sizes = known = None
        is_known = self._is_known(step)
        if is_measured or not is_known:
            weights = flat.weights.before(self._optimizer_hooks.weights(self._parameters))
            known = None if is_known else flat.drawn_weights.of(weights)
        if is_measured:
            of_parameters = self._optimizer_hooks.first_moments(self._parameters)
            moments = self._moments.of([of_parameters.get(each) for each in self._parameters])
            sizes = flat.gradients.values.sizes(norms), weights.sizes()
        is_whole = self.recorder.has_row or not np.isfinite(norms).all()  # values of which some are not counted
        own = flat.gradients.values.arrays if is_whole else flat.drawn_gradients.of(flat.gradients.values)
        there = [None if each is None else array for each, array in zip(gradients, own, strict=True)]
        self.recorder.before_update(step, there, known, moments, sizes, None, self._waits())
        self._look_at_versions()
        return True

    def _is_known(self, step: int) -> bool:
        """Whether the weights are those behind the update before, as their versions tell."""
        looks = not self._trusts_versions or self._n_looked < _LOOK_AT_FIRST or step % _LOOK_EACH == 0
        return not looks and self._version == self._weights_version()

    def _look_at_versions(self) -> None:
        if self.recorder.weights_were_changed and self._version == self._weights_version():
            self._trusts_versions = False
        self._n_looked += 1

    def _far_before_step(self, step: int, gradients: Sequence[Tensor | None]) -> None:
        if self._far is None:
            self._far = FarInsight(self.recorder, self._parameters, self._optimizer_hooks.told_norms)
        moments = self._optimizer_hooks.first_moments(self._parameters) if self.recorder.measures(step) else {}
        self._far.before_step(
            *(step, self._parameters, gradients, self._optimizer_hooks.weights(self._parameters)),
            [moments.get(each) for each in self._parameters],
            self._waits(),
        )
        self.is_open = True

    def _waits(self) -> list[bool] | None:
        waiting = self._optimizer_hooks.waiting
        return [each in waiting for each in self._parameters] if waiting else None

    def replace(self, replaced: Mapping[Tensor, Tensor | None]) -> None:
        """Follow other parameters in the place of some; None: one is gone, and has no gradients any more."""
        self._gone |= {each for each, one in replaced.items() if one is None}
        self._parameters = [_in_place_of(each, replaced) for each in self._parameters]
        self._sizes = StepSizes(self._parameters, self._copies, self._optimizer_hooks.told_norms, self._shards)
        self._version, self._far = -1, None
        self._take_flat()

    def after_step(self, step: int, arrivals: Arrivals) -> None:
        """Take the weights after the step; what is on an accelerator is measured when it has come."""
        if self.is_open:
            self.is_open = False
            if self._far is not None:
                after = self._optimizer_hooks.weights_after(self._parameters)
                self._far.after_step(self._parameters, after, arrivals.send)
                return
            if self.recorder.measures(step):
                after = self._optimizer_hooks.weights_after(self._parameters)
                if self._is_flat:
                    flat: _Flat = self._flat  # type: ignore[assignment]
                    weights, sizes = flat.weights.after(after)
                    self.recorder.after_update(step, flat.drawn_weights.of(weights), sizes)
                else:
                    changes = self._sizes.of_changes(after) if self.recorder.is_sampled else None
                    self.recorder.after_update(step, self._held.of(after), changes)  # type: ignore[arg-type]
            is_known = self.recorder.measures(step) and after is self._parameters
            is_known = is_known and self._is_flat == (self._flat is not None)
            self._version = self._weights_version() if is_known else -1

    def is_followed(self, step: int) -> bool:
        """Whether this step's gradients were looked at, if it could be afforded."""
        return self._flat is not None and self.recorder.is_due(step)

    def forget(self) -> None:
        """The step is over, and its gradients may go."""
        if self._flat is not None:
            self._flat.gradients.forget()

    def _weights_before(self) -> list[np.ndarray]:
        return self._held.of(self._optimizer_hooks.weights(self._parameters))  # type: ignore[return-value]

    def _weights_version(self) -> int:
        """Grows whenever one of the weights is written to."""
        return sum(each._version for each in self._parameters)


def _in_place_of(each: Tensor, replaced: Mapping[Tensor, Tensor | None]) -> Tensor:
    other = replaced.get(each)
    return each if other is None else other


class _Flat:
    """What is taken of a small model: all values for the norms, and those that are counted."""

    def __init__(self, parameters: Sequence[Tensor], recorder: InsightRecorder) -> None:
        self.gradients, self.weights = GradientNorms(parameters), FlatWeights(parameters)
        counted = recorder.counted_numbers()
        self.drawn_gradients = Drawn(self.gradients.values, counted)
        self.drawn_weights = Drawn(self.gradients.values, counted)


class _Views:
    """Arrays that share the memory of tensors which stay where they are from step to step."""

    def __init__(self) -> None:
        self._tensors: list[Tensor] = []
        self._addresses: list[int] = []
        self._arrays: list[np.ndarray | None] = []

    def of(self, tensors: Sequence[Tensor | None]) -> list[np.ndarray | None]:
        """What `_arrays` makes of the tensors, made anew only where one of them, or its memory, is another."""
        if any(each is None for each in tensors):
            return _arrays(tensors)
        own: Sequence[Tensor] = tensors  # type: ignore[assignment]
        # An array of a tensor that is not contiguous is a copy as soon as it is flat, and would not follow it.
        addresses = [each.data_ptr() if each.is_contiguous() else 0 for each in own]
        if addresses == self._addresses and all(map(is_, own, self._tensors)):
            return self._arrays
        arrays = _arrays(own)
        if all(addresses) and all(map(is_plain, own)):
            self._tensors, self._addresses, self._arrays = list(own), addresses, arrays
        return arrays


def _arrays(tensors: Sequence[Tensor | None]) -> list[np.ndarray | None]:
    """The values as arrays, of those elsewhere in one copy for all; dense, complex ones as pairs.

    Float64 stays what it is, all else becomes float32.
    """
    if all(each is None or is_plain(each) for each in tensors):  # nearly always, and at every step
        return [None if each is None else each.detach().numpy() for each in tensors]
    flats = [None if each is None else flat_values(each) for each in tensors]
    elsewhere: dict[tuple[torch.device, bool], list[int]] = {}
    for number, flat in enumerate(flats):
        if flat is not None and not is_here(flat):
            elsewhere.setdefault((flat.device, is_wide(flat)), []).append(number)
    arrays = [None if flat is None or not is_here(flat) else as_array(flat) for flat in flats]
    for (_, are_wide), numbers in elsewhere.items():
        parts = [flats[number].to(torch.float64 if are_wide else torch.float32) for number in numbers]  # type: ignore[union-attr]
        bounds = np.cumsum([part.numel() for part in parts])[:-1]
        for number, values in zip(numbers, np.split(as_array(torch.cat(parts)), bounds), strict=True):
            arrays[number] = values
    return arrays
