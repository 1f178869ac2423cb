"""The correlation matrices of all pairs of layers in one picture, in the manner of the original study.

Needs matplotlib, which nothing else of the collector does.
"""

from typing import BinaryIO

import numpy as np

from collector.export.similarity import required
from collector.metrics.features import standardised
from collector.storage import Collection, CollectionError
from collector.storage.compared import ComparedLayer
from collector.storage.install_command import install_command
from collector.storage.similarities import Measurement

_WIDEST = 34.0
"""Inches of the picture; panels are 2.4 inches wide, less where there are many layers."""

_PANEL = 2.4
_DPI = 100


def write_grid(collection: Collection, file: BinaryIO, number: int = -1) -> None:
    """Paint a measurement's Pearson matrices as PNG: the upper triangle of layer pairs, ``hot``, from 0 to 1.

    Negative correlations are black, as in the original. Features that are the same for every sample are grey. Each
    title has the recorded mean of all features; the matrices show those that the file holds.

    Args:
        number: which of ``collection.similarities``; the last one.

    Raises:
        CollectionError: layers were not compared, the measurement is damaged, or matplotlib is not there.
    """
    similarity = required(collection)
    measured = collection.similarities[number]
    try:
        from matplotlib import colormaps
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        way_out = f"Install it: {install_command('matplotlib')}"
        raise CollectionError(collection.path, "cannot be painted without matplotlib.", way_out) from None
    layers = list(similarity.layers.values())
    scaled = [_standardised(measured, layer) for layer in layers]
    panel = min(_PANEL, _WIDEST / len(layers))
    size = panel * len(layers)
    font = max(4.0, 4.2 * panel)
    figure = Figure(figsize=(size + 1.4, size + 0.8), dpi=_DPI)
    canvas = FigureCanvasAgg(figure)
    ended = "before the first step" if measured.step == 0 else f"after {measured.epoch} epochs, step {measured.step:,}"
    figure.suptitle(f"Layer correlations {ended}", fontsize=font * 2, y=1 - 0.2 / (size + 0.8))
    grid = figure.add_gridspec(
        len(layers), len(layers), left=0.5 / (size + 1.4), right=1 - 1.0 / (size + 1.4), bottom=0.4 / (size + 0.8),
        top=1 - 0.9 / (size + 0.8), wspace=0.5, hspace=0.6,
    )  # fmt: skip
    colours = colormaps["hot"].with_extremes(bad="grey")
    image = None
    for i, one in enumerate(layers):
        for j in range(i, len(layers)):
            axes = figure.add_subplot(grid[i, j])
            image = axes.imshow(_matrix(scaled[i], scaled[j]), cmap=colours, vmin=0, vmax=1, aspect="auto")
            axes.set_title(f"{one.name} → {layers[j].name}\nmean={measured.clipped[i, j]:.6f}", fontsize=font)
            axes.set_ylabel(_label(one), fontsize=font * 0.8)
            axes.set_xlabel(_label(layers[j]), fontsize=font * 0.8)
            axes.set_xticks([])
            axes.set_yticks([])
    if image is not None:
        bar = figure.add_axes((1 - 0.7 / (size + 1.4), 0.1, 0.2 / (size + 1.4), 0.8))
        figure.colorbar(image, cax=bar)
    canvas.print_png(file)


def _standardised(measured: Measurement, layer: ComparedLayer) -> np.ndarray:
    """The kept features ``[N, D]``, NaN where one is constant or was not recorded."""
    features = measured.features(layer.name)
    if features is None:
        return np.full((1, max(1, len(layer.kept))), np.nan, np.float32)
    scaled = standardised(features)
    scaled[:, ~scaled.any(axis=0)] = np.nan
    return scaled


def _matrix(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    if len(one) != len(other):  # one of the two was not recorded
        return np.full((one.shape[1], other.shape[1]), np.nan)
    matrix: np.ndarray = (one.T @ other).clip(0, 1)
    return matrix


def _label(layer: ComparedLayer) -> str:
    kept = len(layer.kept)
    return f"{kept:,} features" if kept == layer.features else f"{kept:,} of {layer.features:,} features"
