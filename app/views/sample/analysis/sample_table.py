"""What the networks make of the samples, as numbers and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import figure, true_signs
from app.analysis.samples_view import UNKNOWN, SamplesView

if TYPE_CHECKING:
    from app.analysis.table import Cell
    from app.views.sample.samples_difference import Beside

Rows = tuple[Sequence[str], list[Sequence["Cell"]]]
"""Names of the columns, and a row for each sample; None for what was not recorded."""

_OF_ONE = ("prediction", "prediction_name", "probability")
_OF_BOTH = ("cross_entropy_a", "cross_entropy_b", "cross_entropy_difference", "is_changed")


def sample_table(order: np.ndarray, samples: SamplesView, beside: Beside | None, name_of: Callable[[int], str]) -> Rows:
    """A row for each sample, int ``[N]``, in this order; of two networks with what both make of it."""
    sides = [samples] if beside is None else [samples, beside.samples]
    ends = ("",) if beside is None else ("_a", "_b")
    changed = set() if beside is None else set(beside.difference.changed.tolist())
    rows: list[Sequence[Cell]] = []
    for sample in order.tolist():
        label = None if samples.labels is None else int(samples.labels[sample])
        row: list[Cell] = [sample, label, None if label is None else name_of(label)]
        for each in sides:
            row += _prediction(each, sample, name_of)
        if beside is not None:
            loss = beside.difference.loss_of(sample)
            row += [None] * 3 if loss is None else [*loss, loss[1] - loss[0]]
            row.append(int(sample in changed))
        rows.append(tuple(row))
    headings = [f"{name}{end}" for end in ends for name in _OF_ONE]
    return ("sample", "label", "label_name", *headings, *(() if beside is None else _OF_BOTH)), rows


def loss_words(a: float, b: float) -> str:
    """The cross entropy of both, as ``Cross entropy 0.12 → 1.4 (+1.3)``."""
    difference = b - a
    told = "the same" if difference == 0 else true_signs(f"{difference:+.2g}")
    return f"Cross entropy {figure(a, 3)} → {figure(b, 3)} ({told})"


def _prediction(view: SamplesView, sample: int, name_of: Callable[[int], str]) -> list[Cell]:
    predicted, confidence = view.predicted, view.confidence
    if predicted is None or confidence is None or sample >= len(predicted) or predicted[sample] == UNKNOWN:
        return [None, None, None]
    sure = float(confidence[sample])
    return [int(predicted[sample]), name_of(int(predicted[sample])), sure if isfinite(sure) else None]
