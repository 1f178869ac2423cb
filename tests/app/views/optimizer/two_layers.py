"""A run of two layers, and two such runs beside one another."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from app.analysis.beside import Beside
from collector.comparing import pair_of
from collector.storage.schema import Metric
from tests.app.growing_run import GrowingRun

N = 12


def run(factor: float = 1.0, n: int = N, **more: Any) -> GrowingRun:
    made = GrowingRun(metrics={"scale": Metric("scale", "noise scale", "Noise.", "samples")})
    made.insight = None  # type: ignore[attr-defined]
    steps = np.arange(float(n))
    columns = {f"update_ratio/fc{at}": 10.0 ** -(2 + at) * (1 + steps / 10) * factor for at in (0, 1)}
    columns |= {f"gradient_angle/fc{at}": 60 + steps + at for at in (0, 1)}
    return made.grow(**columns, learning_rate=np.full(n, 0.1) * factor, **more)


def compared(a: GrowingRun, b: GrowingRun, held_step: int | None = None) -> Any:
    names = ("usual", "faster") if held_step is None else (f"step {held_step}", "this pass")
    beside = Beside(pair_of(a, b), names, held_step)  # type: ignore[arg-type]
    held = None if held_step is None else 0
    return SimpleNamespace(names=names, held=held, held_step=held_step, beside=beside, b=SimpleNamespace(collection=b))
