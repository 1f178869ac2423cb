"""The collectors of this process that are recording: of one model there is one, and one for each file."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from weakref import ref

ENDED = "This recording ends here, because another collector was made {}."
ENDING = "An earlier collector {} was still recording, into {}; it was ended."

OF_MODEL = "of the same model"
OF_FILE = "for the same file"


class ActiveCollector(Protocol):
    """A collector."""

    def note(self, text: str) -> None:
        """A sentence into its file."""

    def close(self) -> None:
        """It ends."""


class ActiveCollectors:
    """Which collectors record what. Nothing is kept alive here, and models are compared by identity."""

    def __init__(self) -> None:
        self._all: list[tuple[ref[ActiveCollector], ref[object], Path]] = []

    def add(self, collector: ActiveCollector, model: object, path: Path) -> None:
        """A collector that begins."""
        self._all = [each for each in self._all if each[0]() is not None]
        self._all.append((ref(collector), ref(model), path.absolute()))

    def remove(self, collector: ActiveCollector) -> None:
        """A collector that has ended."""
        self._all = [each for each in self._all if each[0]() not in (None, collector)]

    def end_of_file(self, path: Path) -> list[str]:
        """End whatever records into a file, so that another may; a sentence on each."""
        return self._end(lambda model, own: own == path.absolute(), OF_FILE)

    def end_of_model(self, model: object) -> list[str]:
        """End whatever records a model; a sentence on each."""
        return self._end(lambda each, path: each() is model, OF_MODEL)

    def _end(self, is_meant: Callable[[ref[object], Path], bool], what: str) -> list[str]:
        told = []
        for collector, model, path in list(self._all):
            earlier = collector()
            if earlier is not None and is_meant(model, path):
                self.remove(earlier)
                earlier.note(ENDED.format(what))
                earlier.close()
                told.append(ENDING.format(what, repr(path.name)))
        return told


active_collectors = ActiveCollectors()
"""Those of this process, of whatever framework."""
