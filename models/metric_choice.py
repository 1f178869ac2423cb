"""The metrics that a command line asks for."""

from typing import TYPE_CHECKING

from collector.optional_metrics import CLASSES, metric_named
from models.names import KERAS_MODELS, WrongPairError

if TYPE_CHECKING:  # which is not loaded to read a command line
    from collector import Metric

OF_PYTORCH_ALONE = frozenset({"noise-scale"})
"""A training step of Keras's shows no gradients of parts of its batch."""


def chosen(text: str) -> dict[str, int | None]:
    """Name → steps between two numbers, None: as usual; of names with commas between, as ``noise-scale,spectra:200``.

    Raises:
        ValueError: what is wrong, in words.
    """
    found: dict[str, int | None] = {}
    for part in filter(None, text.split(",")):
        name, colon, interval = part.strip().partition(":")
        if name not in CLASSES:
            raise ValueError(f"{name!r} is no metric; there are {', '.join(CLASSES)}")
        if colon and not (interval.isdecimal() and int(interval)):
            raise ValueError(f"{part.strip()!r}: behind the colon stand the steps between two numbers, as {name}:200")
        found[name] = int(interval) if colon else None
    return found


def metrics_of(text: str) -> "list[Metric]":
    """The metrics themselves."""
    return [metric_named(name, interval) for name, interval in chosen(text).items()]


def check_metrics_of(text: str, model: str) -> None:
    """Whether a training of this model can have them.

    Raises:
        WrongPairError: it cannot.
    """
    lacking = [name for name in chosen(text) if name in OF_PYTORCH_ALONE]
    if lacking and model in KERAS_MODELS:
        raise WrongPairError(f"{lacking[0]} is measured of PyTorch's models only, and {model} is one of Keras's.")
