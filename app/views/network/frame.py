"""What the network shows of a run, and of a pass of it: its units with their edges, and the numbers of its modules."""

from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from app.analysis.class_names import own_words
from app.analysis.graph import graph_view
from app.analysis.graph.graph_view import GraphView, graph_of_pass
from app.analysis.graph.sample_of_probe import picture_of
from app.replay.comparing import Comparing
from app.replay.differences import differences_of
from app.replay.frame import Frame, SampleView, sample_of
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.views.network.modules.analysis.module_differences import ModuleDifference, ModulePair
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


@dataclass(frozen=True)
class NetworkFrame:
    """One pass and one sample.

    Attributes:
        graph: what its units show; None where it is drawn as modules.
        modules: what the boxes of modules show.
    """

    graph: GraphView | None
    modules: ModuleNumbers | ModuleDifference


def derive(opened: OpenedCollection, before: ModuleReadings | None = None) -> ModuleReadings:
    """What of a run is the same for all its passes, see `ViewSpec.derive`."""
    collection = opened.collection
    if before is not None:
        return before.grown(collection, opened.newest_pass())
    return module_readings(module_graph(collection.layers, collection.flow), collection, opened.spread())


def modules_of(opened: OpenedCollection) -> ModuleGraph:
    """The network as modules within modules."""
    return readings_of(opened).graph


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> NetworkFrame | None:
    """What is shown of a pass, see `ViewSpec.prepare`; of one of two nothing but their difference."""
    if opened.is_side:
        return None
    readings = readings_of(opened)
    is_of_units = not is_drawn_as_modules(readings.graph, view.as_modules)
    graph = opened.graph_view(view, pass_, is_drawn=True) if is_of_units else None
    picture = picture_of(graph_of_pass(opened.graph, pass_), view.sample) if graph is None else graph.picture
    endpoints = endpoints_of(sample_of(opened, view, pass_), picture)
    return NetworkFrame(graph, readings.at(pass_, view.sample, endpoints))


def subtract(comparing: Comparing, a: Frame, b: Frame) -> NetworkFrame:
    """What is shown of two passes, see `ViewSpec.subtract`."""
    differences, options, sample = differences_of(comparing), a.view.options, a.view.sample
    both = differences.between(a.taken, b.taken)
    readings, of_b = readings_of(comparing.a), readings_of(comparing.b)
    pair = comparing.once(NAME, lambda: ModulePair(readings, of_b, differences.common, differences.spread))
    assert isinstance(pair, ModulePair)
    graph = None
    if not is_drawn_as_modules(readings.graph, a.view.as_modules):
        graph = graph_view.prepare(differences.graph, both, sample, differences.scales.of(options), options)
    picture = picture_of(graph_of_pass(comparing.a.graph, a.taken), sample)
    endpoints = endpoints_of(a.sample, picture), endpoints_of(b.sample, None)
    return NetworkFrame(graph, pair.at(both, sample, endpoints))


def can_be_drawn(opened: OpenedCollection | None) -> TypeGuard[OpenedCollection]:
    """Whether `derive` could make something of it."""
    return opened is not None and NAME in opened.derived


def readings_of(opened: OpenedCollection) -> ModuleReadings:
    """What `derive` has read."""
    readings = opened.derived[NAME]
    assert isinstance(readings, ModuleReadings)
    return readings


def endpoints_of(sample: SampleView, picture: np.ndarray | None) -> SampleEndpoints:
    """What goes in for a sample, and what is predicted of it."""
    chosen, true = sample.predicted_class, sample.true_class
    if chosen is None or sample.probabilities is None:
        return SampleEndpoints(picture)
    is_right = None if true is None else chosen == true
    name = sample.name_of(chosen)
    return SampleEndpoints(picture, name, sample.confidence, is_right, own_words(name, sample.class_names))
