"""A graph without cycles laid out from left to right, in rows if it is long. Small, and made for chains with branches.

Ranks by the longest path (Sugiyama, Tagawa, Toda 1981), orders by barycentres, heights by least squares that keep the
order (pool adjacent violators). What passes a rank on its way keeps a lane of its own there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]

GAP = 30.0
"""Between ranks, px; edges bend there."""

ROW_GAP = 34.0
_BESIDE = 16.0
_LANE = 12.0
_CHANNEL = 7.0
_MARGIN = 20.0
_SWEEPS = 6
_FEW_SWEEPS = 2
_MANY = 1_000
"""Blocks and lanes above which fewer sweeps are made: a network that large is not looked at as a whole."""

MOST_PASSING = 40_000
"""Links in lanes, counted in each that they pass, the shortest ways first; what goes further runs straight across."""

_MOST_STEP = 60.0


@dataclass(frozen=True)
class Block:
    """Something with a size. Ports stand on the border of what is laid out: first those in, last those out."""

    width: float
    height: float
    is_in: bool = False
    is_out: bool = False


@dataclass(frozen=True)
class Link:
    """From a place of one block's right side to a place of another's left side, px from their tops.

    ``trunk`` is the same for links that carry the same thing; they share their way as far as it goes.
    """

    source: int
    target: int
    leaves: float
    arrives: float
    trunk: str


@dataclass(frozen=True)
class Way:
    """A stretch of an edge: points to be joined, and the links that run along it."""

    points: tuple[Point, ...]
    links: frozenset[int]


@dataclass(frozen=True)
class Layered:
    """Where blocks stand and edges run, from the upper left corner."""

    width: float
    height: float
    places: tuple[Point, ...]
    ways: tuple[Way, ...]


@dataclass
class _Spot:
    """A block, or a lane, in its rank."""

    rank: int
    height: float
    block: int | None = None
    before: list[tuple[_Spot, float, float, float]] = field(default_factory=list)
    """What it reads: the spot, where its edge leaves, where it arrives, and how much it counts."""
    after: list[tuple[_Spot, float, float, float]] = field(default_factory=list)
    y: float = field(init=False)
    """Of its top."""


def layered(blocks: Sequence[Block], links: Sequence[Link], widest: float) -> Layered:
    """Lay blocks out.

    Args:
        blocks: in the order in which they stand where nothing else decides.
        links: between them, without a cycle.
        widest: a row is broken where it would become wider, px.
    """
    if not blocks:
        return Layered(0.0, 0.0, (), ())
    ranks = _ranks(blocks, links)
    spots = [_Spot(rank, block.height, number) for number, (rank, block) in enumerate(zip(ranks, blocks, strict=True))]
    trunks = _trunks(spots, links)
    columns = _columns(blocks, spots, trunks)
    widths = [max(blocks[each.block].width for each in column if each.block is not None) for column in columns]
    rows = _rows(columns, widths, widest)
    for row in rows:
        _order(columns[row.start : row.stop])
        _settle(columns[row.start : row.stop])
    return _placed(blocks, links, spots, columns, widths, rows, trunks)


def _ranks(blocks: Sequence[Block], links: Sequence[Link]) -> list[int]:
    has_in = any(block.is_in for block in blocks)
    ranks = [0 if block.is_in or not has_in else 1 for block in blocks]
    readers: dict[int, list[int]] = {}
    n_awaited = [0] * len(blocks)
    for link in links:
        readers.setdefault(link.source, []).append(link.target)
        n_awaited[link.target] += 1
    ready = [number for number, n in enumerate(n_awaited) if n == 0]
    while ready:
        number = ready.pop()
        for reader in readers.get(number, ()):
            ranks[reader] = max(ranks[reader], ranks[number] + 1)
            n_awaited[reader] -= 1
            if n_awaited[reader] == 0:
                ready.append(reader)
    fed = {link.target for link in links}
    for number, block in enumerate(blocks):  # what reads nothing stands right before its first reader
        if number not in fed and not block.is_in and number in readers:
            ranks[number] = max(min(ranks[each] for each in readers[number]) - 1, ranks[number])
    last = max((rank for rank, block in zip(ranks, blocks, strict=True) if not block.is_out), default=-1)
    return [last + 1 if block.is_out else rank for rank, block in zip(ranks, blocks, strict=True)]


@dataclass
class _Trunk:
    """The way of one thing from a block through lanes; links branch off to the right of each."""

    source: _Spot
    leaves: float
    lanes: dict[int, _Spot]
    """By rank."""
    links: dict[int, int]
    """Number of a link → rank of its target."""
    has_lanes: bool = True

    @property
    def n_passing(self) -> int:
        """How often one of its links passes a rank, if they all take the way of the longest."""
        return (max(self.links.values()) - self.source.rank - 1) * len(self.links)


def _trunks(spots: list[_Spot], links: Sequence[Link]) -> list[_Trunk]:
    found: dict[tuple[int, str], _Trunk] = {}
    for number, link in enumerate(links):
        key = link.source, link.trunk
        if key not in found:
            found[key] = _Trunk(spots[link.source], link.leaves, {}, {})
        found[key].links[number] = spots[link.target].rank
    left = MOST_PASSING
    for trunk in sorted(found.values(), key=lambda trunk: trunk.n_passing):
        left -= trunk.n_passing
        trunk.has_lanes = left >= 0
        last = max(trunk.links.values()) if trunk.has_lanes else trunk.source.rank
        before, leaves = trunk.source, trunk.leaves
        for rank in range(trunk.source.rank + 1, last):
            lane = trunk.lanes[rank] = _Spot(rank, _LANE)
            _join(before, lane, leaves, _LANE / 2, 4.0 if before.block is None else 1.0)
            before, leaves = lane, _LANE / 2
        for number, rank in trunk.links.items():
            if not trunk.has_lanes and rank > trunk.source.rank + 1:
                continue
            target = spots[links[number].target]
            start = trunk.lanes.get(target.rank - 1, trunk.source)
            leaves = trunk.leaves if start is trunk.source else _LANE / 2
            _join(start, target, leaves, links[number].arrives, 30.0 if start is trunk.source else 1.0)
    return list(found.values())


def _join(before: _Spot, after: _Spot, leaves: float, arrives: float, weight: float) -> None:
    before.after.append((after, arrives, leaves, weight))
    after.before.append((before, leaves, arrives, weight))


def _columns(blocks: Sequence[Block], spots: list[_Spot], trunks: list[_Trunk]) -> list[list[_Spot]]:
    columns: list[list[_Spot]] = [[] for _ in range(max(spot.rank for spot in spots) + 1)]
    for spot in spots:
        columns[spot.rank].append(spot)
    for trunk in trunks:
        for rank, lane in trunk.lanes.items():
            columns[rank].append(lane)
    return columns


def _rows(columns: list[list[_Spot]], widths: list[float], widest: float) -> list[range]:
    """Ranks of each row. A row is broken where few edges pass, near its end."""
    rows = []
    start = 0
    while start < len(columns):
        stop, width = start, 0.0
        # ports have no width, and stand in the row of what is beside them
        while stop < len(columns) and (width == 0.0 or widths[stop] == 0.0 or width + GAP + widths[stop] <= widest):
            width += GAP + widths[stop] if widths[stop] else 0.0
            stop += 1
        if stop < len(columns):
            least = start + max((stop - start) * 2 // 3, 1)
            passing = {each: _n_passing(columns[each - 1]) for each in range(least, stop + 1) if widths[each - 1]}
            stop = min(passing, key=lambda each: (passing[each], -each))
        rows.append(range(start, stop))
        start = stop
    return rows


def _n_passing(column: list[_Spot]) -> int:
    return sum(bool(spot.after) for spot in column)


def _order(columns: Sequence[list[_Spot]]) -> None:
    places = {id(spot): float(number) for column in columns for number, spot in enumerate(column)}
    for sweep in range(_n_sweeps(columns)):
        ahead = sweep % 2 == 0
        for column in columns if ahead else columns[::-1]:
            middles = {}
            for spot in column:
                beside = [places[id(each)] for each, *_ in (spot.before if ahead else spot.after) if id(each) in places]
                middles[id(spot)] = sum(beside) / len(beside) if beside else places[id(spot)]
            column.sort(key=lambda spot: middles[id(spot)])
            places |= {id(spot): float(number) for number, spot in enumerate(column)}


def _settle(columns: Sequence[list[_Spot]]) -> None:
    here = {id(spot) for column in columns for spot in column}
    for column in columns:
        even = [1.0] * len(column)
        _stack(column, even, even)
    for sweep in range(_n_sweeps(columns) + 1):
        ahead = sweep % 2 == 0
        for column in columns if ahead else columns[::-1]:
            wished, weights = [], []
            for spot in column:
                beside = [each for each in (spot.before if ahead else spot.after) if id(each[0]) in here]
                total = sum(weight for *_, weight in beside)
                places = sum((other.y + _step(there - own)) * weight for other, there, own, weight in beside)
                wished.append(places / total if total else spot.y)
                weights.append(total or 0.01)
            _stack(column, wished, weights)


def _n_sweeps(columns: Sequence[list[_Spot]]) -> int:
    return _SWEEPS if sum(map(len, columns)) <= _MANY else _FEW_SWEEPS


def _step(distance: float) -> float:
    """How far a block is moved so that an edge runs straight: tall blocks would march off the screen."""
    return min(max(distance, -_MOST_STEP), _MOST_STEP)


def _stack(column: list[_Spot], wished: Sequence[float], weights: Sequence[float]) -> None:
    """Put the tops where they are wished as nearly as their order and heights allow (least squares)."""
    offset, offsets = 0.0, []
    for spot in column:
        offsets.append(offset)
        offset += spot.height + _BESIDE
    pools: list[list[float]] = []  # mean, weight, how many
    for wish, weight, own in zip(wished, weights, offsets, strict=True):
        pools.append([wish - own, weight, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, more, n = pools.pop()
            last = pools[-1]
            last[0] = (last[0] * last[1] + mean * more) / (last[1] + more)
            last[1] += more
            last[2] += n
    number = 0
    for mean, _, n in pools:
        for _ in range(int(n)):
            column[number].y = mean + offsets[number]
            number += 1


def _placed(
    blocks: Sequence[Block],
    links: Sequence[Link],
    spots: list[_Spot],
    columns: list[list[_Spot]],
    widths: list[float],
    rows: list[range],
    trunks: list[_Trunk],
) -> Layered:
    is_wrapped = len(rows) > 1
    lefts: list[float] = []
    row_of = [number for number, row in enumerate(rows) for _ in row]
    ends, tops, bottom = [], [], 0.0
    for number, row in enumerate(rows):
        x = _MARGIN if is_wrapped else 0.0
        for rank in row:
            lefts.append(x)
            x += widths[rank] + GAP
        ends.append(x - GAP)
        here = [spot for rank in row for spot in columns[rank]]
        above = min(spot.y for spot in here)
        top = bottom + (ROW_GAP + _CHANNEL * _n_passing(columns[row.start - 1]) if number else 0.0)
        for spot in here:
            spot.y += top - above
        tops.append(top)
        bottom = max(spot.y + spot.height for spot in here)
    width = max(ends)
    if is_wrapped:
        width += _MARGIN + _CHANNEL * max(_n_passing(columns[row.stop - 1]) for row in rows[:-1])
    places = [
        (lefts[spot.rank] + (widths[spot.rank] - block.width) / 2, spot.y)
        for spot, block in zip(spots, blocks, strict=True)
    ]
    if is_wrapped:  # ports out stand on the right border, wherever the last row ends
        places = [
            (width, y) if block.is_out else (0.0, y) if block.is_in else (x, y)
            for block, (x, y) in zip(blocks, places, strict=True)
        ]
    channels = _Channels(rows, tops, max(ends))
    ways: list[Way] = []
    for trunk in trunks:
        ways += _ways(trunk, links, blocks, places, lefts, widths, row_of, channels)
    return Layered(width, bottom, tuple(places), tuple(ways))


class _Channels:
    """Where edges run from the end of a row to the beginning of the next."""

    def __init__(self, rows: list[range], tops: list[float], right: float) -> None:
        self._rows, self._tops, self._right = rows, tops, right
        self._taken = [0] * len(rows)

    def between(self, row: int, start: Point, end: Point) -> tuple[Point, ...]:
        """The points from the end of a row to the beginning of the next one."""
        number = self._taken[row]
        self._taken[row] += 1
        x = self._right + _MARGIN / 2 + number * _CHANNEL
        y = self._tops[row + 1] - ROW_GAP / 2 - number * _CHANNEL
        left = max(_MARGIN / 2 - number * _CHANNEL / 2, 2.0)
        return (start, (x, start[1]), (x, y), (left, y), (left, end[1]), end)


def _ways(
    trunk: _Trunk,
    links: Sequence[Link],
    blocks: Sequence[Block],
    places: Sequence[Point],
    lefts: Sequence[float],
    widths: Sequence[float],
    row_of: Sequence[int],
    channels: _Channels,
) -> list[Way]:
    source = trunk.source
    assert source.block is not None, "a trunk begins at a block"
    x, y = places[source.block]
    start = (x + blocks[source.block].width, y + trunk.leaves)
    found = []

    def step(rank: int, point: Point, end: Point) -> tuple[Point, ...]:
        """From a point at the right of a rank to the left of the next one."""
        right = (lefts[rank] + widths[rank], point[1])
        if row_of[rank] == row_of[rank + 1]:
            return (point, right, (lefts[rank + 1], end[1]), end)
        return channels.between(row_of[rank], point, end)

    rank, at = source.rank, start
    while True:
        here = [number for number, its_rank in trunk.links.items() if its_rank == rank + 1]
        for number in here:
            link = links[number]
            to_x, to_y = places[link.target]
            found.append(Way(step(rank, at, (to_x, to_y + link.arrives)), frozenset((number,))))
        beyond = frozenset(number for number, its_rank in trunk.links.items() if its_rank > rank + 1)
        if not beyond:
            return found
        if not trunk.has_lanes:
            for number in beyond:
                x, y = places[links[number].target]
                found.append(Way((start, (x, y + links[number].arrives)), frozenset((number,))))
            return found
        lane = trunk.lanes[rank + 1]
        y = lane.y + _LANE / 2
        end = (lefts[rank + 1] + widths[rank + 1], y)
        found.append(Way((*step(rank, at, (lefts[rank + 1], y)), end), beyond))
        rank, at = rank + 1, end
