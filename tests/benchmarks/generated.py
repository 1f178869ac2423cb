"""Collections of any size, written by the project's own writer from random numbers."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter, schema


def linear_layers(sizes: list[int]) -> list[schema.Layer]:
    """A network of linear layers, every unit kept."""
    layers = []
    for number, (n_inputs, units) in enumerate(pairwise(sizes), start=1):
        layers.append(
            schema.Layer(
                name=f"fc{number}",
                kind="Linear",
                units=units,
                stage=f"fc{number}",
                kept=np.arange(units),  # type: ignore[arg-type]
                reads=["input" if number == 1 else f"fc{number - 1}"],
                input_units=n_inputs,
                input_kept=np.arange(n_inputs),  # type: ignore[arg-type]
                output_shape=[units],
                parameters={"weight": [units, n_inputs], "bias": [units]},
            )
        )
    return layers


def header(sizes: list[int]) -> schema.Header:
    """The first line of a run of such a network, with a probe of 8 samples."""
    random = np.random.default_rng(0)
    probe = schema.Probe(
        inputs=random.random((8, sizes[0]), np.float32),  # type: ignore[arg-type]
        labels=random.integers(0, sizes[-1], 8),  # type: ignore[arg-type]
        class_names=[str(number) for number in range(sizes[-1])],
    )
    run = schema.Run(created="2026-01-01T00:00:00+00:00", interval=50, neuron_cap=0, model="generated")
    return schema.Header(schema.FORMAT, schema.VERSION, run, linear_layers(sizes), probe)


def random_pass(sizes: list[int], number: int, *, is_full: bool = True) -> schema.PassRecord:
    """A pass of such a network; with gradients and updates if it is full."""
    random = np.random.default_rng(number)
    kinds = ["weight", "weight_gradient", "weight_update"] if is_full else ["weight"]
    layers = {}
    for position, (n_inputs, units) in enumerate(pairwise(sizes), start=1):
        record = schema.LayerRecord(activation=random.standard_normal((8, units), np.float32))  # type: ignore[arg-type]
        for kind in kinds:
            setattr(record, kind, random.standard_normal((units, n_inputs), np.float32))
            setattr(record, kind.replace("weight", "bias"), random.standard_normal(units, np.float32))
        layers[f"fc{position}"] = record
    logits = random.standard_normal((8, sizes[-1]), np.float32)
    return schema.PassRecord(number=number, step=number * 50, logits=logits, layers=layers)  # type: ignore[arg-type]


def write_collection(path: Path, sizes: list[int], n_bytes: int, *, is_finished: bool = True) -> int:
    """Write passes and losses until the file has ``n_bytes``; the number of passes."""
    writer = CollectionWriter(path, header(sizes), overwrite=True)
    passes = [random_pass(sizes, number) for number in range(8)]
    number = 0
    while number < 2 or path.stat().st_size < n_bytes:
        record = passes[number % len(passes)]
        record.number, record.step = number, number * 50
        writer.write(record)
        losses = np.exp(-np.arange(number * 50, number * 50 + 50) / 1e4).astype(np.float32)
        writer.write(schema.StepsRecord(number * 50, number * 50 + 50, {"loss": losses, "accuracy": 1 - losses}))
        number += 1
    if is_finished:
        writer.close()
    return number
