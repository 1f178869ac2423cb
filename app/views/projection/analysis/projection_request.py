"""What can be laid out in a plane, and how: what is wished, and what came of it. `N` samples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

RAW = ""
"""The source that is no layer: the samples as they are."""


class Method(Enum):
    """A way from many features to two."""

    PCA = "PCA"
    TSNE = "t-SNE"
    UMAP = "UMAP"
    LINEAR = "linear autoencoder"
    NONLINEAR = "non-linear autoencoder"

    @property
    def setting(self) -> str:
        """What its setting is called; empty where it has none."""
        return {Method.TSNE: "perplexity", Method.UMAP: "neighbours"}.get(self, "")

    @property
    def settings(self) -> tuple[int, ...]:
        """Sensible values of its setting, the usual one first."""
        return {Method.TSNE: (30, 5, 10, 50, 100), Method.UMAP: (15, 5, 30, 50, 100)}.get(self, ())

    @property
    def is_fitted(self) -> bool:
        """Whether it is a map that is fixed once, and then places any sample of as many features."""
        return not self.settings

    @property
    def about(self) -> str:
        """What it does, in a sentence or two."""
        return {
            Method.PCA: "The two directions along which the samples differ most. Fixed by the last epoch, so that "
            "every epoch is seen along the same axes.",
            Method.TSNE: "Keeps neighbours together; distances between groups say little. The last epoch is laid out "
            "from scratch, each earlier one begins where the next ended.",
            Method.UMAP: "Keeps neighbours together, and some of the large shape. The last epoch is laid out from "
            "scratch, each earlier one begins where the next ended.",
            Method.LINEAR: "The plane through which a linear network of two units loses least of the last epoch: that "
            "of PCA, with axes of no meaning.",
            Method.NONLINEAR: "A small network squeezes the samples of all epochs through two units and unfolds them "
            "again; samples it never saw have a place too.",
        }[self]


@dataclass(frozen=True)
class FittedWith:
    """Another run that a map is fitted on as well, so that both are seen in one frame.

    Attributes:
        path: its file.
        source: its layer; or `RAW`.
        key: tells its records from all others, see `point_run.run_key`.
        is_first: whether its features stand before the own ones: in both runs they stand in one order.
    """

    path: str
    source: str
    key: str
    is_first: bool


@dataclass(frozen=True)
class ProjectionRequest:
    """What shall be laid out.

    Attributes:
        fitted_with: what the map is fitted on besides; None: nothing.
        source: a layer, all of whose epochs are laid out; or `RAW`.
        setting: perplexity of t-SNE, neighbours of UMAP; 0 for the others.
    """

    source: str
    method: Method
    setting: int = 0
    fitted_with: FittedWith | None = None


@dataclass(frozen=True, eq=False)
class Points:
    """Samples in a plane.

    Attributes:
        positions: float32 ``[N, 2]``.
        explained: shares of the variance, 0…1: of each axis for PCA, of both for an autoencoder, else none.
        trustworthiness: 0…1, of how far neighbours in the plane are neighbours in truth (Venna & Kaski 2001),
            measured on at most 2,000 samples; NaN where it is not known.
        same_class: share of the samples whose nearest neighbour in the plane is of their class; NaN without labels.
    """

    positions: np.ndarray
    explained: tuple[float, ...]
    trustworthiness: float
    same_class: float


@dataclass(frozen=True, eq=False)
class Projected:
    """What is known so far of a request: the number of each record that is laid out (0 for `RAW`) → its points."""

    request: ProjectionRequest
    points: dict[int, Points]
    expected: int
    """So many there are to be in all."""

    @property
    def is_whole(self) -> bool:
        return len(self.points) >= self.expected
