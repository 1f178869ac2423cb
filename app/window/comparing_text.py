"""What the bar says of two runs, or of two passes, that are compared."""

import numpy as np

from app.replay.comparing import Comparing, Side
from app.replay.frame import Frame

CLOCK_TEXTS = {
    "step": "by step",
    "epoch": "by epoch",
    "samples": "by samples seen",
    "seconds": "by seconds",
    "loss": "by loss reached",
}
"""Clock → how it is called; see `collector.comparing.clocks`."""


def side_texts(comparing: Comparing) -> dict[Side, str]:
    """What the three ways to look are called: which run is A is always told."""
    one, other = comparing.names
    if comparing.held is not None:
        return {Side.A: one, Side.B: other, Side.DIFFERENCE: "Change"}
    return {Side.A: f"A · {one}", Side.B: f"B · {other}", Side.DIFFERENCE: "Difference"}


def side_tips(comparing: Comparing) -> dict[Side, str]:
    """What each shows, with the whole paths."""
    if comparing.held is not None:
        one = comparing.names[0]
        a, b, change = f"The pass that is held: {one}", "The pass at the playhead", f"What has changed since {one}"
    else:
        a, b = f"A: {comparing.a.collection.path}", f"B: {comparing.b.collection.path}"
        change = "B less A, and log₂ of B ÷ A"
    return {Side.A: f"{a} (F5)", Side.B: f"{b} (F6)", Side.DIFFERENCE: f"{change} (F7)"}


def place_text(comparing: Comparing, frame: Frame) -> str:
    """Where the other one's pass lies, where it is not at just the same place; empty where it is, or one is alone."""
    if comparing.held is not None or frame.not_compared:
        return frame.not_compared if comparing.held is None else ""
    if frame.sides is None:
        return ""
    a, b = frame.sides
    if comparing.pair.alignment.of(np.array([a.step]), comparing.b.collection.passes.steps).is_exact.any():
        return "" if a.step == b.step else f"B: step {b.step:,}"
    return f"B: step {b.step:,}, the nearest"
