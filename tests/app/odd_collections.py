"""Collections that are unlike the usual ones: one maker for each, from the project's own collector or writer."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter, schema
from tests.benchmarks.generated import header, random_pass

SMALL = [12, 6, 4, 3]
"""Inputs and units of the linear layers, where the shape of the network is not what is odd."""


def trained(
    path: Path,
    sizes: list[int],
    *,
    neuron_cap: int = 0,
    sample: tuple[int, ...] = (1, 8, 8),
    has_labels: bool = True,
    is_wide: bool = False,
    about: Mapping[str, str] | None = None,
) -> None:
    """Two steps of linear layers with ReLU between them, on random samples.

    Args:
        about: what the run says of itself.
    """
    import torch
    from torch import nn

    from collector import Collector

    generator = torch.Generator().manual_seed(0)
    images = torch.rand(8, *sample, generator=generator)
    labels = torch.arange(8) % sizes[-1]
    modules: list[nn.Module] = [nn.Flatten()]
    for inputs, units in pairwise(sizes):
        modules += [nn.Linear(inputs, units), nn.ReLU()]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(*modules[:-1])
    if is_wide:
        images, model = images.double(), model.double()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    probe = (images, labels if has_labels else None)
    with Collector(model, optimizer, path, probe=probe, interval=1, neuron_cap=neuron_cap, about=about) as collector:
        for _ in range(2):
            loss = nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)


def written(path: Path, n_passes: int, *, first: schema.Header | None = None, has_scalars: bool = True) -> None:
    """So many passes of a small network, each of random numbers."""
    passes = [random_pass(SMALL, number) for number in range(min(n_passes, 5))]
    with CollectionWriter(path, first or header(SMALL)) as writer:
        for number in range(n_passes):
            record = passes[number % len(passes)]
            record.number, record.step = number, number * 50
            writer.write(record)
        if has_scalars:
            losses = np.exp(-np.arange(n_passes * 50) / 1e3).astype(np.float32)
            writer.write(schema.StepsRecord(0, n_passes * 50, {"loss": losses, "accuracy": 1 - losses}))


def not_finite(path: Path) -> None:
    """A pass as it should be, one with a few NaN, +Inf and -Inf, then one of nothing else for each."""
    sound = random_pass(SMALL, 0)
    with CollectionWriter(path, header(SMALL)) as writer:
        writer.write(sound)
        for number, bad in enumerate((None, np.nan, np.inf, -np.inf), start=1):
            record = random_pass(SMALL, number)
            assert isinstance(record.logits, np.ndarray)
            _spoil(record.logits, bad)
            for layer in record.layers.values():
                for kind in schema.LayerRecord.__struct_fields__:
                    if isinstance(array := getattr(layer, kind), np.ndarray):
                        _spoil(array, bad)
            writer.write(record)
        losses = np.array([1, 2, np.nan, np.inf, -np.inf] * 50)
        writer.write(schema.StepsRecord(0, 250, {"loss": losses, "accuracy": np.full(250, np.nan)}))


def _spoil(array: np.ndarray, bad: float | None) -> None:
    """Put a number in the place of all others; None: NaN, Inf and -Inf in the place of some."""
    if bad is not None:
        array[...] = bad
        return
    flat = array.reshape(-1)
    for start, each in enumerate((np.nan, np.inf, -np.inf)):
        flat[start::5] = each


def without_probe(path: Path) -> None:
    """Weights only, and no samples."""
    first = header(SMALL)
    first.probe = None
    with CollectionWriter(path, first) as writer:
        for number in range(3):
            record = random_pass(SMALL, number)
            record.logits = None
            for layer in record.layers.values():
                layer.activation = None
            writer.write(record)


def words(path: Path) -> None:
    """Two steps of a model whose samples are numbers of words, seven in each, and which are masked."""
    import torch
    from torch import nn

    from collector import Collector

    class Words(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.hidden, self.out = nn.Embedding(500, 4), nn.Linear(4, 6), nn.Linear(6, 3)

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
            states = (self.embedding(ids) * mask[..., None]).mean(1)
            return {"state": states, "logits": self.out(self.hidden(states).relu())}

    ids = torch.randint(0, 500, (8, 7), generator=torch.Generator().manual_seed(0))
    inputs = {"ids": ids, "mask": (ids > 50).float()}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Words()
    labels = torch.arange(8) % 3
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with Collector(
        model, optimizer, path, probe=(inputs, labels), projection=(inputs, labels), interval=1
    ) as collector:
        for _ in range(2):
            loss = nn.functional.cross_entropy(model(**inputs)["logits"], labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)


ODD: dict[str, Callable[[Path], None]] = {
    "4096 units": lambda path: trained(path, [64, 4096, 10]),
    "24 of 4096 units": lambda path: trained(path, [64, 4096, 10], neuron_cap=24),
    "a layer of 1 unit": lambda path: trained(path, [64, 1, 4]),
    "1 layer": lambda path: trained(path, [64, 4]),
    "float64": lambda path: trained(path, [64, 12, 4], is_wide=True),
    "1 output": lambda path: trained(path, [64, 5, 1]),
    "numbers that are not finite": not_finite,
    "1 pass": lambda path: written(path, 1),
    "5000 passes": lambda path: written(path, 5_000),
    "no scalars": lambda path: written(path, 3, has_scalars=False),
    "no probe": without_probe,
    "samples that are no pictures": lambda path: trained(path, [20, 6, 3], sample=(5, 2, 2), has_labels=False),
    "samples that are words": words,
}
