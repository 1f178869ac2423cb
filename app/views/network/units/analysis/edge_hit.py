"""Which of the drawn edges is near a point.

`k` lines.
"""

import numpy as np


class DrawnLines:
    """Straight lines, ready to be asked again and again.

    Args:
        starts: px ``[k, 2]``
        ends: px ``[k, 2]``
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self._x, self._y = (np.ascontiguousarray(starts[:, axis], np.float32) for axis in (0, 1))
        along = (ends - starts).astype(np.float32)
        self._along_x, self._along_y = np.ascontiguousarray(along[:, 0]), np.ascontiguousarray(along[:, 1])
        self._squares = np.maximum(self._along_x**2 + self._along_y**2, np.float32(1e-12))

    def __len__(self) -> int:
        return len(self._x)

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """Number of the line nearest to a point, of several equally near the last; None if all are beyond ``reach``."""
        if not len(self):
            return None
        from_x, from_y = np.float32(x) - self._x, np.float32(y) - self._y
        part = np.clip((from_x * self._along_x + from_y * self._along_y) / self._squares, 0, 1)
        distances = (from_x - part * self._along_x) ** 2 + (from_y - part * self._along_y) ** 2
        nearest = len(self) - 1 - int(np.argmin(distances[::-1]))
        return nearest if distances[nearest] <= reach**2 else None
