"""A panel of the optimizer that is given at once what it asks for."""

from app.views.optimizer.analysis.layer_heat import layer_heat
from app.views.optimizer.panel import OptimizerPanel


def answered_panel() -> OptimizerPanel:
    """A panel whose measures are put together when they are chosen."""
    panel = OptimizerPanel()
    panel.heat_requested.connect(lambda run, measure: panel.show_heat(layer_heat(run, measure)))
    return panel
