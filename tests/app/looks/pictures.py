"""Pictures of the window that are the same on every machine, kept beside what they looked like when somebody looked."""

from importlib.metadata import version
from pathlib import Path

import numpy as np
from PIL import Image

SEEN = Path(__file__).parent / "seen"
"""The pictures that somebody has looked at."""
PAINTED = "STROBE_LOOKS_PAINTED"
"""Names a folder into which pictures are painted that are no longer, or not yet, as those that were seen."""
FAINT = 32
"""Of 255: what differs by less is how edges are smoothed, which is another thing on another processor."""
FEW = 2
"""So many pixels may differ by more."""
PAINTED_WITH = SEEN / "painted_with.txt"


def versions() -> str:
    """Of what paints: another Qt smooths an edge in another way."""
    own = {name: version(name) for name in ("PyQt6-Qt6", "pyqtgraph", "pyqtdarktheme-fork")}
    return "\n".join(f"{name} {number}" for name, number in own.items())


def seen(name: str) -> np.ndarray:
    """What a scene looked like; black where nobody has seen it."""
    path = SEEN / f"{name}.webp"
    return np.asarray(Image.open(path).convert("RGB")) if path.exists() else np.zeros((1, 1, 3), np.uint8)


def keep(picture: np.ndarray, path: Path) -> None:
    """Write it without a loss."""
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(picture).save(path, lossless=True, method=6)


def differing(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where two pictures differ, bool ``[H, W]``: everywhere where they are of two sizes."""
    if picture.shape != other.shape:
        return np.ones(picture.shape[:2], bool)
    return (np.abs(picture.astype(int) - other) > FAINT).any(axis=2)


def marked(picture: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The picture, dark but for what differs."""
    return np.where(where[..., None], picture, picture // 4)
