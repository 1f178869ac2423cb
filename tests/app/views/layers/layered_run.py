"""Runs made up of layers and the norms of their gradients, alone and beside one another."""

from types import SimpleNamespace

import numpy as np

from app.analysis.beside import Beside
from collector.comparing.clocks import Alignment
from collector.comparing.pair import Pair
from collector.comparing.pairing import paired
from tests.app.growing_run import GrowingRun
from tests.app.made_up import layer

NAN = float("nan")
USUAL = ("stem", "body.0.conv1", "body.0.relu", "body.1.conv1", "head")


def run(*names: str, rate: float = 1.0, n_steps: int = 60) -> GrowingRun:
    """Layers of which those called ``relu`` have no parameters; norms fall, each from its own height."""
    layers, norms = {}, {}
    for number, name in enumerate(names):
        has_none = "relu" in name
        layers[name] = layer(
            name,
            "ReLU" if has_none else "Linear",
            stage=names[number - 1] if has_none else name,
            units=128,
            kept=np.arange(24 if number % 2 else 128),
            output_shape=(8, 28, 28) if number < 2 else (128,),
            parameters={} if has_none else {"weight": (128, 3 * 10**number)},
        )
        if not has_none:
            steps = np.arange(1.0, n_steps + 1)
            norms[f"gradient_norm/{name}"] = 10.0 ** (number - 2) * (np.exp(-rate * steps / 30) + np.sin(steps) / 20)
    found = GrowingRun(layers=layers)
    if norms:
        norms[next(iter(norms))][[5, 6, 20]] = [NAN, np.inf, NAN]
        return found.grow(loss=np.ones(n_steps), **norms)
    return found.grow(loss=np.ones(n_steps))


def compared(own: GrowingRun, other: GrowingRun, held: int | None = None) -> SimpleNamespace:
    """What a table is given where two runs are compared, or a step of one is held."""
    pair = Pair(own, other, paired(own.layers, other.layers), Alignment(own, other))  # type: ignore[arg-type]
    return SimpleNamespace(beside=Beside(pair, ("usual", "slower"), held))
