"""What a painter draws on."""

from PyQt6.QtGui import QPaintEngine, QPainter


def is_vector(painter: QPainter) -> bool:
    """Whether it is an SVG file: shapes are written down then, so no ready pictures, and no lines of thinner ones."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() == QPaintEngine.Type.SVG


def pixel_ratio(painter: QPainter) -> float:
    """Px of the device for one of the screen's; pens that ignore zoom ignore this too, and have to be made wider."""
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatioF()
