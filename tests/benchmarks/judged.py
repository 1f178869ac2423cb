"""Recordings of long trainings as the rules find them: every series that a default recording has, and passes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter, schema

UNITS, KEPT, SAMPLES, CLASSES = 256, 24, 16, 10
INTERVAL, FOLLOWED = 50, 10
"""Steps between passes, and between steps at which gradients are followed."""

LEVELS = {
    "gradient_norm": 1.0,
    "update_norm": 1e-2,
    "weight_norm": 10.0,
    "update_ratio": 1e-3,
    "step_size": 1e-2,
    "activation_mean": 0.1,
    "activation_std": 1.0,
    "activation_max": 4.0,
    "flips_all": 3e4,
    "flips_all_fraction": 0.4,
    "gradient_angle": 80.0,
    "moment_angle": 30.0,
}
"""Metric of a layer → its usual size."""
COUNTED = (
    *("near_zero", "near_zero_fraction", "released", "released_fraction", "retained", "retained_fraction"),
    *("sign_flips", "flip_fraction", "minima", "maxima", "minima_original", "maxima_original"),
    *("still_change_mean", "still_change_max", "still_change_norm"),
)
"""Metrics that have a threshold."""
OF_PASSES = ("dead_fraction", "first_moment_norm", "second_moment_mean")
OF_INPUT = {"input_mean/input": 0.0, "input_std/input": 1.0, "input_min/input": -4.0, "input_max/input": 4.0}


def header(n_layers: int) -> schema.Header:
    """The first line of a run of a chain of linear layers."""
    random = np.random.default_rng(0)
    layers = [
        schema.Layer(
            name=f"fc{number}",
            kind="Linear",
            units=UNITS,
            stage=f"fc{number}",
            kept=list(range(KEPT)),
            reads=[f"fc{number - 1}" if number > 1 else "input"],
            input_units=UNITS,
            input_kept=list(range(KEPT)),
            output_shape=[UNITS],
            parameters={"weight": [UNITS, UNITS], "bias": [UNITS]},
        )
        for number in range(1, n_layers + 1)
    ]
    probe = schema.Probe(
        random.standard_normal((SAMPLES, UNITS)).astype(np.float32),  # type: ignore[arg-type]
        np.arange(SAMPLES) % CLASSES,  # type: ignore[arg-type]
        [str(number) for number in range(CLASSES)],
    )
    run = schema.Run("2026-01-01T00:00:00+00:00", INTERVAL, KEPT, model="generated", steps_per_epoch=1000)
    return schema.Header(schema.FORMAT, schema.VERSION, run, layers, probe)


class Growing:
    """Writes such a recording piece by piece; a piece is what a training adds from one pass to the next.

    Args:
        path: the file.
        n_layers: of the network.
        every: steps between those at which gradients are followed.
    """

    def __init__(self, path: Path, n_layers: int, every: int = FOLLOWED) -> None:
        self._header = header(n_layers)
        self._writer = CollectionWriter(path, self._header, overwrite=True)
        self._random = np.random.default_rng(0)
        self._layers = [each.name for each in self._header.layers]
        self._n_pieces, self._every = 0, every
        self._passes = [self._pass() for _ in range(8)]
        parameters = [f"{layer}.{which}" for layer in self._layers for which in ("weight", "bias")]
        options: dict[str, schema.Option] = {"lr": 1e-3, "betas": "(0.9, 0.999)", "eps": 1e-8, "weight_decay": 0.01}
        group = schema.ParameterGroup(parameters, "AdamW", 0, "learning_rate", options)
        self._writer.write(schema.OptimizersRecord(0, [group]))
        self._writer.write(schema.LossRecord(1, "loss", ["NllLoss", "LogSoftmax"], "mean", self._layers[-1]))

    def grow(self) -> None:
        """Add a pass and the steps behind it."""
        start = self._n_pieces * INTERVAL
        one = self._passes[self._n_pieces % len(self._passes)]
        one.number, one.step = self._n_pieces, start
        self._writer.write(one)
        for every, columns in self._columns(start):
            arrays = {name: values.astype(np.float32) for name, values in columns}
            self._writer.write(schema.StepsRecord(start, start + INTERVAL, arrays, every))  # type: ignore[arg-type]
        self._n_pieces += 1

    def close(self) -> None:
        """Write the index."""
        self._writer.close()

    def _columns(self, start: int) -> Iterator[tuple[int, Iterator[tuple[str, np.ndarray]]]]:
        steps = np.arange(start, start + INTERVAL)
        loss = 0.1 + 2.2 * np.exp(-steps / 2000) * np.exp(0.05 * self._random.standard_normal(INTERVAL))
        rate = 1e-3 * np.minimum(1, (steps + 1) / 500)
        yield 1, iter([("loss", loss), ("learning_rate", rate), ("batch_crc32/total", self._random.random(INTERVAL))])
        names = [(f"{metric}/{layer}", level) for metric, level in LEVELS.items() for layer in (*self._layers, "total")]
        names += [
            (f"{metric}@{t}/{layer}", 0.1) for metric in COUNTED for t in ("1e-07", "1e-05") for layer in self._layers
        ]
        names += [("unclipped_gradient_norm/total", 10.0), ("optimizer_age/total", 1.0), ("not_finite/total", 0.0)]
        names += OF_INPUT.items()
        noise = np.exp(0.1 * self._random.standard_normal((len(names), INTERVAL // self._every)))
        yield self._every, ((name, level * own) for (name, level), own in zip(names, noise, strict=True))
        yield INTERVAL, ((f"{metric}/{layer}", np.full(1, 0.05)) for metric in OF_PASSES for layer in self._layers)

    def _pass(self) -> schema.PassRecord:
        def drawn(*shape: int) -> np.ndarray:
            return self._random.standard_normal(shape).astype(np.float32)

        layers = {}
        for name in self._layers:
            record = schema.LayerRecord(activation=drawn(SAMPLES, KEPT))  # type: ignore[arg-type]
            for kind in ("", "_gradient", "_update"):
                setattr(record, f"weight{kind}", drawn(KEPT, KEPT))
                setattr(record, f"bias{kind}", drawn(KEPT))
            layers[name] = record
        return schema.PassRecord(0, 0, logits=drawn(SAMPLES, CLASSES), layers=layers)  # type: ignore[arg-type]
