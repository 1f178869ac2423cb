"""The network graph of a run: its columns, and the pairs of columns that edges join. Fixed for the whole run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from app.analysis.graph.columns import Column, input_column, stage_column
from app.analysis.graph.edges import Wiring, spans, wire
from app.analysis.guess import CLASSES
from collector.storage.task import Task

if TYPE_CHECKING:
    from collector.storage.header import Layer, Probe


@dataclass(frozen=True)
class Pair:
    """Two columns, of which the right one reads the left one.

    Attributes:
        source: number of the column that is read.
        target: number of the reading column.
        wire: tells how its weight becomes edges; asked of what is drawn only.
    """

    source: int
    target: int
    wire: Callable[[], Wiring | None]

    @cached_property
    def wiring(self) -> Wiring | None:
        """How its weight becomes edges; None where that cannot be told."""
        return self.wire()

    @property
    def n_edges(self) -> int:
        """How many edges it has; 0 where they cannot be told."""
        return 0 if self.wiring is None else len(self.wiring)


MOST_COLUMNS = 40
"""Columns that are drawn side by side, however narrow they become."""

STRETCH = 20
"""So many are drawn of a graph of more, with room for their names."""

MOST_UNNAMED_CLASSES = 100_000
"""Classes of which the file has no names are called by their numbers, as long as they are no more than this."""


_MOST_STRETCHES = 32


@dataclass(frozen=True, eq=False)
class Graph:
    """Columns from left to right, the pairs between them, and the samples that they are shown for.

    Attributes:
        first: number of its first column in the whole graph.
        part_of: the whole graph, of which this is a stretch; None: this is the whole.
    """

    columns: tuple[Column, ...]
    pairs: tuple[Pair, ...]
    probe: Probe | None = None
    task: Task = CLASSES
    first: int = 0
    part_of: Graph | None = None

    @property
    def whole(self) -> Graph:
        """The graph that this is a stretch of, or itself."""
        return self.part_of or self

    @property
    def is_whole(self) -> bool:
        """Whether every column of the network is among these."""
        return self.part_of is None

    def stretch(self, first: int) -> Graph:
        """As many columns side by side as can be read, and the pairs between them; itself where all can be drawn.

        Args:
            first: number of the leftmost column; where fewer would follow than can be drawn, an earlier one is taken.
        """
        first = max(0, min(first, len(self.columns) - STRETCH))
        if len(self.columns) <= MOST_COLUMNS:
            return self
        made = self._stretches.get(first)
        if made is None:
            made = self._stretch(first)
            if len(self._stretches) >= _MOST_STRETCHES:
                self._stretches.clear()
            self._stretches[first] = made
        return made

    @cached_property
    def _stretches(self) -> dict[int, Graph]:
        return {}

    def _stretch(self, first: int) -> Graph:
        columns, anchor = [], 0
        for column in self.columns[first : first + STRETCH]:
            columns.append(replace(column, first_anchor=anchor))
            anchor += column.n_anchors
        inside = range(first, first + len(columns))
        into = (self.pairs[number] for column in inside for number in self.pairs_into(column))
        pairs = tuple(
            Pair(each.source - first, each.target - first, partial(getattr, each, "wiring"))
            for each in into
            if each.source in inside
        )
        return Graph(tuple(columns), pairs, self.probe, self.task, first, self)

    @property
    def n_anchors(self) -> int:
        """Places where edges end, over all columns."""
        return sum(column.n_anchors for column in self.columns)

    @property
    def n_edges(self) -> int:
        """Edges that can be drawn, over all pairs."""
        return sum(pair.n_edges for pair in self.pairs)

    def column_number(self, stage: str) -> int | None:
        """Number of the column of this name."""
        return self._numbers.get(stage)

    def column_of_layer(self, layer: str) -> int | None:
        """Number of the column of a layer, or of the stage whose units it carries on, as activation functions do."""
        number = self.column_number(layer)
        return self._carried.get(layer) if number is None else number

    def pairs_into(self, column: int) -> list[int]:
        """Numbers of the pairs whose edges end in a column."""
        return self._pairs_into.get(column, [])

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {column.stage: number for number, column in enumerate(self.columns)}

    @cached_property
    def _carried(self) -> dict[str, int]:
        return {layer: number for number, column in enumerate(self.columns) for layer in column.map_layers}

    @cached_property
    def _pairs_into(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, pair in enumerate(self.pairs):
            found.setdefault(pair.target, []).append(number)
        return found


def build_graph(layers: Mapping[str, Layer], probe: Probe | None, task: Task = CLASSES) -> Graph:
    """The graph of a run.

    Args:
        layers: name → layer in order of execution, as `Collection.layers`.
        probe: the samples passes were measured on; they tell whether the input is a picture and name the classes.
        task: what the outputs are; only classes have names and probabilities.
    """
    columns: list[Column] = []
    first = input_column(layers, probe)
    if first is not None:
        columns.append(first)
    stages = [layer for layer in layers.values() if layer.is_stage]
    carriers: dict[str, list[Layer]] = {}
    for layer in layers.values():
        carriers.setdefault(layer.stage, []).append(layer)
    anchor = sum(column.n_anchors for column in columns)
    for stage in stages:
        names = _class_names(stage, probe) if stage is stages[-1] and task.kind == "classes" else ()
        columns.append(stage_column(stage, carriers[stage.name], names, anchor))
        anchor += columns[-1].n_anchors
    numbers = {column.stage: number for number, column in enumerate(columns)}
    pairs = [pair for stage in stages for pair in _pairs_into(stage, columns, numbers)]
    return Graph(tuple(columns), tuple(pairs), probe, task)


def _pairs_into(stage: Layer, columns: list[Column], numbers: dict[str, int]) -> list[Pair]:
    target = numbers[stage.name]
    known = [name for name in dict.fromkeys(stage.reads) if numbers.get(name, target) < target]
    sources = {name: columns[numbers[name]] for name in known}
    return [Pair(numbers[name], target, partial(_wiring, stage, sources, name)) for name in known]


def _wiring(stage: Layer, sources: Mapping[str, Column], name: str) -> Wiring | None:
    """How a stage is joined with one of the columns that it reads."""
    if len(sources) < len(set(stage.reads)):
        return None  # a source that is no column takes up an unknown part of the inputs
    place = spans(stage, {each: _units_read(column) for each, column in sources.items()}).get(name)
    return None if place is None else wire(stage, sources[name], *place)


def _units_read(column: Column) -> int:
    return column.shape[0] if column.is_input and column.shape else column.true_units


def _class_names(stage: Layer, probe: Probe | None) -> tuple[str, ...]:
    """The classes that a stage's units stand for; nothing where the probe has no labels to be right or wrong about."""
    if probe is None or probe.labels is None or stage.units < 2 or len(stage.output_shape) > 1:
        return ()
    given = probe.class_names
    if len(given) == stage.units:
        return given
    return tuple(map(str, range(stage.units))) if stage.units <= MOST_UNNAMED_CLASSES else ()
