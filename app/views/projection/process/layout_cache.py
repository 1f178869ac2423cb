"""Results on the disk: written by the process that computes them, read by the window's.

A file holds one layout under a key that says of what it is. Anything else in its place is passed over.
"""

import contextlib
import hashlib
import json
import os
import secrets
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from app.views.projection.analysis.projection_request import RAW, Points, Projected, ProjectionRequest
from collector.storage import Collection
from collector.storage.paths import AnyPath

_VERSION = 1
_LARGEST_FILE = 2**26
_FIRST_BYTES = 2**16


class KeptPoints:
    """The layouts of a collection for a request.

    Args:
        collection: whose samples they are.
        request: how they are laid out.
    """

    def __init__(self, collection: Collection, request: ProjectionRequest) -> None:
        projection = collection.projection
        self.request = request
        self._n_samples = 0 if projection is None else projection.samples
        self.numbers = [0] if request.source == RAW else list(range(len(collection.projections)))
        entries = () if request.source == RAW else tuple(map(tuple, collection.projections.entries))
        first = hashlib.sha256(collection.beginning(_FIRST_BYTES)).hexdigest()
        asked: tuple[object, ...] = (_VERSION, first, entries, request.source, request.method.name, request.setting)
        if (other := request.fitted_with) is not None:
            asked = (*asked, other.source, other.key, other.is_first)
        self._key = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        self._folders = folders(collection.path)

    def read(self) -> Projected:
        """Whatever is there."""
        found = {number: points for number in self.numbers if (points := self.read_one(number)) is not None}
        return Projected(self.request, found, len(self.numbers))

    def read_one(self, number: int) -> Points | None:
        """The layout of one record; None where there is none that is whole and belongs to it."""
        for folder in self._folders:
            try:
                with (folder / self._name(number)).open("rb") as file:
                    with zipfile.ZipFile(file) as archive:
                        if sum(each.file_size for each in archive.infolist()) > _LARGEST_FILE:
                            continue
                    file.seek(0)
                    with np.load(file, allow_pickle=False) as arrays:
                        points = self._checked({name: arrays[name] for name in arrays.files})
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, MemoryError):
                continue
            if points is not None:
                return points
        return None

    def write(self, number: int, points: Points) -> None:
        """Keep a layout, in the first folder that takes it; whole, or not at all.

        Raises:
            OSError: no folder takes it.
        """
        figures = np.array([points.trustworthiness, points.same_class])
        explained, key = np.array(points.explained, float), np.frombuffer(self._key.encode(), np.uint8)
        problem: OSError | None = None
        for folder in self._folders:
            partial = folder / f".{secrets.token_hex(8)}"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with partial.open("xb") as file:
                    np.savez(file, positions=points.positions, explained=explained, figures=figures, key=key)
                os.replace(partial, folder / self._name(number))  # noqa: PTH105
                return
            except OSError as error:
                problem = error
                with contextlib.suppress(OSError):
                    partial.unlink()
        assert problem is not None
        raise problem

    def _name(self, number: int) -> str:
        return f"{self._key[:32]}-{number}.npz"

    def _checked(self, arrays: dict[str, Any]) -> Points | None:
        positions, explained, figures = arrays["positions"], arrays["explained"], arrays["figures"]
        is_ours = (
            arrays["key"].tobytes() == self._key.encode()
            and positions.shape == (self._n_samples, 2)
            and positions.dtype == np.float32
            and bool(np.isfinite(positions).all())
            and explained.ndim == 1
            and explained.size <= 2
            and figures.shape == (2,)
        )
        if not is_ours:
            return None
        return Points(positions, tuple(map(float, explained)), float(figures[0]), float(figures[1]))


def folders(path: AnyPath) -> tuple[Path, ...]:
    """Where layouts of a collection are kept: beside it, or where that may not be written, in the user's cache."""
    cache = Path(platformdirs.user_cache_dir("strobe", appauthor=False)) / "projections"
    return (path.with_name(f"{path.stem}.projections"), cache) if isinstance(path, Path) else (cache,)
