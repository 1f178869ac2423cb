"""Records what happens inside a network while it learns, and reads it back.

Public: `Collector` (PyTorch) and `KerasCollector`, their `InsightOptions` and `CollectorWarning`, `Metric` for
numbers of one's own and those that are ready to be asked for (`GradientNoiseScale`, `Sharpness`, `Spectra`,
`ActivationSpectra`, `DormantUnits`, `ActivationKurtosis`, `ClippedGradients`), `from_checkpoints` for weights that were
kept, `open_collection` with its `CollectionError` and `UnreachableError`. They are imported when they are first used,
so that reading a collection loads no framework.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from collector.version import __version__

if TYPE_CHECKING:
    from collector.capture.guard import CollectorWarning
    from collector.capture.insight_options import InsightOptions
    from collector.capture.metric import Metric
    from collector.capture.similarity_recorder import AugmentedSample
    from collector.checkpoints import from_checkpoints
    from collector.keras import KerasCollector
    from collector.optional_metrics.activations import ActivationKurtosis, ActivationSpectra, DormantUnits
    from collector.optional_metrics.clipping import ClippedGradients
    from collector.optional_metrics.noise_scale import GradientNoiseScale
    from collector.optional_metrics.sharpness import Sharpness
    from collector.optional_metrics.spectra import Spectra
    from collector.pytorch import Collector
    from collector.storage import CollectionError, UnreachableError, open_collection

__all__ = [
    "ActivationKurtosis",
    "ActivationSpectra",
    "AugmentedSample",
    "ClippedGradients",
    "CollectionError",
    "Collector",
    "CollectorWarning",
    "DormantUnits",
    "GradientNoiseScale",
    "InsightOptions",
    "KerasCollector",
    "Metric",
    "Sharpness",
    "Spectra",
    "UnreachableError",
    "__version__",
    "from_checkpoints",
    "open_collection",
]

_HOMES = {
    "AugmentedSample": "collector.capture.similarity_recorder",
    "Collector": "collector.pytorch",
    "CollectorWarning": "collector.capture.guard",
    "InsightOptions": "collector.capture.insight_options",
    "KerasCollector": "collector.keras",
    "Metric": "collector.capture.metric",
    "ActivationKurtosis": "collector.optional_metrics.activations",
    "ActivationSpectra": "collector.optional_metrics.activations",
    "ClippedGradients": "collector.optional_metrics.clipping",
    "DormantUnits": "collector.optional_metrics.activations",
    "GradientNoiseScale": "collector.optional_metrics.noise_scale",
    "Sharpness": "collector.optional_metrics.sharpness",
    "Spectra": "collector.optional_metrics.spectra",
    "CollectionError": "collector.storage",
    "UnreachableError": "collector.storage",
    "from_checkpoints": "collector.checkpoints",
    "open_collection": "collector.storage",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
