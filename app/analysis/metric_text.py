"""What each metric is, in words: one name for one thing, a plain sentence for a tooltip, and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.storage import schema

USUAL_UPDATE_RATIO = 1e-3
"""Of a layer that learns well: a rule of thumb (CS231n notes, "Neural networks part 3")."""

FIRST_METRICS = (
    *("update_ratio", "gradient_norm", "update_norm", "weight_norm", "step_size"),
    *("first_moment_norm", "second_moment_mean", "gradient_angle", "dead_fraction", "saturated_fraction"),
    *("attention_entropy", "attention_logit"),
)
"""What people know and look at first, of all that is measured of a layer; the rest is offered behind “More”."""


@dataclass(frozen=True)
class MetricText:
    """A metric in words.

    Attributes:
        title: in a few words, without a capital.
        tip: a sentence on what it means; empty for what nobody described.
        unit: of its values, as ``degrees``; empty for a number without one.
    """

    title: str
    tip: str = ""
    unit: str = ""


_SHARE, _COUNT, _DEGREES = "fraction", "parameters", "degrees"
_ORIGINAL = "with the weight change of the step after: the original tool's rule."

# fmt: off
_TEXTS = {
    "update_ratio": MetricText(
        "update ratio",
        "Update norm divided by weight norm. Around 0.001 is usual; far more is restless, far less hardly learns."),
    "gradient_norm": MetricText("gradient norm", "Length of the layer's gradient at this step."),
    "update_norm": MetricText("update norm", "How far the step moved the layer's weights."),
    "weight_norm": MetricText("weight norm", "Length of all the layer's weights before the step."),
    "step_size": MetricText(
        "effective step size", "Update norm divided by gradient norm: what the optimizer made of the rate."),
    "first_moment_norm": MetricText(
        "first moment", "Length of the optimizer's running mean of the gradients (momentum)."),
    "second_moment_mean": MetricText(
        "second moment", "Mean of the optimizer's running mean of the squared gradients."),
    "gradient_angle": MetricText(
        "angle to the last gradient",
        "Between this gradient and that of the step before: 0 the same way, 90 unrelated, 180 back again.", _DEGREES),
    "dead_fraction": MetricText(
        "dead units", "Share of the units that are 0 for every sample of the probe: no gradient passes.", _SHARE),
    "saturated_fraction": MetricText(
        "saturated units",
        "Share of the units whose values lie within a hundredth of a bound, 95 of 100 over the whole probe.", _SHARE),
    "attention_entropy": MetricText(
        "attention entropy",
        "How widely the heads attend: mean of −Σ p log p over heads, queries and samples of the probe. At 0 each "
        "query attends to one position.", "nats"),
    "attention_logit": MetricText(
        "largest attention logit",
        "Largest number in front of the softmax of any head, for samples of the probe. It grows before a training "
        "diverges."),
    "moment_angle": MetricText(
        "angle to the first moment", "Between this gradient and the optimizer's first moment.", _DEGREES),
    "near_zero_fraction": MetricText("near-zero fraction", "Share of the gradients that are near zero.", _SHARE),
    "released_fraction": MetricText(
        "released fraction", "Of the gradients near zero at the step before, the share that are no longer.", _SHARE),
    "retained_fraction": MetricText(
        "retained fraction", "Of the gradients near zero at the step before, the share that still are.", _SHARE),
    "flip_fraction": MetricText(
        "flip fraction inside the retained",
        "Of the gradients that stayed near zero, the share whose sign changed.", _SHARE),
    "flips_all_fraction": MetricText(
        "flip fraction over all", "Share of all gradients whose sign changed since the step before.", _SHARE),
    "near_zero": MetricText(
        "near zero", "How many gradients are near zero: at most the threshold, whatever their sign.", _COUNT),
    "released": MetricText(
        "released", "How many were near zero at the step before and are no longer.", _COUNT),
    "retained": MetricText("retained", "How many were near zero at the step before and still are.", _COUNT),
    "sign_flips": MetricText(
        "flips inside the retained", "How many stayed near zero while their sign changed.", _COUNT),
    "flips_all": MetricText(
        "flips over all", "How many of all gradients changed their sign since the step before.", _COUNT),
    "minima": MetricText(
        "minima",
        "Flipped near zero with weight and gradient changing in the same direction: a minimum was crossed.", _COUNT),
    "maxima": MetricText(
        "maxima",
        "Flipped near zero with weight and gradient changing in opposite directions: a maximum was crossed.", _COUNT),
    "minima_original": MetricText("minima, original's rule", f"As minima, {_ORIGINAL}", _COUNT),
    "maxima_original": MetricText("maxima, original's rule", f"As maxima, {_ORIGINAL}", _COUNT),
    "still_change_mean": MetricText(
        "mean weight change under zero gradients",
        "How far weights moved, on average, though their gradient stayed near zero."),
    "still_change_max": MetricText(
        "largest weight change under zero gradients",
        "The farthest that a weight moved though its gradient stayed near zero."),
    "still_change_norm": MetricText(
        "norm of the weight change under zero gradients",
        "Length of the move of all weights whose gradient stayed near zero."),
    "nan": MetricText("NaN in the gradient", "How many gradients are NaN.", _COUNT),
    "plus_inf": MetricText("+Inf in the gradient", "How many gradients are plus infinity.", _COUNT),
    "minus_inf": MetricText("−Inf in the gradient", "How many gradients are minus infinity.", _COUNT),
    "no_gradient": MetricText(
        "values without a gradient", "How many of the layer's trainable values had no gradient.", _COUNT),
    "not_finite_weight": MetricText(
        "NaN or Inf in the weights", "How many of the layer's weights are NaN or infinite.", _COUNT),
    "not_finite_update": MetricText(
        "NaN or Inf in the update", "How many weights the step moved by NaN or infinitely far.", _COUNT),
    "not_finite_input": MetricText(
        "NaN or Inf in the input", "How many of the values that the model was given in training are NaN or infinite.",
        "values"),
    "not_finite_activation": MetricText(
        "NaN or Inf in the activations", "How many of the layer's activations on the probe are NaN or infinite.",
        "values"),
    "not_finite_forward": MetricText(
        "NaN or Inf in the training's activations",
        "How many values of the layer's output in the training's own forward pass are NaN or infinite.", "values"),
    "activation_mean": MetricText(
        "mean activation",
        "Of all values of the layer's output in the training's own forward pass (Keras: for the probe)."),
    "activation_std": MetricText(
        "spread of the activations",
        "Standard deviation of the layer's output in the training's own forward pass (Keras: for the probe)."),
    "activation_max": MetricText(
        "largest activation",
        "Largest absolute value of the layer's output in the training's own forward pass (Keras: for the probe)."),
    "unclipped_gradient_norm": MetricText(
        "gradient norm before clipping", "Length of the gradient when the backward pass ended."),
    "clipped_gradient_norm": MetricText(
        "gradient norm behind clipping", "Length of what an optimizer that clips for itself makes of the gradient."),
    "half_batch_cosine": MetricText(
        "agreement of half batches",
        "Cosine between the gradients that two halves of a batch make: 1 the same, 0 unrelated."),
    "carried_gradient_norm": MetricText(
        "gradient norm carried over",
        "Length of the gradient that was there before the backward pass began: 0 where it is set to zero."),
    "input_mean": MetricText("mean of the input", "Of what the model was given in training."),
    "input_std": MetricText("spread of the input", "Standard deviation of what the model was given in training."),
    "input_min": MetricText("smallest input", "Of what the model was given in training."),
    "input_max": MetricText("largest input", "Of what the model was given in training."),
    "training_mode": MetricText("training mode", "1 where the module is in training mode, 0 in evaluation mode."),
    "batches_tracked": MetricText(
        "batches in the running statistics", "How many batches the norm has taken in.", "batches"),
    "optimizer_age": MetricText("age of the optimizer's state", "How many updates its averages have seen.", "updates"),
    "batch_crc32": MetricText("checksum of the batch", "The same number is the same batch."),
    "batch_samples": MetricText("samples in the batch", "How many the model was given at the step.", "samples"),
    "largest_class_share": MetricText(
        "share of the most frequent class", "Among the targets of the batch, as the gradient of the outputs tells."),
    "largest_class": MetricText("most frequent class", "Its number, among the targets of the batch."),
    "accuracy": MetricText("accuracy", "Share of the batch that is classified right."),
    "loss": MetricText("loss", "Of the batch, as it was logged."),
    "updates": MetricText("updates", "How many updates the optimizer has made since the run began: its clock."),
    "learning_rate": MetricText("learning rate", "What the optimizer multiplies its step by."),
}
# fmt: on

ORDER = {metric: number for number, metric in enumerate(_TEXTS)}
"""Metric → its place, the best known first."""


def metric_text(metric: str, described: Mapping[str, schema.Metric] | None = None) -> MetricText:
    """A metric in words; one that nobody described under its own name.

    Args:
        described: metrics that the training brought along, in the words that the file has of them.
    """
    own = described.get(metric) if described else None
    if own is not None:
        return MetricText(own.title or metric.replace("_", " "), own.description, own.unit)
    return _TEXTS.get(metric) or MetricText(metric.replace("_", " "))


def capitalized(title: str) -> str:
    """A title as it begins a line."""
    return title[:1].upper() + title[1:]
