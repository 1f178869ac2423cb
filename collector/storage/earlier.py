"""A collection that a run goes on with: what stays of it, and where the run stands."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from collector.storage.encode import encode
from collector.storage.errors import BlockError, CollectionError, NewerVersionError
from collector.storage.header import HeaderLine, read_header
from collector.storage.json_text import JsonTextError, decode
from collector.storage.lines import entry_of, read_entry, whole_fragment, whole_lines
from collector.storage.reader import Collection, open_file, steps_arrays
from collector.storage.same_run import changes, differences
from collector.storage.schema import (
    Count,
    EpochRecord,
    IndexEntry,
    NoteRecord,
    PassRecord,
    PriceRecord,
    Record,
    ResumeRecord,
    StepsRecord,
)

_WAY_OUT = "It cannot be resumed: choose another name, or replace it."
_MOST_TOLD = 3


class _MaybeStepped(msgspec.Struct):
    step: Count | None = None


@dataclass(frozen=True)
class Kept:
    """A record that stays: its entry's kind and step, its text, and what of it belongs into the summary."""

    kind: str
    step: int
    text: list[bytes]
    record: Record | None = None


class EarlierRun:
    """What a collection holds of the steps before the one at which its run goes on. It is only read here.

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
        CollectionError: it cannot be gone on with; why, in words.
    """

    def __init__(self, path: Path, step: int | None) -> None:
        self.path = path.resolve()
        self._named = path
        self._n_left_out = 0
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
            size, end = os.fstat(file.fileno()).st_size, self.header.end
            lines = whole_lines(file, end, size)
            for line in lines:
                end = line.offset + line.length + 1
                if line.is_tail or line.is_blank:
                    continue
                entry = entry_of(file, line)
                yield from () if entry is None else self._kept(entry, read_entry(file, entry))
                self._n_left_out += entry is None
            fragment = whole_fragment(file, end, size) if end < size else None
            if fragment is not None and (entry := entry_of(file, fragment)):
                yield from self._kept(entry, read_entry(file, entry))

    def _kept(self, entry: IndexEntry, text: bytes) -> Iterator[Kept]:
        try:
            kept = self._part(entry, text)
        except (JsonTextError, BlockError):
            self._n_left_out += 1
            return
        if kept is not None:
            yield kept

    def _part(self, entry: IndexEntry, text: bytes) -> Kept | None:
        """What stays of a record; None where nothing does."""
        kind, step = entry[:2]
        record: Record | None = None
        stays = step < self.step
        match kind:
            case "steps":
                return self._steps(decode(text, StepsRecord), text)
            case "epoch":
                record = decode(text, EpochRecord)
                step, stays = record.step, record.step <= self.step
            case "note":
                record = decode(text, NoteRecord)
                step, stays = record.step, record.step < self.step
            case "resume":
                record = decode(text, ResumeRecord)
                step, stays = record.step, record.step < self.step
            case "price":
                record = decode(text, PriceRecord)
                step, stays = record.step, record.step <= self.step
            case "pass":
                record = PassRecord(number=0, step=step)  # the summary needs no more of it
            case "signs" | "sign_bits" | "similarity" | "augmentation" | "projection_samples" | "projection":
                pass
            case _:  # of a newer writer
                own = decode(text, _MaybeStepped).step
                stays = own is None or own < self.step
        return Kept(kind, step, [text], record) if stays else None

    def _steps(self, record: StepsRecord, text: bytes) -> Kept | None:
        columns = steps_arrays(record)
        steps = range(record.start, min(record.stop, self.step), record.every)
        if record.is_end or not steps:
            return None
        is_whole = len(steps) == len(record.steps)
        part = {name: values[: len(steps)] for name, values in columns.items()}
        kept = StepsRecord(record.start, steps[-1] + 1, part, record.every)  # type: ignore[arg-type]
        return Kept("steps", record.start, [text] if is_whole else encode(kept), record=kept)

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
