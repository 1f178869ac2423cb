"""What the user wishes to see of the network graph."""

from dataclasses import dataclass
from enum import Enum


class EdgeMode(Enum):
    """What the number of an edge is about. The values are the words for it."""

    WEIGHT = "weight"
    GRADIENT = "gradient"
    UPDATE = "update"
    """What the step that follows the pass adds to the weight."""


class NodeMode(Enum):
    """What the number of a unit is. The values are the words for it."""

    ACTIVATION = "activation"
    BIAS = "bias"
    GRADIENT = "gradient norm"
    """L2 norm of the gradient of the unit's incoming weights."""


class ScaleMode(Enum):
    """Which passes share their colours. The values are the words for it."""

    RUN = "run"
    PASS = "pass"


@dataclass(frozen=True)
class GraphOptions:
    """The wishes, as they stand.

    Attributes:
        edges: what edges show.
        nodes: what units show.
        scale: whether colours can be compared along the run, or are as strong as they get at each pass.
        most_edges: how many of the strongest edges are drawn; None leaves it to the graph.
        first_column: of a network of more columns than can be drawn, the leftmost that is.
    """

    edges: EdgeMode = EdgeMode.WEIGHT
    nodes: NodeMode = NodeMode.ACTIVATION
    scale: ScaleMode = ScaleMode.RUN
    most_edges: int | None = None
    first_column: int = 0
