"""The rows of the sign raster: found through the index, and of a row only those columns read that are asked for."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from collector.storage.blocks import Array, decode_base64, to_array
from collector.storage.errors import BlockError, DamagedError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.lines import LONGEST_LINE
from collector.storage.schema import IndexEntry, Insight, SignBitsRecord, SignsRecord

GROUP = 256
"""Columns that the overview sums up in one."""

LARGER, NEGATIVE, POSITIVE, ZERO, NOT_FINITE, NO_GRADIENT = range(6)
"""Classes of a gradient: above the threshold; near zero and below, above, exactly at 0; NaN or Inf; none was there.

In files of an earlier Strobe the last two are `LARGER`.
"""

KINDS = ("signs", "sign_bits")

_OPENING = re.compile(
    rb'\{"record":"sign_bits","step":(\d{1,15}),"bits":\{"dtype":"\|u1","shape":\[2,(\d{1,15})\],"base64":"'
)
_OPENING_BYTES = 192
_CLOSING_BYTES = len('"}}')


class Signs:
    """The rows of a sign raster, in the order of their steps. Nothing is kept but where they stand.

    A row is there once both of its records are. May be read from several threads while rows are added.
    """

    def __init__(self, path: Path, read: Callable[[int, int], bytes]) -> None:
        """Rows of a file, of which ``read(offset, length)`` gives the bytes."""
        self._path = path
        self._read = read
        self._n_columns = 0
        self._entries: list[tuple[IndexEntry, IndexEntry]] = []
        self._halves: dict[str, IndexEntry] = {}
        self._text_at: dict[int, int | None] = {}

    def expect(self, insight: Insight | None) -> None:
        """What the header says of the raster, which the rows have to agree with."""
        self._n_columns = 0 if insight is None else insight.sign_columns
        self._bands = [] if insight is None else insight.bands

    def add(self, entry: IndexEntry) -> None:
        """One more record of kind ``signs`` or ``sign_bits`` was found in the file.

        Raises:
            BlockError: its step is not above that of the row before.
        """
        kind, step = entry[:2]
        if self._entries and step <= self._entries[-1][0][1]:
            raise BlockError(f"its step {step} is not above that of the row before")
        self._halves[kind] = entry
        overview, bits = (self._halves.get(each) for each in KINDS)
        if overview and bits and overview[1] == bits[1]:
            self._entries.append((overview, bits))
            self._halves = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def n_columns(self) -> int:
        """Columns of the raster."""
        return self._n_columns

    @property
    def steps(self) -> np.ndarray:
        """The step of each row, rising, int ``[R]``, without reading them."""
        return np.array([overview[1] for overview, _ in self._entries], np.int64)

    def overview(self, row: int) -> np.ndarray:
        """The shares of each 256 columns, uint8 ``[3, ⌈n_columns/256⌉]``; see `schema.SignsRecord`.

        Raises:
            DamagedError: the row's line cannot be read.
        """
        entry = self._entries[row][0]
        try:
            return self._whole(entry, SignsRecord, lambda record: record.overview, (3, -(-self._n_columns // GROUP)))
        except (JsonTextError, BlockError, OSError) as error:
            raise self._damage(entry, error) from None

    def not_finite_overview(self, row: int) -> np.ndarray:
        """The share of those that are NaN or Inf, uint8 ``[⌈n_columns/256⌉]``, 0 where none is known to be.

        Raises:
            DamagedError: the row's line cannot be read.
        """
        entry, shape = self._entries[row][0], (-(-self._n_columns // GROUP),)
        try:
            return self._whole(entry, SignsRecord, lambda record: _or_zeros(record.not_finite, shape), shape)
        except (JsonTextError, BlockError, OSError) as error:
            raise self._damage(entry, error) from None

    def no_gradient(self, row: int) -> tuple[int, ...]:
        """Numbers of the header's bands that have no gradient, as far as the file says.

        Raises:
            DamagedError: the row's line cannot be read.
        """
        entry = self._entries[row][1]
        if self._place_of_text(row, entry, -(-self._n_columns // 8)) is not None:  # the bits alone
            return ()
        try:
            return tuple(decode(self._read(entry[2], entry[3]), SignBitsRecord).no_gradient)
        except (JsonTextError, BlockError, OSError) as error:
            raise self._damage(entry, error) from None

    def not_finite(self, row: int, start: int, stop: int) -> np.ndarray:
        """The bytes ``start`` ≤ byte < ``stop`` that tell what is NaN or Inf, uint8 ``[stop - start]``; 0: not known.

        Raises:
            DamagedError: that part of the row's line cannot be read.
        """
        entry, shape = self._entries[row][1], (-(-self._n_columns // 8),)
        if self._place_of_text(row, entry, shape[0]) is not None:  # the bits alone
            start, stop, _ = slice(start, stop).indices(shape[0])
            return np.zeros(max(0, stop - start), np.uint8)
        try:
            whole = self._whole(entry, SignBitsRecord, lambda record: _or_zeros(record.not_finite, shape), shape)
        except (JsonTextError, BlockError, OSError) as error:
            raise self._damage(entry, error) from None
        return whole[start:stop]

    def bits(self, row: int, start: int, stop: int) -> np.ndarray:
        """The planes' bytes ``start`` ≤ byte < ``stop``, uint8 ``[2, stop - start]``; see `schema.SignBitsRecord`.

        Of a row as our writer writes it, only the text that holds them is read: once for each plane.

        Raises:
            DamagedError: that part of the row's line cannot be read.
        """
        entry = self._entries[row][1]
        n_bytes = -(-self._n_columns // 8)
        start, stop, _ = slice(start, stop).indices(n_bytes)
        if stop <= start:
            return np.zeros((2, 0), np.uint8)
        try:
            text_at = self._place_of_text(row, entry, n_bytes)
            if text_at is None:
                whole = self._whole(entry, SignBitsRecord, lambda record: record.bits, (2, n_bytes))
                return whole[:, start:stop]
            return np.stack([self._part(text_at, plane + start, plane + stop, n_bytes) for plane in (0, n_bytes)])
        except (JsonTextError, BlockError, OSError) as error:
            raise self._damage(entry, error) from None

    def columns(self, row: int, start: int, stop: int) -> np.ndarray:
        """The class of each of these columns, uint8 ``[stop - start]``, fewer at the end: `LARGER`, `NEGATIVE` …

        Raises:
            DamagedError: that part of the row's line cannot be read.
        """
        start, stop, _ = slice(start, stop).indices(self._n_columns)
        stop = max(start, stop)
        not_positive, not_negative = np.unpackbits(self.bits(row, start // 8, -(-stop // 8)), axis=1)
        classes = not_positive * np.uint8(NEGATIVE) + not_negative * np.uint8(POSITIVE)
        classes[np.unpackbits(self.not_finite(row, start // 8, -(-stop // 8))) > 0] = NOT_FINITE
        for number in self.no_gradient(row):
            band, left = self._bands[number], start // 8 * 8
            classes[max(0, band.first - left) : max(0, band.first + band.columns - left)] = NO_GRADIENT
        return classes[start % 8 : start % 8 + stop - start]

    def _place_of_text(self, row: int, entry: IndexEntry, n_bytes: int) -> int | None:
        """Where in the file the base64 text begins; None for a line that another writer wrote in its own way."""
        if row not in self._text_at:
            opening = _OPENING.match(self._read(entry[2], min(_OPENING_BYTES, entry[3])))
            length = 4 * -(-2 * n_bytes // 3)
            fits = (
                opening is not None
                and (int(opening[1]), int(opening[2])) == (entry[1], n_bytes)
                and opening.end() + length + _CLOSING_BYTES == entry[3]
            )
            self._text_at[row] = entry[2] + opening.end() if opening and fits else None
        return self._text_at[row]

    def _part(self, text_at: int, start: int, stop: int, n_bytes: int) -> np.ndarray:
        """Bytes of the block, decoded from the groups of four letters that hold three bytes each."""
        first, last = start // 3, -(-stop // 3)
        text = self._read(text_at + 4 * first, 4 * (last - first))
        content = decode_base64(text)
        if len(text) != 4 * (last - first) or len(content) != min(3 * last, 2 * n_bytes) - 3 * first:
            raise BlockError("its text is cut off, or ends too early")
        return np.frombuffer(content, np.uint8)[start - 3 * first : stop - 3 * first]

    def _whole(
        self,
        entry: IndexEntry,
        kind: type[SignsRecord] | type[SignBitsRecord],
        array_of: Callable[..., Array],
        shape: tuple[int, ...],
    ) -> np.ndarray:
        if entry[3] > LONGEST_LINE:
            raise BlockError(f"a line of {entry[3]:,} bytes is longer than a reader takes")
        record = decode(self._read(entry[2], entry[3]), kind)
        if record.step != entry[1]:
            raise JsonTextError(f"it is of step {record.step}")
        array = to_array(array_of(record), "|u1")
        if array.dtype != np.uint8 or array.shape != shape:
            raise BlockError(f"its array has shape {array.shape} and type {array.dtype}, not {shape} and uint8")
        return array

    def _damage(self, entry: IndexEntry, error: Exception) -> DamagedError:
        problem = f"the row of step {entry[1]:,} of the sign raster, at byte {entry[2]:,}, cannot be read: {error}."
        return DamagedError(self._path, problem, "The other rows can still be shown.")


def _or_zeros(value: Array | None, shape: tuple[int, ...]) -> Array:
    return np.zeros(shape, np.uint8).tolist() if value is None else value
