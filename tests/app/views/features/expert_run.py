"""A run of two routers, one linear and one without a weight of two axes, whose choices are known."""

from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter, schema

SHARES = np.array([[0.25, 0.25, 0.25, 0.25], [0.5, 0.0, 0.25, 0.25], [1.0, 0.0, 0.0, 0.0]], np.float32)
"""Of the linear router at each pass."""


def write_expert_run(path: Path, shares: np.ndarray = SHARES) -> Path:
    """Write it; a pass each 10 steps."""
    own = {"units": 4, "kept": [0, 1, 2, 3], "experts": 4}
    layers = [
        schema.Layer(name="gate", kind="Linear", stage="gate", parameters={"weight": [4, 3]}, **own),
        schema.Layer(name="mixture", kind="Mixture", stage="mixture", parameters={"w": [4, 3, 3]}, **own),
        schema.Layer(name="out", kind="Linear", units=2, stage="out", kept=[0, 1], parameters={"weight": [2, 3]}),
    ]
    run = schema.Run(created="2026-01-01T00:00:00+00:00", interval=10, neuron_cap=0)
    probe = schema.Probe(inputs=np.zeros((2, 3), np.float32))  # type: ignore[arg-type]
    with CollectionWriter(path, schema.Header(schema.FORMAT, schema.VERSION, run, layers, probe)) as writer:
        for number, row in enumerate(shares):
            records = {
                "gate": schema.LayerRecord(chosen=row, activation=np.ones((2, 4), np.float32)),  # type: ignore[arg-type]
                "mixture": schema.LayerRecord(chosen=row[::-1].copy()),
            }
            writer.write(schema.PassRecord(number=number, step=10 * number, layers=records))
    return path
