"""All epochs of a layer in one plane: so aligned that what moves has moved in the network."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from app.views.projection.analysis.point_alignment import aligned
from app.views.projection.analysis.projection_request import Method, ProjectionRequest
from app.views.projection.process.linear_maps import (
    FlatMap,
    LinearAutoencoder,
    NonlinearAutoencoder,
    PrincipalAxes,
    Tell,
)
from app.views.projection.process.neighbours import Layout, tsne, umap

MOST_TRAINED_ROWS = 20_000
"""The non-linear autoencoder learns from no more samples, taken evenly from all epochs."""

_LAYOUTS: Mapping[Method, Layout] = {Method.TSNE: tsne, Method.UMAP: umap}

Read = Callable[[int], np.ndarray]
"""Number of a record → its features, float32 ``[N, D]``."""

Laid = tuple[int, np.ndarray, tuple[float, ...]]
"""Number of a record, positions ``[N, 2]``, shares of the variance."""


def layouts(
    request: ProjectionRequest,
    numbers: Sequence[int],
    read: Read,
    known: Mapping[int, np.ndarray],
    tell: Tell,
    fitted_with: np.ndarray | None = None,
) -> Iterator[Laid]:
    """Lay out records, the last first, because the others follow it.

    Args:
        numbers: of the records, rising.
        read: gives their features.
        known: positions of records that are laid out already; they are not given again.
        tell: hears how far all of it is.
        fitted_with: features ``[M, D]`` of another run, which a map is fitted on as well.
    """
    if request.method in _LAYOUTS:
        yield from _warm_started(_LAYOUTS[request.method], request.setting, numbers, read, known, tell)
        return
    fitted = _fitted(request.method, _learned(request, numbers, read, fitted_with), lambda share: tell(0.7 * share))
    for done, number in enumerate(reversed(numbers)):
        tell(0.7 + 0.3 * done / len(numbers))
        if number not in known:
            features = read(number)
            yield number, fitted.place(features), fitted.explained(features)


def _learned(
    request: ProjectionRequest, numbers: Sequence[int], read: Read, fitted_with: np.ndarray | None
) -> np.ndarray:
    """What a map is fitted on, ``[N, D]``: the last record, for a non-linear one some of every record.

    With another run it is the last record of both, in the same order whichever is laid out: so the map is the same.
    """
    if fitted_with is not None and request.fitted_with is not None:
        own = read(numbers[-1])
        return np.concatenate([fitted_with, own] if request.fitted_with.is_first else [own, fitted_with])
    if request.method is not Method.NONLINEAR:
        return read(numbers[-1])
    each = max(2, MOST_TRAINED_ROWS // len(numbers))
    parts = []
    for number in numbers:
        features = read(number)
        parts.append(features[np.linspace(0, len(features) - 1, min(each, len(features))).round().astype(int)])
    return np.concatenate(parts)


def _fitted(method: Method, features: np.ndarray, tell: Tell) -> FlatMap:
    if method is Method.NONLINEAR:
        return NonlinearAutoencoder(features, tell)
    return LinearAutoencoder(features, tell) if method is Method.LINEAR else PrincipalAxes(features)


def _warm_started(
    lay_out: Layout, setting: int, numbers: Sequence[int], read: Read, known: Mapping[int, np.ndarray], tell: Tell
) -> Iterator[Laid]:
    """Each record begins where the one after it ended; where nothing has changed, nothing moves."""
    later: np.ndarray | None = None
    start: np.ndarray | None = None
    for done, number in enumerate(reversed(numbers)):
        features = read(number)
        share = lambda own, done=done: tell((done + own) / len(numbers))  # noqa: E731
        if number in known:
            positions = known[number]
        elif start is not None and later is not None and np.array_equal(features, later):
            positions = start
        elif not np.ptp(features, axis=0).any():
            positions = np.zeros((len(features), 2)) if start is None else start  # all alike: nothing to tell apart
        else:
            positions = lay_out(features, setting, start, share)
            if start is not None:
                positions = aligned(positions, start)
        if number not in known:
            yield number, positions, ()
        start, later = positions, features
