"""A probe made of the held-out data that a trainer was given."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from collector.pytorch.graphs import is_graph
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.probe import check_probe
from collector.pytorch.probe_options import ProbeOptions

N_SAMPLES = 16
"""Samples of a probe that nobody chose."""

_LABELS = ("labels", "label")
"""Under these names a batch of keywords holds what is to be learnt."""

GIVE_ONE = "Give one: probe=(inputs, labels), or (inputs, None)."

Probe = tuple[Any, Any]


def first_samples(model: nn.Module, dataset: Any, collate: Callable[[list[Any]], Any]) -> Any:
    """A batch of the first `N_SAMPLES` samples, read without moving a random state.

    Args:
        dataset: of known length, read by number.
        collate: makes a batch of a list of samples.

    Raises:
        ValueError: the dataset can only be read from beginning to end, which would take samples from the training.
    """
    if not (hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")):
        raise ValueError(f"held-out data of type {type(dataset).__name__} cannot be read by number")
    with preserved_state(model):
        return collate([dataset[number] for number in range(min(N_SAMPLES, len(dataset)))])


def probe_of(batch: Any) -> Probe:
    """What of a batch the model is given, and what it is to give, where the batch has it.

    Raises:
        ValueError: which is which cannot be told.
    """
    if isinstance(batch, Tensor):
        return batch, None
    if is_graph(batch):
        return batch, getattr(batch, "y", None)
    if isinstance(batch, Mapping):
        labels = next((batch[name] for name in _LABELS if name in batch), None)
        return {name: each for name, each in batch.items() if name not in _LABELS}, labels
    if isinstance(batch, tuple | list) and len(batch) == 2:
        return batch[0], batch[1]
    raise ValueError(f"what the model is given cannot be told from a batch of type {type(batch).__name__}")


def checked(probe: Probe, model: nn.Module, options: Mapping[str, Any]) -> Probe:
    """A probe out of data, without what is no target of its samples.

    Args:
        options: of the `Collector` that is given the probe.

    Raises:
        ValueError: it holds no samples.
    """
    inputs, labels = probe
    how = ProbeOptions(*(options.get(name) for name in ("probe_call", "sample_axis", "time_axis")))
    try:
        check_probe(probe, model, how)
    except ValueError:
        check_probe((inputs, None), model, how)
        labels = None
    return inputs, labels
