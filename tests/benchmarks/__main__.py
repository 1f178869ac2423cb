"""Runs the benchmarks one after the other, prints their table, and writes it down."""

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.row import Row

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

BENCHMARKS = (
    *("switching", "comparing", "writing", "opening", "remote", "starting", "recording", "black_box", "parts"),
    *("peers", "budget", "keras", "raster", "similarity", "features", "points"),
    *("stories", "findings", "wide", "large"),
)
PACKAGES = ("torch", "tensorflow", "numpy", "msgspec", "pybase64", "PyQt6", "pyqtgraph")
TABLE = Path(__file__).parent.parent.parent / "resources" / "benchmarks.md"


def rows_of(name: str) -> list[Row]:
    """The rows of one benchmark, from a process of its own."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{name} failed:\n{ended.stderr}")
    return [Row(**json.loads(line)) for line in ended.stdout.splitlines() if line.startswith("{")]


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | size | goal | figure | beside it |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {r.what} | {r.size} | {r.goal} | {r.figure} | {r.beside} |" for r in rows)])


def machine() -> str:
    """What the figures were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}."


def main(names: list[str]) -> None:
    rows = []
    for name in names or BENCHMARKS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += (measured := rows_of(name))
        print(table(measured), flush=True)
    text = table(rows)
    if not names:
        about = "Made by `make bench`. Medians of repeated runs; milliseconds do not carry to other machines."
        TABLE.write_text(f"# How fast\n\n{about}\nMeasured on {machine()}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
