"""What the network graph shows of one pass and one sample: everything but where it stands. Made off the GUI's thread.

`U` units of a column, `E` edges of a pair, `K` classes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.column_view import ColumnView, column_view, input_view
from app.analysis.graph.edge_numbers import edge_numbers
from app.analysis.graph.graph import Graph
from app.analysis.graph.graph_options import GraphOptions, ScaleMode
from app.analysis.graph.missing import missing_edges, missing_nodes, missing_of_both
from app.analysis.graph.pass_arrays import NONE
from app.analysis.graph.sample_of_probe import label_of, picture_of, probabilities_of
from app.analysis.graph.scales import Scales, largest
from app.analysis.graph.strongest import Lines, strongest_lines
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    from collector.storage.passes import Pass

MOST_EDGES = 10_000
"""Edges handed to the scene where nothing else is asked for."""


@dataclass(frozen=True, eq=False)
class PairView:
    """The edges of one pair at this pass.

    Attributes:
        values: float32 ``[E]``; None where they were not recorded, or are damaged.
        scale: their full colour.
        damage: what is wrong with them, in words; empty where nothing is.
    """

    values: np.ndarray | None
    scale: float
    damage: str = ""


@dataclass(frozen=True, eq=False)
class GraphView:
    """Everything the graph shows of one pass and one sample.

    Attributes:
        graph: whose columns and pairs the other attributes follow.
        pass_: the pass itself, for what is only shown on request; a `PassDifference` where it is of two.
        sample: number of the probe sample.
        picture: the sample, uint8 ``[H, W]`` or ``[H, W, 3]``; None where it is none.
        lines: the edges to draw.
        probabilities: softmax of the logits, float32 ``[K]``, NaN where a logit is not finite; None without logits.
            Of two passes those of B.
        probabilities_before: of two passes those of A; else None.
        predicted: the most probable class; None where that cannot be told.
        true: the sample's label; None where there is none.
        options: what was wished.
        missing_edges: why no edge can be shown in this mode; empty where some can.
        missing_nodes: why no unit can be coloured in this mode; empty where some can.
    """

    graph: Graph
    pass_: Pass
    sample: int
    columns: tuple[ColumnView, ...]
    pairs: tuple[PairView, ...]
    lines: Lines
    picture: np.ndarray | None
    probabilities: np.ndarray | None
    probabilities_before: np.ndarray | None
    predicted: int | None
    true: int | None
    options: GraphOptions
    missing_edges: str
    missing_nodes: str

    @property
    def difference(self) -> PassDifference | None:
        """What is shown, where it is how two passes differ."""
        return self.pass_ if isinstance(self.pass_, PassDifference) else None

    @property
    def sides(self) -> tuple[GraphView, ...]:
        """What is known of A and of B; itself where it is of one pass."""
        both = self.difference
        return (self,) if both is None else tuple(replace(self, pass_=each) for each in (both.a, both.b))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not to be seen, and why; each reason once."""
        reasons = (*missing_of_both(self.missing_edges, self.missing_nodes), _damage_text(self.damage))
        return tuple(dict.fromkeys(reason for reason in reasons if reason))

    @property
    def has_nothing(self) -> bool:
        """Whether neither units nor edges show anything."""
        return bool(self.missing_edges and self.missing_nodes)

    @property
    def damage(self) -> tuple[str, ...]:
        """What is wrong with the arrays that would be shown; each problem once."""
        return tuple(
            dict.fromkeys(
                damage
                for damage in (*(each.damage for each in self.columns), *(each.damage for each in self.pairs))
                if damage
            )
        )


def prepare(
    graph: Graph,
    pass_: Pass,
    sample: int,
    scales: Scales,
    options: GraphOptions | None = None,
    *,
    is_drawn: bool = True,
) -> GraphView:
    """What the graph shows of a pass.

    Args:
        graph: the graph of the pass's run; of a large one the stretch is shown that ``options`` say.
        pass_: the pass, or how two differ.
        sample: number of the probe sample that activations and maps are shown for.
        scales: what counts as a full colour along the run in the modes of ``options``, also where the pass has its own.
        options: what is wished.
        is_drawn: a view that is not drawn has no edges and no feature maps, and still tells what is known of units.
    """
    options = options or GraphOptions()
    graph = graph.stretch(options.first_column)
    is_own = options.scale is ScaleMode.PASS
    both = pass_ if isinstance(pass_, PassDifference) else None
    whole = graph.whole
    seen = graph_of_pass(whole, pass_)
    views = tuple(
        input_view(seen, column, sample, both)
        if column.is_input
        else column_view(
            column, pass_, sample, options.nodes, *((None, None) if is_own else run_scales), with_maps=is_drawn
        )
        for column, *run_scales in zip(graph.columns, scales.nodes, scales.maps, strict=True)
    )
    edges = edge_numbers(graph, pass_, options.edges) if is_drawn else [NONE] * len(graph.pairs)
    values = [each.values for each in edges]
    edge_scales = [largest(each) for each in values] if is_own else list(scales.edges)
    probabilities = probabilities_of(whole, pass_ if both is None else both.b, sample)
    is_certain = probabilities is not None and bool(np.isfinite(probabilities).all())
    most_edges = MOST_EDGES if options.most_edges is None else options.most_edges
    return GraphView(
        graph=graph,
        pass_=pass_,
        sample=sample,
        columns=views,
        pairs=tuple(PairView(each.values, scale, each.damage) for each, scale in zip(edges, edge_scales, strict=True)),
        lines=strongest_lines(graph, values, edge_scales, most_edges),
        picture=picture_of(seen, sample),
        probabilities=probabilities,
        probabilities_before=None if both is None else probabilities_of(whole, both.a, sample),
        predicted=int(np.argmax(probabilities)) if is_certain and probabilities is not None else None,
        true=label_of(seen, sample),
        options=options,
        missing_edges=missing_edges(graph, pass_, options.edges, edges, scales.edges),
        missing_nodes=missing_nodes(graph, pass_, options.nodes, views, scales.nodes),
    )


def graph_of_pass(graph: Graph, pass_: Pass) -> Graph:
    """The graph with the samples that a pass was measured on: one of the original has its own."""
    return graph if pass_.probe is None else replace(graph, probe=pass_.probe)


def _damage_text(damage: tuple[str, ...]) -> str:
    more = f" And {len(damage) - 1:,} more." if len(damage) > 1 else ""
    return f"damaged: {damage[0]}{more}" if damage else ""
