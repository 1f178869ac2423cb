"""Numbers of a view into a file that other tools read."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

from app.analysis.table import Cell, Table
from collector.export.csv_table import write_table


def write_table_file(path: Path, table: Table, comments: Sequence[str]) -> None:
    """Write a table: JSON for ``.json``, CSV for anything else.

    In CSV each comment is a line after ``#`` above the headings (``pandas.read_csv(path, comment="#")``), in JSON they
    are a list beside the rows. What was not recorded is empty in CSV and ``null`` in JSON; NaN and Inf are words in
    both (``nan``, ``inf``, ``-inf``), which JSON has no numbers for.

    Raises:
        OSError: the file cannot be written.
    """
    lines = [" ".join(comment.split()) for comment in comments if comment]
    if path.suffix.lower() == ".json":
        rows = [dict(zip(table.headings, map(_json_cell, row), strict=True)) for row in table.rows]
        document = {"about": lines, "columns": list(table.headings), "rows": rows}
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(f"# {line}\r\n" for line in lines)
        write_table(file, table.headings, table.rows)


def _json_cell(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
