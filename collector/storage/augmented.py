"""What the network made of one sample changed in many ways, at each step that it was asked."""

import numpy as np

from collector.storage.compared import Augmentations
from collector.storage.light_records import LightRecords, Read
from collector.storage.measurements import Measurements
from collector.storage.paths import AnyPath
from collector.storage.schema import AugmentationRecord


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


class AugmentationRecords(Measurements[AugmentationRecord, Augmentations, AugmentedMeasurement]):
    """The measurements of the augmented sample."""

    def __init__(self, path: AnyPath, read: Read) -> None:
        """Measurements of a file, of which ``read(offset, length)`` gives the bytes."""
        records = LightRecords(path, read, AugmentationRecord, "augmentation measurement")
        super().__init__(records, AugmentedMeasurement, "what was augmented")
