"""Where the first difference of two runs is seen best."""

from collector.comparing.comparison import FirstDifference
from collector.findings import Evidence

_SERIES = {
    "gradient": "gradient_norm", "weights": "weight_norm", "update": "update_norm", "learning rate": "learning_rate",
}  # fmt: skip
"""Quantity → the measure that tells of it over the steps."""


def first_place(first: FirstDifference) -> Evidence:
    """Step and layer, and the tab that shows such a quantity: norms over the steps, else the network at its pass."""
    series, layer = _SERIES.get(first.quantity), first.layer or None
    if series is not None:
        name = f"{series}/{layer}" if layer else series
        return Evidence(tab="optimizer", step=first.step, layer=layer, series=name)
    return Evidence(tab="network" if first.phase == "forward" else None, step=first.step, layer=layer)
