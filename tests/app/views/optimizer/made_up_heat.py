"""A measure of layers over steps, without a file."""

from typing import Any

from app.analysis.measures import Measure
from app.views.optimizer.analysis.layer_heat import LayerHeat, layer_heat
from tests.app.growing_run import GrowingRun

NORM = Measure("gradient_norm", "gradient_norm", "Norm", "", True, "px")


def heat_of(measure: Measure = NORM, **columns: Any) -> LayerHeat:
    heat = layer_heat(GrowingRun().grow(**columns), measure)  # type: ignore[arg-type]
    assert heat is not None
    return heat
