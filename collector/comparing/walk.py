"""The walk to the first value that is not the same: by step, and within a step in the order in which it is made."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from collector.comparing.comparison import Phase
from collector.comparing.pair import OF_CHECKSUMS, Pair
from collector.comparing.pass_differences import GRADIENTS, PARAMETERS, UPDATES, ArrayDifference, pass_pair, share
from collector.comparing.tracks import WEIGHTS, Track, forward_order
from collector.storage.errors import CollectionError


@dataclass(frozen=True)
class Seen:
    """A place at which the two are not the same.

    Attributes:
        step: of A.
        rank: its place in a step, as `Track.rank`.
        size: as a share of the value; Inf: one has none, or it is not known.
        equal_at: the last step before it at which the same was compared, and was the same; None: there is none.
        a, b: the values, of what has one.
        others: further layers of which the same differs at this step.
    """

    step: int
    rank: tuple[int, int]
    phase: Phase
    layer: str
    quantity: str
    size: float
    equal_at: int | None
    a: float = np.nan
    b: float = np.nan
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Walk:
    """How far two recordings go together.

    Attributes:
        first: where they part; None: they do not.
        identical_until: the last step before that at which anything was compared; None: there is none.
        beyond: the first step at which anything differs by more than the tolerance; None: nothing does.
        n_passes: passes that were compared, or lie where all is the same.
    """

    first: Seen | None
    identical_until: int | None
    beyond: int | None
    n_passes: int


def walk(pair: Pair, tracks: Sequence[Track]) -> Walk:
    """Go along the steps until something differs: by more than nothing, or where bits are not the same by more than
    the tolerance."""
    least = 0.0 if pair.is_bitwise else pair.tolerance
    seen = [one for track in tracks if (one := _first(track, least)) is not None]
    end = min((each.step for each in seen), default=None)
    compared = [] if _has_checksums(pair) else list(_passes(pair, end, least))
    of_passes = [each for _, found in compared for each in found]
    every = seen + of_passes
    first = min(every, key=lambda each: (each.step, each.rank), default=None)
    if first is not None:
        alike = (each for each in every if _is_same_kind(each, first))
        first = replace(first, others=tuple(dict.fromkeys(each.layer for each in alike if each.layer != first.layer)))
        first = replace(first, size=_size(pair, first, tracks))
    steps = [track.column.steps_a for track in tracks] + [np.array([step for step, _ in compared], np.int64)]
    looked_at = np.unique(np.concatenate(steps)) if steps else np.zeros(0, np.int64)
    before = looked_at if first is None else looked_at[looked_at < first.step]
    pass_steps = pair.a.passes.steps[[one for one, _ in pair.passes]] if pair.passes else np.zeros(0)
    n_passes = len(pass_steps) if first is None else int((pass_steps < first.step).sum())
    return Walk(first, int(before[-1]) if len(before) else None, _beyond(pair, tracks, first), n_passes)


def _first(track: Track, least: float) -> Seen | None:
    places = np.flatnonzero(track.sizes > least)
    if not len(places):
        return None
    at, steps = int(places[0]), track.column.steps_a
    equal_at = int(steps[at - 1]) if at else None
    values = float(track.column.a[at]), float(track.column.b[at])
    size = float(track.sizes[at])
    return Seen(int(steps[at]), track.rank, track.phase, track.layer, track.quantity, size, equal_at, *values)


def _is_same_kind(one: Seen, first: Seen) -> bool:
    return (one.step, one.quantity, one.rank[0]) == (first.step, first.quantity, first.rank[0])


def _has_checksums(pair: Pair) -> bool:
    return pair.is_bitwise and all(pair.has_checksums(each, of) for each in (pair.a, pair.b) for of in OF_CHECKSUMS)


def _passes(pair: Pair, end: int | None, least: float) -> Iterable[tuple[int, list[Seen]]]:
    """Step and what differs, of one pair of passes after the other up to the first that has anything."""
    places = {name: place for place, name in enumerate(forward_order(pair.a))}
    before: int | None = None
    for one, other in pair.passes:
        step = int(pair.a.passes.steps[one])
        if end is not None and step > end:
            return
        try:
            every = [_seen(own, step, before, places) for own in _together(pass_pair(pair, one, other))]
        except CollectionError:  # it is told of elsewhere
            continue
        found = [each for each in every if each.size > least]
        yield step, found
        if found:
            return
        before = step


def _together(found: Iterable[ArrayDifference]) -> Iterable[list[ArrayDifference]]:
    """Weight and bias of a layer, which are measured by the larger of both: the gradient of a bias before a norm is
    nothing but rounding."""
    groups: dict[tuple[str, tuple[str, ...]], list[ArrayDifference]] = {}
    for each in found:
        own = next((kinds for kinds in (PARAMETERS, GRADIENTS, UPDATES) if each.kind in kinds), (each.kind,))
        groups.setdefault((each.layer, own), []).append(each)
    return groups.values()


def _size_of(group: Sequence[ArrayDifference]) -> float:
    return share(max(each.distance for each in group), max(each.largest for each in group))


def _seen(group: Sequence[ArrayDifference], step: int, before: int | None, places: dict[str, int]) -> Seen:
    found = max(group, key=lambda each: each.distance)
    place, n = places.get(found.layer, len(places)), len(places)
    rank: tuple[int, int]
    phase: Phase
    if found.kind in PARAMETERS:
        rank, phase, quantity = (WEIGHTS, place), "update", "weights"
    elif found.kind in GRADIENTS:
        rank, phase, quantity = (4, n - place), "backward", "gradient"
    elif found.kind in UPDATES:
        rank, phase, quantity = (5, place), "update", "update"
    else:
        rank, phase, quantity = (3, 2 * place + 1), "forward", "output for the probe"
    values = {"a": (np.nan, 0.0), "b": (0.0, np.nan)}.get(found.lacks, (np.nan, np.nan))
    return Seen(step, rank, phase, found.layer, quantity, _size_of(group), before, *values)


def _size(pair: Pair, first: Seen, tracks: Sequence[Track]) -> float:
    """How large a difference is of which only a checksum tells: by a pass of that step, else by statistics."""
    if np.isfinite(first.size) or first.phase in ("options", "data"):
        return first.size
    kinds = {"weights": PARAMETERS, "gradient": GRADIENTS, "update": UPDATES}
    here = next((each for each in pair.passes if int(pair.a.passes.steps[each[0]]) == first.step), None)
    if here is not None and first.quantity in kinds:
        with suppress(CollectionError):  # of a damaged pass, which is told of elsewhere
            every = pass_pair(pair, *here)
            own = [each for each in every if each.layer == first.layer and each.kind in kinds[first.quantity]]
            if own and (size := _size_of(own)) > 0:  # else the units that are kept are the same
                return size
    sizes = []
    for track in tracks:
        if (track.layer, track.quantity) == (first.layer, first.quantity) and not track.is_checksum:
            at = np.flatnonzero(track.column.steps_a == first.step)
            sizes += [float(track.sizes[place]) for place in at]
    return max(sizes, default=np.inf)


def _beyond(pair: Pair, tracks: Sequence[Track], first: Seen | None) -> int | None:
    if first is None:
        return None
    steps = [first.step] if first.size > pair.tolerance else []
    for track in tracks:
        if not track.is_checksum and len(places := np.flatnonzero(track.sizes > pair.tolerance)):
            steps.append(int(track.column.steps_a[places[0]]))
    return min(steps, default=None)
