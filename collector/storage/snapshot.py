"""One pass as a reader sees it. Its arrays are decoded when they are asked for, and checked against the unit plan."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np

from collector.storage.blocks import Array, CheckShape, memory_of, to_array, to_whole_numbers
from collector.storage.errors import BlockError, DamagedError
from collector.storage.layer import Layer
from collector.storage.probe import Probe
from collector.storage.schema import N_HISTOGRAM_BINS, LayerRecord, PassRecord
from collector.storage.top_logits import TopLogits, read_top_logits

KINDS: tuple[str, ...] = LayerRecord.__struct_fields__

MOST_BYTES = 2**32
"""A pass that would take more memory is refused before any of it is decoded."""


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

    def __init__(self, record: LayerRecord, decode: Callable[[str, Array], np.ndarray | None]) -> None:
        self._record = record
        self._decode = decode

    def __getattr__(self, kind: str) -> np.ndarray | None:
        # Reached once for each kind: the decoded array becomes an attribute, and its text is let go.
        if kind not in KINDS:
            raise AttributeError(f"{kind!r} is not a kind of array; the kinds are {', '.join(KINDS)}")
        value = getattr(self._record, kind)
        if value is None and kind in vars(self):  # another thread has decoded it just now
            return vars(self)[kind]
        array = None if value is None else self._decode(kind, value)
        setattr(self, kind, array)
        setattr(self._record, kind, None)
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
        damaged: layer (empty for what is of none) and kind → what is wrong with it, of what was asked for so far.
        n_bytes: of memory that all of it takes at most.

    Args:
        say: is told of what cannot be read, which then counts as not recorded; None: that is an error.

    Raises:
        DamagedError: the logits cannot be read; what else is damaged raises it when it is asked for.
        BlockError: it would take too much memory.
    """

    probe: Probe | None = None

    def __init__(
        self,
        record: PassRecord,
        path: Path,
        layers: Mapping[str, Layer],
        n_samples: int | None,
        *,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.damaged: dict[tuple[str, str], str] = {}
        self._say = say
        self._path = path
        self.number = record.number
        self.step = record.step
        self.epoch = record.epoch
        self.seconds = record.seconds
        self._histograms = record.histograms
        self._n_samples = n_samples
        self.n_bytes = memory_of(_arrays_of(record))
        if self.n_bytes > MOST_BYTES:
            raise BlockError(f"it would take {self.n_bytes:,} bytes of memory; a reader takes {MOST_BYTES:,}")
        self.logits = None if record.logits is None else self._decode("", "logits", record.logits, self._check_logits)
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
            self._lose("", "top_logits", f"the largest logits cannot be read: {error}")
            return None

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
            self._lose("", "histograms", f"the histograms cannot be read: {error}")
            return {}

    def why_missing(self, layer: Layer, kind: str) -> str:
        """Why there is no such array of a layer: it is damaged, or what the file says; empty: not known."""
        damage = self.damaged.get((layer.name, kind))
        return f"damaged in the file ({damage})" if damage else layer.not_recorded.get(kind, "")

    def _decoder(self, layer: Layer) -> Callable[[str, Array], np.ndarray | None]:
        def decode(kind: str, value: Array) -> np.ndarray | None:
            def check(shape: tuple[int, ...]) -> None:
                if not layer.fits(kind, shape, self._n_samples):
                    raise BlockError(f"has shape {shape}, against its unit plan")

            return self._decode(layer.name, kind, value, check)

        return decode

    def _check_logits(self, shape: tuple[int, ...]) -> None:
        if len(shape) != 2 or self._n_samples not in (None, shape[0]):
            raise BlockError(f"has shape {shape}")

    def _decode(self, layer: str, kind: str, value: Array, check: CheckShape) -> np.ndarray | None:
        try:
            array = self._to_array(value, check)
            if array.dtype.kind != "f":
                raise BlockError(f"it is of type {array.dtype}, not of a floating-point type")
        except BlockError as error:
            self._lose(layer, kind, f"{kind} of {layer!r} cannot be read: {error}" if layer else f"{kind}: {error}")
            return None
        return array

    def _to_array(self, value: Array, check: CheckShape) -> np.ndarray:
        return to_array(value, check=check)

    def _lose(self, layer: str, kind: str, problem: str) -> None:
        damage = DamagedError(self._path, f"pass {self.number}: {problem}.", "The other passes can still be shown.")
        if self._say is None:
            raise damage from None
        self.damaged[layer, kind] = problem
        self._say(damage.problem)


def _arrays_of(record: PassRecord) -> Iterator[Array]:
    if record.logits is not None:
        yield record.logits
    if (top := record.top_logits) is not None:
        yield from (top.numbers, top.values, top.log_sum_exp, top.entropy)
        yield from () if top.true is None else (top.true,)
    for layer in record.layers.values():
        yield from (each for each in (getattr(layer, kind) for kind in KINDS) if each is not None)
    for kinds in record.histograms.values():
        yield from kinds.values()


def _counts(values: Array) -> np.ndarray:
    def check(shape: tuple[int, ...]) -> None:
        if shape != (N_HISTOGRAM_BINS,):
            raise BlockError(f"a histogram has shape {shape}")

    counts = to_whole_numbers(values, check)
    if (counts < 0).any():
        raise BlockError("a histogram has a negative count")
    return counts
