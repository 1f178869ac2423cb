"""The scales of a run are measured when a mode needs them, once, and grow with the run."""

from collections.abc import Iterable

import numpy as np

from app.analysis.graph.graph import build_graph
from app.analysis.graph.graph_options import EdgeMode, GraphOptions, NodeMode
from app.analysis.graph.run_scales import RunScales
from collector.storage.passes import Pass
from tests.app.made_up import MadeUpRun, chain, difference_of, made_up_pass, measure_scales


class Spread:
    """Hands out passes and counts how often it was asked."""

    def __init__(self, passes: list[Pass]) -> None:
        self.passes = passes
        self.asked = 0

    def __call__(self) -> Iterable[Pass]:
        self.asked += 1
        return self.passes


def made(n_passes: int = 3) -> tuple[MadeUpRun, Spread, RunScales]:
    run = chain(("conv", 3), ("fc", 4), ("fc", 3), n_passes=n_passes)
    spread = Spread(run.passes)
    return run, spread, RunScales(build_graph(run.layers, run.probe), spread)


def test_that_each_mode_has_the_scales_of_its_own_measuring() -> None:
    run, _, scales = made()
    graph = build_graph(run.layers, run.probe)
    for edges in (EdgeMode.WEIGHT, EdgeMode.GRADIENT, EdgeMode.UPDATE):
        for nodes in NodeMode:
            options = GraphOptions(edges, nodes)
            assert scales.of(options) == measure_scales(graph, run.passes, options)


def test_that_nothing_is_measured_before_it_is_needed_and_nothing_twice() -> None:
    _, spread, scales = made()
    assert spread.asked == 0
    scales.of(GraphOptions())
    scales.of(GraphOptions())
    assert spread.asked == 1
    scales.of(GraphOptions(edges=EdgeMode.GRADIENT))
    scales.of(GraphOptions(edges=EdgeMode.GRADIENT, nodes=NodeMode.BIAS))
    scales.of(GraphOptions(nodes=NodeMode.BIAS))
    assert spread.asked == 3


def test_that_the_scales_of_differences_are_those_of_all_of_them() -> None:
    run, _, _ = made()
    graph = build_graph(run.layers, run.probe)
    every = [difference_of(run, run, 0, number) for number in range(3)]
    scales = RunScales(graph, lambda: every)
    for nodes in NodeMode:
        options = GraphOptions(nodes=nodes)
        assert scales.of(options) == measure_scales(graph, every, options)
    change = run.passes[2].layers["fc3"].weight - run.passes[0].layers["fc3"].weight
    assert scales.of(GraphOptions()).edges[-1] >= np.abs(change).max()


def test_that_what_was_measured_grows_with_a_new_pass() -> None:
    run, _, _ = made(4)
    graph = build_graph(run.layers, run.probe)
    spread = Spread(run.passes[:3])
    scales = RunScales(graph, spread)
    change = GraphOptions(EdgeMode.UPDATE, NodeMode.GRADIENT)
    scales.of(GraphOptions())
    scales.of(change)
    asked = spread.asked
    grown = scales.grown(run.passes[3])
    assert grown.of(GraphOptions()) == measure_scales(graph, run.passes)
    assert grown.of(change) == measure_scales(graph, run.passes, change)
    assert spread.asked == asked, "the passes before are not read again"
    assert scales.of(GraphOptions()) == measure_scales(graph, run.passes[:3]), "the old one stays"


def test_that_scales_are_finite_whatever_a_pass_holds() -> None:
    run, _, scales = made()
    bad = made_up_pass(run.layers, {"fc3": {"weight_update": np.full((3, 4), np.nan, "f4")}}, number=3)
    options = GraphOptions(EdgeMode.UPDATE, NodeMode.GRADIENT)
    before = scales.of(options)
    assert scales.grown(bad).of(options) == before


def test_that_what_has_grown_is_measured_by_the_passes_as_they_are_now() -> None:
    run, before, scales = made(n_passes=2)
    now = Spread(run.passes)
    assert scales.grown(run.passes[1], now).of(GraphOptions()) == scales.of(GraphOptions())
    assert (before.asked, now.asked) == (1, 1)
    unchanged = scales.grown(run.passes[1])
    unchanged.of(GraphOptions(nodes=NodeMode.BIAS))
    assert before.asked == 2
