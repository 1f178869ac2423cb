"""Reads passes for one reader, as a scan does in the background."""

from collections.abc import Sequence
from typing import Any

from app.jobs import Progress
from app.replay.scan import PassReader, Scan
from collector.storage.passes import Pass


def read_all(passes: Sequence[Pass], reader: PassReader) -> Any:
    """What a reader makes of all passes."""
    results: list[Any] = []

    def on_over(result: Any, error: Exception | None) -> None:
        if error is not None:
            raise error
        results.append(result)

    scan = Scan(passes)
    assert scan.add(reader, Progress(), on_over)
    scan.run(Progress())
    return results[0]
