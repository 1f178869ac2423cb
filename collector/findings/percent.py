"""Shares as they are written in sentences."""


def percent(share: float, decimals: int = 0) -> str:
    """A share as ``38 %``: with a space, as everywhere."""
    return f"{100 * share:.{decimals}f} %"
