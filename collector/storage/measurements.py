"""Records that were measured at some steps, as a sequence: each is read when it is asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

import numpy as np

from collector.storage.errors import BlockError
from collector.storage.light_records import LightRecords, Record
from collector.storage.schema import IndexEntry, ProjectionSamplesRecord, StorySamplesRecord

Header = TypeVar("Header")
Item = TypeVar("Item")
Samples = TypeVar("Samples", bound=ProjectionSamplesRecord | StorySamplesRecord)


class Measurements(Sequence[Item], Generic[Record, Header, Item]):
    """The measurements of one kind in the order of their steps. None is kept.

    May be read from several threads while measurements are added.

    Args:
        records: their lines in the file.
        make: makes the measurement of a record's number, under what the header says.
        missing: completes "the first line does not say …", where it should have.
    """

    def __init__(
        self,
        records: LightRecords[Record],
        make: Callable[[LightRecords[Record], int, Header], Item],
        missing: str,
    ) -> None:
        self._records: LightRecords[Record] = records
        self._make: Callable[[LightRecords[Record], int, Header], Item] = make
        self._missing = missing
        self._header: Header | None = None

    def expect(self, header: Header | None, *, checked: bool = False) -> None:
        """What the header says of the measurements, which the records have to agree with.

        Args:
            checked: whether their lines have checksums.
        """
        self._header = header
        self._records.checked = checked

    def add(self, entry: IndexEntry) -> None:
        """One more record of this kind was found in the file.

        Raises:
            BlockError: its step is below that of the record before, or the header tells of no such measurements.
        """
        if self._header is None:
            raise BlockError(f"the first line does not say {self._missing}")
        self._records.add(entry)

    @property
    def steps(self) -> np.ndarray:
        """The step of each measurement, rising, int ``[E]``, without reading them.

        A step can come twice, where an epoch ends with it and the run goes on: before that and after it.
        """
        return self._records.steps

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, number: int) -> Item: ...
    @overload
    def __getitem__(self, number: slice) -> list[Item]: ...
    def __getitem__(self, number: int | slice) -> Item | list[Item]:
        """Read a measurement; its features only when they are asked for.

        Raises:
            PassNotRecordedError: there is none of this number.
            DamagedError: it cannot be read.
        """
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        place = self._records.place(number)
        assert self._header is not None  # else there would be no entries
        return self._make(self._records, place, self._header)

    def __iter__(self) -> Iterator[Item]:
        return (self[number] for number in range(len(self)))


class SampledMeasurements(Measurements[Record, Header, Item], Generic[Record, Header, Item, Samples]):
    """Measurements whose samples stand in a record of their own.

    Args:
        records, make, missing: see `Measurements`.
        samples: the line of that record.
    """

    def __init__(
        self,
        records: LightRecords[Record],
        make: Callable[[LightRecords[Record], int, Header], Item],
        missing: str,
        samples: LightRecords[Samples],
    ) -> None:
        super().__init__(records, make, missing)
        self._samples: LightRecords[Samples] = samples

    def expect(self, header: Header | None, *, checked: bool = False) -> None:
        """What the header says of them; see `Measurements.expect`."""
        super().expect(header, checked=checked)
        self._samples.checked = checked

    def add_samples(self, entry: IndexEntry) -> None:
        """The record of the samples was found in the file.

        Raises:
            BlockError: it is not the first, or the header tells of no such measurements.
        """
        if self._header is None:
            raise BlockError(f"the first line does not say {self._missing}")
        if len(self._samples):
            raise BlockError("the samples stand in an earlier line already")
        self._samples.add(entry)

    @property
    def has_samples(self) -> bool:
        """Whether the samples themselves are in the file."""
        return len(self._samples) > 0
