"""Numbers of a panel into a file that other tools read."""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from collector.export.csv_table import Cell, write_table

__all__ = ["Cell", "write_numbers"]


def write_numbers(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table: JSON for ``.json``, CSV for anything else.

    What was not recorded is empty in CSV and ``null`` in JSON; NaN and Inf are words in both (``nan``, ``inf``,
    ``-inf``), which JSON has no numbers for.

    Raises:
        OSError: the file cannot be written.
    """
    if path.suffix.lower() == ".json":
        table = [dict(zip(headings, map(_json_cell, row), strict=True)) for row in rows]
        path.write_text(json.dumps(table, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        write_table(file, headings, rows)


def _json_cell(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
