"""The differences as a table."""

from collections.abc import Iterator
from pathlib import Path

from collector.comparing.engine import relative_sizes
from collector.comparing.noise import Noise
from collector.comparing.pair import Pair
from collector.export.csv_table import Cell, write_table
from collector.storage.errors import CollectionError
from collector.storage.states import is_checksum

HEADINGS = ("name", "name_b", "step_a", "step_b", "a", "b", "relative", "outside_noise")


def difference_rows(pair: Pair, noise: Noise | None = None) -> Iterator[tuple[Cell, ...]]:
    """A row for each scalar and step at which both have a value that differs by more than the tolerance.

    The last cell is 1 where B lies outside of what repeats of A differ by, 0 where it does not, and empty where that
    is not known.
    """
    for name in pair.a.series:
        column = None if is_checksum(name) else pair.column(name)
        if column is None:
            continue
        other = pair.name_in_b(name)
        sizes = relative_sizes(column.a, column.b)
        band = None if noise is None else noise.band(name)
        outside = None if band is None else band.outside(column.steps_a, column.b)
        for row in (sizes > pair.tolerance).nonzero()[0].tolist():
            yield (
                name,
                other,
                int(column.steps_a[row]),
                int(column.steps_b[row]),
                float(column.a[row]),
                float(column.b[row]),
                float(sizes[row]),
                None if outside is None else int(outside[row]),
            )


def write_differences(pair: Pair, path: Path, noise: Noise | None = None) -> None:
    """Write them as CSV.

    Raises:
        CollectionError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            write_table(file, HEADINGS, difference_rows(pair, noise))
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}."
        raise CollectionError(path, problem, "Choose another place for the file.") from None
