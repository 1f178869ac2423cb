"""A collection that a run goes on with: what stays of it, and where the run stands."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from collector.storage.columns import steps_arrays
from collector.storage.encode import encode
from collector.storage.errors import BlockError, CollectionError, NewerVersionError
from collector.storage.header import HeaderLine, read_header
from collector.storage.json_text import JsonTextError, decode
from collector.storage.kept import Kept, kept
from collector.storage.lines import STEPPED, entry_of, read_record, whole_fragment, whole_lines
from collector.storage.locks import Claim
from collector.storage.reader import Collection
from collector.storage.same_run import changes, differences
from collector.storage.schema import (
    Count,
    DumpRecord,
    EpochRecord,
    IndexEntry,
    NoteRecord,
    PriceRecord,
    ResumeRecord,
    StepsRecord,
)
from collector.storage.source import Source, open_file

_WAY_OUT = "It cannot be resumed: choose another name, or replace it."
_MOST_TOLD = 3
_NUMBER = re.compile(rb'(\{"record":"pass","pass":)(\d{1,15})(?=,)')


class _MaybeStepped(msgspec.Struct):
    step: Count | None = None


class EarlierRun:
    """What a collection holds of the steps before the one at which its run goes on. It is only read here.

    From now until `release` nobody else can record into it.

    Attributes:
        path: the file, behind any link.
        header: its first line.
        recorded: steps that are recorded.
        step: the run goes on with this step.
        epoch: epochs that have ended.
        epoch_of_last_step: the epoch of the step before.
        seconds: since the run began, as of the last pass that stays.

    Args:
        path: the file.
        step: see above; None: behind the last recorded step.

    Raises:
        CollectionError: it cannot be gone on with, or somebody records into it; in words.
    """

    def __init__(self, path: Path, step: int | None) -> None:
        self.path = path.resolve()
        self._named = path
        self._n_left_out = self._n_passes = 0
        self._claim = Claim(path)
        try:
            self._read(path, step)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let the file go."""
        self._claim.release()

    def _read(self, path: Path, step: int | None) -> None:
        try:
            with open_file(path) as file:
                self.header = read_header(file, path)
            with Collection(path) as collection:
                self.recorded = collection.n_steps
                self.step = self.recorded if step is None else step
                ended = [(each.epoch + 1, each.step) for each in collection.epochs]
                self.seconds = _seconds(collection, self.step)
            self.epoch = max((number for number, step in ended if step <= self.step), default=0)
            self.epoch_of_last_step = max((number for number, step in ended if step < self.step), default=0)
            if length := self.header.run.steps_per_epoch:
                self.epoch_of_last_step = max(0, self.step - 1) // length
        except NewerVersionError as error:
            raise NewerVersionError(path, error.problem, f"Update Strobe. {_WAY_OUT}") from None
        except CollectionError as error:
            raise type(error)(path, error.problem, _WAY_OUT) from None

    def check(self, now: HeaderLine) -> None:
        """Whether a run with this first line can go on in the file.

        Raises:
            CollectionError: what is different.
        """
        found = list(differences(self.header, now))
        if found:
            more = f"; and {len(found) - _MOST_TOLD} more differences" if len(found) > _MOST_TOLD else ""
            problem = f"is of another run: it has {'; '.join(found[:_MOST_TOLD])}{more}."
            way_out = "Resume it with what it was made with, choose another name, or replace it."
            raise CollectionError(self._named, problem, way_out)

    def records(self) -> Iterator[Kept]:
        """The records that stay, in the order of the file.

        Of steps that cross `step` the part before it stays. What belongs to the state at the end of the earlier
        training goes, because that is the end no longer.
        """
        with open_file(self.path) as file:
            size, end = file.size, self.header.end
            checked = self.header.has_checksums
            for line in whole_lines(file, end, size):
                end = line.offset + line.length + 1
                if not (line.is_tail or line.is_blank):
                    yield from self._kept(file, entry_of(file, line))
            fragment = whole_fragment(file, end, size, checked=checked) if end < size else None
            if fragment is not None:
                yield from self._kept(file, entry_of(file, fragment))

    def _kept(self, file: Source, entry: IndexEntry | None) -> Iterator[Kept]:
        checked = self.header.has_checksums
        try:
            part = None if entry is None else self._part(entry, read_record(file, entry, checked=checked))
        except (JsonTextError, BlockError):
            entry = None
        self._n_left_out += entry is None
        if entry is not None and part is not None:
            yield part if checked or part.is_changed else replace(part, is_changed=True)

    def _part(self, entry: IndexEntry, text: bytes) -> Kept | None:
        """What stays of a record; None where nothing does."""
        kind, step = entry[:2]
        found = kept(entry, text)
        match found.record:
            case StepsRecord():
                return self._steps(found.record, text)
            case EpochRecord() | PriceRecord():
                stays = found.record.step <= self.step
            case NoteRecord() | ResumeRecord():
                stays = found.record.step < self.step
            case None if kind == "dump":  # as long as any of its passes stays
                stays = min(decode(text, DumpRecord).steps, default=self.step) < self.step
            case None if kind not in STEPPED:  # of a newer writer
                own = decode(text, _MaybeStepped).step
                stays = own is None or own < self.step
            case _:
                stays = step < self.step
        if stays and kind == "pass":
            found = self._numbered(found)
        return found if stays else None

    def _numbered(self, found: Kept) -> Kept:
        """A pass under its place as its number: passes before it may have been left out."""
        text = _NUMBER.sub(b"\\g<1>%d" % self._n_passes, found.text[0], count=1)
        self._n_passes += 1
        return found if text == found.text[0] else replace(found, text=[text], is_changed=True)

    def _steps(self, record: StepsRecord, text: bytes) -> Kept | None:
        columns = steps_arrays(record)
        steps = range(record.start, min(record.stop, self.step), record.every)
        if record.is_end or not steps:
            return None
        is_whole = len(steps) == len(record.steps)
        part = {name: values[: len(steps)] for name, values in columns.items()}
        shorter = StepsRecord(record.start, steps[-1] + 1, part, record.every)  # type: ignore[arg-type]
        return Kept("steps", record.start, [text] if is_whole else encode(shorter), shorter, not is_whole)

    def mark(self) -> ResumeRecord:
        """What tells of the resumption."""
        created = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        return ResumeRecord(step=self.step, created=created)

    def remarks(self, now: HeaderLine) -> Iterator[str]:
        """What a reader of the file should know of the resumption, a sentence each."""
        if self.step > self.recorded:
            yield f"Steps {self.recorded:,} to {self.step - 1:,} are not recorded: the run went on at {self.step:,}."
        if changed := list(changes(self.header, now)):
            yield f"From here on: {', '.join(changed)}."
        if self._n_left_out:
            yield f"Lines that could not be read were left out when the run went on: {self._n_left_out}."


def _seconds(collection: Collection, step: int) -> float:
    """When the last readable pass before a step was taken."""
    for number in reversed(range(int((collection.passes.steps < step).sum()))):
        try:
            return collection.passes[number].seconds
        except CollectionError:
            continue
    return 0.0
