"""A rectangle in px of the view."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rectangle:
    """Left, top, width and height, px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right border."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower border."""
        return self.y + self.height

    def overlaps(self, other: "Rectangle", slack: float = 1e-3) -> bool:
        """Whether the two share more than ``slack`` px in both directions."""
        return (
            min(self.right, other.right) - max(self.x, other.x) > slack
            and min(self.bottom, other.bottom) - max(self.y, other.y) > slack
        )
