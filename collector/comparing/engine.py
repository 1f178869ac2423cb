"""Compares two recordings: all that can be told without a window."""

from collections.abc import Mapping, Sequence

import numpy as np

from collector.comparing.clocks import Alignment, Clock
from collector.comparing.comparison import ChangedSample, Comparison, LayerMatch, MeasureDifference
from collector.comparing.findings import one_sided_findings
from collector.comparing.first_difference import told
from collector.comparing.first_outside import first_outside
from collector.comparing.noise import Noise
from collector.comparing.options import option_differences
from collector.comparing.pair import TOLERANCE, Pair, pair_of
from collector.comparing.samples import changed_samples
from collector.comparing.tracks import tracks
from collector.comparing.walk import walk
from collector.storage.errors import CollectionError
from collector.storage.reader import Collection
from collector.storage.states import is_checksum


def compare(
    a: Collection,
    b: Collection,
    *,
    clock: Clock = "step",
    offset: float = 0,
    tolerance: float = TOLERANCE,
    layers: Mapping[str, str | None] | None = None,
    repeats: Sequence[Collection] = (),
) -> Comparison:
    """What differs between two recordings, and where first.

    Args:
        a, b: they may still grow.
        clock: what their steps are aligned by.
        offset: what lies at ``x`` on the clock of A is compared with ``x + offset`` on that of B.
        tolerance: a share of a value up to which a difference is rounding.
        layers: layer of A → layer of B, where the names do not tell; None: it has no partner.
        repeats: of A, with other seeds: at least two, or none.

    Raises:
        ClockError: a run does not tell what the clock goes by.
        ValueError: ``layers`` names what there is not.
    """
    return compared(
        pair_of(a, b, clock=clock, offset=offset, tolerance=tolerance, layers=layers), noise_of(a, repeats, clock)
    )


def noise_of(a: Collection, repeats: Sequence[Collection], clock: Clock = "step") -> Noise | None:
    """What A and its repeats differ by; None without any.

    Raises:
        ClockError: one of them does not tell what the clock goes by.
        ValueError: there is only one.
    """
    return Noise(a, repeats, [Alignment(a, each, clock) for each in repeats]) if repeats else None


def compared(pair: Pair, noise: Noise | None = None) -> Comparison:
    """The same of what is paired already."""
    options = option_differences(pair.a, pair.b, pair.layers)
    every = list(tracks(pair))
    way = walk(pair, every)
    findings_a, findings_b = one_sided_findings(pair) if way.first is not None else ([], [])
    first = None if way.first is None else told(pair, way.first, every, options)
    if first is not None and noise is not None and first.equal_at is None:  # of other seeds, from the start
        first = first_outside(pair, noise, first)
    return Comparison(
        a=str(pair.a.path),
        b=str(pair.b.path),
        clock=pair.alignment.clock,
        offset=pair.alignment.offset,
        tolerance=pair.tolerance,
        bitwise=pair.is_bitwise,
        identical_until=way.identical_until,
        identical_passes=way.n_passes,
        first_difference=first,
        beyond_tolerance=way.beyond,
        options=options,
        measures=measure_differences(pair, noise),
        noise="" if noise is None else noise.text,
        layers=[LayerMatch(each.a, each.b, each.how) for each in pair.layers.pairs if each.how != "name"],
        only_a=list(pair.layers.only_a),
        only_b=list(pair.layers.only_b),
        changed_samples=_changed_samples(pair) if way.first is not None else [],
        findings_a=findings_a,
        findings_b=findings_b,
        not_compared=pair.not_compared(),
    )


def _changed_samples(pair: Pair) -> list[ChangedSample]:
    if not (pair.passes and pair.has_same_probe):
        return []
    one, other = pair.passes[-1]
    probe = pair.a.probe
    try:
        labels = None if probe is None else probe.labels
        are_alike = pair.a.task.kind == pair.b.task.kind
        return changed_samples(pair.a.passes[one], pair.b.passes[other], labels, pair.a.task) if are_alike else []
    except CollectionError:  # it is told of elsewhere
        return []


def measure_differences(pair: Pair, noise: Noise | None = None) -> list[MeasureDifference]:
    """The scalars of both that differ by more than the tolerance, those that do first at the head."""
    found = []
    for name in pair.a.series:
        column = None if is_checksum(name) else pair.column(name)
        if column is None:
            continue
        sizes = relative_sizes(column.a, column.b)
        beyond = np.flatnonzero(sizes > pair.tolerance)
        if len(beyond):
            band = None if noise is None else noise.band(name)
            n_outside = 0 if band is None else int(band.outside(column.steps_a, column.b).sum())
            at, other = int(np.argmax(sizes)), pair.name_in_b(name)
            found.append(
                MeasureDifference(
                    name=name,
                    of_b="" if other == name else other,
                    compared=len(sizes),
                    since=int(column.steps_a[beyond[0]]),
                    largest=float(sizes[at]),
                    largest_at=int(column.steps_a[at]),
                    outside=n_outside,
                )
            )
    return sorted(found, key=lambda each: each.since)


def relative_sizes(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|a − b| ÷ the larger of both, in 0…2, ``[R]``; Inf where one of them alone is not finite, 0 where both are
    nothing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        sizes = np.abs(a - b) / np.fmax(np.abs(a), np.abs(b))
    is_same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(is_same, 0.0, np.where(np.isfinite(sizes), sizes, np.inf))
