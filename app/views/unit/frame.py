"""What is shown of a unit at a pass."""

from dataclasses import dataclass

from app.analysis.curve import measured_of
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.graph_view import prepare as prepare_graph
from app.replay.differences import differences_of
from app.replay.frame import Frame
from app.replay.opened import Comparing, OpenedCollection
from app.replay.state import ReplayView
from collector.storage.passes import Pass
from collector.storage.series import Series

NAME = "unit"
"""Of the view, by which its parts of a frame are known."""


@dataclass(frozen=True)
class UnitFrame:
    """One pass and one sample.

    Attributes:
        graph: what is known of the units, without edges and feature maps.
        series: the scalars of the run.
    """

    graph: GraphView
    series: Series

    def has_no_gradient(self, layer: str) -> bool:
        """Whether a layer is known to have had no gradient at the pass; of two passes that is told by either."""
        if self.graph.difference is not None:
            return False
        norm = measured_of(self.series, f"gradient_norm/{layer}")
        step = self.graph.pass_.step
        return norm is not None and norm.value_at(step) is None and norm.place_at(step) is not None

    def updated_at(self, layer: str) -> int | None:
        """The step that a layer's gradient is of, where its optimizer makes no update in that of the pass."""
        if self.graph.difference is not None or layer not in self.graph.pass_.layers:
            return None
        return self.graph.pass_.layers[layer].updated_at


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> UnitFrame | None:
    """What is shown of a pass, see `ViewSpec.prepare`; of one of two nothing but their difference."""
    if opened.is_side:
        return None
    return UnitFrame(opened.graph_view(view, pass_, is_drawn=False), opened.collection.series)


def subtract(comparing: Comparing, a: Frame, b: Frame) -> UnitFrame:
    """What is shown of two passes, see `ViewSpec.subtract`."""
    differences, options = differences_of(comparing), a.view.options
    both, scales = differences.between(a.taken, b.taken), differences.scales.of(options)
    graph = prepare_graph(differences.graph, both, a.view.sample, scales, options, is_drawn=False)
    return UnitFrame(graph, comparing.a.collection.series)
