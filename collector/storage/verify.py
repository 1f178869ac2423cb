"""The check of a whole collection: every line, every array, and whether all that the file says twice is the same."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import numpy as np

from collector.storage.augmented import AugmentationRecords, AugmentedMeasurement
from collector.storage.columns import Columns, steps_arrays
from collector.storage.compared import Augmentations, Similarity
from collector.storage.errors import MOST_DAMAGES, BlockError, CollectionError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.kept import kept
from collector.storage.lines import Line, entry_of, read_record, whole_fragment, whole_lines
from collector.storage.passes import Passes
from collector.storage.paths import AnyPath
from collector.storage.projections import Projection, Projections
from collector.storage.schema import DumpRecord, IndexEntry, Insight, PassRecord, StepsRecord
from collector.storage.series import Series
from collector.storage.signs import Signs
from collector.storage.similarities import Similarities
from collector.storage.snapshot import KINDS
from collector.storage.source import Source
from collector.storage.stories import Stories
from collector.storage.tail import read_tail

NO_CHECKSUMS = (
    "It has no checksums: an earlier Strobe wrote it, or another program. What could be compared all the same: the "
    "form of every record and array, order, numbers and kinds, the summary. A digit that was changed into another one "
    "cannot be noticed."
)


_PLACE = re.compile(r"\bbyte \d+(,\d+)*")


@dataclass
class Verification:
    """What a check of the whole file has found.

    Attributes:
        path: the file.
        finished: whether the run ended.
        has_checksums: whether every line has one.
        records: kind → how many there are.
        faults: what is wrong, and where, a sentence each; after a hundred no more are told.
        remarks: what should be known besides, and is no damage.
    """

    path: AnyPath
    finished: bool
    has_checksums: bool
    records: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def say(self, fault: str) -> None:
        """One more fault; of each place one is told."""
        place = _PLACE.search(fault)
        told = {found[0] for each in self.faults if (found := _PLACE.search(each))}
        if fault in self.faults or (place and place[0] in told) or len(self.faults) > MOST_DAMAGES:
            return
        self.faults.append(fault if len(self.faults) < MOST_DAMAGES else "There is more damage, which is not listed.")


class Verifiable(Protocol):
    """A collection, as far as its check has to know it."""

    path: AnyPath
    finished: bool
    has_checksums: bool
    damaged: list[str]
    insight: Insight | None
    series: Series
    passes: Passes
    signs: Signs
    similarity: Similarity | None
    similarities: Similarities
    augmentations: Augmentations | None
    augmentation_records: AugmentationRecords
    projection: Projection | None
    projections: Projections
    stories: Stories


def verify(collection: Verifiable, file: Source, header_end: int, size: int) -> Verification:
    """Check the first ``size`` bytes of a collection, line by line; no more than one record is held at a time."""
    found = Verification(collection.path, collection.finished, collection.has_checksums)
    if not collection.has_checksums:
        found.remarks.append(NO_CHECKSUMS)
    for fault in [*collection.damaged, *_bands(collection.insight)]:
        found.say(fault)
    lines = _Lines(collection, file, found)
    lines.read(header_end, size)
    found.records = dict(Counter(kind for kind, *_ in lines.entries))
    if collection.finished:
        _compare_tail(lines, collection, file, header_end, size)
    else:
        found.remarks.append("It is unfinished: the run was ended by force, or is still going on.")
    for read in _reads(collection):
        try:
            read()
        except CollectionError as error:
            found.say(_sentence(error.problem))
    for fault in collection.damaged:  # some is noticed only now
        found.say(fault)
    return found


class _Lines:
    """All lines, one after the other, and what they say of the scalars."""

    def __init__(self, collection: Verifiable, file: Source, found: Verification) -> None:
        self._file, self.found, self._checked = file, found, collection.has_checksums
        self.entries: list[IndexEntry] = []
        self.columns = Columns()
        self.repeated: dict[str, list[object]] = {"epoch": [], "note": [], "resume": []}
        self.n_steps = 0
        self.are_whole = True
        self._n_passes = 0
        self._last_pass = -1
        self._of_black_box: set[int] = set()

    def read(self, start: int, size: int) -> None:
        end, tail = start, None
        for line in whole_lines(self._file, start, size, checked=self._checked):
            end = line.offset + line.length + 1
            if tail is not None:
                self.found.say(f"The line at byte {line.offset:,} stands behind the last line.")
            elif line.is_tail:
                tail = line
            elif not line.is_blank:
                self._take(line)
        if end < size and tail is None:
            fragment = whole_fragment(self._file, end, size, checked=self._checked)
            if fragment is not None:
                self._take(fragment)
            else:
                self.found.remarks.append(f"The last {size - end:,} bytes are a record that was cut off.")

    def _take(self, line: Line) -> None:
        entry = entry_of(self._file, line)
        if entry is None:
            self.found.say(f"The line at byte {line.offset:,} cannot be read.")
            self.are_whole = False
            return
        self.entries.append(entry)
        try:
            found = kept(entry, read_record(self._file, entry, checked=self._checked))
            record = found.record
            match record:
                case PassRecord():
                    self._take_pass(entry)
                case StepsRecord():
                    self.columns.add(record.start, steps_arrays(record), record.every)
                    self.n_steps = max(self.n_steps, record.start if record.is_end else record.stop)
                case None if entry[0] == "dump":
                    self._of_black_box |= set(decode(found.text[0], DumpRecord).steps)
                case None:
                    pass
                case _:
                    self.repeated.setdefault(entry[0], []).append(record)
        except (JsonTextError, BlockError) as error:
            self.found.say(f"The {entry[0]} record at byte {entry[2]:,} cannot be read: {error}.")
            self.are_whole = False

    def _take_pass(self, entry: IndexEntry) -> None:
        if entry[1] <= self._last_pass and entry[1] not in self._of_black_box:
            self.found.say(
                f"Pass {self._n_passes}, at byte {entry[2]:,}, is of step {entry[1]:,} and comes behind one of step "
                f"{self._last_pass:,}."
            )
        self._n_passes += 1
        self._last_pass = max(self._last_pass, entry[1])
        self.n_steps = max(self.n_steps, entry[1])


def _compare_tail(lines: _Lines, collection: Verifiable, file: Source, header_end: int, size: int) -> None:
    say = lines.found.say
    tail = read_tail(file, header_end, size, checked=collection.has_checksums)
    if tail is None:
        say("The last line was changed, or does not fit the lines before it.")
        return
    for told, entry in zip(tail.index, lines.entries, strict=False):
        if told[0] != entry[0] or told[2:] != entry[2:]:
            say(f"The index calls the {entry[0]} record at byte {entry[2]:,} a {told[0]} record of {told[3]:,} bytes.")
    if len(tail.index) != len(lines.entries):
        say(f"The index names {len(tail.index):,} records, and there are {len(lines.entries):,}.")
    if not lines.are_whole:
        return  # what is lacking has been told
    summary = tail.summary
    for kind, repeated in (("epoch", summary.epochs), ("note", summary.notes), ("resume", summary.resumes)):
        if [*repeated] != lines.repeated[kind]:
            say(f"The summary has other {kind} records than the lines.")
    if summary.steps < lines.n_steps:
        say(f"The summary says that {summary.steps:,} steps were taken, and the lines tell of {lines.n_steps:,}.")
    for name in dict.fromkeys([*lines.columns, *collection.series]):
        if name not in lines.columns or name not in collection.series:
            say(f"The scalar {name!r} is in the {'summary' if name in collection.series else 'lines'} only.")
        elif not _same(lines.columns.column(name), collection.series.recorded(name)):
            say(f"The scalar {name!r} has other values in the summary than in the lines.")


def _same(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(one, other, strict=True))


def _bands(insight: Insight | None) -> Iterator[str]:
    """What is wrong with the places of the parameters in the sign raster."""
    if insight is None or not insight.bands:
        return
    first = 0
    for band in insight.bands:
        if band.first != first or band.columns > band.size:
            yield f"The band of {band.parameter!r} of {band.layer!r} does not stand behind the one before it."
            return
        first += band.columns
    if first != insight.sign_columns:
        yield f"The bands have {first:,} columns, and the sign raster has {insight.sign_columns:,}."


def _reads(collection: Verifiable) -> Iterator[Callable[[], object]]:
    """Everything that a reader can ask for, piece by piece."""
    for number in range(len(collection.passes)):
        yield partial(_read_pass, collection, number)
    for row in range(len(collection.signs)):
        yield partial(_read_overview, collection.signs, row)
        yield partial(collection.signs.columns, row, 0, collection.signs.n_columns)
    for measured, header in (
        (collection.similarities, collection.similarity),
        (collection.augmentation_records, collection.augmentations),
        (collection.projections, collection.projection),
    ):
        for number in range(len(measured)):
            yield partial(_read_measurement, measured, number, () if header is None else tuple(header.layers))
    yield collection.projections.samples
    for number in range(len(collection.stories)):
        yield partial(collection.stories.__getitem__, number)
    yield partial(getattr, collection.stories, "samples")


def _read_pass(collection: Verifiable, number: int) -> None:
    one = collection.passes[number]
    _ = one.histograms, one.unit_states, one.outputs, one.losses, one.top_logits, one.token_logits
    for arrays in one.layers.values():
        for kind in KINDS:
            getattr(arrays, kind)
        for parameter in arrays.parameters.values():
            _ = parameter.value, parameter.gradient, parameter.update
        for name in arrays.moments:
            _ = arrays.moments[name]


def _read_overview(signs: Signs, row: int) -> None:
    signs.overview(row)
    signs.not_finite_overview(row)


def _read_measurement(measured: Sequence[Any], number: int, layers: Iterable[str]) -> None:
    one = measured[number]
    for layer in layers:
        one.features(layer)
    if isinstance(one, AugmentedMeasurement):
        _ = one.logits


def _sentence(problem: str) -> str:
    return problem[:1].upper() + problem[1:]
