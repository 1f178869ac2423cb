"""Which edges are drawn, and in which order: the strongest of each pair, the strongest of all on top.

`k` drawn edges, `E` edges of a pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from app.analysis.colours import NOT_FINITE, strengths
from app.analysis.graph.graph import Graph

LEVELS = 12
"""Steps of width and opacity."""

DENSITIES = (400, 1_200, 3_600)
"""Edges of a pair above which each of them is drawn fainter, so that many do not run together."""

TURN = 60
"""Edges of one sign drawn before the other sign's."""

NOT_FINITE_STYLE = 2 * LEVELS * (len(DENSITIES) + 1)
"""Style of edges whose number is NaN or Inf: they come last, on top."""


@dataclass(frozen=True)
class Style:
    """How an edge is drawn.

    Attributes:
        level: of its magnitude, 0 up to `LEVELS` - 1.
        density: how many thresholds of `DENSITIES` its pair exceeds.
        is_negative: whether its number is below 0.
        is_finite: whether it has a number at all.
    """

    level: int
    density: int
    is_negative: bool
    is_finite: bool = True


def style_of(number: int) -> Style:
    """What a number in `Lines.styles` stands for. Of two, the larger is as strong or stronger."""
    if number == NOT_FINITE_STYLE:
        return Style(LEVELS - 1, 0, is_negative=False, is_finite=False)
    rest, is_negative = divmod(number, 2)
    level, sparsity = divmod(rest, len(DENSITIES) + 1)
    return Style(level, len(DENSITIES) - sparsity, bool(is_negative))


def style_number(level: int, *, is_negative: bool) -> int:
    """Number of the style of an edge in a pair of few edges."""
    return 2 * (level * (len(DENSITIES) + 1) + len(DENSITIES)) + is_negative


@dataclass(frozen=True, eq=False)
class Lines:
    """The edges to draw, the faintest first.

    Attributes:
        pairs: number of each edge's pair, int32 ``[k]``.
        edges: its number within the pair, int ``[k]``.
        leaving: anchor it leaves, counted over the whole graph, int ``[k]``.
        arriving: anchor it arrives at, counted over the whole graph, int ``[k]``.
        styles: uint8 ``[k]``; their strength never falls, and the signs of the same strength take turns.
        n_edges: how many edges there are to choose from.
        n_left_out: how many of them were not chosen because others are stronger; edges of 0 are no loss.
    """

    pairs: np.ndarray
    edges: np.ndarray
    leaving: np.ndarray
    arriving: np.ndarray
    styles: np.ndarray
    n_edges: int
    n_left_out: int = 0

    def __len__(self) -> int:
        return len(self.styles)


def style_runs(styles: np.ndarray) -> list[tuple[int, int, int]]:
    """Stretches of the same style in an array of them, as (style, start, stop)."""
    if not len(styles):
        return []
    bounds = [0, *(np.flatnonzero(np.diff(styles)) + 1).tolist(), len(styles)]
    return [(int(styles[start]), start, stop) for start, stop in pairwise(bounds)]


def fair_shares(wanted: Sequence[int], most: int) -> list[int]:
    """Split ``most`` evenly; who wants less than an even share leaves the rest to the others."""
    shares = list(wanted)
    left = most
    for place, number in enumerate(sorted(range(len(wanted)), key=lambda number: wanted[number])):
        shares[number] = min(wanted[number], left // (len(wanted) - place))
        left -= shares[number]
    return shares


def strongest_lines(
    graph: Graph,
    values: Sequence[np.ndarray | None],
    scales: Sequence[float],
    most_edges: int,
    among: Sequence[np.ndarray | None] | None = None,
) -> Lines:
    """Choose the edges to draw.

    Args:
        graph: `values`, `scales` and `among` have an entry for each of its pairs.
        values: numbers of the edges, float32 ``[E]``; None where they were not recorded.
        scales: the magnitude of a full colour.
        most_edges: how many are drawn at most. Each pair gets a fair share of them. Edges of 0 are not drawn.
        among: numbers of the edges to choose from, or None for none of the pair; left out: all edges.
    """
    if among is None:
        sizes = [0 if each is None else len(each) for each in values]
    else:
        sizes = [0 if each is None or own is None else len(own) for each, own in zip(values, among, strict=True)]
    shares = fair_shares(sizes, most_edges)
    parts = [
        _pair_lines(graph, number, each, scales[number], None if among is None else among[number], shares[number])
        for number, each in enumerate(values)
        if each is not None and shares[number] > 0
    ]
    none = np.zeros(0, np.int32)
    parts = parts or [(none, none, none, none, none.astype(np.uint8))]
    pairs, edges, leaving, arriving, styles = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = drawing_order(styles)
    left_out = sum(sizes) - sum(shares)
    return Lines(pairs[order], edges[order], leaving[order], arriving[order], styles[order], sum(sizes), left_out)


def drawing_order(styles: np.ndarray) -> np.ndarray:
    """Rising in strength; of the same strength the signs take turns: drawn last, one would hide the other."""
    by_style = np.argsort(styles, kind="stable")
    ordered = styles[by_style]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    # one number for all of it is sorted several times faster than two; in a turn the signs stay in their order
    turn = (ordered >> 1).astype(np.int64) * len(ordered) + rank // TURN
    return by_style[np.argsort(turn * len(ordered) + np.arange(len(ordered)))]


def _pair_lines(
    graph: Graph, number: int, values: np.ndarray, scale: float, among: np.ndarray | None, share: int
) -> tuple[np.ndarray, ...]:
    pair = graph.pairs[number]
    assert pair.wiring is not None, "only wired pairs have values"
    edges = _largest(np.abs(values if among is None else values[among]), share)
    if among is not None:
        edges = among[edges]
    edges = edges[values[edges] != 0]
    strength = strengths(values[edges], scale)
    source, target = pair.wiring.ends(edges)
    return (
        np.full(len(edges), number, np.int32),
        edges,
        source + graph.columns[pair.source].first_anchor,
        target + graph.columns[pair.target].first_anchor,
        _style_numbers(values[edges], strength),
    )


def _style_numbers(values: np.ndarray, strength: np.ndarray) -> np.ndarray:
    level = strength.astype(np.int16) * LEVELS // NOT_FINITE
    sparsity = sum(len(values) <= threshold for threshold in DENSITIES)
    styles = (2 * (level * (len(DENSITIES) + 1) + sparsity) + np.signbit(values)).astype(np.uint8)
    styles[strength == NOT_FINITE] = NOT_FINITE_STYLE
    return styles


def _largest(magnitudes: np.ndarray, n: int) -> np.ndarray:
    """Numbers of the `n` largest, in no order but where these are all; NaN counts as larger than anything."""
    if n >= len(magnitudes):
        return np.arange(len(magnitudes))
    return np.argpartition(magnitudes, len(magnitudes) - n)[len(magnitudes) - n :]
