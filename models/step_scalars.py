"""The collection's scalars of the whole model, step by step, for TensorBoard."""

from pathlib import Path

import numpy as np

from collector.storage import CollectionError, open_collection
from models.tensorboard_writer import open_writer

MOST = 1_000
"""So many values of a scalar are written at most, evenly spread: TensorBoard itself shows no more."""


def write_step_scalars(collection_path: Path, log_dir: Path) -> None:
    """Write them as a run of their own, ``steps``, under the collection's names; NaN and Inf are left out.

    They take the place of those that an earlier run left there.

    Those of single layers stay in the collection: hundreds of curves would bury the rest. A collection that cannot be
    read has none, which is no reason for a training to fail.
    """
    try:
        collection = open_collection(collection_path)
    except CollectionError:
        return
    with collection, open_writer(log_dir / "steps", first_step=0) as writer:
        for name in collection.series:
            if name.partition("/")[2] not in ("", "total"):
                continue
            steps, values = collection.series.recorded(name)
            finite = np.isfinite(values)
            steps, values = steps[finite], values[finite]
            every = max(-(-len(steps) // MOST), 1)
            for step, value in zip(steps[::every].tolist(), values[::every].tolist(), strict=True):
                writer.add_scalar(name, value, step)
