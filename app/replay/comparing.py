"""Puts two collections on one clock, or two passes of one."""

from enum import Enum

from app.replay.opened import Comparing, OpenedCollection
from collector.comparing import Pair, pair_of
from collector.comparing.saved import SavedComparison
from collector.storage import Collection

__all__ = ["Comparing", "Side", "compared_passes", "compared_runs"]


class Side(Enum):
    """What the views show of two collections. The values are the words for it."""

    A = "A"
    B = "B"
    DIFFERENCE = "difference"


def compared_runs(a: OpenedCollection, b: OpenedCollection, wish: SavedComparison) -> Comparing:
    """Two runs side by side.

    Raises:
        ClockError: a run does not tell what the clock goes by.
        ValueError: the wish pairs layers that there are not.
    """
    return Comparing(a, b, wish, _pair(a.collection, b.collection, wish))


def compared_passes(opened: OpenedCollection, held: int) -> Comparing:
    """A pass of a run beside whichever is shown."""
    path = str(opened.collection.path)
    wish = SavedComparison(a=path, b=path)
    return Comparing(opened, opened, wish, _pair(opened.collection, opened.collection, wish), held)


def _pair(a: Collection, b: Collection, wish: SavedComparison) -> Pair:
    return pair_of(a, b, clock=wish.clock, offset=wish.offset, tolerance=wish.tolerance, layers=wish.layers)
