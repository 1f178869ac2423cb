"""Metrics that a training may ask for: each a `collector.Metric`, off until it is given to the collector.

Here are only their names, so that a command line can offer them without loading any.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collector.capture.metric import Metric

CLASSES = {
    "noise-scale": ("noise_scale", "GradientNoiseScale"),
    "sharpness": ("sharpness", "Sharpness"),
    "spectra": ("spectra", "Spectra"),
    "activation-spectra": ("activations", "ActivationSpectra"),
    "dormant-units": ("activations", "DormantUnits"),
    "kurtosis": ("activations", "ActivationKurtosis"),
    "clipping": ("clipping", "ClippedGradients"),
}
"""Name on a command line → module and class."""


def metric_named(name: str, interval: int | None = None) -> "Metric":
    """One of `CLASSES` as it is by default, or at another interval.

    Raises:
        KeyError: there is none of this name.
    """
    module, kind = CLASSES[name]
    make = getattr(import_module(f"{__name__}.{module}"), kind)
    metric: Metric = make() if interval is None else make(interval=interval)
    return metric
