"""Two passes side by side: of which layer what differs, and by how much. Of two runs, or of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from collector.comparing.pair import Pair
from collector.storage.layer import Attention, Axis, Layer
from collector.storage.layer_arrays import ENDINGS, LayerArrays
from collector.storage.snapshot import Pass

FORWARD = ("activation", "attention_entropy", "attention_logit")
PARAMETERS = ("weight", "bias")
GRADIENTS = ("weight_gradient", "bias_gradient")
UPDATES = ("weight_update", "bias_update")
_NOTHING = "linear"
"""Keras's name of an activation that does nothing."""

KINDS = (*PARAMETERS, *FORWARD, *GRADIENTS, *UPDATES)


@dataclass(frozen=True)
class ArrayDifference:
    """One array of two passes.

    Attributes:
        layer: of A; empty for the logits.
        kind: field of `schema.LayerRecord`, ``logits``, or of another parameter as ``weight_ih_l0_gradient``.
        distance: largest absolute difference; 0: the same bits; Inf: one has none there, or something is not finite.
        largest: absolute value in either.
        log_ratio: log₂ of the norm in B ÷ the norm in A; NaN where one is 0.
        lacks: ``a`` or ``b`` where that one alone has no such array.
    """

    layer: str
    kind: str
    distance: float
    largest: float
    log_ratio: float
    lacks: str = ""

    @property
    def size(self) -> float:
        """The difference as a share of the largest value."""
        return share(self.distance, self.largest)


def share(distance: float, largest: float) -> float:
    """A difference as a share of the largest value; 0 where there is none."""
    return 0.0 if distance == 0 else distance / largest if largest > 0 else np.inf


def differences_of(
    a: Pass,
    b: Pass,
    layers_a: Mapping[str, Layer],
    layers_b: Mapping[str, Layer],
    partner: Mapping[str, str],
    *,
    has_same_probe: bool,
) -> Iterator[ArrayDifference]:
    """All arrays that either has of the layers with a partner, the same ones with a distance of 0."""
    for name, other in partner.items():
        if name not in a.layers or other not in b.layers:
            continue
        for kind in KINDS:
            if kind in FORWARD and not (has_same_probe and gives_the_same(layers_a[name], layers_b[other])):
                continue
            one, another = getattr(a.layers[name], kind), getattr(b.layers[other], kind)
            found = compared(one, another, layers_a[name], layers_b[other], kind)
            if found is not None:
                yield ArrayDifference(name, kind, *found)
        yield from _of_parameters(a.layers[name], b.layers[other], layers_a[name], layers_b[other])
    if has_same_probe and a.logits is not None and b.logits is not None:
        yield ArrayDifference("", "logits", *_measured(a.logits, b.logits))


def _of_parameters(a: LayerArrays, b: LayerArrays, layer_a: Layer, layer_b: Layer) -> Iterator[ArrayDifference]:
    """Those of parameters that have no kind of their own."""
    for name in dict.fromkeys((*a.parameters, *b.parameters)):
        one, other = (each.parameters.get(name) for each in (a, b))
        for kind, ending in ENDINGS.items():
            of_a, of_b = (None if each is None else getattr(each, kind) for each in (one, other))
            if of_a is None or of_b is None:
                found = _one_lacks(of_a, of_b)
            else:
                cut = common_positions(of_a, of_b, layer_a, layer_b, name)
                found = None if cut is None else (*_measured(*cut), "")
            if found is not None:
                yield ArrayDifference(layer_a.name, f"{name}{ending}", *found)


def common_positions(
    a: np.ndarray, b: np.ndarray, layer_a: Layer, layer_b: Layer, name: str
) -> tuple[np.ndarray, np.ndarray] | None:
    """What both hold of a parameter, for the positions that both keep; None where its shapes are not the same."""
    of_a, of_b = (each.kept_parameters.get(name, ()) for each in (layer_a, layer_b))
    if [axis.size for axis in of_a] != [axis.size for axis in of_b]:
        return None
    for number, (one, other) in enumerate(zip(of_a, of_b, strict=True)):
        a, b = _cut(a, b, one.kept, other.kept, number)
    return (a, b) if a.shape == b.shape and a.size else None


def gives_the_same(a: Layer, b: Layer) -> bool:
    """Whether both give what comes before the same activation: Keras's layers may have one within."""
    within = [each.options.get("activation") or _NOTHING for each in (a, b)]
    return within[0] == within[1]


def compared(
    a: np.ndarray | None, b: np.ndarray | None, layer_a: Layer, layer_b: Layer, kind: str
) -> tuple[float, float, float, str] | None:
    """Distance, largest value, log ratio and who lacks it; None where both lack it, or keep no unit in common."""
    if a is None or b is None:
        return _one_lacks(a, b)
    cut = common_part(a, b, layer_a, layer_b, kind)
    return None if cut is None else (*_measured(*cut), "")


def _one_lacks(a: np.ndarray | None, b: np.ndarray | None) -> tuple[float, float, float, str] | None:
    return None if a is b else (np.inf, 0.0, np.nan, "a" if a is None else "b")


def common_part(
    a: np.ndarray, b: np.ndarray, layer_a: Layer, layer_b: Layer, kind: str
) -> tuple[np.ndarray, np.ndarray] | None:
    """What both hold of an array, for the units that both keep; None where there are none, or shapes do not fit."""
    if kind.startswith("attention"):
        return _common_attention(a, b, layer_a.attention, layer_b.attention)
    if layer_a.units != layer_b.units:
        return None
    if kind == "sequence":
        a, b = _cut_axis(a, b, layer_a.sequence, layer_b.sequence, 1)
    axis = 2 if kind == "sequence" else 1 if kind in ("activation", "feature_maps") else 0
    a, b = _cut(a, b, layer_a.kept, layer_b.kept, axis)
    if axis == 0 and a.ndim > 1 and layer_a.input_units and layer_a.input_units == layer_b.input_units:
        if layer_a.input_block != layer_b.input_block:
            return None
        of_a, of_b = (_columns(each, array.ndim) for each, array in ((layer_a, a), (layer_b, b)))
        a, b = _cut(a, b, of_a, of_b, 1)
    return (a, b) if a.shape == b.shape and a.size else None


def _common_attention(
    a: np.ndarray, b: np.ndarray, of_a: Attention | None, of_b: Attention | None
) -> tuple[np.ndarray, np.ndarray] | None:
    """The same of what there is of heads; where these are weights, for the positions that both keep."""
    if of_a is None or of_b is None or of_a.heads != of_b.heads:
        return None
    if a.ndim == 4:
        a, b = _cut_axis(a, b, of_a.queries, of_b.queries, 2)
        a, b = _cut_axis(a, b, of_a.keys, of_b.keys, 3)
    return (a, b) if a.shape == b.shape and a.size else None


def _cut_axis(
    a: np.ndarray, b: np.ndarray, of_a: Axis | None, of_b: Axis | None, axis: int
) -> tuple[np.ndarray, np.ndarray]:
    """What both hold for the positions that both keep; of sequences of another length they are others."""
    if of_a is None or of_b is None or of_a.size != of_b.size:
        return a, b[:0]
    return _cut(a, b, of_a.kept, of_b.kept, axis)


def _columns(layer: Layer, n_axes: int) -> np.ndarray:
    if layer.input_block == 1 or n_axes > 2:
        return layer.input_kept
    block = np.arange(layer.input_block)
    return (layer.input_kept[:, None] * layer.input_block + block).ravel()


def _cut(
    a: np.ndarray, b: np.ndarray, kept_a: np.ndarray, kept_b: np.ndarray, axis: int
) -> tuple[np.ndarray, np.ndarray]:
    if np.array_equal(kept_a, kept_b) or a.shape[axis] != len(kept_a) or b.shape[axis] != len(kept_b):
        return a, b
    _, of_a, of_b = np.intersect1d(kept_a, kept_b, return_indices=True)
    return a.take(of_a, axis), b.take(of_b, axis)


def _measured(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
    if a.shape != b.shape:
        return np.inf, 0.0, np.nan
    wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    largest = float(max(np.abs(wide_a).max(initial=0), np.abs(wide_b).max(initial=0)))
    ratio = _log_ratio(wide_a, wide_b)
    if np.array_equal(a, b, equal_nan=True):
        return 0.0, largest, ratio
    with np.errstate(invalid="ignore"):
        distance = np.abs(wide_a - wide_b)
    return (float(distance.max()) if np.isfinite(distance).all() else np.inf), largest, ratio


def _log_ratio(a: np.ndarray, b: np.ndarray) -> float:
    one, other = (float(np.linalg.norm(each)) for each in (a, b))
    return float(np.log2(other / one)) if one > 0 and other > 0 and np.isfinite(one + other) else np.nan


def pass_pair(pair: Pair, number_a: int, number_b: int) -> Iterator[ArrayDifference]:
    """The same of two passes of a pair, by their numbers.

    Raises:
        CollectionError: one of them cannot be read.
    """
    return differences_of(
        pair.a.passes[number_a],
        pair.b.passes[number_b],
        pair.a.layers,
        pair.b.layers,
        pair.partner,
        has_same_probe=pair.has_same_probe,
    )
