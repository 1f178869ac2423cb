"""B less A as a pass of its own, so that whatever shows a pass can show how two of them differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from collector.comparing.pairing import Pairing
from collector.comparing.pass_differences import FORWARD, common_part, common_positions, gives_the_same
from collector.storage.layer import Attention, Axis, Layer
from collector.storage.layer_arrays import LayerArrays, MadeWhenAsked, ParameterArrays
from collector.storage.snapshot import KINDS, Pass
from collector.storage.top_logits import TopLogits

OF_SOME_SAMPLES = ("feature_maps", "sequence", "attention")
OF_PROBE = (*FORWARD, *OF_SOME_SAMPLES)
"""Kinds that say nothing of one another where they are of other samples."""

ONLY_IN_A, OTHER_SIZE = "only in A", "of another size in B"
OTHER_PROBE = "A and B were measured on other samples"


@dataclass(frozen=True)
class CommonLayers:
    """The layers of A as far as B has them.

    Attributes:
        layers: of A, in order, each with the units and inputs that both keep; A's own mapping where that is all of
            them.
        others: name → the one of B.
        why_not: name → why there is nothing to compare of a layer, in words.
        only_b: name → layer of B that A has not, in order.
    """

    layers: Mapping[str, Layer]
    others: Mapping[str, Layer]
    why_not: Mapping[str, str]
    only_b: Mapping[str, Layer]


def common_layers(of_a: Mapping[str, Layer], of_b: Mapping[str, Layer], pairing: Pairing) -> CommonLayers:
    """What both have of the layers of A, by what is paired of them."""
    others = {each.a: of_b[each.b] for each in pairing.pairs}
    why_not = {name: ONLY_IN_A for name in of_a if name not in others}
    why_not |= {name: OTHER_SIZE for name, other in others.items() if other.units != of_a[name].units}
    cut = {name: layer if name in why_not else _cut(layer, others[name]) for name, layer in of_a.items()}
    is_all = all(cut[name] is layer for name, layer in of_a.items())
    return CommonLayers(of_a if is_all else cut, others, why_not, {name: of_b[name] for name in pairing.only_b})


def _cut(a: Layer, b: Layer) -> Layer:
    """A layer with the units that both keep; itself where these are all of A's."""
    changes: dict[str, object] = {}
    if not np.array_equal(a.kept, b.kept):
        changes["kept"] = np.intersect1d(a.kept, b.kept)
    if a.input_units == b.input_units and not np.array_equal(a.input_kept, b.input_kept):
        changes["input_kept"] = np.intersect1d(a.input_kept, b.input_kept)
    if a.sequence is not None and b.sequence is not None:
        changes["sequence"] = _common_axis(a.sequence, b.sequence)
    if a.attention is not None and b.attention is not None:
        changes["attention"] = _common_attention(a.attention, b.attention)
    axes = {name: _cut_axes(own, b.kept_parameters.get(name, ())) for name, own in a.kept_parameters.items()}
    if any(axes[name] is not own for name, own in a.kept_parameters.items()):
        changes["kept_parameters"] = axes
    changes = {name: own for name, own in changes.items() if own is not getattr(a, name)}
    return replace(a, **changes) if changes else a  # type: ignore[arg-type]


def _common_axis(a: Axis, b: Axis) -> Axis:
    if a.size != b.size or np.array_equal(a.kept, b.kept):
        return a
    return replace(a, kept=np.intersect1d(a.kept, b.kept))


def _common_attention(a: Attention, b: Attention) -> Attention:
    queries, keys = _common_axis(a.queries, b.queries), _common_axis(a.keys, b.keys)
    return a if queries is a.queries and keys is a.keys else replace(a, queries=queries, keys=keys)


def _cut_axes(a: tuple[Axis, ...], b: tuple[Axis, ...]) -> tuple[Axis, ...]:
    if [axis.size for axis in a] != [axis.size for axis in b]:
        return a
    if all(np.array_equal(one.kept, other.kept) for one, other in zip(a, b, strict=True)):
        return a
    return tuple(replace(one, kept=np.intersect1d(one.kept, other.kept)) for one, other in zip(a, b, strict=True))


_Read = Callable[[str, slice], np.ndarray | None]
"""Reads some rows of a kind of array."""

_Parameters = Mapping[str, ParameterArrays]

_ALL = slice(None)


class _Arrays(LayerArrays):
    """Arrays that are made when they are asked for."""

    def __init__(self, read: _Read, parameters: _Parameters) -> None:
        self._read, self._parameters = read, parameters

    def __getattr__(self, kind: str) -> np.ndarray | None:
        if kind not in KINDS:
            raise AttributeError(f"{kind!r} is not a kind of array; the kinds are {', '.join(KINDS)}")
        array = self._read(kind, _ALL)
        setattr(self, kind, array)
        return array

    def rows(self, kind: str, start: int, stop: int) -> np.ndarray | None:
        if kind not in vars(self):
            return self._read(kind, slice(start, stop))
        array: np.ndarray | None = getattr(self, kind)
        return None if array is None else array[start:stop]

    @property
    def parameters(self) -> _Parameters:
        return self._parameters

    @property
    def moments(self) -> Mapping[str, Mapping[str, np.ndarray]]:
        return {}


class _MadePass(Pass):
    """What looks like a pass of A: it has arrays and logits alone.

    Args:
        like: whose place in time it has.
        names: of its layers.
        read: makes rows of a kind of a layer.
        parameters: makes its parameters that have no kind of their own.
    """

    def __init__(
        self,
        like: Pass,
        names: Mapping[str, object],
        read: Callable[[str], _Read],
        parameters: Callable[[str], _Parameters],
        logits: np.ndarray | None,
    ) -> None:
        self.number, self.step, self.epoch, self.seconds = like.number, like.step, like.epoch, like.seconds
        self.probe = like.probe
        self.damaged: dict[tuple[str, str], str] = {}
        self.logits = logits
        self.layers = {name: _Arrays(read(name), parameters(name)) for name in names}

    @property
    def n_bytes(self) -> int:
        return 0

    @cached_property
    def top_logits(self) -> TopLogits | None:
        return None

    @cached_property
    def unit_states(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def histograms(self) -> dict[str, dict[str, np.ndarray]]:
        return {}


class PassDifference(_MadePass):
    """B less A: an array for each that both have, in the units that both keep, under A's names.

    Attributes:
        a, b: the same of either, B's under the names of A too.
        common: the layers.
        has_same_probe: whether both were measured on the same samples.
    """

    def __init__(self, a: Pass, b: Pass, common: CommonLayers, layers: Mapping[str, Layer], *, has_same_probe: bool):
        """Two passes.

        Args:
            layers: of A, with all units that A keeps.
        """
        self.common, self.has_same_probe = common, has_same_probe
        self._whole, self._layers = (a, b), layers
        names = {
            name: other
            for name, other in common.others.items()
            if name not in common.why_not and name in a.layers and other.name in b.layers
        }
        of_a, of_b = (each.logits if has_same_probe else None for each in (a, b))
        is_alike = of_a is not None and of_b is not None and of_a.shape == of_b.shape
        less = of_b - of_a if is_alike else None  # type: ignore[operator]
        super().__init__(a, names, self._less, lambda name: self._parameters(name, _less), less)
        self.a, self.b = self._side(a, names, 0, of_a), self._side(b, names, 1, of_b)
        self.a.damaged = self.b.damaged = self.damaged  # what one lacks neither is shown of

    def _side(self, like: Pass, names: Mapping[str, object], side: int, logits: np.ndarray | None) -> _MadePass:
        return _MadePass(
            like,
            names,
            lambda name: lambda kind, rows: self._both(name, kind, rows)[side],
            lambda name: self._parameters(name, lambda *both: both[side]),
            logits,
        )

    @property
    def steps(self) -> tuple[int, int]:
        """Of A and of B."""
        a, b = self._whole
        return a.step, b.step

    def has(self, kind: str) -> tuple[bool, bool]:
        """Whether A has any array of a kind, and whether B has."""
        a, b = (any(getattr(each, kind) is not None for each in whole.layers.values()) for whole in self._whole)
        return a, b

    def why_missing(self, layer: Layer, kind: str) -> str:
        """Why there is no such array of a layer: in words, empty where that is not known."""
        if layer.name in self.common.why_not:
            return self.common.why_not[layer.name]
        if kind in OF_PROBE and not self.has_same_probe:
            return OTHER_PROBE
        other = self.common.others.get(layer.name, layer)
        for name, whole, own in (("A", self._whole[0], layer), ("B", self._whole[1], other)):
            if reason := whole.why_missing(own, kind):
                return f"of {name}: {reason}"
        return ""

    def _less(self, name: str) -> _Read:
        def read(kind: str, rows: slice) -> np.ndarray | None:
            a, b = self._both(name, kind, rows)
            return None if a is None or b is None else _less(a, b)

        return read

    def _parameters(self, name: str, made: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> _Parameters:
        layer, other = self._layers[name], self.common.others[name]
        a, b = (whole.layers[of.name] for whole, of in zip(self._whole, (layer, other), strict=True))

        def of_parameter(parameter: str) -> ParameterArrays:
            def read(kind: str) -> np.ndarray | None:
                one, another = (getattr(each.parameters[parameter], kind) for each in (a, b))
                if one is None or another is None:
                    return None
                both = common_positions(one, another, layer, other, parameter)
                return None if both is None else made(*both)

            return ParameterArrays(read)

        return MadeWhenAsked(lambda: [each for each in a.parameters if each in b.parameters], of_parameter)

    def _both(self, name: str, kind: str, rows: slice) -> tuple[np.ndarray, np.ndarray] | tuple[None, None]:
        layer, other = self._layers[name], self.common.others[name]
        if kind in OF_PROBE and not (self.has_same_probe and gives_the_same(layer, other)):
            return None, None
        a, b = (_rows(whole.layers[of.name], kind, rows) for whole, of in zip(self._whole, (layer, other), strict=True))
        if a is None or b is None:
            self._tell_damage(kind, layer, other)
            return None, None
        if kind in OF_SOME_SAMPLES:
            n = min(len(a), len(b))
            a, b = a[:n], b[:n]
        return common_part(a, b, layer, other, kind) or (None, None)

    def _tell_damage(self, kind: str, layer: Layer, other: Layer) -> None:
        told = [
            f"in {name}: {damage}"
            for whole, of, name in zip(self._whole, (layer, other), "AB", strict=True)
            if (damage := whole.damaged.get((of.name, kind)))
        ]
        if told:
            self.damaged[layer.name, kind] = told[0]


def _less(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return b.astype(np.float32, copy=False) - a.astype(np.float32, copy=False)


def _rows(arrays: LayerArrays, kind: str, rows: slice) -> np.ndarray | None:
    if rows.start is None:
        array: np.ndarray | None = getattr(arrays, kind)
        return array
    return arrays.rows(kind, rows.start, rows.stop)
