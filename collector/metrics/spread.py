"""How the words of a sample spread: what the standard errors of its estimates are made of."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.flat_layout import WORD, FlatLayout
from collector.metrics.sample import covariances
from collector.metrics.sign_history import COUNTS, Compared
from collector.metrics.step_block import DOTS, Block

Pairs = tuple[tuple[str, str], ...]

COUNT_PAIRS: Pairs = (
    *((each, each) for each in (*COUNTS, "size", "drift", "drift_squares")),
    *(("near_zero", "size"), ("retained", "near_before"), ("sign_flips", "retained"), ("drift", "retained")),
)
FLIP_PAIRS: Pairs = (("flips", "flips"), ("flips", "size"), ("size", "size"))
GAP_PAIRS: Pairs = (("xy", "xy"), ("xx", "xx"), ("yy", "yy"), ("xy", "xx"), ("xy", "yy"), ("xx", "yy"))


class Spread:
    """The covariances of a block of steps.

    Args:
        layout: where the parameters lie.
    """

    def __init__(self, layout: FlatLayout) -> None:
        self._layout = layout
        last = layout.starts + layout.n_taken - 1
        self._size = np.full(len(layout.owners), WORD, np.float32)
        self._size[last] = (layout.counted - 1) % WORD + 1

    def of_counts(self, compared: Sequence[Compared], drift: np.ndarray) -> np.ndarray:
        """``[K, pairs, C, T, P]``; ``drift`` is ``[2, K, C, T, W]``."""
        counts = np.stack([each.counts for each in compared], axis=2).astype(np.float32)
        values = dict(zip(COUNTS, counts, strict=True)) | {"drift": drift[0], "drift_squares": drift[1]}
        return self._covariances(values | {"size": self._size}, COUNT_PAIRS, 1)

    def of_flips(self, compared: Sequence[Compared]) -> np.ndarray:
        """``[K, 3, C, P]``."""
        flips = np.stack([each.flips for each in compared], axis=1).astype(np.float32)
        return self._covariances({"flips": flips, "size": self._size}, FLIP_PAIRS, 1)

    def of_gaps(self, block: Block) -> np.ndarray:
        """``[K, 2, 6, P]``, of x·y, x² and y²."""
        dots = dict(zip(DOTS, block.dots.astype(np.float64), strict=True))
        squares = block.squares.astype(np.float64)
        now, before = squares[block.now], squares[block.before]
        pairs = ((dots["along"], before), (dots["along_moment"], dots["moment"]))
        found = [self._covariances({"xy": xy, "xx": xx, "yy": now}, GAP_PAIRS, 1) for xy, xx in pairs]
        return np.stack(found, axis=1)

    def _covariances(self, values: dict[str, np.ndarray], pairs: Pairs, axis: int) -> np.ndarray:
        layout, names = self._layout, list(values)
        shape = np.broadcast_shapes(*(each.shape for each in values.values()))
        whole = [np.broadcast_to(each, shape) for each in values.values()]
        numbers = [(names.index(one), names.index(other)) for one, other in pairs]
        return np.moveaxis(covariances(whole, numbers, layout.starts, layout.n_words, layout.n_taken), 0, axis)
