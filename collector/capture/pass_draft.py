"""A pass in the making."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from collector.capture.not_finite import not_finite_by_layer
from collector.metrics.histogram import summed_by_layer
from collector.metrics.norms import layer_norm_errors, layer_norms, layer_ratios
from collector.storage.schema import LayerRecord, PassRecord, TopLogits

Key = TypeVar("Key", bound=Hashable)
"""What a framework tells a parameter by."""


@dataclass
class ParameterNumbers(Generic[Key]):
    """What was measured of the weights, the gradients or the updates of a step.

    Attributes:
        norms: parameter → ‖x‖₂ of all its values.
        not_finite: parameter → how many of them are NaN, +∞ and −∞, int ``[3]``, where any is.
        histograms: parameter → how they are spread, counts ``[129]``.
        variances: parameter → that of the square of a norm that is estimated.
    """

    norms: dict[Key, float] = field(default_factory=dict)
    not_finite: dict[Key, np.ndarray] = field(default_factory=dict)
    histograms: dict[Key, np.ndarray] = field(default_factory=dict)
    variances: dict[Key, float] = field(default_factory=dict)


@dataclass
class PassDraft(Generic[Key]):
    """What was taken of a pass so far.

    Attributes:
        layers: layer → its arrays.
        logits: float32 ``[N, K]``.
        outputs: float32 ``[M, …]`` where the output is no row of numbers.
        losses: of the samples, ``[N]``.
        top_logits: what is kept of logits where they are very many.
        token_logits: the same of each position, where the output is of tokens.
        scalars: name → number.
        unit_states: layer → bits, as `schema.PassRecord` has them.
        histograms: layer → ``weight``, ``gradient``, ``update`` → counts ``[129]``.
        not_finite: series of `collector.capture.not_finite` → layer → how many values are not finite.
        has_histograms: whether the spread of all values is wanted, where it is taken at all.
        has_norms: whether the norms of this step are wanted; else they come from elsewhere.
        of_parameters: ``weight``, ``gradient``, ``update`` → what was measured of the parameters.
    """

    layers: dict[str, LayerRecord]
    logits: np.ndarray | None = None
    outputs: np.ndarray | None = None
    losses: np.ndarray | None = None
    top_logits: TopLogits | None = None
    token_logits: TopLogits | None = None
    scalars: dict[str, float] = field(default_factory=dict)
    unit_states: dict[str, np.ndarray] = field(default_factory=dict)
    histograms: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    not_finite: dict[str, dict[str, int]] = field(default_factory=dict)
    has_histograms: bool = True
    has_norms: bool = True
    of_parameters: dict[str, ParameterNumbers[Key]] = field(default_factory=dict)

    def of(self, kind: str) -> ParameterNumbers[Key]:
        """Where the numbers of the parameters' weights, gradients or updates go."""
        return self.of_parameters.setdefault(kind, ParameterNumbers())

    def add_layer_numbers(self, layers: Mapping[str, Sequence[Key]]) -> None:
        """Make scalars and histograms of the layers out of what was measured of their parameters.

        Args:
            layers: layer → its parameters. One that several layers share counts in each, and once in the total.
        """
        for kind, of in self.of_parameters.items():
            for layer, counts in summed_by_layer(of.histograms, layers).items():
                self.histograms.setdefault(layer, {})[kind] = counts
            if self.has_norms:
                self.scalars |= layer_norms(f"{kind}_norm", of.norms, layers)
                self.scalars |= layer_norm_errors(f"{kind}_norm", of.norms, of.variances, layers)
                self.not_finite |= not_finite_by_layer(kind, of.not_finite, layers)
        if self.has_norms:
            self.scalars |= layer_ratios("update_ratio", "update_norm", "weight_norm", self.scalars)
            self.scalars |= layer_ratios("step_size", "update_norm", "gradient_norm", self.scalars)

    def put_unit_states(self, metric: str, layer: str, flags: np.ndarray) -> None:
        """Which units of a layer are dead, or saturated: themselves, and their share as a scalar.

        Args:
            metric: of the share.
            flags: ``[units]``, 0 or 1.
        """
        self.unit_states[layer] = np.packbits(flags != 0)
        self.scalars[f"{metric}/{layer}"] = float(flags.mean(dtype=np.float32))

    def to_record(self, step: int) -> PassRecord:
        """The pass as the file holds it."""
        return PassRecord(
            number=0,
            step=step,
            logits=self.logits,  # type: ignore[arg-type]
            outputs=self.outputs,  # type: ignore[arg-type]
            losses=self.losses,  # type: ignore[arg-type]
            top_logits=self.top_logits,
            token_logits=self.token_logits,
            unit_states=list(self.unit_states.items()),  # type: ignore[arg-type]
            layers=self.layers,
            histograms=self.histograms,  # type: ignore[arg-type]
        )
