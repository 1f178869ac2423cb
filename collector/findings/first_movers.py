"""Which layer moved first around a step, and in what: asked of a finding, of a spike, or of any step pointed at.

Whether something is wrong is not asked here; the rules do that, with stricter thresholds.
"""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from collector.findings.events import SHORT, rate_jumps, shared_change
from collector.findings.needs import DYNAMICS
from collector.findings.recording import Recording, Table
from collector.findings.robust import SIGMA, column_median, median_before, stretches
from collector.storage.states import NO_GRADIENT, NOT_A_NUMBER

FORMAT = "strobe.first_movers"
VERSION = 1

QUANTITIES = ("activation_std", "gradient_norm", "update_norm", "weight_norm")
"""In the order of a step. A forward pass goes from the input on, a backward one from the loss."""

BEFORE, BEHIND = 15, 5
"""Recorded steps that are looked at, before the step and behind it."""
PAST = 50
"""Recorded steps before those that tell what is usual."""
ENOUGH_PAST, LEAST_PAST = 20, 5
"""Early in a run the window begins later, so that so many steps are left to tell what is usual, and at least so many.
"""
ROWS = 3
STRONG = 4.0
ALONE = 12.0
"""Robust z at which one recorded step is enough: a batch that is hard for one layer, or the end of the recording."""
_LEAST_SPREAD = 0.02
_LEAST_SHARED = np.log10(2.0)
_TINIEST, _LARGEST = 1e-300, 1e300
_FARTHEST = 100.0
"""Powers of ten at which 0 and Inf lie, of every layer alike: what all of them do is shared then too."""


class Mover(msgspec.Struct, frozen=True):
    """A layer that left its own past, in one quantity.

    Attributes:
        layer: its name.
        quantity: metric as ``gradient_norm``.
        since: the first recorded step at which it is away.
        since_range: it left behind the first of these recorded steps and not behind the second.
        size: its largest robust z, ≥ 4.
        factor: how many times its usual value it reached, what all layers share taken out; 0 and what is not finite
            lie 100 powers of ten away.
        is_tie: what was recorded cannot tell whether it or another of these moved first.
    """

    layer: str
    quantity: str
    since: int
    since_range: tuple[int, int]
    size: float
    factor: float
    is_tie: bool = False


class SharedMove(msgspec.Struct, frozen=True):
    """A move that all layers share: a change of the learning rate, a hard batch.

    Attributes:
        quantity: metric as ``gradient_norm``, or ``learning_rate``.
        step: the first recorded step at which it is seen.
        factor: how many times what it was just before: the median over the layers.
    """

    quantity: str
    step: int
    factor: float


class FirstMovers(msgspec.Struct, frozen=True):
    """Who moved first around a step.

    Attributes:
        step: that was asked for.
        window: the first and last recorded step that were looked at.
        movers: the likeliest first.
        shared: what all layers share, by step.
        lacks: why nothing can be told; empty where it can.
        collection: the file.
    """

    step: int
    window: tuple[int, int]
    movers: list[Mover]
    shared: list[SharedMove]
    lacks: str = ""
    collection: str = ""
    format: str = FORMAT
    version: int = VERSION


@np.errstate(all="ignore")
def first_movers(recording: Recording, step: int, *, quantities: Sequence[str] = QUANTITIES) -> FirstMovers:
    """Rank layers and quantities by who left its own past first, around a step.

    Formula: d = log₁₀ value − median of the layer's up to 50 recorded steps before the window; what all layers share,
    the median of d over the layers, is taken out; z = d ÷ (1.4826 · MAD), the MAD at least that of the middle layer.
    A layer moved where z > 4 in 3 recorded steps one after the other, or > 12 in one.

    Order: first crossing; where what was recorded cannot tell two apart, the activation nearest to the input, the
    gradient nearest to the loss, then the larger z.

    Source: two stages as BARO (Pham et al., FSE 2024); thresholds measured in
    ``tests/collector/findings/test_first_movers.py``.
    """
    found: list[Mover] = []
    shared: list[SharedMove] = []
    seen: list[int] = []
    is_recorded = False
    for quantity in quantities:
        table = recording.table(quantity, among=recording.collection.layers)
        is_recorded |= bool(table.layers)
        if (around := _Around.of(recording, table, step)) is not None:
            found += around.movers()
            shared += around.shared_moves()
            seen += around.window
    lacks = ""
    if not seen:
        early = f"fewer than {LEAST_PAST + 1} steps were recorded before step {step:,}: what is usual is not known"
        lacks = early if is_recorded else f"there is no {' or '.join(quantities)} of any layer: {DYNAMICS}"
    window = (min(seen), max(seen)) if seen else (step, step)
    for jump in rate_jumps(recording):
        if window[0] < jump.step <= window[1] and jump.before > 0 and np.isfinite(jump.after / jump.before):
            shared.append(SharedMove("learning_rate", jump.step, jump.after / jump.before))
    order = {name: place for place, name in enumerate(recording.collection.layers)}
    by_step = sorted(shared, key=lambda each: each.step)
    return FirstMovers(step, window, _ranked(found, order), by_step, lacks, str(recording.collection.path))


class _Around:
    """One quantity around a step.

    Attributes:
        steps: looked at ``[W]``.
        own: log₁₀ change of each layer from its past, without what is shared ``[W, L]``.
        shared: what is shared, against the 5 recorded steps before ``[W]``.
        usual: spread of own ``[L]`` and of shared, in the past.
    """

    def __init__(self, recording: Recording, table: Table, start: int, stop: int) -> None:
        self._table, self._start = table, start
        rows = slice(max(0, start - PAST), stop)
        past = start - rows.start
        logs = np.log10(np.clip(_with_states(recording, table, rows), _TINIEST, _LARGEST))
        changes = np.clip(logs - column_median(logs[:past]), -_FARTHEST, _FARTHEST)
        own, shared = shared_change(changes)
        own -= column_median(own[:past])
        spread = SIGMA * column_median(np.abs(own[:past]))
        known = spread[np.isfinite(spread)]
        spread = np.maximum(spread, max(_LEAST_SPREAD, float(np.median(known)) if len(known) else 0.0))
        jumps = shared - median_before(shared[:, None], SHORT)[:, 0]
        usual = SIGMA * float(column_median(np.abs(jumps[:past, None]))[0])
        self._z, self._own = own[past:] / spread, own[past:]
        self._shared = jumps[past:]
        self._is_shared = np.abs(self._shared) > max(_LEAST_SHARED, STRONG * np.nan_to_num(usual))

    @classmethod
    def of(cls, recording: Recording, table: Table, step: int) -> "_Around | None":
        """None where too little was recorded before the step."""
        row = int(np.searchsorted(table.steps, step, side="right")) - 1
        start = max(row - BEFORE, min(ENOUGH_PAST, row - BEHIND), min(LEAST_PAST, row - 1))
        if start < LEAST_PAST:
            return None
        return cls(recording, table, start, min(row + BEHIND + 1, len(table.steps)))

    @property
    def window(self) -> tuple[int, int]:
        """First and last step looked at."""
        return int(self._table.steps[self._start]), int(self._table.steps[self._start + len(self._shared) - 1])

    def movers(self) -> Iterator[Mover]:
        """Of each layer the first time that it left its past."""
        up, down = self._z > STRONG, self._z < -STRONG
        is_alone = np.abs(self._z) > ALONE
        for column in np.flatnonzero((up | down).any(axis=0)):
            held = [each for side in (up, down) for each in stretches(side[:, column])]
            held = [(first, stop) for first, stop in held if stop - first >= ROWS or is_alone[first:stop, column].any()]
            if not held:
                continue
            first, stop = min(held)
            largest = first + int(np.argmax(np.abs(self._z[first:stop, column])))
            yield Mover(
                self._table.layers[column],
                self._table.metric,
                self._step(first),
                (self._step(first - 1), self._step(first)),
                float(abs(self._z[largest, column])),
                float(10 ** self._own[largest, column]),
            )

    def shared_moves(self) -> Iterator[SharedMove]:
        """What moved all layers together."""
        for first, stop in stretches(self._is_shared):
            largest = first + int(np.argmax(np.abs(self._shared[first:stop])))
            yield SharedMove(self._table.metric, self._step(first), float(10 ** self._shared[largest]))

    def _step(self, row: int) -> int:
        return int(self._table.steps[self._start + row])


def _with_states(recording: Recording, table: Table, rows: slice) -> np.ndarray:
    """Values ``[W, L]``: Inf where one is no number, 0 where there was no gradient, NaN where nothing was recorded."""
    values = table.values[rows].copy()
    steps = table.steps[rows]
    for column in np.flatnonzero(np.isnan(values).any(axis=0)):
        own, states = recording.collection.series.states(f"{table.metric}/{table.layers[column]}")
        values[np.isin(steps, own[states == NOT_A_NUMBER]), column] = np.inf
        values[np.isin(steps, own[states == NO_GRADIENT]), column] = 0.0
    return values


def _ranked(found: list[Mover], order: dict[str, int]) -> list[Mover]:
    """By first crossing; what cannot be told apart stands together, and says so."""

    def within_a_step(mover: Mover) -> tuple[int, int, float]:
        phase = QUANTITIES.index(mover.quantity) if mover.quantity in QUANTITIES else len(QUANTITIES)
        place = order[mover.layer]
        return phase, {"activation_std": place, "gradient_norm": -place}.get(mover.quantity, 0), -mover.size

    waiting = sorted(found, key=lambda each: (each.since, -each.size))
    ranked: list[Mover] = []
    while waiting:
        tied = [each for each in waiting if each.since_range[0] < waiting[0].since]
        waiting = [each for each in waiting if each.since_range[0] >= waiting[0].since]
        is_tie = len(tied) > 1
        ranked += [
            msgspec.structs.replace(each, is_tie=is_tie) if is_tie else each for each in sorted(tied, key=within_a_step)
        ]
    return ranked
