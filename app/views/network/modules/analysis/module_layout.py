"""Where boxes, frames and edges of a network of modules stand, px. Each open frame is laid out for itself first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from app.analysis.graph.rectangle import Rectangle
from app.views.network.modules.analysis.layered_layout import GAP, ROW_GAP, Block, Layered, Link, Point, layered
from app.views.network.modules.analysis.module_folding import Folded

BOX = (118.0, 76.0)
JOIN = (26.0, 26.0)
ENDS = (76.0, 76.0)
"""The input and the outputs."""

PADDING, HEADING = 14.0, 24.0
_FRAME_WIDEST = (820.0, 640.0, 1060.0)
"""Rows within a frame are broken at one of these widths, px: at that at which the whole is shown largest."""

_MOST_TRIED = 80
"""With more boxes only the first is tried: nothing of it would be readable as a whole."""

_MOST_IN_TRIED_ROWS = 300
"""With more in the outermost frame one number of rows is taken, that fills a screen, and none is tried."""

_SCREEN = (840.0, 530.0)
"""What a whole network is broken into rows for, px: it is shown as large as it can be there, but not larger."""

_MOST_ROWS = 14
_MARGIN = 16.0

IN, OUT = "\0in ", "\0out "
"""Names of ports: that of the box they stand for, behind one of these."""


@dataclass(frozen=True)
class Edge:
    """A stretch of what flows: the box it comes from, those that it leads to, its points, and whether it arrives."""

    source: str
    targets: frozenset[str]
    points: tuple[Point, ...]
    arrives: bool


@dataclass(frozen=True, eq=False)
class ModuleLayout:
    """Where everything stands.

    Attributes:
        boxes: box → its rectangle.
        frames: open frame → its rectangle, the outer ones first.
        edges: all stretches.
    """

    folded: Folded
    width: float
    height: float
    boxes: Mapping[str, Rectangle]
    frames: Mapping[str, Rectangle]
    edges: tuple[Edge, ...]

    @cached_property
    def _bounds(self) -> tuple[_Bounds, _Bounds, _Bounds]:
        """Of the boxes, the frames and the edges."""
        boxes = _Bounds([(each.x, each.y, each.right, each.bottom) for each in self.boxes.values()])
        frames = _Bounds([(each.x, each.y, each.right, each.bottom) for each in self.frames.values()])
        edges = [tuple(zip(*edge.points, strict=True)) for edge in self.edges]
        return boxes, frames, _Bounds([(min(x), min(y), max(x), max(y)) for x, y in edges])

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(self.boxes), tuple(self.frames)

    def boxes_in(self, part: Rectangle) -> list[str]:
        """The boxes of which something lies in a part of the layout."""
        return [self._names[0][number] for number in self._bounds[0].within(part)]

    def frames_in(self, part: Rectangle) -> list[str]:
        """The same of open frames."""
        return [self._names[1][number] for number in self._bounds[1].within(part)]

    def edges_in(self, part: Rectangle) -> list[Edge]:
        """The same of stretches of edges."""
        return [self.edges[number] for number in self._bounds[2].within(part)]

    @cached_property
    def rectangles(self) -> np.ndarray:
        """Left, top, width and height of all frames and boxes, float64 ``[F + B, 4]``."""
        every = (*self.frames.values(), *self.boxes.values())
        return np.array([(each.x, each.y, each.width, each.height) for each in every], np.float64).reshape(-1, 4)

    @cached_property
    def segments(self) -> np.ndarray:
        """Both ends of every straight piece of all edges, float64 ``[S, 4]``."""
        pieces = [(*start, *end) for edge in self.edges for start, end in pairwise(edge.points)]
        return np.array(pieces, np.float64).reshape(-1, 4)

    def beside(self, name: str, across: int, down: int) -> str | None:
        """The box, or the heading of an open frame, that is nearest in a direction; None where nothing is.

        Args:
            name: where to begin.
            across: -1 for left, 1 for right, 0 for neither.
            down: -1 for up, 1 for down, 0 for neither.
        """
        names = (*self._names[1], *self._names[0])
        frames = len(self._names[1])
        sizes = self.rectangles[:, 2:].copy()
        sizes[:frames, 1] = HEADING
        centres = self.rectangles[:, :2] + sizes / 2
        centres[:frames, 0] = self.rectangles[:frames, 0] + HEADING / 2  # its sign stands at the left
        away = centres - centres[names.index(name)]
        ahead, aside = (away[:, 0] * across, away[:, 1]) if across else (away[:, 1] * down, away[:, 0])
        distances = np.where(ahead > 1, ahead + 3 * np.abs(aside), np.inf)
        nearest = int(np.argmin(distances))
        return names[nearest] if np.isfinite(distances[nearest]) else None

    def box_at(self, x: float, y: float) -> str | None:
        """The box at a point."""
        return next(iter(self.boxes_in(Rectangle(x, y, 0.0, 0.0))), None)

    def heading_at(self, x: float, y: float) -> str | None:
        """The open frame whose heading is at a point."""
        around = self.frames_in(Rectangle(x, y, 0.0, 0.0))
        found = [name for name in around if y <= self.frames[name].y + HEADING]
        return found[-1] if found else None


class _Bounds:
    """Rectangles that are asked again and again which of them lie in a part: as ``[R, 4]`` left, top, right, bottom."""

    def __init__(self, rectangles: list[tuple[float, float, float, float]]) -> None:
        self._sides = np.array(rectangles, np.float64).reshape(-1, 4).T

    def within(self, part: Rectangle) -> list[int]:
        """Numbers of those that touch a part."""
        left, top, right, bottom = self._sides
        touches = (right >= part.x) & (left <= part.right) & (bottom >= part.y) & (top <= part.bottom)
        return np.flatnonzero(touches).tolist()


def lay_out(folded: Folded) -> ModuleLayout:
    """Lay out what is seen of a network."""
    widths = _FRAME_WIDEST if folded.open and len(folded.boxes) <= _MOST_TRIED else _FRAME_WIDEST[:1]
    tree, whole = max(((tree := _Tree(folded, widest), tree.room("")) for widest in widths), key=_shown_whole)
    found = _Found({}, {}, [])
    tree.place("", whole, (_MARGIN, _MARGIN), found)
    width, height = whole.layered.width + 2 * _MARGIN, whole.layered.height + 2 * _MARGIN
    return ModuleLayout(folded, width, height, found.boxes, found.frames, tuple(found.edges))


@dataclass
class _Found:
    boxes: dict[str, Rectangle]
    frames: dict[str, Rectangle]
    edges: list[Edge]


@dataclass(frozen=True)
class _Room:
    """The inside of a frame.

    Attributes:
        parts: what its blocks are: boxes, open frames, and boxes outside that a port stands for.
        ends: of each link the box it comes from and those that it leads to.
        ins, outs: box → height of its port.
    """

    layered: Layered
    parts: tuple[str, ...]
    links: tuple[Link, ...]
    ends: tuple[tuple[str, frozenset[str]], ...]
    ins: Mapping[str, float]
    outs: Mapping[str, float]
    rooms: Mapping[str, _Room]

    @property
    def size(self) -> tuple[float, float]:
        return self.layered.width + 2 * PADDING, self.layered.height + HEADING + 2 * PADDING


class _Tree:
    """What lies right in which frame, and what flows between."""

    def __init__(self, folded: Folded, widest: float) -> None:
        self._folded = folded
        self._widest = widest
        self._inside: dict[str, dict[str, None]] = {"": {}}
        for box, frames in folded.boxes.items():
            path = (*frames, box)
            for outer, inner in zip(("", *frames), path, strict=True):
                self._inside.setdefault(outer, {})[inner] = None
        self._flows: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = {}
        self._ins: dict[str, dict[str, None]] = {}
        self._outs: dict[str, dict[str, None]] = {}
        for target, reads in folded.reads.items():
            for source in reads:
                self._add(source, target)

    def _add(self, source: str, target: str) -> None:
        """Note an edge in every frame that it passes."""
        from_path, to_path = (*self._folded.boxes[source], source), (*self._folded.boxes[target], target)
        depth = next(number for number, (a, b) in enumerate(zip(from_path, to_path, strict=False)) if a != b)
        shared = from_path[depth - 1] if depth else ""
        self._flow(shared, from_path[depth], to_path[depth], source, target)
        for number in range(depth, len(to_path) - 1):
            self._ins.setdefault(to_path[number], {})[source] = None
            self._flow(to_path[number], IN + source, to_path[number + 1], source, target)
        for number in range(depth, len(from_path) - 1):
            self._outs.setdefault(from_path[number], {})[source] = None
            self._flow(from_path[number], from_path[number + 1], OUT + source, source, target)

    def _flow(self, frame: str, start: str, end: str, source: str, target: str) -> None:
        self._flows.setdefault(frame, {}).setdefault((start, end), []).append((source, target))

    def room(self, frame: str) -> _Room:
        """Lay out the inside of a frame; of the whole network in as many rows as fill a screen best."""
        folded = self._folded
        rooms = {name: self.room(name) for name in self._inside[frame] if name in folded.open}
        ins, outs = self._ins.get(frame, {}), self._outs.get(frame, {})
        parts = (*(IN + each for each in ins), *self._inside[frame], *(OUT + each for each in outs))
        numbers = {part: number for number, part in enumerate(parts)}
        blocks = [self._block(part, rooms) for part in parts]
        links, ends = [], []
        # one link for all that flows the same way from one box
        for (start, end), flows in self._flows.get(frame, {}).items():
            by_source: dict[str, set[str]] = {}
            for source, target in flows:
                by_source.setdefault(source, set()).add(target)
            for source, targets in by_source.items():
                leaves, arrives = self._side(start, source, rooms, "outs"), self._side(end, source, rooms, "ins")
                links.append(Link(numbers[start], numbers[end], leaves, arrives, source))
                ends.append((source, frozenset(targets)))
        made = layered(blocks, links, self._broken_at(blocks)) if frame else _on_a_screen(blocks, links)
        heights = {part: made.places[number][1] for part, number in numbers.items()}
        return _Room(
            made,
            parts,
            tuple(links),
            tuple(ends),
            {each: heights[IN + each] for each in ins},
            {each: heights[OUT + each] for each in outs},
            rooms,
        )

    def _broken_at(self, blocks: list[Block]) -> float:
        """What holds large frames grows with them in both directions."""
        largest = max(block.width for block in blocks)
        return max(self._widest, largest + 2 * (GAP + BOX[0]), _side_of_screen(blocks))

    def _block(self, part: str, rooms: Mapping[str, _Room]) -> Block:
        if part in rooms:
            return Block(*rooms[part].size)
        if part not in self._folded.boxes:
            return Block(0.0, 0.0, is_in=part.startswith(IN), is_out=part.startswith(OUT))
        node = self._folded.graph.nodes.get(part)
        if node is not None and node.is_join:
            return Block(*JOIN)
        return Block(*(ENDS if node is not None and node.node.role in ("input", "output") else BOX))

    def _side(self, part: str, source: str, rooms: Mapping[str, _Room], side: str) -> float:
        """At which height of a part what comes from a box leaves it, or arrives."""
        if part in rooms:
            ports: Mapping[str, float] = getattr(rooms[part], side)
            return HEADING + PADDING + ports[source]
        return self._block(part, rooms).height / 2

    def place(self, frame: str, room: _Room, at: Point, found: _Found) -> None:
        """Put everything in a frame where it stands, the frame's inside beginning at a point."""
        is_box = self._folded.boxes
        for part, (x, y) in zip(room.parts, room.layered.places, strict=True):
            x, y = x + at[0], y + at[1]
            if part in room.rooms:
                found.frames[part] = Rectangle(x, y, *room.rooms[part].size)
                self.place(part, room.rooms[part], (x + PADDING, y + PADDING + HEADING), found)
            elif part in is_box:
                block = self._block(part, room.rooms)
                found.boxes[part] = Rectangle(x, y, block.width, block.height)
        for way in room.layered.ways:
            source = room.ends[min(way.links)][0]
            targets = frozenset().union(*(room.ends[number][1] for number in way.links))
            points = [(x + at[0], y + at[1]) for x, y in way.points]
            last = room.parts[room.links[min(way.links)].target]
            arrives = len(way.links) == 1 and points[-1] == self._end(room, min(way.links), at)
            if arrives and last in room.rooms:  # through the border, to where the inside begins
                x, y = points[-1]
                points.append((x + PADDING, y))
            first = room.parts[room.links[min(way.links)].source]
            if first in room.rooms and points[0] == self._start(room, min(way.links), at):
                x, y = points[0]
                points.insert(0, (x - PADDING, y))
            found.edges.append(
                Edge(source, targets, tuple(points), arrives and last in is_box and last not in room.rooms)
            )

    def _end(self, room: _Room, number: int, at: Point) -> Point:
        link = room.links[number]
        x, y = room.layered.places[link.target]
        return x + at[0], y + link.arrives + at[1]

    def _start(self, room: _Room, number: int, at: Point) -> Point:
        link = room.links[number]
        x, y = room.layered.places[link.source]
        return x + self._block(room.parts[link.source], room.rooms).width + at[0], y + link.leaves + at[1]


def _on_a_screen(blocks: list[Block], links: list[Link]) -> Layered:
    """In the number of rows at which everything can be shown largest, the fewest of several."""
    if len(blocks) > _MOST_IN_TRIED_ROWS:
        return layered(blocks, links, max(_side_of_screen(blocks), *(block.width for block in blocks)))
    best = layered(blocks, links, float("inf"))
    long = best.width
    for n_rows in range(2, _MOST_ROWS + 1):
        if best.width <= best.height * _SCREEN[0] / _SCREEN[1]:
            break
        made = layered(blocks, links, long / n_rows * 1.06)
        if _shown_at(made) > _shown_at(best) * 1.02:
            best = made
    return best


def _side_of_screen(blocks: list[Block]) -> float:
    """Width of a rectangle of a screen's proportions that all blocks fill, px."""
    area = sum((block.width + GAP) * (block.height + ROW_GAP) for block in blocks)
    return float((area * _SCREEN[0] / _SCREEN[1]) ** 0.5)


def _shown_whole(found: tuple[_Tree, _Room]) -> float:
    return _shown_at(found[1].layered)


def _shown_at(made: Layered) -> float:
    return 1 / max(made.width / _SCREEN[0], made.height / _SCREEN[1], 1.0)
