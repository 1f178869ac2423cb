"""A collection made ready for replay: its graph, its colour scales, its passes in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.analysis.axis import last_step
from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.run_scales import RunScales
from app.replay.pass_cache import PassCache
from app.replay.state import ReplayState, ReplayView, resolve
from app.views.network.modules.analysis.module_numbers import ModuleReadings, module_readings
from app.views.network.modules.analysis.modules import ModuleGraph, module_graph
from collector.storage import Collection, CollectionError, open_collection
from collector.storage.locks import is_being_recorded
from collector.storage.passes import Pass

SCALE_PASSES = 9
"""The colour scales belong to the run: they are measured on so many passes, spread over it."""


@dataclass(frozen=True)
class OpenedCollection:
    """Everything that does not change while the playhead moves."""

    collection: Collection
    graph: Graph
    scales: RunScales
    passes: PassCache
    readings: ModuleReadings
    is_being_recorded: bool | None = None
    """Whether somebody writes it now; None where that cannot be told."""

    @property
    def modules(self) -> ModuleGraph:
        """The network as modules within modules."""
        return self.readings.graph

    @property
    def n_passes(self) -> int:
        return len(self.collection.passes)

    @property
    def n_samples(self) -> int:
        return len(self.collection.probe) if self.collection.probe else 0

    @property
    def last_step(self) -> int:
        """The last step that anything is known of, at least 1."""
        return last_step(self.collection)

    def view_of(self, state: ReplayState) -> ReplayView | None:
        """What of some wishes can be shown; None where there is no pass."""
        return resolve(state, self.collection.passes.steps, self.n_samples, self.last_step)

    def grown(self) -> "OpenedCollection | None":
        """Take in what was written since, or that nobody writes any more; None where nothing has changed.

        The colour scales grow with what the newest pass holds, so that they stay the run's.
        """
        before = self.n_passes
        is_being_recorded = _is_being_recorded(self.collection)  # asked first: what was written until then is read
        has_grown = self.collection.refresh()
        is_being_recorded = is_being_recorded and not self.collection.finished
        if not has_grown and is_being_recorded == self.is_being_recorded:
            return None
        scales, newest = self.scales, None
        if self.n_passes > before:
            try:
                newest = self.passes.get(self.n_passes - 1)
                scales = scales.grown(newest)
            except CollectionError as error:
                self.collection.damaged.append(str(error))
        readings = self.readings.grown(self.collection, newest)
        return replace(self, scales=scales, readings=readings, is_being_recorded=is_being_recorded)


def open_for_replay(path: Path) -> OpenedCollection:
    """Open a collection that has at least one pass.

    Raises:
        CollectionError: what is wrong with the file, in words.
    """
    collection = open_collection(path)
    try:
        collection.require_passes()
        passes = PassCache(collection.passes)
        graph = build_graph(collection.layers, collection.probe)
        scales = RunScales(graph, lambda: _spread(collection, passes))
        scales.of(GraphOptions())
        modules = module_graph(collection.layers, collection.flow)
        readings = module_readings(modules, collection, _spread(collection, passes))
        return OpenedCollection(collection, graph, scales, passes, readings, _is_being_recorded(collection))
    except BaseException:
        collection.close()
        raise


def _is_being_recorded(collection: Collection) -> bool | None:
    return False if collection.finished else is_being_recorded(collection.path)


def _spread(collection: Collection, passes: PassCache) -> Iterator[Pass]:
    """Some readable passes, evenly over the run as it is now."""
    for number in np.unique(np.linspace(0, len(collection.passes) - 1, SCALE_PASSES).round().astype(int)):
        try:
            yield passes.get(int(number))
        except CollectionError as error:
            if str(error) not in collection.damaged:
                collection.damaged.append(str(error))
