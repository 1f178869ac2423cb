"""The work of the process: read the collection, lay out what is wished, keep each layout as it is done."""

import json
from collections.abc import Callable

import numpy as np

from app.views.projection.analysis.projection_request import RAW, FittedWith, Points, ProjectionRequest
from app.views.projection.process.layout_cache import KeptPoints
from app.views.projection.process.layouts import layouts
from app.views.projection.process.quality import same_class, trusted
from collector.storage import Collection, CollectionError, open_collection
from collector.storage.paths import AnyPath
from collector.storage.projections import ProjectionSamples

Say = Callable[[str], None]
"""Takes a line for the window."""

FEWEST_SAMPLES = 5


class CannotProjectError(Exception):
    """Why a request cannot be met, in words for the user."""


def work(path: AnyPath, request: ProjectionRequest, say: Say) -> None:
    """Lay out and keep what is not kept yet. Lines are told as JSON: ``{"share": 0.3}`` and ``{"done": 2}``.

    Raises:
        CannotProjectError, CollectionError, OSError: in words.
    """
    with open_collection(path) as collection:
        kept = KeptPoints(collection, request)
        found = {number: points.positions for number, points in kept.read().points.items()}
        samples, raw = _samples(collection)
        read = _reader(collection, request.source, raw)
        numbers = _readable(kept.numbers, read)
        if len(samples) < FEWEST_SAMPLES:
            raise CannotProjectError(f"{len(samples)} samples are too few; {FEWEST_SAMPLES} can be projected.")

        def tell(share: float) -> None:
            say(json.dumps({"share": round(share, 4)}))

        fitted_with = None if request.fitted_with is None else _last_of(request.fitted_with)
        for number, positions, explained in layouts(request, numbers, read, found, tell, fitted_with):
            placed = positions.astype(np.float32)
            points = Points(placed, explained, trusted(read(number), placed), same_class(placed, samples.labels))
            kept.write(number, points)
            say(json.dumps({"done": number}))


def _last_of(other: FittedWith) -> np.ndarray:
    """The last features of another run, float32 ``[N, D]``."""
    with open_collection(other.path) as collection:
        read = _reader(collection, other.source, _samples(collection)[1])
        numbers = [0] if other.source == RAW else list(range(len(collection.projections)))
        return read(_readable(numbers, read)[-1])


def _samples(collection: Collection) -> tuple[ProjectionSamples, np.ndarray]:
    """The samples, and as features float32 ``[N, D]``."""
    samples = collection.projection_samples
    if samples is None:
        raise CannotProjectError("The collection has no samples that can be projected.")
    raw = samples.pictures.reshape(len(samples), -1).astype(np.float32)
    return samples, raw / 255 if samples.pictures.dtype == np.uint8 else raw


def _reader(collection: Collection, source: str, raw: np.ndarray) -> Callable[[int], np.ndarray]:
    kept: dict[int, np.ndarray] = {}

    def read(number: int) -> np.ndarray:
        if number not in kept:
            features = raw if source == RAW else _features(collection, source, number)
            if features is None:
                raise CannotProjectError(f"{source!r} was not recorded.")
            if not np.isfinite(features).all():
                raise CannotProjectError("NaN or Inf among the features: they cannot be laid out.")
            kept.clear()  # one at a time in memory
            kept[number] = features
        return kept[number]

    return read


def _features(collection: Collection, layer: str, number: int) -> np.ndarray | None:
    if collection.projection is None or layer not in collection.projection.layers:
        raise CannotProjectError(f"{layer!r} is no layer that can be projected.")
    features = collection.projections[number].features(layer)
    return None if features is None else features.astype(np.float32)


def _readable(numbers: list[int], read: Callable[[int], np.ndarray]) -> list[int]:
    """Those whose features are there and finite.

    Raises:
        CannotProjectError, CollectionError: there are none; the last one's reason.
    """
    readable, problem = [], None
    for number in numbers:
        try:
            read(number)
            readable.append(number)
        except (CannotProjectError, CollectionError) as error:
            problem = error
    if not readable:
        raise problem or CannotProjectError("Nothing is recorded yet that can be projected.")
    return readable
