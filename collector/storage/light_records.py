"""Records of a few numbers in front of large arrays: the numbers are read without the arrays behind them."""

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

from collector.storage.blocks import Array, exactly, to_array
from collector.storage.checksums import FRONT, LARGE, ChecksumError, check
from collector.storage.errors import BlockError, DamagedError, PassNotRecordedError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.lines import LONGEST_LINE
from collector.storage.paths import AnyPath
from collector.storage.schema import (
    AugmentationRecord,
    IndexEntry,
    ProjectionRecord,
    ProjectionSamplesRecord,
    SimilarityRecord,
    StoryRecord,
    StorySamplesRecord,
)

Record = TypeVar(
    "Record",
    bound=SimilarityRecord
    | AugmentationRecord
    | ProjectionRecord
    | ProjectionSamplesRecord
    | StoryRecord
    | StorySamplesRecord,
)
Read = Callable[[int, int], bytes]
"""The bytes of the file from an offset on, so many."""

_FIRST_BYTES = 2**15
_GROWTH = 4


class LightRecords(Generic[Record]):
    """The records of one kind in the order of their steps; what is light of them is kept once it was read.

    May be read from several threads while records are added.

    Args:
        path: the file, for messages.
        read: gives its bytes.
        kind: the struct of the records.
        what: completes the sentence "The … of step 7 cannot be read".

    Attributes:
        checked: whether lines, and what stands in front of their large arrays, have checksums.
    """

    def __init__(self, path: AnyPath, read: Read, kind: type[Record], what: str) -> None:
        self._path = path
        self._read = read
        self._kind: type[Record] = kind
        self._what = what
        self.checked = False
        self._entries: list[IndexEntry] = []

    def add(self, entry: IndexEntry) -> None:
        """One more record was found in the file.

        Raises:
            BlockError: its step is below that of the record before.
        """
        if self._entries and entry[1] < self._entries[-1][1]:
            raise BlockError(f"its step {entry[1]} is below that of the record before")
        self._entries.append(entry)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def steps(self) -> np.ndarray:
        """The step of each record, rising, int ``[E]``, without reading them."""
        return np.array([entry[1] for entry in self._entries], np.int64)

    def place(self, number: int) -> int:
        """The number of a record counted from either end, counted from 0.

        Raises:
            PassNotRecordedError: there is none.
        """
        if not -len(self) <= number < len(self):
            raise PassNotRecordedError(self._path, f"has {len(self)} {self._what}s, so none of number {number}.")
        return number % len(self)

    def light(self, number: int) -> Record:
        """A record without its large arrays, where the line allows to leave them out; else the whole of it.

        Raises:
            DamagedError: it cannot be read.
        """
        entry = self._entries[number]
        text, n_bytes = b"", _FIRST_BYTES
        try:
            self._check_length(entry)
            while len(text) < entry[3]:
                text = self._read(entry[2], min(n_bytes, entry[3]))
                if (end := text.find(LARGE)) >= 0:
                    front = text[: check(text[:end], FRONT, b"") if self.checked else end]
                    return self._decoded(front + b"}", entry)
                if len(text) < min(n_bytes, entry[3]):
                    break
                n_bytes *= _GROWTH
        except (JsonTextError, ChecksumError):
            pass  # another writer may have cut elsewhere
        except (BlockError, OSError) as error:
            raise self.damage(number, str(error)) from None
        return self.whole(number)

    def whole(self, number: int) -> Record:
        """A record with all it has.

        Raises:
            DamagedError: it cannot be read.
        """
        entry = self._entries[number]
        try:
            self._check_length(entry)
            text = self._read(entry[2], entry[3])
            if self.checked:
                check(text.rstrip(b"\r"))
            return self._decoded(text, entry)
        except (JsonTextError, BlockError, OSError) as error:
            raise self.damage(number, str(error)) from None

    def array(
        self, number: int, name: str, value: Array, shape: tuple[int | None, ...], dtype: str = "<f8"
    ) -> np.ndarray:
        """One of a record's arrays of floating point, checked; a length of None may be any.

        Raises:
            DamagedError: it has another shape or type.
        """
        try:
            array = to_array(value, dtype, exactly(*shape))
            if array.dtype.kind != "f":
                raise BlockError(f"it is of type {array.dtype}, not of a floating-point type")
        except BlockError as error:
            raise self.damage(number, f"{name}: {error}") from None
        return array

    def damage(self, number: int, problem: str) -> DamagedError:
        """What is told of a record that cannot be read."""
        _, step, offset, _ = self._entries[number]
        told = f"the {self._what} of step {step:,}, at byte {offset:,}, cannot be read: {problem}."
        return DamagedError(self._path, told, "The others can still be shown.")

    def _decoded(self, text: bytes, entry: IndexEntry) -> Record:
        record = decode(text, self._kind)
        if record.step != entry[1]:
            raise BlockError(f"it is of step {record.step}")
        return record

    @staticmethod
    def _check_length(entry: IndexEntry) -> None:
        if entry[3] > LONGEST_LINE:
            raise BlockError(f"a line of {entry[3]:,} bytes is longer than a reader takes")
