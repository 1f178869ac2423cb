"""How two passes differ, array by array."""

from app.replay.comparing import Comparing
from app.replay.frame import Frame
from collector.comparing.pass_differences import ArrayDifference, differences_of

NAME = "compare"
"""Of the view, by which its part of a frame is known."""


def subtract(comparing: Comparing, a: Frame, b: Frame) -> list[ArrayDifference]:
    """All arrays that either has of the layers with a partner, see `ViewSpec.subtract`."""
    pair = comparing.pair
    return list(
        differences_of(a.taken, b.taken, pair.a.layers, pair.b.layers, pair.partner, has_same_probe=pair.has_same_probe)
    )
