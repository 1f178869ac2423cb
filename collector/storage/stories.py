"""Stories of samples: some samples, and what the network made of each of them, again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np

from collector.storage import schema
from collector.storage.blocks import Array, exactly, to_array, to_whole_numbers
from collector.storage.compared import MOST_LAYERS
from collector.storage.errors import BlockError, DamagedError
from collector.storage.light_records import LightRecords, Read
from collector.storage.measurements import SampledMeasurements
from collector.storage.paths import AnyPath
from collector.storage.plain_lists import holds_whole_numbers
from collector.storage.projections import looks_of
from collector.storage.schema import StoryRecord, StorySamplesRecord

MOST_SAMPLES = 10**6
"""A reader takes no more samples whose stories are told."""

MOST_SCANNED = 2**30
"""Bytes that one quantity takes over all measurements; a reader scans no more."""

MOST_VALUES = 64
"""Values that the outputs for a sample are to be; a reader takes no more of them."""

NUMBERS = ("confidences", "label_probabilities", "margins", "losses")
PER_SAMPLE = ("predictions", *NUMBERS)
QUANTITIES = (*PER_SAMPLE, "votes")
"""What `Stories.scan` gives: the fields of a `Story`."""


@dataclass(frozen=True, eq=False)
class StorySamples:
    """The samples whose stories are told.

    Attributes:
        inputs: uint8 ``[N, C, H, W]``, or float32 ``[N, D]`` where they are no pictures; None where not recorded.
        texts: of each, where it is a text; empty where they are none.
        labels: class numbers, int64 ``[N]``; None where there are none.
        values: what the outputs are to be where they are no classes, float32 ``[N]`` or ``[N, D]``; or None.
        numbers: where each stands in the user's data, int64 ``[N]``.
    """

    inputs: np.ndarray | None
    texts: tuple[str, ...]
    labels: np.ndarray | None
    values: np.ndarray | None
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, eq=False)
class Story:
    """What the network made of the samples at one step; None: not recorded. See `schema.StoryRecord`.

    Attributes:
        step: updates taken before it.
        epoch: epochs that had ended.
        predictions: class numbers, int32 ``[N]``; −1: none.
        confidences: largest probability, float32 ``[N]``.
        label_probabilities: float32 ``[N]``.
        margins: logit of the label less the largest other, float32 ``[N]``.
        losses: float32 ``[N]``.
        votes: class of most of the nearest neighbours by each layer, int16 ``[L, N]``; −1: none.
    """

    step: int
    epoch: int
    predictions: np.ndarray | None = None
    confidences: np.ndarray | None = None
    label_probabilities: np.ndarray | None = None
    margins: np.ndarray | None = None
    losses: np.ndarray | None = None
    votes: np.ndarray | None = None


def checked_stories(given: schema.Stories) -> schema.Stories:
    """The header's words on stories, where a reader takes them.

    Raises:
        BlockError: it does not.
    """
    if given.samples > MOST_SAMPLES:
        raise BlockError(f"the stories of {given.samples:,} samples are told; a reader takes {MOST_SAMPLES:,}")
    if len(given.layers) > MOST_LAYERS:
        raise BlockError(f"by {len(given.layers):,} layers neighbours vote; a reader takes {MOST_LAYERS}")
    if len(set(given.layers)) < len(given.layers):
        raise BlockError("two layers by which neighbours vote have the same name")
    return given


class Stories(SampledMeasurements[StoryRecord, schema.Stories, Story, StorySamplesRecord]):
    """What the network made of the samples, in the order of the steps, and the samples.

    May be read from several threads while measurements are added.
    """

    def __init__(self, path: AnyPath, read: Read, say: Callable[[str], None]) -> None:
        """Records of a file, of which ``read(offset, length)`` gives the bytes; ``say`` tells of damage."""
        self._path = path
        samples = LightRecords(path, read, StorySamplesRecord, "record of the stories' samples")
        super().__init__(
            LightRecords(path, read, StoryRecord, "story record"), _story, "whose stories are told", samples
        )
        self._say = say
        self._scanned: dict[str, _Rows] = {}
        self._scanning = Lock()

    @property
    def header(self) -> schema.Stories | None:
        """How many samples, by which layers, how; None where no stories are told."""
        return self._header

    @property
    def n_samples(self) -> int:
        """Samples whose stories are told."""
        return 0 if self._header is None else self._header.samples

    @property
    def layers(self) -> tuple[str, ...]:
        """Those by whose features the nearest neighbours vote, in order of the network."""
        return () if self._header is None else tuple(self._header.layers)

    @property
    def samples(self) -> StorySamples | None:
        """The samples, read anew each time; None where they are not in the file.

        Raises:
            DamagedError: they cannot be read.
        """
        if self._header is None or not self.has_samples:
            return None
        try:
            return _samples(self._samples.whole(0), self._header.samples)
        except BlockError as error:
            raise self._samples.damage(0, str(error)) from None

    def scan(self, quantity: str) -> np.ndarray:
        """One quantity of all measurements, those of `steps`: each record is read once, however often this is asked.

        Args:
            quantity: one of `QUANTITIES`.

        Returns:
            ``[M, N]``, of ``votes`` ``[M, L, N]``, in the types of a `Story`; NaN and −1 where it was not recorded, or
            cannot be read, of which `Collection.damaged` then tells. It cannot be written to.

        Raises:
            KeyError: there is no such quantity.
            DamagedError: it would take more memory than a reader takes.
        """
        if quantity not in QUANTITIES:
            raise KeyError(f"{quantity!r} is no quantity; the quantities are {', '.join(QUANTITIES)}")
        together = PER_SAMPLE if quantity in PER_SAMPLE else (quantity,)
        n_bytes = len(self) * self.n_samples * (4 if quantity in PER_SAMPLE else 2 * len(self.layers))
        if n_bytes > MOST_SCANNED:
            problem = f"its {quantity} of all measurements would take {n_bytes:,} bytes of memory."
            raise DamagedError(self._path, problem, "Single measurements can still be shown.")
        with self._scanning:
            if not self._scanned.keys() & together:
                self._scanned |= {name: _Rows(name, self.n_samples, len(self.layers)) for name in together}
            rows = [self._scanned[name] for name in together]
            for number in range(rows[0].n_rows, len(self)):
                self._scan(number, rows)
            return self._scanned[quantity].values()

    def _scan(self, number: int, rows: list["_Rows"]) -> None:
        try:
            story: Story | None = self[number]
        except DamagedError as error:
            story = None
            self._say(f"{error.problem[0].upper()}{error.problem[1:]}")
        for each in rows:
            each.add(None if story is None else getattr(story, each.name))


class _Rows:
    """A quantity of the measurements so far, in memory that doubles, so that one more costs what it is."""

    def __init__(self, name: str, n_samples: int, n_layers: int) -> None:
        self.name = name
        self.n_rows = 0
        shape = (n_layers, n_samples) if name == "votes" else (n_samples,)
        dtype = np.int16 if name == "votes" else np.int32 if name == "predictions" else np.float32
        self._nothing = np.broadcast_to(np.asarray(np.nan if dtype is np.float32 else -1, dtype), shape)
        self._held: np.ndarray | None = None

    def add(self, row: np.ndarray | None) -> None:
        """One more; None: it is not known."""
        if row is not None or self._held is not None:
            self._with_room()[self.n_rows] = self._nothing if row is None else row
        self.n_rows += 1

    def values(self) -> np.ndarray:
        """All so far; where nothing is known, whatever the header claims takes no memory."""
        if self._held is None:
            return np.broadcast_to(self._nothing, (self.n_rows, *self._nothing.shape))
        values = self._held[: self.n_rows]
        values.flags.writeable = False
        return values

    def _with_room(self) -> np.ndarray:
        if self._held is None or self.n_rows == len(self._held):
            held = np.empty((max(16, 2 * self.n_rows), *self._nothing.shape), self._nothing.dtype)
            held[: self.n_rows] = self._nothing if self._held is None else self._held
            self._held = held
        return self._held


def _story(records: LightRecords[StoryRecord], number: int, header: schema.Stories) -> Story:
    """Raises a DamagedError where the record cannot be read."""
    record = records.whole(number)
    arrays: dict[str, np.ndarray | None] = {
        name: None
        if (value := getattr(record, name)) is None
        else records.array(number, name, value, (header.samples,), "<f4").astype(np.float32, copy=False)
        for name in NUMBERS
    }
    for name, dtype, shape in (
        ("predictions", np.int32, (header.samples,)),
        ("votes", np.int16, (len(header.layers), header.samples)),
    ):
        try:
            value = getattr(record, name)
            arrays[name] = None if value is None else _classes(value, shape, dtype)
        except BlockError as error:
            raise records.damage(number, f"{name}: {error}") from None
    return Story(record.step, record.epoch, **arrays)


def _classes(value: Array, shape: tuple[int, ...], dtype: type[np.signedinteger]) -> np.ndarray:
    numbers = to_whole_numbers(value, exactly(*shape))
    if numbers.size and not (numbers.min() >= -1 and numbers.max() <= np.iinfo(dtype).max):
        raise BlockError("a number in it is that of no class")
    classes = numbers.astype(dtype)
    classes.flags.writeable = False
    return classes


def _samples(record: StorySamplesRecord, n_samples: int) -> StorySamples:
    """Raises a BlockError where they cannot be read."""
    if record.texts and len(record.texts) != n_samples:
        raise BlockError(f"there are {len(record.texts):,} texts of {n_samples:,} samples")
    inputs = _named("inputs", record.inputs, lambda value: looks_of(value, n_samples))
    labels = _named("labels", record.labels, lambda value: _labels(value, n_samples))
    numbers = _named("numbers", record.numbers, lambda value: to_whole_numbers(value, exactly(n_samples)))
    are_classes = labels is not None and labels.dtype.kind == "i"
    return StorySamples(
        inputs=inputs,
        texts=tuple(record.texts),
        labels=labels if are_classes else None,
        values=None if are_classes else labels,
        numbers=np.arange(n_samples) if numbers is None else numbers,
    )


def _named(name: str, value: Array | None, read: Callable[[Array], np.ndarray]) -> np.ndarray | None:
    try:
        return None if value is None else read(value)
    except BlockError as error:
        raise BlockError(f"{name}: {error}") from None


def _labels(value: Array, n_samples: int) -> np.ndarray:
    def check(shape: tuple[int, ...]) -> None:
        if shape[:1] != (n_samples,) or len(shape) > 2 or (len(shape) == 2 and shape[1] > MOST_VALUES):
            raise BlockError(f"it has shape {shape}")

    labels = to_array(value, "<i8" if holds_whole_numbers(value) else "<f4", check)
    if labels.dtype.kind == "f":
        return labels.astype(np.float32, copy=False)
    if labels.dtype.kind not in "iu" or labels.ndim > 1:
        raise BlockError(f"it has shape {labels.shape} and type {labels.dtype}")
    return labels.astype(np.int64, copy=False)
