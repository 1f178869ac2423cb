"""Makes the golden collections, always the same bytes: ``python -m tests.golden.make_golden``.

They are kept in the repository and stay as they are: a later reader has to open what this version wrote. Only a new
version of the format adds files here.
"""

import sys
from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter
from collector.storage.schema import (
    FORMAT,
    EpochRecord,
    Header,
    Layer,
    LayerRecord,
    NoteRecord,
    PassRecord,
    Probe,
    Run,
    StepsRecord,
)


def ramp(*shape: int, start: float = 0.0, dtype: str = "<f4") -> np.ndarray:
    """Eighths rising by one from ``start``: exact in every floating-point type used here."""
    return (start + np.arange(np.prod(shape)) / 8).reshape(shape).astype(dtype)


def header() -> Header:
    """A convolutional layer of which 3 of 6 channels are kept, its activation, and a linear layer after them."""
    kept = np.array([0, 2, 5])
    layers = [
        Layer(
            name="conv",
            kind="Conv2d",
            units=6,
            stage="conv",
            kept=kept,
            reads=["input"],
            input_units=1,
            input_kept=np.array([0]),
            output_shape=[6, 2, 2],
            parameters={"weight": [6, 1, 3, 3], "bias": [6]},
        ),
        Layer(name="relu", kind="ReLU", units=6, stage="conv", kept=kept, output_shape=[6, 2, 2]),
        Layer(
            name="head",
            kind="Linear",
            units=7,
            stage="head",
            kept=np.arange(7),
            reads=["conv"],
            input_units=6,
            input_kept=kept,
            input_block=4,
            output_shape=[7],
            parameters={"weight": [7, 24], "bias": [7]},
            not_recorded={"weight_update": "an example of a reason"},
        ),
    ]
    run = Run(
        created="2024-05-01T12:00:00+00:00",
        interval=2,
        neuron_cap=3,
        framework="none",
        model="golden",
        optimizer="sgd",
        dataset="ramps",
        data_used="ramps",
        seed=0,
        steps_per_epoch=4,
        total_steps=4,
        options={"lr": 0.5, "augment": False, "comment": 'quotes " and ümläuts'},
    )
    probe = Probe(
        inputs=ramp(2, 1, 4, 4, start=-2),
        labels=np.array([6, 0]),
        class_names=list("abcdefg"),
        mean=[0.5],
        std=[0.25],
    )
    return Header(FORMAT, 1, run, layers, probe)


def pass_record(number: int) -> PassRecord:
    """Pass 0, 1 or 2, at steps 0, 2 and 4; the last is the state after the last step, with no update."""
    updated = number < 2
    conv = LayerRecord(
        activation=ramp(2, 3, start=number),
        weight=ramp(3, 1, 3, 3, start=number),
        bias=np.zeros(3, np.float32),
        weight_gradient=ramp(3, 1, 3, 3, start=-number) if updated else None,
        weight_update=ramp(3, 1, 3, 3, start=-1) if updated else None,
    )
    relu = LayerRecord(activation=ramp(2, 3, start=number), feature_maps=ramp(2, 3, 4, 4, start=number, dtype="<f2"))
    head = LayerRecord(activation=ramp(2, 7, start=number), weight=ramp(7, 12, start=number))
    head.weight[0, :3] = np.nan, np.inf, -np.inf
    return PassRecord(
        number=number,
        step=2 * number,
        seconds=0.25 * number,
        logits=ramp(2, 7, start=10 * number),
        layers={"conv": conv, "relu": relu, "head": head},
    )


def write_finished(path: Path) -> None:
    """Three passes, two records of scalars, one of a single step, an epoch and a note."""
    with CollectionWriter(path, header()) as writer:
        writer.write(pass_record(0))
        writer.write(StepsRecord(0, 2, {"loss": np.array([2.5, 1.5]), "learning_rate": np.array([0.5, 0.5])}))
        writer.write(StepsRecord(0, 1, {"gradient_norm/conv": np.array([3.0])}))
        writer.write(pass_record(1))
        writer.write(NoteRecord(2, "A note of the collector's own."))
        writer.write(StepsRecord(2, 4, {"loss": np.array([np.nan, 0.5]), "learning_rate": np.array([0.25, 0.25])}))
        writer.write(EpochRecord(0, 4, {"accuracy": 0.75, "loss": "nan"}))
        writer.write(pass_record(2))


def make(folder: Path) -> None:
    """Write ``finished.json``, ``cut_off.json`` (in the middle of the last pass) and ``future_version.json``."""
    finished = folder / "finished.json"
    finished.unlink(missing_ok=True)
    write_finished(finished)
    content = finished.read_bytes()
    last_pass = content.index(b',{"record":"pass","pass":2')
    (folder / "cut_off.json").write_bytes(content[: last_pass + 400])
    future = content.replace(b'"version":1', b'"version":2', 1).replace(b'"run":{', b'"run":{"moon":"full",', 1)
    (folder / "future_version.json").write_bytes(future[: last_pass + 20])


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
