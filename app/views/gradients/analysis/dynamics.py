"""What becomes of near-zero gradients, as the curves of a panel.

`R` steps that a scalar was measured at, `L` layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.curve import Measured, measured_of
from app.analysis.not_finite import FirstNotFinite, NotFinitePlace, first_not_finite, not_finite_places
from app.analysis.scalar_names import WHOLE_MODEL, parse
from collector.storage.states import is_error

if TYPE_CHECKING:
    from app.analysis.beside import Beside
    from app.analysis.two_curves import TwoCurves
    from collector.storage import Collection


@dataclass(frozen=True)
class DynamicsOptions:
    """What the user chose. ``threshold`` is written as the scalars' names have it."""

    layer: str = WHOLE_MODEL
    threshold: str = ""
    is_averaged: bool = False
    are_fractions: bool = True
    is_original_rule: bool = False


@dataclass(frozen=True)
class CurveKind:
    """One curve of a plot: what it counts, and how that becomes a fraction.

    Attributes:
        count: metric.
        label: in a word or two.
        fraction: metric of the fraction; empty where it is ``count`` over ``whole``, or the same as ``count``.
        whole: metric to divide by.
        has_threshold: whether it depends on what is near zero.
        has_average: whether it exists of the moving averages.
        original: metric under the original's rule.
    """

    count: str
    label: str
    fraction: str = ""
    whole: str = ""
    has_threshold: bool = True
    has_average: bool = True
    original: str = ""

    def metric(self, options: DynamicsOptions) -> str:
        """What it shows under some options."""
        if options.are_fractions and self.fraction:
            return self.fraction
        return self.original if options.is_original_rule and self.original else self.count

    def column(self, metric: str, layer: str, options: DynamicsOptions) -> str:
        """Name of the scalar."""
        threshold = f"@{options.threshold}" if self.has_threshold else ""
        averaged = "~ema" if options.is_averaged and self.has_average else ""
        return f"{metric}{threshold}{averaged}/{layer}"


@dataclass(frozen=True)
class PlotKind:
    """A plot of the panel.

    Attributes:
        curves: the first is the one that all layers are compared by.
        is_log: whether its values span powers of ten.
        top: the largest possible value.
    """

    curves: tuple[CurveKind, ...]
    is_log: bool = False
    top: float | None = None


PLOTS = (
    PlotKind((CurveKind("near_zero", "Near zero", "near_zero_fraction"),)),
    PlotKind(
        (
            CurveKind("released", "Released", "released_fraction"),
            CurveKind("retained", "Retained", "retained_fraction"),
        )
    ),
    PlotKind(
        (
            CurveKind("sign_flips", "Flips inside the retained", "flip_fraction"),
            CurveKind("flips_all", "over all", "flips_all_fraction", has_threshold=False),
        )
    ),
    PlotKind(
        (
            CurveKind("minima", "Minima", whole="sign_flips", original="minima_original"),
            CurveKind("maxima", "Maxima", whole="sign_flips", original="maxima_original"),
        )
    ),
    PlotKind(
        (
            CurveKind("still_change_mean", "Mean weight change"),
            CurveKind("still_change_max", "largest"),
        ),
        is_log=True,
    ),
    PlotKind(
        (
            CurveKind("gradient_angle", "Angle to the last gradient", has_threshold=False, has_average=False),
            CurveKind("moment_angle", "to the first moment", has_threshold=False, has_average=False),
        ),
        top=180.0,
    ),
)


@dataclass(frozen=True)
class Offer:
    """What a collection has of all this.

    Attributes:
        thresholds: as the names have them, the smallest first.
        layers: that have it, in order of execution, without the whole model.
        has_average: whether it was recorded of the moving averages.
    """

    thresholds: tuple[str, ...]
    layers: tuple[str, ...]
    has_average: bool

    def fitted(self, options: DynamicsOptions) -> DynamicsOptions:
        """The options with what there is in place of what there is not."""
        threshold = options.threshold if options.threshold in self.thresholds else (self.thresholds or ("",))[-1]
        layer = options.layer if options.layer in self.layers else WHOLE_MODEL
        return DynamicsOptions(
            layer, threshold, options.is_averaged and self.has_average, options.are_fractions, options.is_original_rule
        )


def offer_of(collection: Collection) -> Offer | None:
    """What a collection has; None for one without near-zero counts."""
    layers_of: dict[str, dict[str, None]] = {}
    for text in collection.series:
        if text.startswith("near_zero@") and not is_error(text):
            key, _, layer = text.partition("/")
            layers_of.setdefault(key, {})[layer] = None
    if not layers_of:
        return None
    with_layer = {layer for layers in layers_of.values() for layer in layers}
    layers = [name for name in collection.layers if name in with_layer]
    layers += sorted(with_layer - {WHOLE_MODEL, *layers})
    keys = [parse(key) for key in layers_of]
    thresholds = sorted({key.threshold for key in keys}, key=_number)
    return Offer(tuple(thresholds), tuple(layers), any(key.is_averaged for key in keys))


@dataclass(frozen=True, eq=False)
class DynamicsRun:
    """What of a run is the same whatever is chosen.

    Attributes:
        collection: the run.
        offer: what it has; None for one without near-zero counts.
        not_finite: where anything was not finite.
        firsts: what was first no number, of each kind.
        beside: what it is compared with; None where nothing is.
    """

    collection: Collection
    offer: Offer | None
    not_finite: tuple[NotFinitePlace, ...]
    firsts: tuple[FirstNotFinite, ...]
    beside: Beside | None = None


def dynamics_run(collection: Collection, beside: Beside | None = None) -> DynamicsRun:
    """Look through all scalars of a run."""
    places = not_finite_places(collection)
    firsts = first_not_finite(places, collection.layers)
    return DynamicsRun(collection, offer_of(collection), tuple(places), tuple(firsts), beside)


def measured(collection: Collection, kind: CurveKind, layer: str, options: DynamicsOptions) -> Measured | None:
    """A curve of one layer; None where it was not recorded."""
    metric = kind.metric(options)
    curve = measured_of(collection.series, kind.column(metric, layer, options))
    if curve is None or not (options.are_fractions and kind.whole):
        return curve
    whole = measured_of(collection.series, kind.column(kind.whole, layer, options))
    if whole is None:
        return None
    steps, at, of = np.intersect1d(curve.steps, whole.steps, assume_unique=True, return_indices=True)
    is_any = whole.values[of] > 0
    shares = curve.values[at][is_any] / whole.values[of][is_any]
    return Measured(curve.name, steps[is_any], shares, is_estimate=curve.is_estimate)


def measured_in_both(
    beside: Beside, kind: CurveKind, layer: str, options: DynamicsOptions, own: Measured | None
) -> TwoCurves:
    """A curve of one layer in both.

    Args:
        beside: what is compared.
        kind: of the curve.
        layer: of A; or all of them.
        options: what was chosen.
        own: of the run in front.
    """
    of_b = layer if layer == WHOLE_MODEL else beside.pair.partner.get(layer)
    return beside.curves(own, lambda: None if of_b is None else measured(beside.b, kind, of_b, options))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")
