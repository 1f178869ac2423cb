"""A run with filters of three channels, maps before and after a rectifier, and units that die and come back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter, schema

UNITS, SIDE, N_MAPPED, N_SAMPLES = 5, 6, 2, 3
DEAD = ((), (1,), (1, 3), (1,), (1, 3))
"""Numbers of the dead units at each pass."""


def feature_layers() -> list[schema.Layer]:
    """A convolution, its rectifier, and a linear layer that makes the logits."""
    shape = [UNITS, SIDE, SIDE]
    kept = np.array([0, 2, 4, 6, 8])
    conv = schema.Layer(
        name="conv",
        kind="Conv2d",
        units=10,
        stage="conv",
        kept=kept,  # type: ignore[arg-type]
        reads=["input"],
        input_units=3,
        input_kept=[0, 1, 2],
        output_shape=[10, *shape[1:]],
        parameters={"weight": [10, 3, 2, 2], "bias": [10]},
    )
    relu = schema.Layer("relu", "ReLU", 10, "conv", kept, output_shape=[10, *shape[1:]])  # type: ignore[arg-type]
    fc = schema.Layer(
        name="fc",
        kind="Linear",
        units=4,
        stage="fc",
        kept=np.arange(4),  # type: ignore[arg-type]
        reads=["conv"],
        input_units=10,
        input_kept=kept,  # type: ignore[arg-type]
        input_block=SIDE * SIDE,
        output_shape=[4],
        parameters={"weight": [4, 10 * SIDE * SIDE]},
    )
    return [conv, relu, fc]


def feature_pass(number: int, dead: Sequence[int]) -> schema.PassRecord:
    """A pass at step ``10 * number``; ``dead`` are places among the kept units."""
    random = np.random.default_rng(number)
    before = random.normal(size=(N_SAMPLES, UNITS, SIDE, SIDE)).astype(np.float32) * (number + 1)
    before[:, list(dead)] = -1 - np.abs(before[:, list(dead)])
    after = np.maximum(before, 0)
    weight = random.normal(size=(UNITS, 3, 2, 2)).astype(np.float32) * (number + 1)
    logits = random.normal(size=(N_SAMPLES, 4)).astype(np.float32) * 3
    layers = {
        "conv": schema.LayerRecord(
            activation=before.mean((2, 3)), weight=weight, feature_maps=before[:N_MAPPED].astype(np.float16)
        ),
        "relu": schema.LayerRecord(activation=after.mean((2, 3)), feature_maps=after.astype(np.float16)),
        "fc": schema.LayerRecord(activation=logits),
    }
    return schema.PassRecord(number=number, step=10 * number, logits=logits, layers=layers)  # type: ignore[arg-type]


def write_features_run(path: Path, n_passes: int = len(DEAD)) -> Path:
    """Write the run; its first ``n_passes`` passes."""
    random = np.random.default_rng(0)
    probe = schema.Probe(
        inputs=random.random((N_SAMPLES, 3, 7, 7), np.float32),  # type: ignore[arg-type]
        labels=[0, 1, 2],
        class_names=["ant", "bee", "cat", "dog"],
    )
    run = schema.Run(created="2026-01-01T00:00:00+00:00", interval=10, neuron_cap=5)
    with CollectionWriter(path, schema.Header(schema.FORMAT, schema.VERSION, run, feature_layers(), probe)) as writer:
        for number in range(n_passes):
            writer.write(feature_pass(number, DEAD[number]))
            columns = {"dead_fraction/relu": np.array([len(DEAD[number]) / UNITS])}
            writer.write(schema.StepsRecord(10 * number, 10 * number + 1, columns))  # type: ignore[arg-type]
    return path
