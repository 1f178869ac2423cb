"""The counts of near-zero gradients as the original Optimization Insight tool stored them.

`{"batch_wise": {key: [[a number per batch] per epoch]}, "epoch_wise": {key: [a number per epoch]}}`, with the tool's
own names. Its lists of positions and values are not written, because a collection does not hold them: ``g_cur_hist``,
``pos_zero_*``, ``pos_grad_0_0_*``, ``pos_min_max_0_0_*``, ``w_diff_0_0_*``, ``w2_val_0_0_*`` and ``g2_val_0_0_*``. The
raster of signs shows where small gradients are, and ``still_change_*`` sums the weight differences up.
"""

from collections.abc import Iterator

import numpy as np

from collector.storage import Collection

Number = int | float | None

_THRESHOLDS = {"e7": "1e-07", "e5": "1e-05"}
_EPOCH_WISE = {
    "train_mean_loss": "train_loss",
    "val_mean_loss": "test_loss",
    "train_mean_acc": "train_accuracy",
    "val_mean_acc": "test_accuracy",
}
_SMALL = 1e-9
"""The original adds it to what it divides by."""


def insight_document(collection: Collection) -> dict[str, dict[str, list]]:
    """The original's document, of plain numbers, ready for JSON.

    Only keys that the collection has numbers for are there. A batch that was not measured, as the first of a run, or
    whose number is not finite, is None: each epoch has as many numbers as it had steps. Extrema follow the original's
    rule, fractions its formula (0 where there is nothing to count), ``train_loss`` is the mean since the epoch began.
    """
    bounds = _epoch_bounds(collection)
    batch_wise = {}
    if "loss" in collection.series:
        loss = _at_each_step(collection, "loss")
        means = [_running_mean(loss[start:stop]) for start, stop in bounds]
        batch_wise["train_loss"] = [_plain(each, is_count=False) for each in means]
    for key, values in _columns(collection):
        is_count = not key.startswith("fraction")
        batch_wise[key] = [_plain(values[start:stop], is_count=is_count) for start, stop in bounds]
    epoch_wise = {}
    for key, metric in _EPOCH_WISE.items():
        numbers = [_finite(epoch.metrics.get(metric)) for epoch in collection.epochs]
        if any(number is not None for number in numbers):
            epoch_wise[key] = numbers
    return {"batch_wise": batch_wise, "epoch_wise": epoch_wise}


def _columns(collection: Collection) -> Iterator[tuple[str, np.ndarray]]:
    """The original's key and values ``[S]`` of each count and fraction, NaN where it was not measured."""
    for name, threshold in _THRESHOLDS.items():
        for averaged, tail in (("", ""), ("~ema", "_09avg")):
            counts = {
                metric: _at_each_step(collection, f"{metric}@{threshold}{averaged}/total")
                for metric in ("near_zero", "released", "retained", "sign_flips", "minima_original", "maxima_original")
                if f"{metric}@{threshold}{averaged}/total" in collection.series
            }
            if len(counts) < 6:
                continue
            before = counts["released"] + counts["retained"]
            if not averaged:
                yield f"no_zero_{name}_grad1", before
                yield f"no_zero_{name}_grad_retained", counts["retained"]
                yield f"no_grad_flipped_{name}", counts["sign_flips"]
            yield f"no_zero_{name}_grad2{tail}", counts["near_zero"]
            yield f"no_zero_{name}_grad_released{tail}", counts["released"]
            yield f"fraction_zeros_{name}_released{tail}", counts["released"] / (before + _SMALL)
            yield f"fraction_grad_flipped_{name}{tail}", counts["sign_flips"] / (counts["retained"] + _SMALL)
            yield f"no_min_{name}{tail}", counts["minima_original"]
            yield f"no_max_{name}{tail}", counts["maxima_original"]


def _epoch_bounds(collection: Collection) -> list[tuple[int, int]]:
    """First step and the one behind the last of each epoch; what comes after the last whole one is one more."""
    ends = [epoch.step for epoch in collection.epochs]
    if not ends and collection.run.steps_per_epoch:
        ends = list(range(collection.run.steps_per_epoch, collection.n_steps, collection.run.steps_per_epoch))
    ends = sorted({end for end in ends if 0 < end < collection.n_steps} | {collection.n_steps})
    return list(zip([0, *ends], ends, strict=False)) if collection.n_steps else []


def _at_each_step(collection: Collection, name: str) -> np.ndarray:
    steps, values = collection.series.recorded(name)
    filled = np.full(collection.n_steps, np.nan)
    inside = steps < collection.n_steps
    filled[steps[inside]] = values[inside]
    return filled


def _running_mean(values: np.ndarray) -> np.ndarray:
    return np.cumsum(values) / np.arange(1, len(values) + 1)


def _plain(values: np.ndarray, *, is_count: bool) -> list[Number]:
    return [None if not np.isfinite(each) else round(each) if is_count else each for each in values.tolist()]


def _finite(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and np.isfinite(value) else None
