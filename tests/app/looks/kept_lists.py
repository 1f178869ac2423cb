"""Lists of what was read once, kept beside the pictures."""

import difflib
import os

import pytest

from tests.app.looks.pictures import PAINTED, PAINTED_WITH, SEEN, versions


def skip_where_another_qt_paints() -> None:
    """Another Qt smooths an edge in another way, and leaves other margins."""
    if PAINTED not in os.environ and PAINTED_WITH.read_text().split() != versions().split():
        pytest.skip(f"what is kept is of {PAINTED_WITH.read_text().split()}, and here is {versions()}")


def compare_list(lines: list[str], name: str) -> None:
    """Fail where a list is not as it was read, and say where; it is written anew where the pictures are."""
    kept = SEEN / name
    before = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    if PAINTED in os.environ:
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if differs := list(difflib.unified_diff(before, lines, lineterm="", n=0)):
        pytest.fail("\n".join(differs))
