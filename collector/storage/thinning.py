"""A copy of a collection whose passes come further apart the older they are.

Why a copy, and not at the time of recording: how old a pass is, is known only at the end, and what broke a run is
mostly in its newest passes; a file that only grows cannot let go of what has become old in it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import msgspec

from collector.storage.columns import steps_arrays
from collector.storage.errors import BlockError, DamagedError
from collector.storage.header import read_header
from collector.storage.json_text import JsonTextError
from collector.storage.kept import Kept, kept
from collector.storage.lines import entry_of, read_record, whole_fragment, whole_lines
from collector.storage.reader import Collection
from collector.storage.schema import NoteRecord, StepsRecord
from collector.storage.source import Source, open_file
from collector.storage.writer import CollectionWriter

NEWEST = 20
"""So many passes stay as they are, of those that are up to twice as old every second one, and so on."""

_ROWS = ("signs", "sign_bits")
_NUMBER = re.compile(rb'(\{"record":"pass","pass":)(\d{1,15})(?=,)')


@dataclass(frozen=True)
class Thinned:
    """What became of a collection.

    Attributes:
        passes, rows: how many were in it, passes and rows of the sign raster.
        kept_passes, kept_rows: how many are in the copy.
        n_bytes, kept_bytes: sizes of both files.
    """

    passes: int
    rows: int
    kept_passes: int
    kept_rows: int
    n_bytes: int
    kept_bytes: int

    def __str__(self) -> str:
        rows = f" and {self.kept_rows:,} of {self.rows:,} rows of gradient signs" if self.rows else ""
        return f"{self.kept_passes:,} of {self.passes:,} passes{rows} stay"


def kept_numbers(steps: Sequence[int], newest: int = NEWEST) -> set[int]:
    """Which of the passes at these rising steps stay, by their places.

    Of those that are n usual distances older than the last, each 2ᵏ-th stays, where n < ``newest`` · 2ᵏ; the first and
    the last always, and all that lie off the distance at which most of them were taken: somebody, or something, asked
    for them. Thinned again when the run has gone on, what stays is what would have stayed of all.
    """
    if not steps:
        return set()
    distances = Counter(after - before for before, after in pairwise(steps))
    usual = max(1, distances.most_common(1)[0][0]) if distances else 1
    found = {0, len(steps) - 1}
    for place, step in enumerate(steps):
        number, rest = divmod(step - steps[0], usual)
        stride = 1
        while (steps[-1] - step) // usual >= newest * stride:
            stride *= 2
        if rest or number % stride == 0:
            found.add(place)
    return found


def thin(path: Path, to: Path, newest: int = NEWEST, *, overwrite: bool = False) -> Thinned:
    """Write the copy; the original stays as it is. A note in the copy says what was left out.

    Args:
        path: the collection, of a run that has ended.
        to: another file.
        newest: see `kept_numbers`.
        overwrite: whether there may be one.

    Raises:
        CollectionError: one of them cannot be read, or written.
        OSError: the disk is full.
    """
    with Collection(path) as whole, open_file(path) as file:
        if not whole.finished:
            problem = "has not ended: its run goes on, or was killed."
            raise DamagedError(path, problem, "Thin it when it has ended; one that was killed, resume first.")
        dumped = whole.passes.dumps.keys()  # what the black box kept tells of what broke, and stays
        scheduled = [step for step in whole.passes.steps.tolist() if step not in dumped]
        passes = {scheduled[place] for place in kept_numbers(scheduled, newest)} | dumped
        rows = {int(whole.signs.steps[place]) for place in kept_numbers(whole.signs.steps.tolist(), newest)}
        end = read_header(file, path).end
        n_kept = len(passes.intersection(whole.passes.steps.tolist()))
        found = Thinned(len(whole.passes), len(whole.signs), n_kept, len(rows), file.size, 0)
        with CollectionWriter(to, file.read_at(0, end), overwrite=overwrite) as writer:
            for each in _staying(file, end, passes, rows, checked=whole.has_checksums):
                writer.take_over(each)
            writer.write(NoteRecord(whole.n_steps, f"Thinned on request: {found}; those left out are the older ones."))
        return replace(found, kept_bytes=to.stat().st_size)


def _staying(file: Source, start: int, passes: set[int], rows: set[int], *, checked: bool) -> Iterator[Kept]:
    n_passes = 0
    lines = list(whole_lines(file, start, file.size))
    end = lines[-1].offset + lines[-1].length + 1 if lines else start
    if end < file.size and (fragment := whole_fragment(file, end, file.size, checked=checked)):
        lines.append(fragment)
    for line in lines:
        entry = None if line.is_tail or line.is_blank else entry_of(file, line)
        if entry is None or (entry[0] == "pass" and entry[1] not in passes):
            continue
        if entry[0] in _ROWS and entry[1] not in rows:
            continue
        try:
            found = kept(entry, read_record(file, entry, checked=checked))
        except (BlockError, JsonTextError):  # what cannot be read does not come into the copy
            continue
        if isinstance(found.record, StepsRecord):
            arrays = msgspec.structs.replace(found.record, columns=steps_arrays(found.record))
            found = replace(found, record=arrays)
        if entry[0] == "pass":
            text = _NUMBER.sub(b"\\g<1>%d" % n_passes, found.text[0], count=1)
            found = replace(found, text=[text], is_changed=found.is_changed or text != found.text[0])
            n_passes += 1
        yield found
