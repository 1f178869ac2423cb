"""Tables as CSV: the one place that writes it."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

Cell = str | int | float | None

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection")."""


def write_table(file: TextIO, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write headings and rows; None is an empty cell. Open the file with ``newline=""``.

    A text that a spreadsheet would run, as a scalar named ``=HYPERLINK(…)``, gets an apostrophe in front, which
    spreadsheets take for the mark of a text. Numbers stay as they are.
    """
    writer = csv.writer(file)
    writer.writerow(map(_harmless, headings))
    writer.writerows(map(_harmless, row) for row in rows)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS) and not _is_number(cell) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
