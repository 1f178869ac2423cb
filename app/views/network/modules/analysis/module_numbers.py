"""What of a pass is shown in the boxes of modules: how strong activations and gradients are.

`N` samples, `U` units of a layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite, log
from typing import TYPE_CHECKING, TypeGuard

import numpy as np

from app.analysis import colours
from app.analysis.curve import Measured, measured_of
from app.analysis.graph.pass_arrays import array_of
from app.analysis.graph.scales import largest
from app.analysis.scalar_names import GRADIENT_NORM
from app.views.network.modules.analysis.frame_norms import FrameNorms, frame_norms
from app.views.network.modules.analysis.modules import ModuleGraph

if TYPE_CHECKING:
    from collector.storage import Collection
    from collector.storage.passes import Pass

_MOST_DECADES = 8.0


@dataclass(frozen=True)
class Span:
    """From the smallest to the largest number above 0 of the run; both 0 where there is none."""

    low: float = 0.0
    high: float = 0.0

    @cached_property
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
        return min(max(0.04 + 0.96 * log(value / low) / log(self.high / low), 0.04), 1.0)

    def with_values(self, values: Iterable[float]) -> Span:
        """Wide enough for more values."""
        some = [value for value in values if 0 < value < np.inf]
        if not some:
            return self
        return Span(min([*some, *([self.low] if self.low else [])]), max([*some, self.high]))


def _no_units() -> np.ndarray | None:
    return None


@dataclass(frozen=True, eq=False)
class BoxNumbers:
    """One layer, or what a closed frame holds.

    Attributes:
        activation: mean of the absolute activations over the probe; None where they were not recorded.
        gradient: L2 norm of the gradient of all its parameters; None where it was not recorded.
        read_units: makes ``units``, which are read for large boxes only.
        has_no_gradient: whether it had no gradient at that step, of which there is no norm.
        damage: what is wrong with its activation in the file; empty where nothing is.
    """

    activation: float | None = None
    gradient: float | None = None
    read_units: Callable[[], np.ndarray | None] = _no_units
    has_no_gradient: bool = False
    damage: str = ""
    _made: list[np.ndarray] = field(default_factory=list, init=False)

    @property
    def units(self) -> np.ndarray | None:
        """Colours of its kept units for the sample, numbers in `colours.DIVERGING` int16 ``[U]``.

        None where there are none, or as long as their scale is still read.
        """
        if not self._made and (units := self.read_units()) is not None:
            self._made.append(units)
        return self._made[0] if self._made else None


NOTHING = BoxNumbers()


@dataclass(frozen=True, eq=False)
class SampleEndpoints:
    """What goes in and comes out for one sample.

    Attributes:
        picture: uint8 ``[H, W]`` or ``[H, W, 3]``; None where the sample is none.
        predicted: name of the most probable class; empty where that cannot be told.
        probability: its probability, 0…1.
        is_right: whether it is the sample's label; None where there is none.
        own_words: the name without the words that those of all classes begin with.
    """

    picture: np.ndarray | None = None
    predicted: str = ""
    probability: float = 0.0
    is_right: bool | None = None
    own_words: str = ""


class LayerNumbers(Mapping[str, BoxNumbers]):
    """The layers at a pass, each read when it is first asked for: most of a large network is not on the screen.

    Args:
        layers: names of all.
        make: reads one.
        ahead: those to be read at once.
    """

    def __init__(self, layers: Mapping[str, object], make: Callable[[str], BoxNumbers], ahead: Iterable[str]) -> None:
        self._layers, self._make = layers, make
        self._made = {name: make(name) for name in ahead}
        self.asked_for: set[str] = set()

    def __getitem__(self, name: str) -> BoxNumbers:
        self.asked_for.add(name)
        if name not in self._made:
            if name not in self._layers:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._layers

    def __iter__(self) -> Iterator[str]:
        return iter(self._layers)

    def __len__(self) -> int:
        return len(self._layers)


class ModuleNumbers:
    """The layers and modules at a pass, for a sample; see `ModuleReadings.at`.

    Attributes:
        graph: of the run.
        layers: name → layer.
        activations, gradients: the spans of the run that bars are drawn on.
        n_measured: on how many layers they were measured.
        endpoints: what goes in and comes out.
        has_not_finite: whether NaN or Inf came out in a box that was asked for.
    """

    def __init__(
        self, readings: ModuleReadings, pass_: Pass, sample: int, endpoints: SampleEndpoints, ahead: Iterable[str]
    ) -> None:
        self.graph = readings.graph
        self.activations, self.gradients = readings.activations, readings.gradients
        self.n_measured = len(readings.measured)
        self._readings = readings
        self.endpoints = endpoints
        self._pass, self._sample = pass_, sample
        self._boxes: dict[str, BoxNumbers] = {}
        self.has_not_finite = False
        self.layers = LayerNumbers(self.graph.layers, self._of_layer, ahead)

    def of_box(self, box: str) -> BoxNumbers:
        """A node's, or a frame's: the activation of its last layer that has one, and the gradient of all."""
        if box not in self._boxes:
            own = self._boxes[box] = self._of_frame(box) if box in self.graph.frames else self._of_node(box)
            self.has_not_finite |= not (isfinite(own.activation or 0.0) and isfinite(own.gradient or 0.0))
        return self._boxes[box]

    def _of_node(self, box: str) -> BoxNumbers:
        node = self.graph.nodes[box].node
        return self.layers[node.module] if node.role == "call" and node.module in self.layers else NOTHING

    def _of_frame(self, box: str) -> BoxNumbers:
        layer = self._readings.shown_layer(box, self._pass)
        last = NOTHING if layer is None else self.layers[layer]
        norm, lacks = self._readings.norms_in(box).at(self._pass.step)
        return BoxNumbers(last.activation, norm, lambda: last.units, lacks, last.damage)

    def _of_layer(self, layer: str) -> BoxNumbers:
        activation = array_of(self._pass, layer, "activation")
        norm, lacks = self._gradient(layer)
        mean = _mean(activation.values)
        return BoxNumbers(mean, norm, lambda: self._units(layer, activation.values), lacks, activation.damage)

    def _gradient(self, layer: str) -> tuple[float | None, bool]:
        """The norm, and whether there is none because there was no gradient at that step."""
        norm = self._readings.norm_of(layer)
        value = None if norm is None else norm.value_at(self._pass.step)
        return value, norm is not None and value is None and norm.place_at(self._pass.step) is not None

    def _units(self, layer: str, activation: np.ndarray | None) -> np.ndarray | None:
        scale = self._readings.largest_of(layer)
        if scale is None or activation is None or not 0 <= self._sample < len(activation) or not activation.shape[1]:
            return None
        return colours.diverging_numbers(activation[self._sample], scale)


MOST_MEASURED = 300
"""Layers whose numbers over the run decide how long bars are; of more, so many are taken, evenly over the network."""


class ModuleReadings:
    """What of a run is the same for all passes, so that a pass is read fast.

    Args:
        graph: of the run.
        collection: the run.
        spread: some of its passes, on which spans and scales are measured; gone through again for what is asked later.
        before: of the same run, when it was shorter.

    Attributes:
        activations: from the smallest to the largest mean absolute activation of the layers measured.
        gradients: the same of gradient norms.
    """

    def __init__(
        self,
        graph: ModuleGraph,
        collection: Collection,
        spread: Iterable[Pass],
        before: ModuleReadings | None = None,
    ) -> None:
        self.graph = graph
        self._series, self._steps = collection.series, collection.passes.steps
        self._spread = spread
        self._norms: dict[str, Measured | None] = {}
        self._frames: dict[str, FrameNorms] = {}
        self._largest: dict[str, float] = {} if before is None else before._largest
        self._newest: LayerNumbers | None = None if before is None else before._newest
        self._seen: frozenset[str] = frozenset() if before is None else before._seen
        self.activations: Span = Span() if before is None else before.activations
        names = list(graph.layers)
        at = np.linspace(0, len(names) - 1, min(MOST_MEASURED, len(names))).round().astype(int)
        self.measured: tuple[str, ...] = tuple(names[number] for number in at)
        self.gradients: Span = self._gradient_span()

    def norm_of(self, layer: str) -> Measured | None:
        """A layer's gradient norm over the run; None where it was not recorded."""
        if layer not in self._norms:
            self._norms[layer] = measured_of(self._series, f"{GRADIENT_NORM}/{layer}")
        return self._norms[layer]

    def norms_in(self, frame: str) -> FrameNorms:
        """The gradient norms of a module over the run."""
        if frame not in self._frames:
            self._frames[frame] = frame_norms(map(self.norm_of, self.graph.layers_in(frame)), self._steps)
        return self._frames[frame]

    def largest_of(self, layer: str) -> float | None:
        """A layer's largest absolute activation, over some passes of the run; None where it has not been read."""
        return self._largest.get(layer)

    def shown_layer(self, box: str, pass_: Pass) -> str | None:
        """The layer whose activation a box shows at a pass: its own, of a closed module the last that has one."""
        if box not in self.graph.frames:
            node = self.graph.nodes[box].node
            return node.module if node.role == "call" and node.module in self.graph.layers else None
        modules = (self.graph.nodes[name].node.module for name in reversed(self.graph.frames[box].nodes))
        return next((name for name in modules if name in self.graph.layers and _has_activation(pass_, name)), None)

    def read(self, boxes: Iterable[str], is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Read of the whole run what some boxes show, on a job's thread: what is painted later reads no file.

        Args:
            is_wanted: asked now and then; once it is not, nothing more is read.
        """
        boxes, found = list(boxes), dict[str, float]()
        for frame in boxes:
            if frame in self.graph.frames and is_wanted():
                self.norms_in(frame)
        for pass_ in self._spread:
            for layer in (self.shown_layer(box, pass_) for box in boxes):
                if not is_wanted():
                    return  # what was measured on some passes only is not known
                if layer is not None and layer not in self._largest:
                    found[layer] = max(found.get(layer, 0.0), largest(array_of(pass_, layer, "activation").values))
        for layer, magnitude in found.items():
            self._take_largest(layer, magnitude)

    def _take_largest(self, layer: str, magnitude: float) -> None:
        self._largest[layer] = max(self._largest.get(layer, 0.0), magnitude)

    def at(self, pass_: Pass, sample: int, endpoints: SampleEndpoints | None = None) -> ModuleNumbers:
        """What is shown of a pass and a sample. What was on the screen before is read at once, the rest when asked."""
        if self._newest is not None and self._newest.asked_for:  # else it came too late to be painted
            self._seen = frozenset(self._newest.asked_for)
        numbers = ModuleNumbers(self, pass_, sample, endpoints or SampleEndpoints(), self._seen)
        self._newest = numbers.layers
        return numbers

    def measure(self, passes: Iterable[Pass]) -> None:
        """Take in the activations of more passes."""
        measured = frozenset(self.measured)
        for pass_ in passes:
            for name in dict.fromkeys((*self.measured, *self._largest)):
                activation = array_of(pass_, name, "activation").values
                mean = _mean(activation)
                if mean is not None:
                    self._take_largest(name, largest(activation))
                if mean is not None and name in measured:
                    self.activations = self.activations.with_values([mean])

    def grown(self, collection: Collection, newest: Pass | None) -> ModuleReadings:
        """The same for a run that has gone on."""
        grown = ModuleReadings(self.graph, collection, self._spread, self)
        grown.measure([] if newest is None else [newest])
        for frame in self._frames:
            grown.norms_in(frame)
        return grown

    def _gradient_span(self) -> Span:
        span = Span()
        for norm in map(self.norm_of, self.measured):
            if norm is not None:
                positive = norm.values[(norm.values > 0) & np.isfinite(norm.values)]
                if len(positive):
                    span = span.with_values((float(positive.min()), float(positive.max())))
        return span


def module_readings(graph: ModuleGraph, collection: Collection, spread: Iterable[Pass]) -> ModuleReadings:
    """Read what all passes share, see `ModuleReadings`."""
    readings = ModuleReadings(graph, collection, spread)
    readings.measure(spread)
    return readings


def _has_activation(pass_: Pass, layer: str) -> bool:
    """Whether there is one to be shown, or the damage in its place."""
    found = array_of(pass_, layer, "activation")
    return bool(found.damage) or _is_filled(found.values)


def _is_filled(activation: np.ndarray | None) -> TypeGuard[np.ndarray]:
    return activation is not None and activation.size > 0


def _mean(activation: np.ndarray | None) -> float | None:
    if not _is_filled(activation):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.abs(activation).mean(dtype=np.float64))
