"""What the network made of one sample changed in many ways, at each step that it was asked."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from collector.storage.compared import Augmentations
from collector.storage.errors import BlockError
from collector.storage.light_records import LightRecords, Read
from collector.storage.schema import AugmentationRecord, IndexEntry


class AugmentedMeasurement:
    """What the network made of the augmented sample at one step. See `schema.AugmentationRecord`.

    Attributes:
        step: updates taken before it.
        epoch: epochs that had ended.
        layers: names of the `L` layers, in order.
        stability: float64 ``[L, A]``; NaN where there is no such number.
    """

    def __init__(self, records: LightRecords[AugmentationRecord], number: int, header: Augmentations) -> None:
        record = records.light(number)
        self._records, self._number, self._header = records, number, header
        self._whole: AugmentationRecord | None = None
        self.step, self.epoch = record.step, record.epoch
        self.layers = tuple(header.layers)
        self.stability = records.array(number, "stability", record.stability, (len(self.layers), len(header)))

    def features(self, layer: str) -> np.ndarray | None:
        """A layer's output as it was, float32 ``[A, D]``, for its kept features; None where it was not recorded.

        Raises:
            DamagedError: it cannot be read.
            KeyError: the layer is none of those measured.
        """
        shape = (len(self._header), len(self._header.layers[layer].kept))
        value = self._all().features.get(layer)
        return (
            None if value is None else self._records.array(self._number, f"features of {layer!r}", value, shape, "<f4")
        )

    @property
    def logits(self) -> np.ndarray | None:
        """The network's output, float32 ``[A, K]``; None where it was not recorded.

        Raises:
            DamagedError: it cannot be read.
        """
        value = self._all().logits
        if value is None:
            return None
        return self._records.array(self._number, "the logits", value, (len(self._header), None), "<f4")

    def _all(self) -> AugmentationRecord:
        if self._whole is None:
            self._whole = self._records.whole(self._number)
        return self._whole


class AugmentationRecords(Sequence[AugmentedMeasurement]):
    """The measurements of the augmented sample, in the order of their steps. None is kept."""

    def __init__(self, path: Path, read: Read) -> None:
        """Measurements of a file, of which ``read(offset, length)`` gives the bytes."""
        self._records = LightRecords(path, read, AugmentationRecord, "augmentation measurement")
        self._header: Augmentations | None = None

    def expect(self, header: Augmentations | None) -> None:
        """What the header says of the augmentations, which the records have to agree with."""
        self._header = header

    def add(self, entry: IndexEntry) -> None:
        """One more record of kind ``augmentation`` was found in the file.

        Raises:
            BlockError: its step is below that of the record before, or the header tells of no augmentations.
        """
        if self._header is None:
            raise BlockError("the first line does not say what was augmented")
        self._records.add(entry)

    @property
    def steps(self) -> np.ndarray:
        """The step of each measurement, rising, int ``[E]``, without reading them."""
        return self._records.steps

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, number: int) -> AugmentedMeasurement: ...
    @overload
    def __getitem__(self, number: slice) -> list[AugmentedMeasurement]: ...
    def __getitem__(self, number: int | slice) -> AugmentedMeasurement | list[AugmentedMeasurement]:
        """Read a measurement; its features only when they are asked for.

        Raises:
            PassNotRecordedError: there is none of this number.
            DamagedError: it cannot be read.
        """
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        place = self._records.place(number)
        assert self._header is not None  # else there would be no entries
        return AugmentedMeasurement(self._records, place, self._header)

    def __iter__(self) -> Iterator[AugmentedMeasurement]:
        return (self[number] for number in range(len(self)))
