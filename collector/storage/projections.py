"""Held-out samples that can be laid out in a plane: themselves, and what the network made of them at each epoch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from collector.storage import schema
from collector.storage.blocks import Array, exactly, one_for_each, to_array, to_whole_numbers
from collector.storage.compared import ComparedLayer, compared_layers
from collector.storage.errors import BlockError
from collector.storage.light_records import LightRecords, Read
from collector.storage.measurements import SampledMeasurements
from collector.storage.paths import AnyPath
from collector.storage.plain_lists import holds_whole_numbers
from collector.storage.schema import IndexEntry, ProjectionRecord, ProjectionSamplesRecord

MOST_SAMPLES = 10**6
"""A reader takes no more samples that can be projected."""


@dataclass(frozen=True)
class Projection:
    """What was recorded to be laid out in a plane; see `schema.Projection`."""

    samples: int
    layers: Mapping[str, ComparedLayer]


@dataclass(frozen=True, eq=False)
class ProjectionSamples:
    """The samples themselves.

    Attributes:
        pictures: uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where they are no pictures.
        labels: class numbers, int ``[N]``, or None.
    """

    pictures: np.ndarray
    labels: np.ndarray | None

    def __len__(self) -> int:
        return len(self.pictures)


def projection_of(given: schema.Projection) -> Projection:
    """The header's words on projections, with arrays.

    Raises:
        BlockError: they do not fit one another.
    """
    if given.samples > MOST_SAMPLES:
        raise BlockError(f"{given.samples:,} samples can be projected; a reader takes {MOST_SAMPLES:,}")
    return Projection(given.samples, compared_layers(given.layers))


class ProjectionMeasurement:
    """What the network made of the samples at one step. See `schema.ProjectionRecord`.

    Attributes:
        step: updates taken before it.
        epoch: epochs that had ended.
        predictions: class numbers, int ``[N]``, −1 where there is none; None where they were not recorded.
    """

    def __init__(self, records: LightRecords[ProjectionRecord], number: int, header: Projection) -> None:
        record = records.light(number)
        self._records, self._number, self._header = records, number, header
        self._whole: ProjectionRecord | None = None
        self.step, self.epoch = record.step, record.epoch
        self.predictions = _classes(records, number, "predictions", record.predictions, header.samples)

    def features(self, layer: str) -> np.ndarray | None:
        """A layer's output, float16 ``[N, D]``, for its kept features; None where it was not recorded.

        The record's line is read once, and kept as long as this object.

        Raises:
            DamagedError: it cannot be read.
            KeyError: the layer is none of those that can be projected.
        """
        kept = self._header.layers[layer].kept
        if self._whole is None:
            self._whole = self._records.whole(self._number)
        value = self._whole.features.get(layer)
        if value is None:
            return None
        shape = (self._header.samples, len(kept))
        return self._records.array(self._number, f"features of {layer!r}", value, shape, "<f2")


class Projections(SampledMeasurements[ProjectionRecord, Projection, ProjectionMeasurement, ProjectionSamplesRecord]):
    """What the network made of the samples, and the samples."""

    def __init__(self, path: AnyPath, read: Read) -> None:
        """Records of a file, of which ``read(offset, length)`` gives the bytes."""
        records = LightRecords(path, read, ProjectionRecord, "projection record")
        samples = LightRecords(path, read, ProjectionSamplesRecord, "record of the projection's samples")
        super().__init__(records, ProjectionMeasurement, "what can be projected", samples)
        self.entries: list[IndexEntry] = []
        """Where the records are in the file, for who has to tell whether it is still the same."""

    def add(self, entry: IndexEntry) -> None:
        """One more record of kind ``projection`` was found in the file; see `Measurements.add`."""
        super().add(entry)
        self.entries.append(entry)

    def samples(self) -> ProjectionSamples | None:
        """The samples, read anew each time; None where they are not in the file.

        Raises:
            DamagedError: they cannot be read.
        """
        if self._header is None or not self.has_samples:
            return None
        record, n_samples = self._samples.whole(0), self._header.samples
        labels = _classes(self._samples, 0, "labels", record.labels, n_samples)
        try:
            return ProjectionSamples(looks_of(record.pictures, n_samples), labels)
        except BlockError as error:
            raise self._samples.damage(0, f"pictures: {error}") from None


def looks_of(value: Array, n_samples: int) -> np.ndarray:
    """Samples as they are looked at: uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where they are no pictures.

    Raises:
        BlockError: they are neither, or more or fewer.
    """
    kind = "|u1" if holds_whole_numbers(value) else "<f4"
    looks = to_array(value, kind, one_for_each(n_samples))
    if looks.ndim == 4 and looks.dtype == np.uint8 and looks.shape[1] in (1, 3):
        return looks
    if looks.ndim == 2 and looks.dtype.kind == "f":
        return looks.astype(np.float32, copy=False)
    raise BlockError(f"it has shape {looks.shape} and type {looks.dtype}")


def _classes(
    records: LightRecords[ProjectionRecord] | LightRecords[ProjectionSamplesRecord],
    number: int,
    name: str,
    value: Array | None,
    n_samples: int,
) -> np.ndarray | None:
    if value is None:
        return None
    try:
        classes = to_whole_numbers(value, exactly(n_samples))
    except BlockError as error:
        raise records.damage(number, f"{name}: {error}") from None
    return classes
