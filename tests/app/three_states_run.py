"""A run in which gradients stop, and turn into NaN, and most numbers are estimates; as a collector writes it."""

from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter, schema

N_STEPS, EVERY = 200, 10
FROZEN = range(80, 140, EVERY)
"""Measured steps at which fc1 has no gradient."""
BAD = range(150, N_STEPS, EVERY)
"""Measured steps at which gradients of fc2 are NaN."""
LAYERS = {"conv1": 300, "fc1": 9_000, "fc2": 1_200}


def write_three_states(path: Path, *, is_older: bool = False, is_sampled: bool = True) -> Path:
    """Write the run; the same each time.

    Args:
        is_older: as an earlier Strobe wrote it, which said neither what has no gradient nor how good estimates are.
        is_sampled: whether fractions are estimates.
    """
    n_parameters = sum(LAYERS.values())
    insight = schema.Insight(EVERY, [1e-5], n_parameters, sample=2_000 if is_sampled else n_parameters)
    if is_sampled and not is_older:
        insight.estimated, insight.sampled = ["near_zero", "near_zero_fraction", "gradient_angle"], {"fc1": 1_000}
    layers = [
        schema.Layer(
            name=name,
            kind="Linear",
            units=4,
            stage=name,
            output_shape=[4],
            parameters={"weight": [4, size // 4]},
        )
        for name, size in LAYERS.items()
    ]
    run = schema.Run("2026-01-01T00:00:00+00:00", interval=50, neuron_cap=0)
    with CollectionWriter(path, schema.Header(schema.FORMAT, schema.VERSION, run, layers, insight=insight)) as writer:
        steps = np.arange(0, N_STEPS, EVERY)
        is_frozen, is_bad = np.isin(steps, FROZEN), np.isin(steps, BAD)
        for number, step in enumerate(range(0, N_STEPS, 50)):
            writer.write(schema.PassRecord(number=number, step=step))
        random = np.random.default_rng(0)
        columns: dict[str, np.ndarray] = {"not_finite/total": 3.0 * is_bad}
        for name in (*LAYERS, "total"):
            norm = 10 ** -random.random(len(steps))
            fraction, angle = random.random(len(steps)), 90 * random.random(len(steps))
            angle[0] = np.nan  # there is no step before
            gone = is_frozen if name == "fc1" else is_bad if name == "fc2" else np.zeros(len(steps), bool)
            bad = is_bad if name in ("fc2", "total") else np.zeros(len(steps), bool)
            for each in (norm, angle):
                each[gone | bad] = np.nan
            if name == "fc1":
                fraction[gone] = np.nan
            columns |= {
                f"gradient_norm/{name}": norm,
                f"near_zero_fraction@1e-05/{name}": fraction,
                f"near_zero@1e-05/{name}": np.round(fraction * 1000),
                f"gradient_angle/{name}": angle,
                f"weight_norm/{name}": np.linspace(3, 9, len(steps)),
            }
            if name in ("fc1", "total") and is_sampled and not is_older:
                columns[f"near_zero_fraction@1e-05~se/{name}"] = np.full(len(steps), 0.01)
        writer.write(schema.StepsRecord(0, N_STEPS, {"loss": np.linspace(2, 1, N_STEPS)}))
        writer.write(schema.StepsRecord(0, N_STEPS, columns, every=EVERY))  # type: ignore[arg-type]
        rare = {"nan/fc2": (BAD, 3.0)} | ({} if is_older else {"no_gradient/fc1": (FROZEN, 9_000.0)})
        for name, (at, count) in rare.items():
            writer.write(schema.StepsRecord(at.start, at.stop, {name: np.full(len(at), count)}, every=EVERY))
    return path
