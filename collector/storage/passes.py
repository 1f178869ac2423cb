"""Passes as a reader sees them: found through the index, decoded array by array when asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

import msgspec
import numpy as np

from collector.storage.blocks import Array, BlockError, to_array
from collector.storage.errors import DamagedError, PassNotRecordedError
from collector.storage.header import Layer
from collector.storage.schema import IndexEntry, LayerRecord, PassRecord

KINDS: tuple[str, ...] = LayerRecord.__struct_fields__


class LayerArrays:
    """The arrays of one layer at one pass; those that were not recorded are None. See `schema.LayerRecord`."""

    activation: np.ndarray | None
    weight: np.ndarray | None
    bias: np.ndarray | None
    weight_gradient: np.ndarray | None
    bias_gradient: np.ndarray | None
    weight_update: np.ndarray | None
    bias_update: np.ndarray | None
    feature_maps: np.ndarray | None

    def __init__(self, record: LayerRecord, decode: Callable[[str, Array], np.ndarray]) -> None:
        self._record = record
        self._decode = decode

    def __getattr__(self, kind: str) -> np.ndarray | None:
        # Reached once for each kind: the decoded array becomes an attribute.
        if kind not in KINDS:
            raise AttributeError(f"{kind!r} is not a kind of array; the kinds are {', '.join(KINDS)}")
        value = getattr(self._record, kind)
        array = None if value is None else self._decode(kind, value)
        setattr(self, kind, array)
        return array


class Pass:
    """A full snapshot of the network at one step."""

    def __init__(self, record: PassRecord, path: Path, layers: Mapping[str, Layer], n_samples: int | None) -> None:
        self.number = record.number
        self.step = record.step
        self.epoch = record.epoch
        self.seconds = record.seconds
        self._path = path
        self._plan = layers
        self._n_samples = n_samples
        self.logits = None if record.logits is None else self._decoded("the logits", record.logits)
        """float32 ``[N, K]``"""
        if self.logits is not None and (self.logits.ndim != 2 or n_samples not in (None, len(self.logits))):
            raise DamagedError(path, f"pass {self.number}: the logits have shape {self.logits.shape}.")
        self.layers: dict[str, LayerArrays] = {
            name: LayerArrays(layer, self._decoder(name)) for name, layer in record.layers.items()
        }

    def _decoder(self, name: str) -> Callable[[str, Array], np.ndarray]:
        def decode(kind: str, value: Array) -> np.ndarray:
            array = self._decoded(f"{kind} of {name!r}", value)
            if name in self._plan and not _fits(kind, array.shape, self._plan[name], self._n_samples):
                problem = f"pass {self.number}: {kind} of {name!r} has shape {array.shape}, against its unit plan."
                raise DamagedError(self._path, problem)
            return array

        return decode

    def _decoded(self, what: str, value: Array) -> np.ndarray:
        try:
            return to_array(value)
        except BlockError as error:
            raise DamagedError(self._path, f"pass {self.number}: {what}: {error}.") from None


def _fits(kind: str, shape: tuple[int, ...], layer: Layer, n_samples: int | None) -> bool:
    units = len(layer.kept)
    if kind == "activation":
        return len(shape) == 2 and shape[1] == units and n_samples in (None, shape[0])
    if kind == "feature_maps":
        return len(shape) == 4 and shape[1] == units and (n_samples is None or shape[0] <= n_samples)
    if kind.startswith("bias") or not layer.is_stage:
        return shape == (units,)
    columns = len(layer.input_kept) * (layer.input_block if len(shape) == 2 else 1)
    return len(shape) >= 2 and shape[:2] == (units, columns)


class Passes(Sequence[Pass]):
    """The passes of a collection, in order. Each is read from the file when it is asked for, and not kept."""

    def __init__(self, path: Path, read: Callable[[IndexEntry], bytes]) -> None:
        self._path = path
        self._read = read
        self._entries: list[IndexEntry] = []
        self._plan: Mapping[str, Layer] = {}
        self._n_samples: int | None = None

    def expect(self, layers: Mapping[str, Layer], n_samples: int | None) -> None:
        """The unit plan and number of probe samples that the arrays have to agree with."""
        self._plan, self._n_samples = layers, n_samples

    def add(self, entry: IndexEntry) -> None:
        """One more pass was found in the file."""
        self._entries.append(entry)

    @property
    def steps(self) -> np.ndarray:
        """The step of each pass, int ``[P]``, without reading them."""
        return np.array([entry[1] for entry in self._entries], np.int64)

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
        entry = self._entries[number]
        try:
            record = msgspec.json.decode(self._read(entry), type=PassRecord)
        except (msgspec.DecodeError, RecursionError) as error:
            problem = f"pass {number % len(self)}, at byte {entry[2]:,}, is damaged: {error}."
            raise DamagedError(self._path, problem, "The other passes can still be shown.") from None
        return Pass(record, self._path, self._plan, self._n_samples)

    def __iter__(self) -> Iterator[Pass]:
        return (self[number] for number in range(len(self)))
