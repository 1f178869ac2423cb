"""How alike the layers were at each step: the numbers at once, the features behind them when they are asked for."""

from collections.abc import Callable

import numpy as np

from collector.storage.blocks import Array, exactly, to_whole_numbers
from collector.storage.compared import Similarity
from collector.storage.errors import BlockError, DamagedError
from collector.storage.light_records import LightRecords, Read
from collector.storage.measurements import Measurements
from collector.storage.paths import AnyPath
from collector.storage.schema import SimilarityRecord

PAIR_MEASURES = ("clipped", "mean", "cka")
MEASURES = (*PAIR_MEASURES, "cka_null", "effective_rank", "constant")
"""What `Similarities.series` gives: the fields of a `Measurement`."""


class Measurement:
    """How alike the layers were at one step. See `schema.SimilarityRecord` for what the numbers mean.

    Attributes:
        step: updates taken before it.
        epoch: epochs that had ended.
        layers: names of the `L` compared layers, in order.
        clipped, mean, cka: float64 ``[L, L]``, symmetric; NaN where there is no such number.
        cka_null: float64 ``[L, L, 2]``, symmetric.
        effective_rank: float64 ``[L]``.
        constant: int ``[L]``.
    """

    def __init__(self, records: LightRecords[SimilarityRecord], number: int, header: Similarity) -> None:
        record = records.light(number)
        self._records, self._number, self._header = records, number, header
        self._whole: SimilarityRecord | None = None
        self.step, self.epoch = record.step, record.epoch
        self.layers = tuple(header.layers)
        n_layers = len(self.layers)
        n_pairs = n_layers * (n_layers + 1) // 2

        def squared(name: str, value: Array, *more: int) -> np.ndarray:
            pairs = records.array(number, name, value, (n_pairs, *more))
            square = np.zeros((n_layers, n_layers, *more))
            rows, columns = np.triu_indices(n_layers)
            square[rows, columns] = square[columns, rows] = pairs
            return square

        self.clipped = squared("correlation_clipped", record.correlation_clipped)
        self.mean = squared("correlation", record.correlation)
        self.cka = squared("cka", record.cka)
        self.cka_null = squared("cka_null", record.cka_null, 2)
        self.effective_rank = records.array(number, "effective_rank", record.effective_rank, (n_layers,))
        try:
            self.constant = to_whole_numbers(record.constant, exactly(n_layers))
        except BlockError as error:
            raise records.damage(number, f"constant: {error}") from None

    def features(self, layer: str) -> np.ndarray | None:
        """A layer's output as it was, float32 ``[N, D]``, for its kept features; None where it was not recorded.

        The record's line is read once, and kept as long as this object.

        Raises:
            DamagedError: it cannot be read.
            KeyError: the layer is none of those compared.
        """
        compared = self._header.layers[layer]
        if self._whole is None:
            self._whole = self._records.whole(self._number)
        value = self._whole.features.get(layer)
        if value is None:
            return None
        shape = (self._header.samples, len(compared.kept))
        return self._records.array(self._number, f"features of {layer!r}", value, shape, "<f4")


class Similarities(Measurements[SimilarityRecord, Similarity, Measurement]):
    """The measurements of a collection. Their numbers are kept for `series`."""

    def __init__(self, path: AnyPath, read: Read, say: Callable[[str], None]) -> None:
        """Measurements of a file, of which ``read(offset, length)`` gives the bytes; ``say`` tells of damage."""
        records = LightRecords(path, read, SimilarityRecord, "similarity measurement")
        super().__init__(records, Measurement, "which layers are compared")
        self._say = say
        self._light: dict[int, Measurement | None] = {}

    @property
    def epochs(self) -> np.ndarray:
        """Epochs that had ended at each measurement, int ``[E]``; −1 where it cannot be read."""
        known = (self._numbers(number) for number in range(len(self)))
        return np.array([-1 if each is None else each.epoch for each in known], np.int64)

    def series(self, measure: str) -> tuple[np.ndarray, np.ndarray]:
        """One measure at all steps, without reading any features.

        Args:
            measure: one of `MEASURES`.

        Returns:
            The steps, int ``[E]``, and the values, float64 ``[E, L, L]`` (``cka_null`` with 2 more, ``effective_rank``
            and ``constant`` ``[E, L]``); NaN for a measurement that cannot be read, of which `Collection.damaged`
            then tells.

        Raises:
            KeyError: there is no such measure.
        """
        if measure not in MEASURES:
            raise KeyError(f"{measure!r} is no measure; the measures are {', '.join(MEASURES)}")
        n_layers = 0 if self._header is None else len(self._header.layers)
        shape: tuple[int, ...] = (n_layers,) if measure in ("effective_rank", "constant") else (n_layers, n_layers)
        if measure == "cka_null":
            shape = (*shape, 2)
        steps = self.steps
        known = [self._numbers(number) for number in range(len(steps))]
        if not any(known):
            return steps, np.broadcast_to(np.nan, (len(steps), *shape))  # whatever the header claims takes no memory
        values = np.full((len(steps), *shape), np.nan)
        for number, numbers in enumerate(known):
            if numbers is not None:
                values[number] = getattr(numbers, measure)
        return steps, values

    def _numbers(self, number: int) -> Measurement | None:
        """A measurement of which no features are read; None, and a word to the user, if it cannot be read."""
        if number not in self._light:
            try:
                self._light[number] = self[number]
            except DamagedError as error:
                self._light[number] = None
                self._say(f"{error.problem[0].upper()}{error.problem[1:]}")
        return self._light[number]
