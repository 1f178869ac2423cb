"""The Features panel with 64 feature maps before and after activation: from the pass in memory to the painted frame."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtWidgets import QApplication

from app.replay.frame import Frame, read_frame
from app.replay.opened import OpenedCollection, open_for_replay
from app.replay.state import ReplayState
from app.views.features.panel import FeaturesPanel
from app.window.start import make_application
from collector.storage import CollectionWriter, schema
from tests.benchmarks.row import Row, hand_over, ms

N_PASSES, SWITCHES, SIDE = 20, 100, 28
SIZES = {"6 maps": 6, "64 maps": 64, "640 maps": 640}


def write(path: Path, units: int) -> None:
    """A run of a convolution with a rectifier and of a linear layer, of random numbers."""
    random = np.random.default_rng(0)
    kept = np.arange(units)
    shape = [units, SIDE, SIDE]
    layers = [
        schema.Layer(
            name="conv",
            kind="Conv2d",
            units=units,
            stage="conv",
            kept=kept,  # type: ignore[arg-type]
            reads=["input"],
            input_units=3,
            input_kept=[0, 1, 2],
            output_shape=shape,
            parameters={"weight": [units, 3, 5, 5]},
        ),
        schema.Layer("relu", "ReLU", units, "conv", kept, output_shape=shape),  # type: ignore[arg-type]
    ]
    probe = schema.Probe(random.random((2, 3, 32, 32), np.float32), [0, 1])  # type: ignore[arg-type]
    run = schema.Run("2026-01-01T00:00:00+00:00", 50, 0)
    with CollectionWriter(path, schema.Header(schema.FORMAT, schema.VERSION, run, layers, probe)) as writer:
        for number in range(N_PASSES):
            before = random.standard_normal((2, *shape), np.float32).astype(np.float16)
            after = np.maximum(before, 0)
            arrays = {
                "conv": schema.LayerRecord(
                    activation=before.astype(np.float32).mean((2, 3)),
                    weight=random.standard_normal((units, 3, 5, 5), np.float32),
                    feature_maps=before,
                ),
                "relu": schema.LayerRecord(activation=after.astype(np.float32).mean((2, 3)), feature_maps=after),
            }
            logits = random.standard_normal((2, 10), np.float32)
            writer.write(schema.PassRecord(number, number * 50, logits=logits, layers=arrays))


def frames(opened: OpenedCollection) -> list[Frame]:
    """Every pass, read and prepared."""
    made = []
    for number in range(N_PASSES):
        view = opened.view_of(ReplayState(pass_number=number))
        assert view is not None
        made.append(read_frame(opened, view))
    return made


def measure(folder: Path) -> Iterator[Row]:
    application = make_application()
    for name, units in SIZES.items():
        path = folder / f"{units}.json"
        write(path, units)
        opened = open_for_replay(path)
        panel = FeaturesPanel()
        panel.resize(1400, 900)
        panel.show()
        panel.show_collection(opened.collection)
        ready = frames(opened)
        taken = [_switch(panel, ready[number % N_PASSES]) for number in range(SWITCHES)]
        goal = "≤ 16 ms" if units == 64 else ""
        beside = f"{units} filters 5×5×3, maps 28×28 before and after"
        yield Row("frame change of the Features panel, 1400×900", name, goal, ms(taken), beside)
        panel.close()
        panel.deleteLater()
        opened.collection.close()
    del application


def _switch(panel: FeaturesPanel, frame: Frame) -> float:
    """Seconds from the frame to the painted panel."""
    began = time.perf_counter()
    panel.show_step(frame.step)
    panel.show_frame(frame)
    QApplication.processEvents()  # where it is painted, on the offscreen platform too
    return time.perf_counter() - began


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
