"""What is said of samples in a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.analysis.axis import place_text
from app.analysis.probabilities import percent
from app.analysis.same_samples import UNKNOWN
from app.views.projection.analysis.point_run import PointRun
from app.views.projection.analysis.projection_request import RAW, Points

if TYPE_CHECKING:
    from collector.storage import Collection

RAW_DATA = "raw data"


def sources_of(collection: Collection) -> dict[str, str]:
    """What of a collection can be laid out: in words → the source of a `ProjectionRequest`."""
    sources = {RAW_DATA: RAW}
    for name in {} if collection.projection is None else collection.projection.layers:
        stage = collection.layers[name].stage if name in collection.layers else name
        sources[f"{stage}, after {name}" if stage != name else name] = name
    return sources


def run_text(collection: Collection) -> str:
    """A collection by its dataset and its file, as ``mnist · run.json``."""
    dataset = collection.run.data_used or collection.run.dataset
    return " · ".join(part for part in (dataset, collection.path.name) if part)


def measurement_text(run: PointRun, number: int | None, source: str) -> str:
    """Of which epoch points are; ``number`` is that of their record."""
    if source == RAW:
        return "the same at every epoch"
    return "" if number is None else place_text(int(run.epochs[number]), int(run.steps[number]))


def points_text(run: PointRun, source: str, points: Points | None) -> str:
    """How far the places of samples can be trusted, how many there are, and by how many features."""
    told = []
    if points is not None:
        if np.isfinite(points.trustworthiness):
            told.append(f"trustworthiness {points.trustworthiness:.2f}")
        if np.isfinite(points.same_class):
            told.append(f"{percent(points.same_class)} nearest to their own class")
        if len(points.explained) == 1:
            told.append(f"{percent(points.explained[0])} of the variance kept")
    told.append(f"{len(run):,} samples")
    layers = {} if run.collection.projection is None else run.collection.projection.layers
    if source in layers and len(layers[source].kept) < layers[source].features:
        told.append(f"{len(layers[source].kept):,} of {layers[source].features:,} features")
    return " · ".join(told)


def sample_lines(run: PointRun, number: int | None, sample: int) -> list[tuple[str, str]]:
    """What a sample is and what was predicted; each line with a field of the palette for its colour."""
    lines = [(f"sample #{sample:,}", "faint_text")]
    label = None if run.labels is None else int(run.labels[sample])
    if label is not None:
        lines.append((f"label {run.name_of(label)}", "text"))
    predicted = run.predicted(number)
    if predicted is not None and predicted[sample] != UNKNOWN:
        colour = "text" if label is None else "right" if predicted[sample] == label else "wrong"
        lines.append((f"predicted {run.name_of(int(predicted[sample]))}", colour))
    return lines
