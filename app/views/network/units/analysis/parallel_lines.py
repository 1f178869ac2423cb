"""Wide lines as thin ones side by side: a wide antialiased line costs Qt ten times as much as a thin one."""

import numpy as np


def parallel_lines(
    starts: np.ndarray, ends: np.ndarray, widths: np.ndarray, spacing: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split lines into thin ones that lie ``spacing`` apart.

    Args:
        starts: ``[k, 2]``
        ends: ``[k, 2]``
        widths: how many thin lines each becomes, int ``[k]``, at least 1.
        spacing: distance of two neighbouring lines, in the units of the points.

    Returns:
        starts and ends of the thin lines, ``[n, 2]`` each, and the number of the line each belongs to, ``[n]``, rising.
    """
    if not (widths > 1).any():
        return starts, ends, np.arange(len(starts))
    line = np.repeat(np.arange(len(starts)), widths)
    first = np.repeat(np.cumsum(widths) - widths, widths)
    steps = np.arange(len(line)) - first - (widths[line] - 1) / 2
    along = ends - starts
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    shift = normal[line] * (steps * spacing)[:, None]
    return starts[line] + shift, ends[line] + shift, line
