"""What is found of layers, told of the boxes that they are or lie in."""

from collections.abc import Mapping

from app.analysis.health import Health, together
from app.views.network.modules.analysis.module_folding import Folded


def health_of_boxes(folded: Folded, health: Mapping[str, Health]) -> dict[str, Health]:
    """Box → what is found of it, or of the layers within it while it is closed."""
    found: dict[str, list[Health]] = {}
    for layer, each in health.items():
        box = folded.box_of_node(folded.graph.node_of_layer(layer))
        if box is not None:
            found.setdefault(box, []).append(each)
    told = {box: together(each) for box, each in found.items()}
    return {box: each for box, each in told.items() if each is not None}
