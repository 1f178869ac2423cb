"""What of a pass is shown in the boxes of modules: how strong activations and gradients are.

`N` samples, `U` units of a layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.analysis import colours
from app.analysis.curve import Measured, measured_of
from app.analysis.graph.scales import largest
from app.views.layers.analysis.layer_rows import METRIC
from app.views.network.modules.analysis.modules import ModuleGraph
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.passes import Pass

_MOST_DECADES = 8.0


@dataclass(frozen=True)
class Span:
    """From the smallest to the largest number above 0 of the run; both 0 where there is none."""

    low: float = 0.0
    high: float = 0.0

    @property
    def shown_low(self) -> float:
        """What has the shortest bar, with everything below."""
        return max(self.low, self.high * 10**-_MOST_DECADES)

    def part(self, value: float) -> float:
        """How far a value lies between both on a log scale, in 0…1; 0 for 0 and below."""
        if not value > 0 or not self.high > 0:
            return 0.0
        low = self.shown_low
        if low >= self.high:
            return 1.0
        # the smallest is still seen: only 0 has no length
        return float(np.clip(0.04 + 0.96 * np.log(value / low) / np.log(self.high / low), 0.04, 1))

    def with_values(self, values: Iterable[float]) -> Span:
        """Wide enough for more values."""
        some = [value for value in values if 0 < value < np.inf]
        if not some:
            return self
        return Span(min([*some, *([self.low] if self.low else [])]), max([*some, self.high]))


@dataclass(frozen=True, eq=False)
class BoxNumbers:
    """One layer, or what a closed frame holds.

    Attributes:
        activation: mean of the absolute activations over the probe; None where they were not recorded.
        gradient: L2 norm of the gradient of all its parameters; None where it was not recorded.
        units: colours of its kept units for the sample, numbers in `colours.DIVERGING` int16 ``[U]``; None: no units.
        has_no_gradient: whether it had no gradient at that step, of which there is no norm.
    """

    activation: float | None = None
    gradient: float | None = None
    units: np.ndarray | None = None
    has_no_gradient: bool = False


NOTHING = BoxNumbers()


@dataclass(frozen=True, eq=False)
class SampleEndpoints:
    """What goes in and comes out for one sample.

    Attributes:
        picture: uint8 ``[H, W]`` or ``[H, W, 3]``; None where the sample is none.
        predicted: name of the most probable class; empty where that cannot be told.
        probability: its probability, 0…1.
        is_right: whether it is the sample's label; None where there is none.
    """

    picture: np.ndarray | None = None
    predicted: str = ""
    probability: float = 0.0
    is_right: bool | None = None


@dataclass(frozen=True, eq=False)
class ModuleNumbers:
    """All layers at a pass, and the spans of the run that their bars are drawn on."""

    graph: ModuleGraph
    layers: Mapping[str, BoxNumbers]
    activations: Span
    gradients: Span
    endpoints: SampleEndpoints = SampleEndpoints()

    def of_box(self, box: str) -> BoxNumbers:
        """A node's, or a frame's: the activation of its last layer that has one, and the gradient of all."""
        graph = self.graph
        if box in graph.nodes:
            node = graph.nodes[box]
            return self.layers.get(node.node.module, NOTHING) if node.node.role == "call" else NOTHING
        module = f"{graph.frames[box].module}."
        inside = {graph.nodes[name].node.module: None for name in graph.frames[box].nodes}
        own = [self.layers[name] for name in inside if name in self.layers]
        parts = [each for name, each in self.layers.items() if name in inside or name.startswith(module)]
        gradients = [each.gradient for each in parts if each.gradient is not None]
        last = next((each for each in reversed(own) if each.activation is not None), NOTHING)
        norm = float(np.sqrt(np.square(gradients).sum())) if gradients else None
        return BoxNumbers(
            last.activation, norm, last.units, norm is None and any(each.has_no_gradient for each in parts)
        )


@dataclass(frozen=True, eq=False)
class ModuleReadings:
    """What of a run is the same for all passes, so that a pass is read fast.

    Attributes:
        norms: layer → its gradient norm.
        largest: layer → its largest absolute activation.
    """

    graph: ModuleGraph
    norms: Mapping[str, Measured]
    activations: Span
    gradients: Span
    largest: Mapping[str, float]

    def at(self, pass_: Pass, sample: int, endpoints: SampleEndpoints | None = None) -> ModuleNumbers:
        """What is shown of a pass and a sample."""
        layers = {}
        for name in self.graph.layers:
            activation = _activation(pass_, name)
            units = None
            if activation is not None and 0 <= sample < len(activation) and activation.shape[1]:
                units = colours.diverging_numbers(activation[sample], self.largest.get(name, 0.0))
            norm = self.norms.get(name)
            value = None if norm is None else norm.value_at(pass_.step)
            is_missing = norm is not None and value is None and norm.place_at(pass_.step) is not None
            layers[name] = BoxNumbers(_mean(activation), value, units, is_missing)
        return ModuleNumbers(self.graph, layers, self.activations, self.gradients, endpoints or SampleEndpoints())

    def grown(self, collection: Collection, newest: Pass | None) -> ModuleReadings:
        """The same for a run that has gone on."""
        seen = [] if newest is None else [newest]
        return replace(self, **_measured(self.graph, collection, seen, self.activations, self.largest))


def module_readings(graph: ModuleGraph, collection: Collection, spread: Iterable[Pass]) -> ModuleReadings:
    """Read what all passes share.

    Args:
        graph: of the run.
        collection: the run.
        spread: some of its passes, on which spans and scales are measured.
    """
    return ModuleReadings(graph, **_measured(graph, collection, spread, Span(), {}))


def _measured(
    graph: ModuleGraph, collection: Collection, passes: Iterable[Pass], span: Span, known: Mapping[str, float]
) -> dict:
    scales = dict(known)
    for pass_ in passes:
        for name in graph.layers:
            activation = _readable_activation(pass_, name)
            mean = _mean(activation)
            if mean is not None:
                span = span.with_values([mean])
                scales[name] = max(scales.get(name, 0.0), largest(activation))
    series = collection.series
    found = {name: measured_of(series, f"{METRIC}/{name}") for name in graph.layers}
    norms = {name: norm for name, norm in found.items() if norm is not None}
    gradients = Span()
    for norm in norms.values():
        positive = norm.values[(norm.values > 0) & np.isfinite(norm.values)]
        if len(positive):
            gradients = gradients.with_values((float(positive.min()), float(positive.max())))
    return {"norms": norms, "activations": span, "gradients": gradients, "largest": scales}


def _activation(pass_: Pass, layer: str) -> np.ndarray | None:
    return pass_.layers[layer].activation if layer in pass_.layers else None


def _readable_activation(pass_: Pass, layer: str) -> np.ndarray | None:
    """The same where it is not damaged: the others still tell the span of the run."""
    try:
        return _activation(pass_, layer)
    except CollectionError:
        return None


def _mean(activation: np.ndarray | None) -> float | None:
    if activation is None or not activation.size:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.abs(activation).mean(dtype=np.float64))
