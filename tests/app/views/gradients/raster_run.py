"""A run of two layers with a sign raster, of gradients that are known."""

from pathlib import Path

import numpy as np

from collector.metrics.signs import sign_bits, sign_overview
from collector.storage import CollectionWriter, schema

LAYERS = {"conv1": {"weight": [6, 2, 3, 3], "bias": [6]}, "fc1": {"weight": [30, 40], "bias": [30]}}
N_COLUMNS = 6 * 2 * 3 * 3 + 6 + 30 * 40 + 30
INTERVAL = 30


def gradients(row: int, n_columns: int = N_COLUMNS) -> np.ndarray:
    """The gradients of a row, float32 ``[D]``: larger, negative, positive and zero ones, in a random order."""
    random = np.random.default_rng(row)
    return random.choice(np.array([1e-3, -1e-3, -1e-6, 1e-6, 0.0], np.float32), n_columns)


def classes(row: int, n_columns: int = N_COLUMNS) -> np.ndarray:
    """Larger 0, negative 1, positive 2, zero 3."""
    flat = gradients(row, n_columns)
    return np.where(np.abs(flat) > 1e-5, 0, np.where(flat < 0, 1, np.where(flat > 0, 2, 3)))


def shares(rows: list[int], start: int, stop: int, n_columns: int = N_COLUMNS) -> list[float]:
    """Shares of negative, positive, zero, not finite and no gradient among some columns of some rows, 0…1."""
    seen = np.stack([classes(row, n_columns)[start:stop] for row in rows])
    return [float((seen == each).mean()) for each in (1, 2, 3, 4, 5)]


def header(insight: schema.Insight | None) -> schema.Header:
    """The first line of such a run."""
    layers = [
        schema.Layer(
            name=name,
            kind="Linear" if name == "fc1" else "Conv2d",
            units=parameters["bias"][0],
            stage=name,
            kept=list(range(parameters["bias"][0])),
            reads=["input" if name == "conv1" else "conv1"],
            parameters=parameters,
        )
        for name, parameters in LAYERS.items()
    ]
    run = schema.Run(created="2026-01-01T00:00:00+00:00", interval=INTERVAL, neuron_cap=0)
    return schema.Header(schema.FORMAT, schema.VERSION, run, layers, None, insight)


def insight() -> schema.Insight:
    """What the header says of the raster: each parameter has a column."""
    bands, first = [], 0
    for layer, parameters in LAYERS.items():
        for name, shape in parameters.items():
            size = int(np.prod(shape))
            bands.append(schema.Band(layer, name, size, first, size))
            first += size
    return schema.Insight(1, [1e-5], N_COLUMNS, N_COLUMNS, sign_interval=INTERVAL, sign_columns=N_COLUMNS, bands=bands)


def wide_insight(n_columns: int) -> schema.Insight:
    """A raster of one parameter with so many columns."""
    bands = [schema.Band("fc1", "weight", n_columns, 0, n_columns)]
    return schema.Insight(1, [1e-5], n_columns, n_columns, sign_interval=INTERVAL, sign_columns=n_columns, bands=bands)


def write_row(writer: CollectionWriter, row: int, n_columns: int = N_COLUMNS) -> None:
    """Write a pass and a row of the raster at its step."""
    step = row * INTERVAL
    writer.write(schema.PassRecord(number=row, step=step))
    bits = sign_bits(gradients(row, n_columns), 1e-5)
    writer.write(schema.SignsRecord(step, sign_overview(bits, n_columns)))  # type: ignore[arg-type]
    writer.write(schema.SignBitsRecord(step, bits))  # type: ignore[arg-type]


def write_run(path: Path, n_rows: int) -> Path:
    """A finished run of so many rows."""
    with CollectionWriter(path, header(insight())) as writer:
        for row in range(n_rows):
            write_row(writer, row)
    return path


def write_wide_run(path: Path, n_columns: int, n_rows: int) -> Path:
    """A finished run of one large layer."""
    with CollectionWriter(path, header(wide_insight(n_columns))) as writer:
        for row in range(n_rows):
            write_row(writer, row, n_columns)
    return path


NOT_FINITE_COLUMNS = (2, 115, 700)
FROZEN_BAND = 1
"""The bias of conv1, columns 108 to 113."""


def write_odd_run(path: Path, n_rows: int) -> Path:
    """In row 0 all is well; in the others some gradients are NaN and a bias has none."""
    with CollectionWriter(path, header(insight())) as writer:
        write_row(writer, 0)
        for row in range(1, n_rows):
            seen = odd_classes(row)
            flat = np.where(seen >= 4, 1.0, gradients(row)).astype(np.float32)
            bits, step = sign_bits(flat, 1e-5), row * INTERVAL
            is_bad = seen == 4
            groups = np.add.reduceat(is_bad, range(0, N_COLUMNS, 256))
            sizes = np.diff([*range(0, N_COLUMNS, 256), N_COLUMNS])
            shares_of_bad = np.ceil(255 * groups / sizes).astype(np.uint8)
            writer.write(schema.PassRecord(number=row, step=step))
            writer.write(
                schema.SignsRecord(step, sign_overview(bits, N_COLUMNS), shares_of_bad, [FROZEN_BAND])  # type: ignore[arg-type]
            )
            writer.write(schema.SignBitsRecord(step, bits, np.packbits(is_bad), [FROZEN_BAND]))  # type: ignore[arg-type]
    return path


def odd_classes(row: int) -> np.ndarray:
    """Classes of `write_odd_run`: as `classes`, with not finite 4 and no gradient 5."""
    seen = classes(row)
    if row:
        seen[list(NOT_FINITE_COLUMNS)] = 4
        seen[108:114] = 5
    return seen
