"""Pairs of small recordings, made without a training."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from collector import open_collection
from collector.comparing import Comparison, compare
from tests.collector.findings.recorded import Recorded, falling

N_STEPS = 40
LAYERS = ("fc1", "fc2", "fc3")
CHECKSUMS = ("weights_crc32", "input_crc32", "output_crc32", "gradients_crc32")
SIZES = ("weight_norm", "activation_std", "gradient_norm", "update_norm")


def columns(numbers: int = 0) -> dict[str, np.ndarray]:
    """What is recorded of each step, all of it drawn from a seed."""
    drawn = np.random.default_rng(numbers)
    found = {"loss": falling(N_STEPS), "learning_rate": np.full(N_STEPS, 1e-3)}
    found["batch_crc32/total"] = drawn.integers(0, 2**32, N_STEPS).astype(float)
    for layer in LAYERS:
        found |= {f"{name}/{layer}": drawn.integers(0, 2**32, N_STEPS).astype(float) for name in CHECKSUMS}
        found |= {f"{name}/{layer}": drawn.uniform(0.5, 2, N_STEPS) for name in SIZES}
    return found


def written(folder: Path, name: str, values: Mapping[str, np.ndarray], **run: Any) -> Path:
    """A recording of these columns."""
    return Recorded(folder, name=name, **run).scalars(dict(values)).write()


def changed(since: int, *names: str, by: float = 0.5) -> dict[str, np.ndarray]:
    """The usual columns, of which some are others from a step on."""
    values = columns()
    for name in names:
        values[name] = values[name].copy()
        values[name][since:] += 1.0 if "_crc32/" in name else by
    return values


def compared(folder: Path, a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray], **options: Any) -> Comparison:
    """The two, of one framework."""
    paths = written(folder, "a.json", a), written(folder, "b.json", b)
    with open_collection(paths[0]) as one, open_collection(paths[1]) as other:
        return compare(one, other, **options)
