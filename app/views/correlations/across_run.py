"""How alike the layers of two networks are, over all that was measured of both.

`L` layers of A, `M` of B, `E` measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.axis import last_at, place_text
from app.analysis.figures import signed
from app.views.correlations.analysis.evolution import NO_NUMBER, Evolution, Lines, numbered
from app.views.correlations.analysis.matrix_colours import MatrixScale, Table
from app.views.correlations.analysis.matrix_picture import MatrixPicture, Side, picture_of
from app.views.correlations.analysis.similarity_run import (
    CHANCE,
    PairMeasure,
    SimilarityRun,
    rounded_up,
    similarity_run,
)
from collector.comparing.similarity import Likeness, cka_across, procrustes_across
from collector.storage.errors import CollectionError

if TYPE_CHECKING:
    from app.replay.comparing import Comparing
    from collector.storage import Collection

OTHER_SAMPLES = "Not compared: the layers of the two runs were measured on other samples."

_LIKENESS = MatrixScale(0.0, 1.0, Table.HOT)


class AcrossMeasure(Enum):
    """One number for a layer of A and one of B."""

    CKA = "CKA, A × B"
    PROCRUSTES = "Procrustes, A × B"
    CKA_DIFFERENCE = "CKA, B − A"
    CLIPPED_DIFFERENCE = "clipped mean, B − A"
    MEAN_DIFFERENCE = "mean, B − A"

    @property
    def within(self) -> PairMeasure | None:
        """Of what within each network it is the difference; None where it is of a layer of A and one of B."""
        return _WITHIN.get(self)

    @property
    def about(self) -> str:
        """What it is, in a sentence."""
        match self:
            case AcrossMeasure.CKA:
                return "Do a layer of A and one of B tell the same samples apart? 1: the same, 0: no more than chance."
            case AcrossMeasure.PROCRUSTES:
                return "How well the features of one turn into those of the other by a rotation; large by chance, too."
        assert self.within is not None
        return f"{self.within.about} Here that in B less that in A, for the layers that both have."


_WITHIN = {
    AcrossMeasure.CKA_DIFFERENCE: PairMeasure.CKA,
    AcrossMeasure.CLIPPED_DIFFERENCE: PairMeasure.CLIPPED,
    AcrossMeasure.MEAN_DIFFERENCE: PairMeasure.MEAN,
}

HEADINGS = (
    *("step_a", "step_b", "layer_a", "layer_b", "cka_across", "cka_null_low", "cka_null_high"),
    *("procrustes", "procrustes_null_low", "procrustes_null_high"),
    *("cka_a", "cka_b", "cka_difference"),
)


@dataclass(frozen=True, eq=False)
class AcrossRun:
    """The measurements of two runs that lie next to one another; of two passes, those of one beside each of the run.

    Attributes:
        names: what A and B are called.
        runs: what was measured within A and within B.
        numbers: of the measurement of A and of that of B, int ``[E, 2]``.
        steps: on whose axis they stand, rising, int ``[E]``.
        partner: for each layer of A the number of B's, int ``[L]``; −1 where it has none.
        likeness: `AcrossMeasure.CKA` and, where it was asked for, `AcrossMeasure.PROCRUSTES` → values float64
            ``[E, L, M]`` and null ``[E, L, M, 2]``.
        is_same: where the features of all layers are the same to the bit, bool ``[E]``.
    """

    names: tuple[str, str]
    runs: tuple[SimilarityRun, SimilarityRun]
    numbers: np.ndarray
    steps: np.ndarray
    partner: np.ndarray
    likeness: dict[AcrossMeasure, Likeness]
    is_same: np.ndarray

    @property
    def measures_offered(self) -> list[AcrossMeasure]:
        """What it can be asked for."""
        return list(AcrossMeasure)

    @property
    def rows(self) -> tuple[str, ...]:
        """Layers of A."""
        return self.runs[0].layers

    @property
    def columns(self) -> tuple[str, ...]:
        """Layers of B."""
        return self.runs[1].layers

    @property
    def samples_text(self) -> str:
        """On what it was measured."""
        return f"{self.names[0]} × {self.names[1]}, {self.runs[0].samples:,} held-out samples"

    def place(self, number: int) -> str:
        """Where the measurement of A stands, and that of B where it is another."""
        (at_a, step_a), (at_b, step_b) = self._at(number)
        words = place_text(at_a, step_a)
        if self.is_same[number]:
            return f"{words}: the same, to the bit"
        return words if step_a == step_b else f"{words} × {place_text(at_b, step_b)}"

    def _at(self, number: int) -> list[tuple[int, int]]:
        ends = zip(self.runs, self.numbers[number].tolist(), strict=True)
        return [(int(run.epochs[each]), int(run.steps[each])) for run, each in ends]

    def beside(self, row: str) -> str:
        """The layer of B that belongs to one of A; the first where none does."""
        found = self.partner[self.rows.index(row)]
        return self.columns[max(int(found), 0)]

    def is_within(self, row: str, column: str) -> bool:
        """Whether the two are the same layer of both networks."""
        return int(self.partner[self.rows.index(row)]) == self.columns.index(column)

    def turned(self, row: str, column: str) -> tuple[str, str] | None:
        """In A the layer that belongs to a column, in B that of a row; None where one of them has none."""
        in_b = int(self.partner[self.rows.index(row)])
        in_a = np.flatnonzero(self.partner == self.columns.index(column))
        return (self.rows[int(in_a[0])], self.columns[in_b]) if len(in_a) and in_b >= 0 else None

    def numbers_at(self, number: int) -> tuple[int, int]:
        """Of the measurement of A and of that of B."""
        one, other = self.numbers[number].tolist()
        return one, other

    def title(self, row: str, column: str) -> str:
        """A pair, for where there is little room."""
        a, b = self.runs
        short = a.short_name(row)
        return f"{short}, both" if self.is_within(row, column) else f"{short} × {b.short_name(column)}"

    def with_procrustes(self, likeness: Likeness) -> AcrossRun:
        """The same with what was asked for later."""
        return replace(self, likeness={**self.likeness, AcrossMeasure.PROCRUSTES: likeness})

    def values(self, measure: AcrossMeasure) -> np.ndarray:
        """float64 ``[E, L, M]``; NaN where there is no number, or not yet."""
        if measure in self.likeness:
            return self.likeness[measure].values
        if measure.within is None:
            return np.full((len(self.steps), len(self.rows), len(self.columns)), np.nan)
        if measure not in self._differences:
            a, b = self._both(measure.within)
            self._differences[measure] = b - a
        return self._differences[measure]

    @cached_property
    def _differences(self) -> dict[AcrossMeasure, np.ndarray]:
        return {}

    def _both(self, within: PairMeasure) -> tuple[np.ndarray, np.ndarray]:
        """A measure within A and within B for the same two layers, float64 ``[E, L, M]`` each; NaN without partner."""
        back = np.full(len(self.columns), -1)
        back[self.partner[self.partner >= 0]] = np.flatnonzero(self.partner >= 0)
        shape = len(self.steps), len(self.rows), len(self.columns)
        a, b = np.full(shape, np.nan), np.full(shape, np.nan)
        rows, columns = np.flatnonzero(self.partner >= 0), np.flatnonzero(back >= 0)
        at = np.ix_(np.arange(len(self.steps)), rows, columns)
        one, other = (run.measures[within] for run in self.runs)
        a[at] = one[np.ix_(self.numbers[:, 0], rows, back[columns])]
        b[at] = other[np.ix_(self.numbers[:, 1], self.partner[rows], columns)]
        return a, b

    def scale(self, measure: AcrossMeasure) -> MatrixScale:
        """Colours of a measure that hold along the run; the middle of those of a difference is “the same”."""
        if measure.within is None:
            return _LIKENESS
        values = self.values(measure)
        largest = rounded_up(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)))
        return MatrixScale(-largest, largest, Table.DIVERGING)

    def decimals(self, measure: AcrossMeasure) -> int:
        """So many tell two values of a measure apart."""
        return 2 if measure.within is None else max(2, 2 - int(np.floor(np.log10(self.scale(measure).high))))

    def is_chance(self, number: int, measure: AcrossMeasure) -> np.ndarray | None:
        """Pairs that are alike no more than by chance, bool ``[L, M]``; None where that is not known."""
        found = self.likeness.get(measure)
        if found is None:
            return None
        values, null = found.values[number], found.null[number]
        return np.asarray((values >= null[..., 0]) & (values <= null[..., 1]))

    def picture(self, number: int, measure: AcrossMeasure) -> MatrixPicture:
        """The layers of A by those of B."""
        rows, columns = (Side(run.short_names, name) for run, name in zip(self.runs, self.names, strict=True))
        return picture_of(
            self.values(measure)[number],
            self.scale(measure),
            rows,
            columns,
            lambda row, column: self.tell(number, measure, row, column),
            hatched=self.is_chance(number, measure),
            hatched_means=CHANCE,
            decimals=self.decimals(measure),
            absent_means="no number" if measure.within is None else "no partner",
        )

    def tell(self, number: int, measure: AcrossMeasure, row: int, column: int) -> str:
        """A pair in words."""
        decimals = self.decimals(measure)
        value = float(self.values(measure)[number, row, column])
        name = f"{self.names[0]} {self.rows[row]} × {self.names[1]} {self.columns[column]}"
        if not np.isfinite(value):
            return f"{name}: no number"
        if measure.within is not None:
            a, b = (float(each[number, row, column]) for each in self._both(measure.within))
            return f"{name}: {signed(a, decimals)} → {signed(b, decimals)}, {signed(value, decimals)}"
        told = f"{name}: {signed(value, decimals)}"
        low, high = self.likeness[measure].null[number, row, column].tolist()
        return (
            f"{told}; chance lies between {signed(low, 2)} and {signed(high, 2)}" if np.isfinite(low + high) else told
        )

    def evolution(self, measure: AcrossMeasure, pair: tuple[int, int]) -> Evolution:
        """Each layer with its partner over the run, the chosen pair strong; or a measure within A and within B."""
        row, column = pair
        names, numbers_are = numbered(self.runs[0].epochs[self.numbers[:, 0]], self.steps)
        return Evolution(
            steps=self.steps,
            pairs=self._diagonal(measure, row, column)
            if measure.within is None
            else self._curves(measure, row, column),
            ranks=self._ranks(row, column),
            title=self.title(self.rows[row], self.columns[column]),
            about="grey: chance, thin: the other layers" if measure.within is None else " · ".join(self.names),
            numbers=names,
            numbers_are=numbers_are,
            places=[self.place(number) for number in range(len(self.steps))],
            picture_of=lambda number: self.picture(number, measure),
        )

    def _diagonal(self, measure: AcrossMeasure, row: int, column: int) -> Lines:
        ends = [(one, int(other)) for one, other in enumerate(self.partner) if other >= 0]
        ends = [(row, column), *(each for each in ends if each != (row, column))]
        at = tuple(np.array(ends).T)
        found = self.likeness.get(measure)
        return Lines(
            [f"{self.rows[one]} × {self.columns[other]}" for one, other in ends],
            self.values(measure)[:, *at].T,
            [0],
            ["A × B"],
            band=None if found is None else found.null[:, row, column],
            nothing=NO_NUMBER if found is not None else "Being worked out …",
        )

    def _curves(self, measure: AcrossMeasure, row: int, column: int) -> Lines:
        assert measure.within is not None
        values = np.stack([each[:, row, column] for each in self._both(measure.within)])
        return Lines(self.names, values, [0, 1], self.names, self.decimals(measure), is_of_two=True)

    def _ranks(self, row: int, column: int) -> Lines:
        ends = zip(self.runs, self.numbers.T, (row, column), strict=True)
        values = np.stack([run.effective_rank[numbers, layer] for run, numbers, layer in ends])
        return Lines(self.names, values, [0, 1], self.names, decimals=1, is_of_two=True)

    def table(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Headings, and a row for each layer of A with each of B at each measurement; None where there is none."""
        a, b = self._both(PairMeasure.CKA)
        rows: list[tuple[str | int | float | None, ...]] = []
        for number in range(len(self.steps)):
            steps = [step for _, step in self._at(number)]
            for one, other in np.ndindex(len(self.rows), len(self.columns)):
                found = [*self._told(AcrossMeasure.CKA, number, one, other)]
                found += self._told(AcrossMeasure.PROCRUSTES, number, one, other)
                within = [float(each[number, one, other]) for each in (a, b)]
                known = [each if np.isfinite(each) else None for each in (*found, *within, within[1] - within[0])]
                rows.append((*steps, self.rows[one], self.columns[other], *known))
        return HEADINGS, rows

    def _told(self, measure: AcrossMeasure, number: int, row: int, column: int) -> list[float]:
        found = self.likeness.get(measure)
        if found is None:
            return [np.nan] * 3
        return [float(found.values[number, row, column]), *found.null[number, row, column].tolist()]


def across_run(comparing: Comparing, progress: Callable[[int, int], bool] = lambda *_: True) -> AcrossRun | str | None:
    """What two runs have measured so far; or in words why nothing can be compared. Slow: for a background job.

    Returns:
        None where nobody waits for it any more.
    """
    files = comparing.a.collection, comparing.b.collection
    if any(each.similarity is None or not each.similarity.layers for each in files):
        lacking = [name for name, each in zip(comparing.names, files, strict=True) if each.similarity is None]
        told = f"{' and '.join(lacking) or 'one of both'} {'have' if len(lacking) > 1 else 'has'}"
        return f"Not compared: {told} no layer similarity."
    if comparing.held is None and not (comparing.pair.has_same_probe and _are_of_same_samples(*files)):
        return OTHER_SAMPLES
    runs = [similarity_run(each, progress) for each in files]
    if runs[0] is None or runs[1] is None:
        return None
    numbers, steps = _beside(comparing, runs[0].steps, runs[1].steps)
    if not len(numbers):
        return "Not compared: nothing was measured in both at the same place yet."
    found, is_same = [], []
    for done, (one, other) in enumerate(numbers.tolist()):
        a, b = _features(files[0], one), _features(files[1], other)
        is_same.append(len(a) == len(b) and all(map(np.array_equal, a, b)))
        found.append(cka_across(a, b))
        if not progress(done + 1, len(numbers)):
            return None
    partner = _partners(comparing, runs[0].layers, runs[1].layers)
    likeness = {AcrossMeasure.CKA: _stacked(found)}
    both = runs[0], runs[1]
    return AcrossRun(comparing.names, both, numbers, steps, partner, likeness, np.array(is_same))


def procrustes_run(
    comparing: Comparing, run: AcrossRun, progress: Callable[[int, int], bool] = lambda *_: True
) -> AcrossRun | None:
    """The same with Procrustes, which takes seconds; None where nobody waits for it any more."""
    files, found = (comparing.a.collection, comparing.b.collection), []
    done, total = 0, len(run.numbers) * len(run.rows)
    for one, other in run.numbers.tolist():
        a, b = _features(files[0], one), _features(files[1], other)
        rows = []
        for each in a:
            rows.append(procrustes_across([each], b))
            done += 1
            if not progress(done, total):
                return None
        found.append(
            Likeness(*(np.concatenate(parts) for parts in zip(*((r.values, r.null) for r in rows), strict=True)))
        )
    return run.with_procrustes(_stacked(found))


def _partners(comparing: Comparing, layers_a: Sequence[str], layers_b: Sequence[str]) -> np.ndarray:
    """For each layer of A the number of B's, −1 where it has none; what is no layer, as a softmax, goes by name."""
    columns = {name: number for number, name in enumerate(layers_b)}
    a, b = comparing.a.collection.layers, comparing.b.collection.layers
    own = {name: name for name in layers_a if name not in a and name not in b}
    names = own | dict(comparing.pair.partner)
    return np.array([columns.get(names.get(name, ""), -1) for name in layers_a])


def _stacked(found: list[Likeness]) -> Likeness:
    return Likeness(np.stack([each.values for each in found]), np.stack([each.null for each in found]))


def _are_of_same_samples(a: Collection, b: Collection) -> bool:
    """Whether as many samples with the same labels were compared: the samples themselves are not in the file."""
    one, other = a.similarity, b.similarity
    assert one is not None
    assert other is not None
    if one.samples != other.samples or (one.labels is None) != (other.labels is None):
        return False
    return one.labels is None or other.labels is None or np.array_equal(one.labels, other.labels)


def _beside(comparing: Comparing, steps_a: np.ndarray, steps_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of measurements of A and B that lie next to one another, int ``[E, 2]``, and the steps they stand at."""
    if comparing.held is not None:
        held = last_at(steps_a, float(comparing.a.collection.passes.steps[comparing.held]))
        n = 0 if held is None else len(steps_b)
        return np.stack([np.full(n, held or 0), np.arange(n)], axis=1), steps_b[:n]
    aligned = comparing.pair.alignment.of(steps_a, steps_b)
    numbers = np.searchsorted(steps_a, aligned.a), np.searchsorted(steps_b, aligned.b)
    return np.stack(numbers, axis=1), aligned.a


def _features(collection: Collection, number: int) -> list[np.ndarray]:
    """Of each layer at a measurement, float64 ``[N, D]``; NaN where there are none."""
    header = collection.similarity
    assert header is not None
    try:
        measured = collection.similarities[number]
        found = [measured.features(name) for name in header.layers]
    except CollectionError:
        found = [None for _ in header.layers]
    return [np.full((header.samples, 1), np.nan) if each is None else each for each in found]
