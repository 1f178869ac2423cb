"""One pass as a reader sees it. Its arrays are decoded when they are asked for, and checked against the unit plan."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np

from collector.storage.blocks import Array, to_array, to_whole_numbers
from collector.storage.errors import BlockError, DamagedError
from collector.storage.layer import Layer
from collector.storage.probe import Probe
from collector.storage.schema import N_HISTOGRAM_BINS, LayerRecord, PassRecord
from collector.storage.top_logits import TopLogits, read_top_logits

KINDS: tuple[str, ...] = LayerRecord.__struct_fields__


class LayerArrays:
    """The arrays of one layer at one pass; those that were not recorded are None. See `schema.LayerRecord`.

    They cannot be written to.
    """

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
    """A full snapshot of the network at one step.

    Attributes:
        number: its place among the passes, from 0, as the run counted.
        step: updates taken before it.
        seconds: since the run began.
        logits: float32 ``[N, K]``, the network's output for the probe; None where it was not recorded.
        layers: name → arrays, for the layers of the collection that the pass has.
        histograms: layer → ``weight``, ``gradient``, ``update`` → counts int ``[129]``; see `schema.PassRecord`.
        probe: the samples it was measured on, where they are its own; None: those of the collection.

    Raises:
        DamagedError: the logits cannot be read; the arrays of a layer raise it when they are asked for.
    """

    probe: Probe | None = None

    def __init__(self, record: PassRecord, path: Path, layers: Mapping[str, Layer], n_samples: int | None) -> None:
        self.number = record.number
        self.step = record.step
        self.epoch = record.epoch
        self.seconds = record.seconds
        self._histograms = record.histograms
        self._path = path
        self._n_samples = n_samples
        self.logits = None if record.logits is None else self._decoded("the logits", record.logits)
        if self.logits is not None and (self.logits.ndim != 2 or n_samples not in (None, len(self.logits))):
            raise self._damage(f"the logits have shape {self.logits.shape}")
        self._top_logits = record.top_logits
        self.layers: dict[str, LayerArrays] = {
            name: LayerArrays(arrays, self._decoder(layers[name]))
            for name, arrays in record.layers.items()
            if name in layers
        }

    @cached_property
    def top_logits(self) -> TopLogits | None:
        """What is kept of the logits where there are very many classes; None elsewhere.

        Raises:
            DamagedError: it cannot be read.
        """
        try:
            return None if self._top_logits is None else read_top_logits(self._top_logits, self._n_samples)
        except BlockError as error:
            raise self._damage(f"the largest logits cannot be read: {error}") from None

    @cached_property
    def histograms(self) -> dict[str, dict[str, np.ndarray]]:
        """Read when they are asked for; those of another length than the format's are an error.

        Raises:
            DamagedError: they cannot be read.
        """
        try:
            return {
                layer: {kind: _counts(values) for kind, values in kinds.items()}
                for layer, kinds in self._histograms.items()
            }
        except BlockError as error:
            raise self._damage(f"the histograms cannot be read: {error}") from None

    def _decoder(self, layer: Layer) -> Callable[[str, Array], np.ndarray]:
        def decode(kind: str, value: Array) -> np.ndarray:
            array = self._decoded(f"{kind} of {layer.name!r}", value)
            if not layer.fits(kind, array.shape, self._n_samples):
                raise self._damage(f"{kind} of {layer.name!r} has shape {array.shape}, against its unit plan")
            return array

        return decode

    def _decoded(self, what: str, value: Array) -> np.ndarray:
        try:
            array = to_array(value)
            if array.dtype.kind != "f":
                raise BlockError(f"it is of type {array.dtype}, not of a floating-point type")
        except BlockError as error:
            raise self._damage(f"{what} cannot be read: {error}") from None
        return array

    def _damage(self, problem: str) -> DamagedError:
        return DamagedError(self._path, f"pass {self.number}: {problem}.", "The other passes can still be shown.")


def _counts(values: Array) -> np.ndarray:
    counts = to_whole_numbers(values)
    if counts.shape != (N_HISTOGRAM_BINS,) or (counts < 0).any():
        raise BlockError(f"a histogram has shape {counts.shape} or a negative count")
    return counts
