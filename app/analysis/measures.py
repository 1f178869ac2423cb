"""What is measured of a layer at the steps, in words: a short title, and a plain sentence for a tooltip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.scalar_names import WHOLE_MODEL, parse
from collector.storage.states import is_error

if TYPE_CHECKING:
    from collector.storage import Collection

USUAL_UPDATE_RATIO = 1e-3
"""Of a layer that learns well: a rule of thumb (CS231n notes, "Neural networks part 3")."""

# fmt: off
_WORDS = {
    "gradient_norm": ("gradient norm", "Length of the layer's gradient at this step."),
    "update_norm": ("update norm", "How far the step moved the layer's weights."),
    "update_ratio": (
        "update ratio",
        "Update norm divided by weight norm. Around 1e-3 is usual; far more is restless, far less hardly learns."),
    "weight_norm": ("weight norm", "Length of all the layer's weights before the step."),
    "step_size": ("effective step size", "Update norm divided by gradient norm: what the optimizer made of the rate."),
    "first_moment_norm": ("first moment", "Length of the optimizer's running mean of the gradients (momentum)."),
    "second_moment_mean": ("second moment", "Mean of the optimizer's running mean of the squared gradients."),
    "near_zero_fraction": ("near-zero fraction", "Share of the gradients that are near zero."),
    "released_fraction": (
        "released fraction", "Of the gradients near zero at the step before, the share that are no longer."),
    "retained_fraction": (
        "retained fraction", "Of the gradients near zero at the step before, the share that still are."),
    "flip_fraction": (
        "flips inside the retained", "Of the gradients that stayed near zero, the share whose sign changed."),
    "flips_all_fraction": ("flips over all", "Share of all gradients whose sign changed since the step before."),
    "near_zero": ("near zero", "How many gradients are near zero: at most the threshold, whatever their sign."),
    "released": ("released", "How many were near zero at the step before and are no longer."),
    "retained": ("retained", "How many were near zero at the step before and still are."),
    "sign_flips": ("flips inside the retained", "How many stayed near zero while their sign changed."),
    "flips_all": ("flips over all", "How many of all gradients changed their sign since the step before."),
    "minima": (
        "minima", "Flipped near zero with weight and gradient changing in the same direction: a minimum was crossed."),
    "maxima": (
        "maxima", "Flipped near zero with weight and gradient changing in opposite directions: a maximum was crossed."),
    "minima_original": (
        "minima, original's rule", "As minima, with the weight change of the step after: the original tool's rule."),
    "maxima_original": (
        "maxima, original's rule", "As maxima, with the weight change of the step after: the original tool's rule."),
    "still_change_mean": (
        "mean weight change under zero gradients",
        "How far weights moved, on average, though their gradient stayed near zero."),
    "still_change_max": (
        "largest weight change under zero gradients",
        "The farthest that a weight moved though its gradient stayed near zero."),
    "still_change_norm": (
        "norm of the weight change under zero gradients",
        "Length of the move of all weights whose gradient stayed near zero."),
    "gradient_angle": (
        "angle to the gradient before",
        "Degrees between this gradient and that of the step before: 0 the same way, 90 unrelated, 180 back again."),
    "moment_angle": ("angle to the first moment", "Degrees between this gradient and the optimizer's first moment."),
    "nan": ("NaN in the gradient", "How many gradients are NaN."),
    "plus_inf": ("+Inf in the gradient", "How many gradients are plus infinity."),
    "minus_inf": ("−Inf in the gradient", "How many gradients are minus infinity."),
    "no_gradient": ("values without a gradient", "How many of the layer's trainable values had no gradient."),
    "not_finite_weight": ("NaN or Inf in the weights", "How many of the layer's weights are NaN or infinite."),
    "not_finite_update": ("NaN or Inf in the update", "How many weights the step moved by NaN or infinitely far."),
    "not_finite_input": (
        "NaN or Inf in the input",
        "How many of the values that the model was given in training are NaN or infinite.",
    ),
    "not_finite_activation": (
        "NaN or Inf in the activations", "How many of the layer's activations on the probe are NaN or infinite."),
}
# fmt: on


@dataclass(frozen=True)
class Measure:
    """Something that was measured of each layer.

    Attributes:
        key: its scalars' name up to the stroke, as ``released_fraction@1e-05~ema``.
        metric: as ``released_fraction``.
        title: in words, with threshold and moving average.
        tip: a sentence on what it means; empty for what nobody described.
        is_log: whether it is told best on a log scale.
    """

    key: str
    metric: str
    title: str
    tip: str
    is_log: bool

    def column(self, layer: str) -> str:
        """Name of its scalar of a layer."""
        return f"{self.key}/{layer}"


def short_title(metric: str) -> str:
    """A metric in a word or two."""
    return _WORDS[metric][0] if metric in _WORDS else metric.replace("_", " ")


def sentence(metric: str) -> str:
    """What a metric means; empty for one that nobody described."""
    return _WORDS[metric][1] if metric in _WORDS else ""


def is_bounded(metric: str) -> bool:
    """Whether its range is known, so that a linear scale tells it best: shares and angles."""
    return metric.endswith(("_fraction", "_angle"))


def layer_measures(names: Iterable[str]) -> list[Measure]:
    """What scalars of these names measure of layers, the best known first, each once."""
    keys: dict[str, Measure] = {}
    for text in names:
        name = parse(text)
        key = text.partition("/")[0]
        if name.layer in ("", WHOLE_MODEL) or key in keys or name.metric == "learning_rate" or name.is_error:
            continue
        title = short_title(name.metric)
        title += f", below {name.threshold}" if name.threshold else ""
        title += ", moving average" if name.is_averaged else ""
        keys[key] = Measure(
            key, name.metric, title[:1].upper() + title[1:], sentence(name.metric), not is_bounded(name.metric)
        )
    order = list(_WORDS)
    rank = {metric: number for number, metric in enumerate(order)}
    return sorted(keys.values(), key=lambda each: (rank.get(each.metric, len(order)), each.key.endswith("~ema")))


def estimate_text(collection: Collection) -> str:
    """That the counts are of a sample, where they are; else nothing."""
    insight = collection.insight
    if insight is None or insight.sample >= insight.parameters:
        return ""
    return f"estimate from {insight.sample:,} of {insight.parameters:,} parameters"


def estimate_tip(collection: Collection) -> str:
    """How good the estimates are, in sentences; nothing where all was counted."""
    if not estimate_text(collection):
        return ""
    drawn = "Everything but norms was measured on a random sample, the same for the whole run."
    if any(is_error(name) for name in collection.series):
        return f"{drawn} ± is 1.96 standard errors: of 100 samples 95 would be that near to the truth."
    return (
        "The counts are of a random sample, the same for the whole run. "
        "How far they may be off is not recorded in this file."
    )
