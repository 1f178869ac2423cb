"""How the passes of two collections differ: the graph and the colour scales for it, whatever the pass."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.run_scales import RunScales
from app.replay.opened import SCALE_PASSES, SPREAD_BYTES, Comparing
from collector.comparing.subtracted import PassDifference, common_layers
from collector.storage import CollectionError
from collector.storage.passes import Pass


def differences_of(comparing: Comparing) -> "Differences":
    """Those of what is compared; made once."""
    made = comparing.once("differences", lambda: Differences(comparing))
    assert isinstance(made, Differences)
    return made


class Differences:
    """B less A, in what both have.

    Attributes:
        common: A's layers as far as B has them.
        scales: what counts as a full colour of a difference, along both runs.
    """

    def __init__(self, comparing: Comparing) -> None:
        self._comparing = comparing
        a, b = (each.collection.layers for each in (comparing.a, comparing.b))
        self.common = common_layers(a, b, comparing.pair.layers)
        self.scales = RunScales(self.graph, self.spread)
        self._newest: tuple[Pass, Pass, PassDifference] | None = None

    @cached_property
    def graph(self) -> Graph:
        """The network graph of A with the units that both keep; A's own where that is all of them."""
        a = self._comparing.a
        if self.common.layers is a.collection.layers:
            return a.graph
        return build_graph(self.common.layers, a.graph.probe, a.graph.task)

    def between(self, a: Pass, b: Pass) -> PassDifference:
        """A pass of B less one of A; the last one is kept, as all views that are seen show the same."""
        newest = self._newest
        if newest is None or newest[0] is not a or newest[1] is not b:
            newest = self._newest = a, b, self._made(a, b)
        return newest[2]

    def _made(self, a: Pass, b: Pass) -> PassDifference:
        pair = self._comparing.pair
        return PassDifference(a, b, self.common, pair.a.layers, has_same_probe=pair.has_same_probe)

    def spread(self) -> Iterator[PassDifference]:
        """Some readable ones, evenly over both runs, the last among them: of large ones fewer; read each time."""
        a, b, pairs = self._comparing.a, self._comparing.b, self._pairs()
        n_bytes = sum(each.collection.passes.n_bytes(0) for each in (a, b))
        most = max(1, min(SCALE_PASSES, SPREAD_BYTES // max(n_bytes, 1)))
        places = np.linspace(len(pairs) - 1, 0, most).round().astype(int) if pairs else np.zeros(0, int)
        for place in np.unique(places).tolist():
            of_a, of_b = pairs[place]
            try:
                yield self._made(a.passes.get(of_a), b.passes.get(of_b))
            except CollectionError:
                continue  # it is told of where that pass is shown

    def _pairs(self) -> list[tuple[int, int]]:
        """Numbers of the passes of A and B that are compared with one another along the runs."""
        comparing = self._comparing
        if comparing.held is not None:
            return [(comparing.held, number) for number in range(comparing.b.n_passes)]
        of_a, of_b = (each.collection.passes.steps for each in (comparing.a, comparing.b))
        aligned = comparing.pair.alignment.of(of_a, of_b)
        place_a, place_b = ({int(step): number for number, step in enumerate(steps)} for steps in (of_a, of_b))
        return [(place_a[int(a)], place_b[int(b)]) for a, b in zip(aligned.a, aligned.b, strict=True)]
