"""The passes of a collection: found through the index, each read when it is asked for."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

import numpy as np

from collector.storage.checksums import check
from collector.storage.errors import BlockError, DamagedError, PassNotRecordedError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.layer import Layer
from collector.storage.lines import LONGEST_LINE
from collector.storage.pass_text import PassText, parted
from collector.storage.paths import AnyPath
from collector.storage.schema import DumpRecord, IndexEntry, PassRecord
from collector.storage.snapshot import KINDS, LayerArrays, Pass

__all__ = ["KINDS", "LayerArrays", "Pass", "Passes"]

_START_BYTES = 256
_SECONDS = re.compile(rb'\{"record":"pass","pass":\d+,"step":\d+(?:,"epoch":\d+)?,"seconds":([0-9.e+-]+)[,}]')


class Passes(Sequence[Pass]):
    """The passes of a collection, in the order of their steps. Each is read from the file when it is asked for.

    Attributes:
        dumps: step → the dump of the black box that wrote its pass.
        n_inserted: passes that were found in the file behind one of a later step, as the black box writes them.
    """

    def __init__(
        self,
        path: AnyPath,
        read: Callable[[IndexEntry], bytes],
        say: Callable[[str], None] = lambda _: None,
        part: Callable[[int, int], bytes] = lambda offset, length: b"",
        *,
        are_held: bool = False,
    ) -> None:
        """Passes of a file.

        Args:
            path: the file, for messages.
            read: gives the line of a record.
            say: is told of damage.
            part: gives bytes of the file.
            are_held: whether a pass is always read whole, because whoever asks for an array of it must not wait.
        """
        self._path = path
        self._read, self._part = read, part
        self._say = say
        self._are_held = are_held
        self._entries: list[IndexEntry] = []
        self._places: list[int] = []
        """Place of each in the order of the file."""
        self.dumps: dict[int, DumpRecord] = {}
        self.n_inserted = 0
        self._shifts = {0}
        """By how much the passes' own numbers were found to differ from their places."""
        self._plan: Mapping[str, Layer] = {}
        self._n_samples: int | None = None
        self._checked = False

    def expect(self, layers: Mapping[str, Layer], n_samples: int | None, *, checked: bool = False) -> None:
        """The unit plan and number of probe samples that the arrays have to agree with.

        Args:
            checked: whether lines are known from their checksums to be what was written; then no more of a pass is
                decoded than is asked for.
        """
        self._plan, self._n_samples, self._checked = layers, n_samples, checked

    def add_dump(self, dump: DumpRecord) -> None:
        """The black box was written; its passes follow."""
        self.dumps |= dict.fromkeys(dump.steps, dump)

    def add(self, entry: IndexEntry) -> None:
        """One more pass was found in the file."""
        at, step = len(self._entries), entry[1]
        if self._entries and step <= self._entries[-1][1]:
            sorted_in = bisect_left(self._entries, step, key=lambda each: each[1])
            if step in self.dumps and self._entries[sorted_in][1] != step:
                at = sorted_in
                self.n_inserted += 1
        if at == len(self._entries) > 0 and step <= self._entries[-1][1]:
            self._say(
                f"Pass {len(self._entries)} is of step {entry[1]:,} and comes behind one of step "
                f"{self._entries[-1][1]:,}: a pass stands twice, or passes are in another order than they were taken."
            )
        self._places.insert(at, len(self._places))
        self._entries.insert(at, entry)

    @property
    def steps(self) -> np.ndarray:
        """The step of each pass, int ``[P]``, without reading them."""
        return np.array([entry[1] for entry in self._entries], np.int64)

    @property
    def seconds(self) -> np.ndarray:
        """When each pass was taken, in seconds since the run began, float ``[P]``: from its first bytes alone.

        Raises:
            DamagedError: a line cannot be read.
        """
        return np.array([self._seconds_of(number) for number in range(len(self))], float)

    def _seconds_of(self, number: int) -> float:
        entry = self._entries[number]
        start = _SECONDS.match(self._part(entry[2], min(entry[3], _START_BYTES)))
        return self[number].seconds if start is None else float(start[1])

    def n_bytes(self, number: int) -> int:
        """Length of a pass in the file, known without reading it."""
        return self._entries[number][3]

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, number: int) -> Pass: ...
    @overload
    def __getitem__(self, number: slice) -> list[Pass]: ...
    def __getitem__(self, number: int | slice) -> Pass | list[Pass]:
        """Read a pass.

        Raises:
            PassNotRecordedError: there is no pass of this number.
            DamagedError: its line cannot be read.
        """
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise PassNotRecordedError(self._path, f"has {len(self)} passes, so none of number {number}.")
        read = self._read_pass(number % len(self))
        read.hold()
        return read

    def salvaged(self, number: int) -> Pass:
        """A pass of which an array that cannot be read counts as not recorded; ``damaged`` tells of it.

        Of a large one an array is read from the file when it is asked for; see `Pass.hold`.

        Raises:
            PassNotRecordedError: there is no pass of this number.
            DamagedError: its line cannot be read, so that there is nothing to be had.
        """
        if not 0 <= number < len(self):
            raise PassNotRecordedError(self._path, f"has {len(self)} passes, so none of number {number}.")
        read = self._read_pass(number, self._say)
        if self._are_held:
            read.hold()
        return read

    def _read_pass(self, number: int, say: Callable[[str], None] | None = None) -> Pass:
        entry = self._entries[number]
        try:
            read = Pass(self._record(entry), self._path, self._plan, self._n_samples, say=say)
            if read.step != entry[1]:
                raise JsonTextError(f"it is of step {read.step}, not of step {entry[1]}")
        except (JsonTextError, BlockError, OSError) as error:
            problem = f"pass {number}, at byte {entry[2]:,}, cannot be read: {error}."
            raise DamagedError(self._path, problem, "The other passes can still be shown.") from None
        self._compare_number(read.number, self._places[number])
        read.dump = self.dumps.get(read.step)
        return read

    def _record(self, entry: IndexEntry) -> PassRecord | PassText:
        """A pass's line decoded, or in parts that are read, checked and decoded when they are asked for."""
        if self._checked and entry[3] <= LONGEST_LINE:
            parts = parted(lambda at, length: self._part(entry[2] + at, min(length, entry[3] - at)), entry[3])
            if parts is not None:
                return parts
        text = self._read(entry)
        if self._checked:
            check(text.rstrip(b"\r"))
        return decode(text, PassRecord)

    def _compare_number(self, number: int, place: int) -> None:
        if number - place not in self._shifts:
            self._shifts.add(number - place)
            self._say(
                f"Pass {place} says that it is number {number}: passes before it are missing, stand twice, or are in "
                "another order than they were taken."
            )

    def __iter__(self) -> Iterator[Pass]:
        return (self[number] for number in range(len(self)))
