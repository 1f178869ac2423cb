"""How far an axis of values goes beyond them, so that what is drawn around a value is seen whole."""

_MOST_SHARE = 1 / 3
"""Of the axis, for the room at either end."""


def with_room(
    bounds: tuple[float, float], height: float, *, share: float, least_px: float, lowest: float, strip_px: float
) -> tuple[float, float]:
    """Bounds that leave room at both ends.

    Args:
        bounds: of the values, the second above the first.
        height: of the axis in px, at least 1.
        share: of the span of the values, what is left free at each end.
        least_px: no less is.
        lowest: of the values; inf where there is none.
        strip_px: what is left free below it.
    """
    low, high = bounds
    most = height * _MOST_SHARE
    end = min(max(height * share / (1 + 2 * share), least_px), most)
    strip = min(strip_px, most)
    per_px = max((high - low) / (height - 2 * end), (high - lowest) / (height - end - strip))
    return min(low - end * per_px, lowest - strip * per_px), high + end * per_px
