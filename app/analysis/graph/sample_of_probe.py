"""What is known of one probe sample: its picture, and what the network makes of it.

`K` classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph import Graph
from app.analysis.probabilities import softmax
from collector.storage.task import class_logits

if TYPE_CHECKING:
    from collector.storage.passes import Pass


def picture_of(graph: Graph, sample: int) -> np.ndarray | None:
    """The sample as it is drawn in the input's column, uint8 ``[H, W]`` or ``[H, W, 3]``; None where it is not."""
    is_drawn = any(column.drawing is Drawing.PICTURE for column in graph.columns)
    if graph.probe is None or not is_drawn or not 0 <= sample < len(graph.probe):
        return None
    picture = graph.probe.picture(sample)
    return None if picture is None else np.rint(np.nan_to_num(picture) * 255).astype(np.uint8)


def probabilities_of(graph: Graph, pass_: Pass, sample: int) -> np.ndarray | None:
    """Softmax of the logits, float32 ``[K]``, NaN where a logit is not finite; None without logits."""
    if pass_.logits is None or not graph.columns or not 0 <= sample < len(pass_.logits):
        return None
    if graph.task.kind != "classes" or pass_.logits.shape[1] != len(graph.columns[-1].class_names):
        return None
    logits = class_logits(pass_.logits, graph.task)[sample]
    probabilities = softmax(logits)
    return np.full(len(logits), np.nan, np.float32) if probabilities is None else probabilities.astype(np.float32)


def label_of(graph: Graph, sample: int) -> int | None:
    """The sample's true class; None where there is none."""
    labels = None if graph.probe is None else graph.probe.labels
    return None if labels is None or not 0 <= sample < len(labels) else int(labels[sample])
