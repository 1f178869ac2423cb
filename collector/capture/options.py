"""What a user asks of a collector, whatever the framework: checked at the line that makes it."""

from os import PathLike

from collector.capture.black_box import MOST_BYTES, check_black_box
from collector.capture.budget import check_budget
from collector.capture.feature_maps import check_maps
from collector.capture.insight_options import InsightOptions
from collector.capture.metric import check_metrics
from collector.capture.similarity_recorder import check_comparing
from collector.capture.units import check_plan


def check_options(
    *,
    path: object,
    interval: object,
    neuron_cap: object,
    unit_rule: str,
    insight: object,
    similarity_interval: object,
    similarity_features: object,
    budget: object,
    feature_maps: object,
    feature_samples: object,
    metrics: object,
    black_box: object = 0,
    black_box_bytes: object = MOST_BYTES,
) -> None:
    """Whether a run can be collected in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if not isinstance(path, str | PathLike):
        raise ValueError(f"path is of type {type(path).__name__}; give the name of the file to be written")
    if not isinstance(interval, int) or interval < 1:
        raise ValueError(f"interval is {interval!r}; it must be a whole number, 1 or more")
    if not isinstance(neuron_cap, int):
        raise ValueError(f"neuron_cap is {neuron_cap!r}; it must be a whole number, 0 (keep all) or more")
    check_plan(neuron_cap, unit_rule)
    check_black_box(black_box, black_box_bytes, unit_rule)
    if not isinstance(insight, InsightOptions | None):
        raise ValueError(f"insight is of type {type(insight).__name__}; give InsightOptions(…) or None")
    check_comparing(similarity_interval, similarity_features)
    check_maps(feature_maps, feature_samples)
    check_budget(budget)
    check_metrics(metrics)
