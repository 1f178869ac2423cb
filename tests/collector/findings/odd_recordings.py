"""Recordings that no training would leave, and some that one might: drawn at random, each from a number."""

from pathlib import Path
from typing import Any

import numpy as np

from collector.storage.schema import (
    Layer,
    LossRecord,
    OptimizersRecord,
    OriginRecord,
    ParameterGroup,
    ResumeRecord,
)
from tests.collector.findings.recorded import Recorded, linear

METRICS = (
    *("gradient_norm", "update_norm", "weight_norm", "activation_std", "activation_mean", "update_ratio"),
    *("dead_fraction", "saturated_fraction", "no_gradient", "nan", "plus_inf", "not_finite_weight"),
    *("half_batch_cosine", "batches_tracked", "training_mode", "input_std", "input_mean", "input_min", "input_max"),
)
OF_ALL = (
    *("unclipped_gradient_norm/total", "gradient_norm/total", "carried_gradient_norm/total", "optimizer_age/total"),
    *("batch_crc32/total", "still_change_max@1e-07/total", "largest_class/total", "largest_class_share/total"),
)
LOGGED = ("loss", "val_loss", "test/loss", "accuracy", "skipped_steps", "reward", "learning_rate")
RATES = ("learning_rate/group1", "learning_rate/optimizer1 group0")


def odd_recording(seed: int, folder: Path) -> Path:
    """A file that opens, of whatever there may be in one; some have damaged passes or end in the middle."""
    random = np.random.default_rng(seed)
    layers = _layers(random)
    n_steps = int(random.choice([1, 2, 7, 30, 120]))
    run = Recorded(folder, layers, probe=_probe(random), **_about(random))
    names = [f"{metric}/{layer.name}" for metric in METRICS for layer in layers if random.random() < 0.6]
    rare = [name for name in (*OF_ALL, *LOGGED, *RATES) if random.random() < 0.4]
    shared = _values(random, n_steps) if random.random() < 0.3 else None
    for name in [*(names if random.random() < 0.8 else []), *rare, *(["loss"] if random.random() < 0.7 else [])]:
        every, start = int(random.choice([1, 1, 2, 10])), int(random.choice([0, 0, 0, 3]))
        values = _values(random, n_steps) if shared is None else shared
        values = values[: max(1, -(-n_steps // every))]
        with np.errstate(all="ignore"):
            run.scalars({name: values}, every=every, start=start)
        if random.random() < 0.1:  # a gap, and more behind it
            run.scalars({name: values[:3]}, every=every, start=start + 3 * every * n_steps)
    _add_facts(run, layers, random)
    for number in range(int(random.choice([0, 1, 2, 5]))):
        _take(run, number * 10, layers, random)
    run.report()
    if random.random() < 0.25:
        _damage(run.path, random)
    return run.path


def _layers(random: np.random.Generator) -> list[Layer]:
    layers = []
    for number in range(1, int(random.choice([1, 2, 6])) + 1):
        layer = linear(f"fc{number}", reads=f"fc{number - 1}" if number > 1 else "input")
        match random.integers(5):
            case 0:
                layer.parameters = {}
            case 1:
                layer.parameters = {"weight": [8]}
            case 2:
                layer.output_shape = [8, 3, 3]
            case 3:
                layer.kind, layer.options = "Dropout", {"p": float(random.choice([0.5, 0.95, np.inf]))}
        layers.append(layer)
    return layers


def _values(random: np.random.Generator, n: int) -> np.ndarray:
    """A series ``[n]`` of some kind."""
    usual = np.exp(random.normal(0, 0.2, n)) * 10.0 ** random.integers(-6, 6)
    odd = [np.nan, np.inf, -np.inf, 0.0, 1e308, 5e-324, -1.0]
    is_late = np.arange(n) >= n // 2
    kinds = [
        usual,
        usual * np.exp(-np.arange(n) / 10),
        np.full(n, random.choice(odd)),
        np.where(random.random(n) < 0.2, random.choice(odd), usual),
        np.where(is_late, random.choice(odd), usual),
        np.where(is_late, 1e4 * usual, usual),
        np.arange(n, dtype=float),
        -usual,
        random.choice(odd, n),
    ]
    return kinds[random.choice(len(kinds), p=[0.24, 0.08, 0.08, 0.16, 0.16, 0.08, 0.06, 0.06, 0.08])]


def _probe(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None] | None:
    n = int(random.choice([1, 4, 20]))
    inputs = random.integers(0, 9, (n, 8)) if random.random() < 0.3 else random.normal(0, 1, (n, 8)).astype(np.float32)
    labels = random.integers(0, 4, n) if random.random() < 0.6 else None
    return None if random.random() < 0.3 else (inputs, labels)


def _about(random: np.random.Generator) -> dict[str, Any]:
    return {} if random.random() < 0.5 else {"steps_per_epoch": int(random.choice([1, 10, 1000]))}


def _add_facts(run: Recorded, layers: list[Layer], random: np.random.Generator) -> None:
    parameters = [f"{layer.name}.{name}" for layer in layers for name in layer.parameters]
    some = [name for name in parameters if random.random() < 0.3]
    if random.random() < 0.6:
        options = {"weight_decay": 0.1, "eps": 1e-14, "maximize": bool(random.random() < 0.2), "lr": "a schedule"}
        groups = [
            ParameterGroup(parameters, "Adam", number, "learning_rate", dict(options))
            for number in range(int(random.choice([0, 1, 2])))
        ]
        gone = ["gone.weight"] if random.random() < 0.3 else []
        run.add(OptimizersRecord(int(random.choice([0, 5])), groups, some + gone, some, gone))
    if random.random() < 0.5:
        operations = ["NllLoss", "LogSoftmax", "Softmax", "MseLoss", "Relu", "Log"]
        some_operations = [str(each) for each in random.choice(operations, random.integers(0, 4))]
        linear_pairs = [("fc1", "fc2")] if random.random() < 0.5 else [("gone", "fc1")]
        reduction = str(random.choice(["", "sum", "mean"]))
        run.add(LossRecord(1, "loss", some_operations, reduction, "gone", linear_pairs, some, ["x"]))  # type: ignore[arg-type]
    if random.random() < 0.2:
        phase = str(random.choice(["input", "forward", "loss", "backward", "update"]))
        run.add(OriginRecord(int(random.integers(200)), phase, str(random.choice(["fc1", "gone", ""]))))  # type: ignore[arg-type]
    if random.random() < 0.2:
        run.add(ResumeRecord(10, "2026-01-01T00:00:00+00:00"))


def _take(run: Recorded, step: int, layers: list[Layer], random: np.random.Generator) -> None:
    n = 4 if run._header.probe is None else len(run._header.probe.inputs)  # type: ignore[arg-type]

    def drawn(*shape: int) -> np.ndarray:
        with np.errstate(all="ignore"):
            return _values(random, int(np.prod(shape))).reshape(shape).astype(np.float32)

    arrays = {
        layer.name: {
            name: drawn(*shape)
            for name, shape in (("activation", (n, 8)), ("weight", (8, 8)), ("weight_gradient", (8, 8)))
            if random.random() < 0.8
        }
        for layer in layers
        if random.random() < 0.9
    }
    run.taken(step, arrays, drawn(n, int(random.choice([1, 4]))) if random.random() < 0.7 else None)


def _damage(path: Path, random: np.random.Generator) -> None:
    """Change some bytes behind the first line, or cut the end off."""
    content = bytearray(path.read_bytes())
    first = content.index(b"\n") + 1
    if random.random() < 0.5:
        del content[int(random.integers(first, len(content))) :]
    else:
        for place in random.integers(first, len(content), 3):
            content[place] = int(random.integers(32, 127))
    path.write_bytes(bytes(content))
