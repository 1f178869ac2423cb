"""A view on the screen, with a small network in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.views.network.modules.analysis.module_folding import fold, shown_open
from app.views.network.modules.analysis.module_layout import ModuleLayout, lay_out
from app.views.network.modules.analysis.modules import ModuleGraph, module_graph
from app.views.network.units.network_view import NetworkView
from app.views.network.units.unit_walk import UnitWalk
from collector.storage import open_collection
from tests.app.made_up import MadeUpRun, chain, measure_scales


def prepared(run: MadeUpRun, pass_: int = 0, sample: int = 0, options: GraphOptions | None = None) -> GraphView:
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, run.passes, options)
    return prepare(graph, run.passes[pass_], sample, scales, options)


@pytest.fixture
def views() -> list[GraphView]:
    """Three passes of the same graph."""
    run = chain(("conv", 4), ("fc", 12), ("fc", 10), n_passes=3)
    graph = build_graph(run.layers, run.probe)
    scales = measure_scales(graph, run.passes)
    return [prepare(graph, pass_, 0, scales) for pass_ in run.passes]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[GraphView | None], NetworkView]]:
    """Shows a graph in a view of 900 × 600 px."""

    def shown(view: GraphView | None) -> NetworkView:
        network = NetworkView()
        UnitWalk(network)
        qtbot.addWidget(network)
        network.resize(900, 600)
        if view is not None:
            network.show_view(view)
        network.show()
        qtbot.waitExposed(network)
        return network

    yield shown


@pytest.fixture
def deep_graph(deep_path: Path) -> ModuleGraph:
    """A network of 14 stages in modules."""
    with open_collection(deep_path) as collection:
        return module_graph(collection.layers, collection.flow)


def laid_out(graph: ModuleGraph, open_frames: frozenset[str] | None = None) -> ModuleLayout:
    """A network of modules with these open; None: as many as are at first."""
    return lay_out(fold(graph, shown_open(graph, open_frames)))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What tooltips have said, in order; an empty text where one was taken away."""
    found: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, __: found.append(text))
    monkeypatch.setattr(QToolTip, "hideText", lambda: found.append(""))
    return found
