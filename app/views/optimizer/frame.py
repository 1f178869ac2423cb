"""What is shown of a pass: how weights, gradients and updates are spread."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from collector.storage.passes import Pass

NAME = "optimizer"
"""Of the view, by which its part of a frame is known."""


@dataclass(frozen=True, eq=False)
class OptimizerFrame:
    """One pass.

    Attributes:
        histograms: layer → ``weight``, ``gradient``, ``update`` → counts int ``[129]``.
        damage: why they cannot be read; empty where they can.
    """

    histograms: Mapping[str, Mapping[str, np.ndarray]]
    damage: str = ""


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> OptimizerFrame:
    """What is shown of a pass, see `ViewSpec.prepare`."""
    histograms = pass_.histograms  # which are looked for damage when they are asked for
    return OptimizerFrame(histograms, pass_.damaged.get(("", "histograms"), ""))
