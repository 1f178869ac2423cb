"""A recording that is judged again and again while it grows ends with the report of one that is judged once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.judging import Judging
from collector.findings import findings
from collector.findings.robust import past_median
from collector.findings.running import Running
from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import (
    LossRecord,
    OptimizersRecord,
    ParameterGroup,
    StepsRecord,
)
from tests.collector.findings.recorded import Recorded, chain, falling

PIECE, PIECES, LAYERS = 25, 30, 6
N = PIECE * PIECES


def recorded(fault: str, seed: int) -> Recorded:
    """A run of 750 steps and 30 passes, in the records that a training leaves."""
    random = np.random.default_rng(seed)
    layers = [f"fc{number}" for number in range(1, LAYERS + 1)]
    steps = np.arange(N)
    is_late = steps >= 400
    loss = falling(N) * np.exp(0.05 * random.standard_normal(N))
    norms = {
        f"{metric}/{layer}": level * np.exp(0.1 * random.standard_normal(N))
        for metric, level in (("gradient_norm", 1.0), ("update_norm", 0.01), ("weight_norm", 10.0))
        for layer in layers
    }
    norms["nan/fc4"] = np.zeros(N)
    logits = random.standard_normal((PIECES, 16, 4))
    match fault:
        case "explodes":
            norms["gradient_norm/fc3"][is_late] *= 1e4
            loss[is_late] = 5.0
        case "vanishes":
            for depth, layer in enumerate(layers):
                norms[f"gradient_norm/{layer}"] *= 10.0 ** (depth - LAYERS)
            loss = 2.3 + 0 * loss
        case "too large":
            norms |= {name: 50 * values for name, values in norms.items() if name.startswith("update_norm")}
            loss += np.linspace(0, 9, N)
        case "not finite":
            loss[is_late] = np.nan
            norms["nan/fc4"][is_late] = 8
            norms["gradient_norm/fc4"][is_late] = np.nan
        case "constant":
            logits[10:] = 0.0
            loss[250:] = 1.39
        case "fades":
            norms |= {name: v * 0.995**steps for name, v in norms.items() if name.startswith("weight_norm")}
            loss = 2.3 + 0 * loss
        case "late layer":
            norms = {name: values for name, values in norms.items() if not name.endswith("/fc2")}
            norms["gradient_norm/fc2"] = np.where(is_late, 0.0, np.nan)
    probe = (np.zeros((16, 8), np.float32), np.arange(16) % 4)
    run = Recorded(Path(), chain(LAYERS), probe=probe, steps_per_epoch=100)
    parameters = [f"{layer}.{which}" for layer in layers for which in ("weight", "bias")]
    run.add(OptimizersRecord(0, [ParameterGroup(parameters, "AdamW", 0, "learning_rate", {"weight_decay": 0.1})]))
    run.add(LossRecord(1, "loss", ["NllLoss", "LogSoftmax"], "mean", layers[-1]))
    for piece in range(PIECES):
        start = piece * PIECE
        arrays = {
            layer: {"activation": random.standard_normal((16, 8)).astype(np.float32), "weight": np.eye(8)}
            for layer in layers
        }
        run.taken(start, arrays, logits[piece].astype(np.float32))
        run.scalars({"loss": loss[start : start + PIECE], "learning_rate": np.full(PIECE, 0.01)}, start=start)
        followed = {name: values[start : start + PIECE : 5] for name, values in norms.items()}
        run.scalars({name: v for name, v in followed.items() if not np.isnan(v).all()}, every=5, start=start)
        run.scalars({"val_loss": loss[start : start + 1] + 0.1}, start=start + PIECE - 1)
    return run


def written(run: Recorded, path: Path, look: Callable[[], None]) -> None:
    """Write a recording, and look at it after each of its records."""
    with CollectionWriter(path, run._header) as writer:
        look()
        for record in run._records:
            writer.write(record)
            if not isinstance(record, StepsRecord) or "loss" not in record.columns:
                look()
    look()


@pytest.mark.parametrize(
    "fault", ["", "explodes", "vanishes", "too large", "not finite", "constant", "fades", "late layer"]
)
def test_that_what_is_judged_while_it_grows_ends_as_if_it_were_judged_once(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "run.json"
    judging = Judging(path)
    written(recorded(fault, seed=1), path, judging.report)
    grown = judging.report()
    judging.close()
    with open_collection(path) as collection:
        once = findings(collection)
    assert grown == once
    assert bool(once.at_least("warning")) == bool(fault)


def sums(values: np.ndarray, start: int) -> tuple[np.ndarray, ...]:
    """Of each row and the two behind it."""
    padded = np.concatenate([values, np.zeros((2, values.shape[1]))])
    return ((padded[:-2] + padded[1:-1] + padded[2:])[start:],)


@pytest.mark.parametrize("seed", range(5))
def test_that_what_is_kept_from_row_to_row_is_what_all_rows_give(seed: int) -> None:
    random = np.random.default_rng(seed)
    running, values = Running(), random.standard_normal((0, 3))
    for _ in range(12):
        values = np.concatenate([values, random.standard_normal((random.integers(0, 30), 3))])
        if len(values) and random.random() < 0.3:  # a row that comes late
            values[random.integers(len(values))] = np.nan
        values = values.copy()
        usual = running("usual", values, lambda rows, start: past_median(rows, 20, start=start))
        np.testing.assert_equal(usual, past_median(values, 20))
        np.testing.assert_equal(running("sums", values, sums, ahead=2), sums(values, 0))
    values = values[:10, :2].copy()
    np.testing.assert_equal(running("sums", values, sums, ahead=2), sums(values, 0))


def test_that_a_row_is_worked_out_once(seed: int = 0) -> None:
    rows_asked: list[int] = []

    def work(values: np.ndarray, start: int) -> tuple[np.ndarray, ...]:
        rows_asked.append(len(values) - start)
        return (values[start:],)

    running, values = Running(), np.random.default_rng(seed).random((50, 2))
    for n in (30, 30, 35, 50):
        running("same", values[:n].copy(), work)
    assert rows_asked == [30, 5, 15]
