"""What is shown of a unit at a pass."""

from dataclasses import dataclass

from app.analysis.curve import measured_of
from app.analysis.graph.graph_view import GraphView
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from collector.storage.passes import Pass
from collector.storage.series import Series


@dataclass(frozen=True, eq=False)
class UnitFrame:
    """One pass and one sample.

    Attributes:
        graph: what is known of the units, without edges and feature maps.
        series: the scalars of the run.
    """

    graph: GraphView
    series: Series

    def has_no_gradient(self, layer: str) -> bool:
        """Whether a layer is known to have had no gradient at the pass."""
        norm = measured_of(self.series, f"gradient_norm/{layer}")
        step = self.graph.pass_.step
        return norm is not None and norm.value_at(step) is None and norm.place_at(step) is not None


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> UnitFrame:
    """What is shown of a pass, see `ViewSpec.prepare`."""
    return UnitFrame(opened.graph_view(view, pass_, is_drawn=False), opened.collection.series)
