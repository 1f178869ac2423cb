"""A made-up run with all scalars of gradients, written as a collector would write it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from collector.storage import Collection, open_collection
from collector.storage.schema import (
    FORMAT,
    VERSION,
    EpochRecord,
    Header,
    Insight,
    Layer,
    PassRecord,
    Run,
    StepsRecord,
)
from collector.storage.writer import CollectionWriter

THRESHOLDS = ("1e-07", "1e-05")
SIZES = (300, 2_000, 9_000, 50_000, 1_200)


def write_insight_run(
    path: Path,
    n_steps: int = 200,
    layers: Sequence[str] = ("conv1", "conv2", "fc1", "fc2"),
    *,
    interval: int = 1,
    pass_interval: int = 50,
    steps_per_epoch: int = 100,
    nan_at: int | None = None,
    sample: int | None = None,
    is_finished: bool = True,
) -> Path:
    """Write the run; the same each time.

    Args:
        interval: 1 measures every step from the second on, and the moving averages; else every so many steps.
        nan_at: from this step on the last layer's gradients are NaN.
        sample: of so many parameters the counts are made.
        is_finished: whether the writer came to its end.
    """
    sizes = {name: SIZES[number % len(SIZES)] for number, name in enumerate(layers)}
    parameters = sum(sizes.values())
    insight = Insight(
        interval=interval, thresholds=[1e-7, 1e-5], parameters=parameters, sample=sample or parameters, sample_seed=0
    )
    header = Header(
        format=FORMAT,
        version=VERSION,
        run=Run(
            created="2024-05-01T12:00:00+00:00", interval=pass_interval, neuron_cap=24, steps_per_epoch=steps_per_epoch
        ),
        layers=[Layer(name=name, kind="Linear", units=4, stage=name, output_shape=[4]) for name in layers],
        insight=insight,
    )
    writer = CollectionWriter(path, header)
    columns = insight_columns(n_steps, sizes, is_averaged=interval == 1)
    random = np.random.default_rng(1)
    for start in range(0, n_steps, pass_interval):
        stop = min(start + pass_interval, n_steps)
        histograms = {name: made_histograms(random, size, start / n_steps) for name, size in sizes.items()}
        writer.write(PassRecord(number=start // pass_interval, step=start, histograms=histograms))
        steps = np.arange(start, stop)
        is_measured = (steps % interval == 0) & (steps > 0)
        measured = {name: np.where(is_measured, values[start:stop], np.nan) for name, values in columns.items()}
        part = {"loss": 2 * np.exp(-steps / n_steps) + 0.1, "learning_rate": 0.002 * (1 - steps / n_steps)}
        if nan_at is not None and stop > nan_at:
            late = steps >= nan_at
            part[f"nan/{layers[-1]}"] = np.where(late, 7.0, 0.0)
            measured[f"gradient_norm/{layers[-1]}"][late] = np.nan
        writer.write(StepsRecord(start, stop, part))
        if is_measured.any():
            first = start + int(is_measured.argmax())
            sparse = {name: values[first - start :: interval] for name, values in measured.items()}
            writer.write(StepsRecord(first, stop, sparse, every=interval))
        if stop % steps_per_epoch == 0:
            metrics = {"train_loss": 1.5, "train_accuracy": 0.4, "test_loss": 1.4, "test_accuracy": 0.5}
            writer.write(EpochRecord(epoch=stop // steps_per_epoch - 1, step=stop, metrics=metrics))
    if is_finished:
        writer.close()
    return path


def open_insight_run(path: Path, **options: object) -> Collection:
    """Write and open it."""
    return open_collection(write_insight_run(path, **options))  # type: ignore[arg-type]


def insight_columns(n_steps: int, sizes: dict[str, int], *, is_averaged: bool) -> dict[str, np.ndarray]:
    """Every column of a run, float64 ``[S]`` each, whole numbers where they count; totals are true sums."""
    random = np.random.default_rng(0)
    columns: dict[str, np.ndarray] = {}
    rise = 1 / (1 + np.exp(-(np.arange(n_steps) / n_steps - 0.3) * 12))
    for tail in ("", "~ema") if is_averaged else ("",):
        for number, threshold in enumerate(THRESHOLDS):
            counts: dict[str, np.ndarray] = {}
            for layer, size in sizes.items():
                share = np.clip((0.1 + 0.5 * number) * (1 - 0.6 * rise) + random.normal(0, 0.03, n_steps), 0.01, 0.99)
                near = np.round(size * share)
                before = np.roll(near, 1)
                retained = np.round(np.minimum(near, before) * (0.2 + 0.4 * rise))
                flips = np.round(retained * (0.02 + 0.45 * rise))
                minima = np.round(flips * 0.6)
                counts |= {
                    f"near_zero/{layer}": near, f"released/{layer}": before - retained, f"retained/{layer}": retained,
                    f"sign_flips/{layer}": flips, f"minima/{layer}": minima, f"maxima/{layer}": flips - minima,
                    f"minima_original/{layer}": flips - minima, f"maxima_original/{layer}": minima,
                }  # fmt: skip
            for metric in dict.fromkeys(name.partition("/")[0] for name in counts):
                counts[f"{metric}/total"] = np.sum([counts[f"{metric}/{layer}"] for layer in sizes], axis=0)
            for place, size in (*sizes.items(), ("total", sum(sizes.values()))):
                before = counts[f"released/{place}"] + counts[f"retained/{place}"]
                with np.errstate(all="ignore"):
                    counts[f"near_zero_fraction/{place}"] = counts[f"near_zero/{place}"] / size
                    counts[f"released_fraction/{place}"] = counts[f"released/{place}"] / before
                    counts[f"retained_fraction/{place}"] = counts[f"retained/{place}"] / before
                    counts[f"flip_fraction/{place}"] = counts[f"sign_flips/{place}"] / counts[f"retained/{place}"]
                counts[f"still_change_mean/{place}"] = 1e-4 * np.exp(random.normal(0, 0.4, n_steps))
                counts[f"still_change_max/{place}"] = 2e-3 * np.exp(random.normal(0, 0.4, n_steps))
            for name, values in counts.items():
                metric, _, place = name.partition("/")
                columns[f"{metric}@{threshold}{tail}/{place}"] = values
        for place, size in (*sizes.items(), ("total", sum(sizes.values()))):
            flipped = np.round(size * np.clip(0.3 + 0.15 * rise + random.normal(0, 0.02, n_steps), 0, 1))
            columns[f"flips_all{tail}/{place}"] = flipped
            columns[f"flips_all_fraction{tail}/{place}"] = flipped / size
    for depth, place in enumerate((*sizes, "total")):
        wild = np.exp(random.normal(0, 0.5, n_steps))
        gradient, update, weight = 10.0 ** (-depth / 2) * wild, 1e-2 * wild, np.linspace(3, 9, n_steps)
        columns |= {
            f"gradient_norm/{place}": gradient, f"update_norm/{place}": update, f"weight_norm/{place}": weight,
            f"update_ratio/{place}": update / weight, f"step_size/{place}": update / gradient,
            f"gradient_angle/{place}": 85 + 10 * random.normal(0, 1, n_steps),
            f"moment_angle/{place}": 60 + 10 * random.normal(0, 1, n_steps),
        }  # fmt: skip
    columns["not_finite/total"] = np.zeros(n_steps)
    return columns


def made_histograms(random: np.random.Generator, size: int, progress: float) -> dict[str, np.ndarray]:
    """Weight, gradient and update, int64 ``[129]`` each: as many as the layer has parameters."""
    made = {}
    for kind, middle in (("weight", -4), ("gradient", -14 - 6 * progress), ("update", -11 - 2 * progress)):
        powers = np.clip(np.round(random.normal(middle, 2, size)) + 48, 0, 63).astype(int)
        signs = random.integers(0, 2, size)
        made[kind] = np.bincount(np.where(signs, 65 + powers, 63 - powers), minlength=129).astype(np.int64)
    return made
