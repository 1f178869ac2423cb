"""Which samples of a dataset a window can lay out in a plane."""

from collections.abc import Sequence
from typing import Any

from data.pictures import DataSource
from data.probe import choose_probe
from models.names import WrongPairError
from models.options import TrainOptions


def projection_options(options: TrainOptions, source: DataSource, layers: Sequence[str]) -> dict[str, Any]:
    """The collector's keywords for the samples; the probe's are the first of them.

    Args:
        layers: those that the model has.

    Raises:
        WrongPairError: a layer is asked for that it does not have.
    """
    wanted = [name.strip() for name in options.projection_layers.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in layers]
    if unknown:
        raise WrongPairError(f"{options.model_name} has no layer {unknown[0]!r}; it has {', '.join(layers)}.")
    n_samples = options.projection_samples
    return {
        "projection": choose_probe(source, n_samples) if n_samples else None,
        "projection_layers": wanted,
    }
