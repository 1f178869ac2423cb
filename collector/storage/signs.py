"""The rows of the sign raster: found through the index, and of a row only those columns read that are asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from collector.storage.blocks import Array
from collector.storage.errors import BlockError, DamagedError
from collector.storage.json_text import JsonTextError
from collector.storage.paths import AnyPath
from collector.storage.schema import Band, IndexEntry, Insight, SignsRecord
from collector.storage.sign_row import SignRow, bytes_of, whole_record

GROUP = 256
"""Columns that the overview sums up in one."""

LARGER, NEGATIVE, POSITIVE, ZERO, NOT_FINITE, NO_GRADIENT = range(6)
"""Classes of a gradient: above the threshold; near zero and below, above, exactly at 0; NaN or Inf; none was there.

In files of an earlier Strobe the last two are `LARGER`.
"""

KINDS = ("signs", "sign_bits")


class Signs:
    """The rows of a sign raster, in the order of their steps. Nothing is kept but where they stand.

    A row is there once both of its records are. May be read from several threads while rows are added.
    """

    def __init__(self, path: AnyPath, read: Callable[[int, int], bytes]) -> None:
        """Rows of a file, of which ``read(offset, length)`` gives the bytes."""
        self._path = path
        self._read = read
        self._checked = False
        self._n_columns = 0
        self._bands: list[Band] = []
        self._entries: list[tuple[IndexEntry, IndexEntry]] = []
        self._halves: dict[str, IndexEntry] = {}
        self._rows: dict[int, SignRow] = {}

    def expect(self, insight: Insight | None, *, checked: bool = False) -> None:
        """What the header says of the raster, which the rows have to agree with.

        Args:
            checked: whether the rows have checksums.
        """
        self._checked = checked
        self._n_columns = 0 if insight is None else insight.sign_columns
        self._bands = [] if insight is None else insight.bands

    def add(self, entry: IndexEntry) -> None:
        """One more record of kind ``signs`` or ``sign_bits`` was found in the file.

        Raises:
            BlockError: its step is not above that of the row before, or that row lacks its other half.
        """
        kind, step = entry[:2]
        if self._entries and step <= self._entries[-1][0][1]:
            raise BlockError(f"its step {step} is not above that of the row before")
        alone = [each[1] for each in self._halves.values() if each[1] != step or each[0] == kind]
        if alone:
            self._halves = {}
        self._halves[kind] = entry
        overview, bits = (self._halves.get(each) for each in KINDS)
        if overview and bits:
            self._entries.append((overview, bits))
            self._halves = {}
        if alone:
            raise BlockError(f"the row of step {alone[0]} before it, of which only one half is there")

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
        record = self._overview(row)
        return self._array(self._entries[row][0], record.overview, (3, -(-self._n_columns // GROUP)))

    def not_finite_overview(self, row: int) -> np.ndarray:
        """The share of those that are NaN or Inf, uint8 ``[⌈n_columns/256⌉]``, 0 where none is known to be.

        Raises:
            DamagedError: the row's line cannot be read.
        """
        shape = (-(-self._n_columns // GROUP),)
        stored = self._overview(row).not_finite
        return np.zeros(shape, np.uint8) if stored is None else self._array(self._entries[row][0], stored, shape)

    def no_gradient(self, row: int) -> tuple[int, ...]:
        """Numbers of the header's bands that have no gradient, as far as the file says.

        Raises:
            DamagedError: the row's line cannot be read.
        """
        with self._damage_of(self._entries[row][1]):
            return self._row(row).no_gradient

    def bits(self, row: int, start: int, stop: int) -> np.ndarray:
        """The planes' bytes ``start`` ≤ byte < ``stop``, uint8 ``[2, stop - start]``; see `schema.SignBitsRecord`.

        Of a row as our writer writes it, only the text that holds them is read: once for each plane.

        Raises:
            DamagedError: that part of the row's line cannot be read.
        """
        with self._damage_of(self._entries[row][1]):
            return self._row(row).planes(*self._span(start, stop))

    def not_finite(self, row: int, start: int, stop: int) -> np.ndarray:
        """The bytes ``start`` ≤ byte < ``stop`` that tell what is NaN or Inf, uint8 ``[stop - start]``; 0: not known.

        Raises:
            DamagedError: that part of the row's line cannot be read.
        """
        with self._damage_of(self._entries[row][1]):
            return self._row(row).not_finite(*self._span(start, stop))

    def columns(self, row: int, start: int, stop: int) -> np.ndarray:
        """The class of each of these columns, uint8 ``[stop - start]``, fewer at the end: `LARGER`, `NEGATIVE` …

        Raises:
            DamagedError: that part of the row's line cannot be read.
        """
        start, stop, _ = slice(start, stop).indices(self._n_columns)
        stop = max(start, stop)
        first, last = start // 8, -(-stop // 8)
        with self._damage_of(self._entries[row][1]):
            read = self._row(row)
            not_positive, not_negative = np.unpackbits(read.planes(first, last), axis=1)
            classes = not_positive * np.uint8(NEGATIVE) + not_negative * np.uint8(POSITIVE)
            classes[np.unpackbits(read.not_finite(first, last)) > 0] = NOT_FINITE
        for number in read.no_gradient:
            band, left = self._bands[number], 8 * first
            classes[max(0, band.first - left) : max(0, band.first + band.columns - left)] = NO_GRADIENT
        return classes[start % 8 : start % 8 + stop - start]

    def _span(self, start: int, stop: int) -> tuple[int, int]:
        start, stop, _ = slice(start, stop).indices(-(-self._n_columns // 8))
        return start, max(start, stop)

    def _row(self, row: int) -> SignRow:
        if row not in self._rows:
            read = SignRow(self._read, self._entries[row][1], -(-self._n_columns // 8), checked=self._checked)
            if any(number >= len(self._bands) for number in read.no_gradient):
                raise BlockError("a band without a gradient is none that the first line names")
            if read.is_whole:  # too much to be kept
                return read
            self._rows[row] = read
        return self._rows[row]

    def _overview(self, row: int) -> SignsRecord:
        entry = self._entries[row][0]
        with self._damage_of(entry):
            return whole_record(self._read, entry, SignsRecord, checked=self._checked)

    def _array(self, entry: IndexEntry, value: Array, shape: tuple[int, ...]) -> np.ndarray:
        with self._damage_of(entry):
            return bytes_of(value, shape)

    @contextmanager
    def _damage_of(self, entry: IndexEntry) -> Iterator[None]:
        try:
            yield
        except (JsonTextError, BlockError, OSError) as error:
            problem = f"the row of step {entry[1]:,} of the sign raster, at byte {entry[2]:,}, cannot be read: {error}."
            raise DamagedError(self._path, problem, "The other rows can still be shown.") from None
