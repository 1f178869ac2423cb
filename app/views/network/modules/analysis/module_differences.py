"""What of two passes is shown in the boxes of modules: how activations and gradients differ, and where that begins.

`N` samples, `U` units that both keep of a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.analysis import colours
from app.analysis.figures import DAMAGED
from app.analysis.graph.pass_arrays import array_of
from app.analysis.graph.scales import largest
from app.views.network.modules.analysis.module_numbers import ModuleReadings, SampleEndpoints
from app.views.network.modules.analysis.modules import ModuleGraph
from collector.comparing.difference_map import log_ratio
from collector.comparing.subtracted import OTHER_PROBE, CommonLayers, PassDifference

if TYPE_CHECKING:
    from collector.storage.passes import Pass


class Told(Enum):
    """What the colour of a box tells. The values are the words for it."""

    ACTIVATION = "mean |activation|"
    GRADIENT = "gradient norm"
    ADDED = "added by the layer"


@dataclass(frozen=True)
class Compared:
    """A number of A and of B.

    Attributes:
        a, b: None where one has none.
        lacks: why there are none, in words; empty: they were not recorded.
    """

    a: float | None
    b: float | None
    lacks: str = ""

    @cached_property
    def log_ratio(self) -> float | None:
        """log₂ of B ÷ A: 0 where both are 0; None where one has no number."""
        if self.a is None or self.b is None:
            return None
        return float(log_ratio(np.array([self.a]), np.array([self.b]))[0])


@dataclass(frozen=True, eq=False)
class BoxDifference:
    """One layer, or what a closed frame holds.

    Attributes:
        activation: mean of the absolute activations over the probe.
        gradient: L2 norm of the gradient of all parameters that both have.
        behind: ‖B − A‖ ÷ ‖A‖ of its output on the probe; None where that cannot be told.
        before: the same of what it reads, the largest of several.
        units: colours of its kept units' differences for the sample, numbers in `colours.DIVERGING` int16 ``[U]``.
        why_hollow: why there is nothing to compare it with, in words; empty where there is.
    """

    activation: Compared
    gradient: Compared
    behind: float | None
    before: float | None
    units: np.ndarray | None = None
    why_hollow: str = ""

    @property
    def is_same(self) -> bool:
        """Whether both have the same in it, as far as they have anything."""
        return all(each.a == each.b for each in (self.activation, self.gradient)) and not self.behind

    @property
    def added(self) -> float | None:
        """By how much the layer's output differs more than what it reads."""
        return None if self.behind is None or self.before is None else self.behind - self.before

    def told(self, what: Told) -> float | None:
        """What the colour tells."""
        match what:
            case Told.ACTIVATION:
                return self.activation.log_ratio
            case Told.GRADIENT:
                return self.gradient.log_ratio
            case Told.ADDED:
                return self.added


class ModulePair:
    """What of two runs is the same for all passes.

    Args:
        a, b: what is known of either run.
        common: A's layers as far as B has them.
        spread: reads how some passes of both differ, spread over the runs.

    Attributes:
        graph: of A.
        a, b: what is known of either run.
        partner: layer of A → layer of B.
        only_b: layers of B alone.
    """

    def __init__(
        self, a: ModuleReadings, b: ModuleReadings, common: CommonLayers, spread: Callable[[], Iterable[PassDifference]]
    ) -> None:
        self.a, self.b = a, b
        self.graph: ModuleGraph = a.graph
        self.partner = {name: other.name for name, other in common.others.items()}
        self.only_b = tuple(common.only_b)
        self._spread = spread
        self._newest: ModuleDifference | None = None

    def at(
        self, both: PassDifference, sample: int, endpoints: tuple[SampleEndpoints, SampleEndpoints]
    ) -> ModuleDifference:
        """What is shown of two passes. What was on the screen before is read at once, the rest when asked."""
        made = ModuleDifference(self, both, sample, endpoints)
        _ = self._measured
        for box in () if self._newest is None else self._newest.asked_for:
            made.of_box(box)
        made.asked_for.clear()
        self._newest = made
        return made

    @cached_property
    def _measured(self) -> tuple[Mapping[Told, float], Mapping[str, float]]:
        """Over some passes of both runs: the largest of what is told, and of each layer's differences."""
        most, units = dict.fromkeys(Told, 0.0), dict[str, float]()
        for both in self._spread():
            for layer in self.a.measured:
                activation = both.layers[layer].activation if layer in both.layers else None
                units[layer] = max(units.get(layer, 0.0), largest(activation))
                mean = Compared(_mean(both.a, layer), _mean(both.b, layer))
                found = (mean.log_ratio, self.gradient_of([layer], *both.steps).log_ratio, _relative(both, layer))
                for what, value in zip(Told, found, strict=True):
                    if value is not None and np.isfinite(value):
                        most[what] = max(most[what], abs(value))
        return most, units

    def scale_of(self, what: Told) -> float:
        """The full colour: the largest along both runs."""
        return self._measured[0][what]

    def units_scale(self, layer: str) -> float:
        """The full colour of the differences of a layer's units; 0 where it was not measured."""
        return self._measured[1].get(layer, 0.0)

    def gradient_of(self, layers: Iterable[str], step_a: int, step_b: int) -> Compared:
        """The L2 norm of the gradients of some layers of A, and of their partners."""
        paired = [(layer, self.partner[layer]) for layer in layers if layer in self.partner]
        a = _norm(self.a, [one for one, _ in paired], step_a)
        return Compared(a, _norm(self.b, [other for _, other in paired], step_b))

    def layers_of(self, box: str) -> tuple[str, ...]:
        """The layers that a box is, or holds."""
        if box in self.graph.frames:
            return self.graph.layers_in(box)
        node = self.graph.nodes[box].node
        return (node.module,) if node.role == "call" and node.module in self.graph.layers else ()

    def read_by(self, box: str) -> tuple[str, ...]:
        """The nodes outside of a box that it reads."""
        frame = self.graph.frames.get(box)
        inside = (box,) if frame is None else frame.nodes
        reads = (each for name in inside for each in self.graph.nodes[name].node.reads)
        return tuple(dict.fromkeys(each for each in reads if each not in inside))


class ModuleDifference:
    """The layers and modules of A at two passes, for a sample.

    Attributes:
        graph: of A.
        pair: both runs.
        endpoints: what goes in and comes out, of A and of B.
        asked_for: the boxes that were.
        has_not_finite: whether NaN came out in one of them.
    """

    def __init__(
        self, pair: ModulePair, both: PassDifference, sample: int, endpoints: tuple[SampleEndpoints, SampleEndpoints]
    ) -> None:
        self.graph, self.pair, self.endpoints = pair.graph, pair, endpoints
        self._both, self._sample = both, sample
        self._boxes: dict[str, BoxDifference] = {}
        self._relative: dict[str, float | None] = {}
        self.asked_for: set[str] = set()
        self.has_not_finite = False

    def of_box(self, box: str) -> BoxDifference:
        """A node's, or a frame's: the activation of its last layer that has one, and the gradient of all."""
        self.asked_for.add(box)
        if box not in self._boxes:
            own = self._boxes[box] = self._made(box)
            self.has_not_finite |= any(np.isnan(each.log_ratio or 0.0) for each in (own.activation, own.gradient))
        return self._boxes[box]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs in what was asked for."""
        return bool(self._boxes) and all(each.is_same for each in self._boxes.values())

    @property
    def has_same_probe(self) -> bool:
        """Whether activations can be compared."""
        return self._both.has_same_probe

    def scale_of(self, what: Told) -> float:
        """The full colour."""
        return self.pair.scale_of(what)

    def _made(self, box: str) -> BoxDifference:
        layers = self.pair.layers_of(box)
        why = [self._both.common.why_not.get(layer, "") for layer in layers]
        shown = self.pair.a.shown_layer(box, self._both.a)
        gradient = self.pair.gradient_of(layers, *self._both.steps)
        behind = None if shown is None else self._relative_of(shown)
        before = self._before(self.pair.read_by(box)) if behind is not None else None
        units = None if shown is None else self._units(shown)
        why_hollow = why[0] if why and all(why) else ""
        return BoxDifference(self._activation_of(shown), gradient, behind, before, units, why_hollow)

    def _activation_of(self, layer: str | None) -> Compared:
        if not self.has_same_probe:
            return Compared(None, None, OTHER_PROBE)
        if layer is None:
            return Compared(None, None)
        is_damaged = bool(array_of(self._both, layer, "activation").damage)
        return Compared(_mean(self._both.a, layer), _mean(self._both.b, layer), DAMAGED if is_damaged else "")

    def _before(self, nodes: tuple[str, ...]) -> float | None:
        """The largest relative difference of what some nodes give; further up where one has no activation itself."""
        found: list[float] = []
        seen: set[str] = set()
        waiting = list(nodes)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            node = self.graph.nodes[name].node
            if node.role == "input":
                if not self._both.has_same_probe:
                    return None
                found.append(0.0)
                continue
            is_layer = node.role == "call" and node.module in self._both.layers
            own = self._relative_of(node.module) if is_layer else None
            if own is None:
                waiting += node.reads
            else:
                found.append(own)
        return max(found, default=None)

    def _relative_of(self, layer: str) -> float | None:
        if layer not in self._relative:
            self._relative[layer] = _relative(self._both, layer)
        return self._relative[layer]

    def _units(self, layer: str) -> np.ndarray | None:
        activation = self._both.layers[layer].activation if layer in self._both.layers else None
        scale = self.pair.units_scale(layer)
        if activation is None or not scale or not 0 <= self._sample < len(activation):
            return None
        return colours.diverging_numbers(activation[self._sample], scale)


def _mean(pass_: Pass, layer: str) -> float | None:
    activation = pass_.layers[layer].activation if layer in pass_.layers else None
    if activation is None or not activation.size:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.abs(activation).mean(dtype=np.float64))


def _relative(both: PassDifference, layer: str) -> float | None:
    """‖B − A‖ ÷ ‖A‖ of a layer's activations; None where one has none, or A's are all 0."""
    if layer not in both.layers:
        return None
    change, before = both.layers[layer].activation, both.a.layers[layer].activation
    if change is None or before is None:
        return None
    distance, size = (float(np.linalg.norm(each.astype(np.float64))) for each in (change, before))
    return 0.0 if distance == 0 else distance / size if size > 0 and np.isfinite(distance + size) else None


def _norm(readings: ModuleReadings, layers: Iterable[str], step: int) -> float | None:
    norms = [norm.value_at(step) for norm in map(readings.norm_of, layers) if norm is not None]
    known = [each for each in norms if each is not None]
    return float(np.sqrt(np.square(known).sum())) if known else None
