"""How strongly a loss bends along a direction, from the loss alone."""

from collections.abc import Callable


def curvature(loss: Callable[[float], float], distance: float, middle: float | None = None) -> float:
    """(L(w + δu) − 2 L(w) + L(w − δu)) ÷ δ²: uᵀHu, H the Hessian, up to O(δ²), where u has length 1.

    Args:
        loss: how far along u → the loss there.
        distance: δ > 0.
        middle: L(w), where it is known.
    """
    middle = loss(0.0) if middle is None else middle
    return (loss(distance) - 2 * middle + loss(-distance)) / distance**2
