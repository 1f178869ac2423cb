"""What the arrays of one pass are decoded with, each when it is asked for, and checked against the unit plan."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from collector.storage.blocks import Array, CheckShape, MemoryTaken, exactly, to_array, to_rows, to_whole_numbers
from collector.storage.errors import BlockError, DamagedError
from collector.storage.json_text import JsonTextError
from collector.storage.layer import Layer
from collector.storage.pass_parts import arrays_in
from collector.storage.pass_text import PassText
from collector.storage.paths import AnyPath
from collector.storage.schema import N_HISTOGRAM_BINS, LayerRecord, PassRecord
from collector.storage.top_logits import TopLogits, read_top_logits

_NO_ARRAYS = ("parameters", "moments", "updated_at")
KINDS: tuple[str, ...] = tuple(each for each in LayerRecord.__struct_fields__ if each not in _NO_ARRAYS)
"""Those of a layer's fields that are one array."""

MOST_BYTES = 2**32
"""What of a pass would take more memory is refused before it is decoded."""


class PassDecoder:
    """Knows a pass as it stands in the file. Of its own, so that a pass that nobody holds any more is let go at once.

    Attributes:
        head: the record, where it comes from a text without layers and histograms.
        layers: names of the layers.
        damaged: see `Pass`.

    Args:
        record: all of the pass, or its text, which is decoded part by part.
        path: the file, for messages.
        plan: the layers of the run.
        n_samples: of the probe.
        say: is told of what cannot be read; None: that is an error.
        are_arrays: whether arrays stand in the record as they are.

    Raises:
        BlockError: it would take too much memory.
    """

    def __init__(
        self,
        record: PassRecord | PassText,
        path: AnyPath,
        plan: Mapping[str, Layer],
        n_samples: int | None,
        say: Callable[[str], None] | None,
        *,
        are_arrays: bool,
    ) -> None:
        self._text = record if isinstance(record, PassText) else None
        self.head = record.head if isinstance(record, PassText) else record
        self._path, self._plan, self._n_samples = path, plan, n_samples
        self._say, self._are_arrays = say, are_arrays
        self.damaged: dict[tuple[str, str], str] = {}
        self._memory = MemoryTaken()
        self._take_memory(_arrays_of(self.head))
        self.layers = tuple(self.head.layers) if self._text is None else self._text.layers

    @property
    def n_bytes(self) -> int:
        """See `Pass`."""
        return self._memory.n_bytes + (0 if self._text is None else self._text.n_bytes)

    def hold(self) -> None:
        """See `Pass`."""
        if self._text is not None:
            with contextlib.suppress(BlockError):  # it is told of what is asked for
                self._text.hold()

    def logits(self) -> np.ndarray | None:
        """See `Pass`."""

        def check(shape: tuple[int, ...]) -> None:
            if len(shape) != 2 or self._n_samples not in (None, shape[0]):
                raise BlockError(f"has shape {shape}")

        return None if self.head.logits is None else self._floats("", "logits", self.head.logits, check)

    def top_logits(self) -> TopLogits | None:
        """See `Pass`."""
        try:
            top = self.head.top_logits
            return None if top is None else read_top_logits(top, self._n_samples)
        except BlockError as error:
            self._lose("", ["top_logits"], f"the largest logits cannot be read: {error}")
            return None

    def token_logits(self) -> TopLogits | None:
        """See `Pass`."""
        try:
            top = self.head.token_logits
            found = None if top is None else read_top_logits(top, None, None)
            self._check_first(0 if found is None else len(found.numbers))
        except BlockError as error:
            self._lose("", ["token_logits"], f"the largest logits of the tokens cannot be read: {error}")
            return None
        return found

    def outputs(self) -> np.ndarray | None:
        """See `Pass`."""

        def check(shape: tuple[int, ...]) -> None:
            if not shape:
                raise BlockError("has no samples")
            self._check_first(shape[0])

        return None if self.head.outputs is None else self._floats("", "outputs", self.head.outputs, check)

    def losses(self) -> np.ndarray | None:
        """See `Pass`."""
        check = exactly(self._n_samples)
        return None if self.head.losses is None else self._floats("", "losses", self.head.losses, check)

    def _check_first(self, n: int) -> None:
        """Raise a `BlockError` where so many first samples are more than there are."""
        if self._n_samples is not None and n > self._n_samples:
            raise BlockError(f"is of {n:,} samples, and the probe has {self._n_samples:,}")

    def unit_states(self) -> dict[str, np.ndarray]:
        """See `Pass`."""
        try:
            recorded = [(name, each) for name, each in self.head.unit_states if name in self._plan]
            return {name: _bits(each, self._plan[name].units) for name, each in recorded}
        except BlockError as error:
            self._lose("", ["unit_states"], f"the units' states cannot be read: {error}")
            return {}

    def histograms(self) -> dict[str, dict[str, np.ndarray]]:
        """See `Pass`."""
        try:
            recorded = self.head.histograms if self._text is None else self._text.histograms()
            return {layer: {kind: _counts(each) for kind, each in kinds.items()} for layer, kinds in recorded.items()}
        except (JsonTextError, BlockError) as error:
            self._lose("", ["histograms"], f"the histograms cannot be read: {error}")
            return {}

    def layer(self, name: str) -> LayerRecord:
        """What there is of a layer, its arrays not decoded yet."""
        if self._text is None:
            return self.head.layers[name]
        try:
            record = self._text.layer(name)
            self._take_memory(arrays_in(record))
        except (JsonTextError, BlockError) as error:
            self._lose(name, KINDS, f"{name!r} cannot be read: {error}")
            return LayerRecord()
        return record

    def array(
        self, layer: str, kind: str, value: Array, rows: tuple[int, int] | None = None, *, parameter: str = ""
    ) -> np.ndarray | None:
        """An array of a layer, or its rows from one to another; None where it is damaged, and that is no error.

        Args:
            parameter: whose it is, where it has no kind of its own.
        """

        def check(shape: tuple[int, ...]) -> None:
            plan = self._plan[layer]
            fits = plan.fits_parameter(parameter, shape) if parameter else plan.fits(kind, shape, self._n_samples)
            if not fits:
                raise BlockError(f"has shape {shape}, against its unit plan")

        return self._floats(layer, kind, value, check, rows)

    def _floats(
        self, layer: str, kind: str, value: Array, check: CheckShape, rows: tuple[int, int] | None = None
    ) -> np.ndarray | None:
        try:
            array = self._to_array(value, check, rows)
            if array.dtype.kind != "f":
                raise BlockError(f"it is of type {array.dtype}, not of a floating-point type")
        except BlockError as error:
            self._lose(layer, [kind], f"{kind} of {layer!r} cannot be read: {error}" if layer else f"{kind}: {error}")
            return None
        return array

    def _to_array(self, value: Array, check: CheckShape, rows: tuple[int, int] | None) -> np.ndarray:
        if self._are_arrays:
            return np.asarray(value) if rows is None else np.asarray(value)[slice(*rows)]
        return to_array(value, check=check) if rows is None else to_rows(value, *rows, check=check)

    def _take_memory(self, arrays: Iterable[Array]) -> None:
        self._memory.add(arrays)
        if self.n_bytes > MOST_BYTES:
            raise BlockError(f"it would take {self.n_bytes:,} bytes of memory; a reader takes {MOST_BYTES:,}")

    def _lose(self, layer: str, kinds: Iterable[str], problem: str) -> None:
        told = f"pass {self.head.number}: {problem}."
        damage = DamagedError(self._path, told, "The other passes can still be shown.")
        if self._say is None:
            raise damage from None
        self.damaged |= dict.fromkeys(((layer, kind) for kind in kinds), problem)
        self._say(damage.problem)


def _arrays_of(record: PassRecord) -> Iterator[Array]:
    yield from (each for each in (record.logits, record.outputs, record.losses) if each is not None)
    for top in (record.top_logits, record.token_logits):
        if top is not None:
            yield from (top.numbers, top.values, top.log_sum_exp, top.entropy)
            yield from () if top.true is None else (top.true,)
    yield from (each for _, each in record.unit_states)
    for layer in record.layers.values():
        yield from arrays_in(layer)
    for kinds in record.histograms.values():
        yield from kinds.values()


def _bits(values: Array, n_units: int) -> np.ndarray:
    def check(shape: tuple[int, ...]) -> None:
        if shape != (-(-n_units // 8),):
            raise BlockError(f"those of {n_units:,} units have shape {shape}")

    numbers = to_whole_numbers(values, check)
    if ((numbers < 0) | (numbers > 255)).any():
        raise BlockError("one is no byte")
    return np.unpackbits(numbers.astype(np.uint8), count=n_units).astype(bool)


def _counts(values: Array) -> np.ndarray:
    def check(shape: tuple[int, ...]) -> None:
        if shape != (N_HISTOGRAM_BINS,):
            raise BlockError(f"a histogram has shape {shape}")

    counts = to_whole_numbers(values, check)
    if (counts < 0).any():
        raise BlockError("a histogram has a negative count")
    return counts
