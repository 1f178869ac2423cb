"""What a run has measured of its layers, as a list to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis.metric_text import ORDER, capitalized
from app.analysis.scalar_names import WHOLE_MODEL, WHOLE_MODEL_WORDS, Described, parse
from collector.storage.states import is_checksum, is_error

if TYPE_CHECKING:
    from collector.storage import Collection


@dataclass(frozen=True)
class Measure:
    """Something that was measured of each layer.

    Attributes:
        key: its scalars' name up to the stroke, as ``released_fraction@1e-05~ema``.
        metric: as ``released_fraction``.
        title: in words, with threshold and moving average.
        tip: a sentence on what it means; empty for what nobody described.
        is_log: whether it is told best on a log scale.
        unit: of its values; empty for a number without one.
        is_first: whether it is one of those that people look at first.
        is_own: whether the training brought it along; then the whole model may have it as well, or alone.
    """

    key: str
    metric: str
    title: str
    tip: str
    is_log: bool
    unit: str = ""
    is_first: bool = True
    is_own: bool = False

    def column(self, layer: str) -> str:
        """Name of its scalar of a layer, or of `WHOLE_MODEL_WORDS`."""
        return f"{self.key}/{WHOLE_MODEL if layer == WHOLE_MODEL_WORDS else layer}"


def is_bounded(metric: str) -> bool:
    """Whether its range is known, so that a linear scale tells it best: shares and angles."""
    return metric.endswith(("_fraction", "_angle"))


def layer_measures(names: Iterable[str], described: Described | None = None) -> list[Measure]:
    """What scalars of these names measure of layers, the best known first, each once; and what the training brought
    along, where that is of the whole model alone too."""
    described = described or {}
    keys: dict[str, Measure] = {}
    for text in names:
        key, _, layer = text.partition("/")
        is_of_none = not layer or (layer == WHOLE_MODEL and key not in described)
        if key in keys or is_of_none or is_checksum(text):
            continue  # before it is taken apart: there may be ten thousands
        name = parse(text, described)
        if not name.layer or name.metric == "learning_rate" or name.is_error:
            continue
        keys[key] = Measure(
            key,
            name.metric,
            capitalized(name.measure),
            name.words.tip,
            is_log=not (is_bounded(name.metric) or (name.is_own and described[name.metric].is_linear)),
            unit=name.words.unit,
            is_first=name.is_first,
            is_own=name.is_own,
        )
    return sorted(keys.values(), key=lambda each: (ORDER.get(each.metric, len(ORDER)), each.key.endswith("~ema")))


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
