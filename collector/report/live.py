"""A small output in a notebook that follows the run which its cell records."""

import sys
import time
from pathlib import Path
from typing import Any

from collector.report.page import progress, summary
from collector.storage.opening import open_collection
from collector.storage.reader import Collection

SECONDS = 1.0
"""It is shown anew at most so often."""


def is_in_notebook() -> bool:
    """Whether this process runs the cells of a notebook, or of IPython."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


class LiveOutput:
    """Shows how far a run is, and when it has ended what is found of it."""

    def __init__(self) -> None:
        self._collection: Collection | None = None
        self._handle: Any = None
        self._shown = -SECONDS

    def update(self, path: Path) -> None:
        """There is more in the file."""
        if time.monotonic() - self._shown >= SECONDS:
            self._show(progress(self._read(path)))
            self._shown = time.monotonic()

    def end(self, path: Path) -> None:
        """The file is whole."""
        self._show(summary(self._read(path)))
        if self._collection is not None:
            self._collection.close()
            self._collection = None

    def _read(self, path: Path) -> Collection:
        if self._collection is not None and self._collection.path == path:
            self._collection.refresh()
        else:
            self._collection = open_collection(path)
        return self._collection

    def _show(self, made: str) -> None:
        from IPython.display import HTML, display

        if self._handle is None:
            self._handle = display(HTML(made), display_id=True)
        else:
            self._handle.update(HTML(made))
