"""What the network shows of a run, and of a pass of it: its units with their edges, and the numbers of its modules."""

from dataclasses import dataclass

import numpy as np

from app.analysis.graph.graph_view import GraphView
from app.replay.frame import SampleView, sample_of
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.views.network.modules.analysis.module_folding import is_drawn_as_modules
from app.views.network.modules.analysis.module_numbers import (
    ModuleNumbers,
    ModuleReadings,
    SampleEndpoints,
    module_readings,
)
from app.views.network.modules.analysis.modules import ModuleGraph, module_graph
from collector.storage.passes import Pass

NAME = "network"
"""Of the view, by which its parts of a collection and of a frame are known."""


@dataclass(frozen=True, eq=False)
class NetworkFrame:
    """One pass and one sample.

    Attributes:
        graph: with edges and feature maps only where the network is drawn as units.
        modules: what the boxes of modules show.
    """

    graph: GraphView
    modules: ModuleNumbers


def derive(opened: OpenedCollection, before: ModuleReadings | None = None) -> ModuleReadings:
    """What of a run is the same for all its passes, see `ViewSpec.derive`."""
    collection = opened.collection
    if before is not None:
        return before.grown(collection, opened.newest_pass())
    return module_readings(module_graph(collection.layers, collection.flow), collection, opened.spread())


def modules_of(opened: OpenedCollection) -> ModuleGraph:
    """The network as modules within modules."""
    return readings_of(opened).graph


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> NetworkFrame:
    """What is shown of a pass, see `ViewSpec.prepare`."""
    readings = readings_of(opened)
    graph = opened.graph_view(view, pass_, is_drawn=not is_drawn_as_modules(readings.graph, view.as_modules))
    endpoints = _endpoints(sample_of(opened, view, pass_), graph.picture)
    return NetworkFrame(graph, readings.at(pass_, view.sample, endpoints))


def readings_of(opened: OpenedCollection) -> ModuleReadings:
    """What `derive` has read."""
    readings = opened.derived[NAME]
    assert isinstance(readings, ModuleReadings)
    return readings


def _endpoints(sample: SampleView, picture: np.ndarray | None) -> SampleEndpoints:
    chosen, true = sample.predicted_class, sample.true_class
    if chosen is None or sample.probabilities is None:
        return SampleEndpoints(picture)
    is_right = None if true is None else chosen == true
    return SampleEndpoints(picture, sample.name_of(chosen), sample.confidence, is_right)
