"""Where tiles lie in a room of some pixels."""

from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF

GAP = 3
NUMBER_PX = 13
"""Room above a tile for its number."""

_LEAST_NUMBERED_PX = 22
SIDE_PX = 30
"""Room at the left of a table for the numbers of its rows."""


@dataclass(frozen=True)
class TilePlaces:
    """Equal tiles in rows. ``factor`` is screen pixels a value: a whole number from 1 on, or less where many are."""

    n: int
    height: int
    width: int
    n_columns: int
    factor: float
    origin: QPointF
    above: float
    """Room above each tile, px."""
    gap: float = GAP

    @property
    def pitch(self) -> tuple[float, float]:
        """From one tile to the next, across and down, px."""
        return self.width * self.factor + self.gap, self.height * self.factor + self.gap + self.above

    def rect(self, tile: int) -> QRectF:
        """Where a tile is."""
        row, column = divmod(tile, self.n_columns)
        across, down = self.pitch
        left, top = self.origin.x() + column * across, self.origin.y() + row * down + self.above
        return QRectF(left, top, self.width * self.factor, self.height * self.factor)

    def at(self, point: QPointF) -> tuple[int, int, int] | None:
        """Tile, row and column of the value at a point."""
        across, down = self.pitch
        column, row = int((point.x() - self.origin.x()) // across), int((point.y() - self.origin.y()) // down)
        tile = row * self.n_columns + column
        if not (0 <= column < self.n_columns and row >= 0 and 0 <= tile < self.n):
            return None
        place = self.rect(tile)
        x, y = (point.x() - place.left()) / self.factor, (point.y() - place.top()) / self.factor
        return (tile, int(y), int(x)) if 0 <= x < self.width and 0 <= y < self.height else None


def tile_places(n: int, height: int, width: int, room: QRectF, n_columns: int = 0) -> TilePlaces:
    """The largest tiles that fit.

    Args:
        n: how many, at least 1.
        height, width: of a tile, in values.
        room: in pixels.
        n_columns: of a table, which has numbers at its sides; 0: as they fit, each with its number above.
    """
    if n_columns:
        inside = room.adjusted(SIDE_PX, NUMBER_PX + 2, 0, 0)
        rows = -(-n // n_columns)
        for gap in (GAP, 1, 0):
            factor = _factor(n_columns, rows, height, width, inside, gap, 0)
            if factor >= 1 and width * factor > gap:  # no more space than picture
                break
        return TilePlaces(n, height, width, n_columns, factor, inside.topLeft(), 0, gap)
    best: tuple[float, int, int] = (0.0, 1, 0)
    for above in (NUMBER_PX, 0):
        for columns in range(1, n + 1):
            factor = _factor(columns, -(-n // columns), height, width, room, GAP, above)
            has_room = not above or width * factor >= _LEAST_NUMBERED_PX
            if has_room and factor >= best[0]:  # of equally large ones the widest, which leaves least room empty
                best = factor, columns, above
        if best[0]:
            break
    factor, columns, above = best
    return TilePlaces(n, height, width, columns, factor, room.topLeft(), above)


def _factor(columns: int, rows: int, height: int, width: int, room: QRectF, gap: int, above: int) -> float:
    across = (room.width() - (columns - 1) * gap) / (columns * width)
    down = (room.height() - (rows - 1) * gap - rows * above) / (rows * height)
    factor = max(min(across, down), 0.02)
    return float(int(factor)) if factor >= 1 else factor
