"""What is left of a file that somebody deleted, replaced or cut off while it was recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np

from collector.storage.checksums import ChecksumError, check
from collector.storage.columns import Columns, steps_arrays
from collector.storage.json_text import JsonTextError
from collector.storage.kept import Kept, kept
from collector.storage.owned_file import OwnedFile
from collector.storage.schema import EpochRecord, IndexEntry, NoteRecord, Record, ResumeRecord, StepsRecord


def survivors(file: OwnedFile, index: Sequence[IndexEntry]) -> Iterator[Kept]:
    """The records that are still in the file as they were written; of a row of signs both halves or none."""
    half: Kept | None = None
    for entry in index:
        text = file.read(entry[2], entry[3])
        try:
            check(text)
            found = _with_arrays(kept(entry, text))
        except (ChecksumError, JsonTextError):
            continue
        if found.kind == "signs":
            half = found
            continue
        if found.kind == "sign_bits" and half is not None:
            yield half
            half = None
        yield found


def _with_arrays(found: Kept) -> Kept:
    if not isinstance(found.record, StepsRecord):
        return found
    columns = steps_arrays(found.record)
    return replace(found, record=msgspec.structs.replace(found.record, columns=columns))


@dataclass(frozen=True)
class Remembered:
    """What a writer remembers for the summary."""

    columns: Columns
    epochs: list[EpochRecord]
    notes: list[NoteRecord]
    resumes: list[ResumeRecord]

    def lacking(self, whole: "Remembered", n_steps: int) -> Iterator[Record]:
        """Records of what ``whole`` has and this one has not; what is of step ``n_steps`` belongs to the end."""
        for steps, columns in _lacking_columns(whole.columns, self.columns, n_steps):
            is_end = steps.start >= n_steps
            yield StepsRecord(steps.start, steps.stop, columns, steps.step, is_end=is_end)  # type: ignore[arg-type]
        yield from (each for each in whole.resumes if each not in self.resumes)
        yield from (each for each in whole.epochs if each not in self.epochs)
        yield from (each for each in whole.notes if each not in self.notes)


def _lacking_columns(whole: Columns, part: Columns, n_steps: int) -> Iterator[tuple[range, dict[str, np.ndarray]]]:
    """Steps at even distances, and of the columns at them those that ``part`` has not."""
    found: dict[range, dict[str, np.ndarray]] = {}
    runs_of: dict[bytes, list[tuple[slice, range]]] = {}
    for name in whole:
        steps, values = whole.column(name)
        is_lacking = ~np.isin(steps, part.column(name)[0] if name in part else [])
        steps, first = np.unique(steps[is_lacking], return_index=True)
        values = values[is_lacking][first]
        key = steps.tobytes()  # many columns have the same steps
        if key not in runs_of:
            runs_of[key] = list(_even(steps.tolist(), n_steps))
        for place, run in runs_of[key]:
            found.setdefault(run, {})[name] = values[place]
    yield from found.items()


def _even(steps: list[int], border: int) -> Iterator[tuple[slice, range]]:
    """Rising steps as ranges of even distances, and their places. None crosses the border."""
    start = 0
    while start < len(steps):
        every = steps[start + 1] - steps[start] if start + 1 < len(steps) else 1
        stop = start + 1
        while stop < len(steps) and steps[stop] - steps[stop - 1] == every and not steps[start] < border <= steps[stop]:
            stop += 1
        yield slice(start, stop), range(steps[start], steps[stop - 1] + 1, every)
        start = stop


def told(before: Path, change: str, after: Path, n_passes: int, n_others: int) -> str:
    """What has to be said of a file that somebody changed, and of what was lost."""
    lost = [
        f"{number:,} {what}{ending}"
        for number, what, ending in (
            (n_passes, "pass", "es" * (n_passes != 1)),
            (n_others, "other record", "s" * (n_others != 1)),
        )
        if number
    ]
    kept = "all that was in it was saved" if not lost else f"lost are {' and '.join(lost)}; no scalar, epoch or note is"
    return f"{str(before)!r} {change} while it was recorded. Recording goes on in {str(after)!r}: {kept}."
