"""How well colours can be told apart, as WCAG defines it."""

from PyQt6.QtGui import QColor


def contrast(one: QColor, other: QColor) -> float:
    """Of two colours, as WCAG defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: QColor) -> float:
    """From 0 for black to 1 for white, as WCAG defines it."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
