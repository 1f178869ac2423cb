"""Which of the chosen edges there is time to draw, and how well."""

import numpy as np

from app.analysis.graph.strongest import Lines, fair_shares


def affordable(
    lines: Lines, lengths: np.ndarray, smooth_length: float, rough_length: float
) -> tuple[np.ndarray, np.ndarray]:
    """Split edges by what drawing them costs, which is their length.

    Each pair of columns gets a fair share of both lengths, for its strongest edges first.

    Args:
        lines: the edges, the faintest first.
        lengths: of each edge, px ``[k]``.
        smooth_length: px of line that are drawn smoothly.
        rough_length: px of line that are drawn roughly below those.

    Returns:
        positions in ``lines`` of those drawn roughly and of those drawn smoothly, each rising; the rest is not drawn.
    """
    if lengths.sum() <= smooth_length:
        return np.zeros(0, np.int64), np.arange(len(lines))
    # strongest first, pair by pair
    strongest_first = np.arange(len(lines))[::-1]
    order = strongest_first[np.argsort(lines.pairs[::-1] * np.int64(len(lines)) + np.arange(len(lines)))]
    starts = np.flatnonzero(np.diff(lines.pairs[order], prepend=-1))
    wanted = np.add.reduceat(lengths[order], starts)
    shares = np.array(fair_shares(np.ceil(wanted).astype(int).tolist(), int(smooth_length + rough_length)), float)
    total = np.cumsum(lengths[order])
    before = np.append(0, total)[starts]
    sizes = np.diff(np.append(starts, len(lines)))
    within = total - np.repeat(before, sizes)
    share = np.repeat(shares, sizes)
    smooth_part = np.repeat(fair_shares(np.ceil(wanted).astype(int).tolist(), int(smooth_length)), sizes)
    is_smooth = within <= smooth_part
    is_rough = ~is_smooth & (within <= share)
    return np.sort(order[is_rough]), np.sort(order[is_smooth])
