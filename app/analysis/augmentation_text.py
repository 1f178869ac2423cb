"""What was done to a sample that was changed in many ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.analysis.figures import signed

if TYPE_CHECKING:
    from collector.storage.compared import Augmentations

NONE = "none"
"""The kind of the sample as it is."""


def augmentation_text(header: Augmentations, number: int) -> str:
    """What was done to the sample, as ``rotation 0.40 of 30 degrees``."""
    kind = header.kinds[number]
    if kind == NONE:
        return "unchanged"
    largest = header.largest.get(kind, "")
    strength = signed(float(header.strengths[number]), 2)
    return f"{kind} {strength} of {largest}" if largest else f"{kind} {strength}"
