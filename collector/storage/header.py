"""The first line of a collection: read, checked, and turned into arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from collector.storage import schema
from collector.storage.blocks import BlockError, to_array
from collector.storage.errors import CollectionError, DamagedError, NewerVersionError, NotACollectionError
from collector.storage.lines import read_at

_CHUNK = 2**16
_LONGEST_HEADER = 2**30


class _Kind(msgspec.Struct):
    """Enough to tell what kind of JSON a file is."""

    format: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Layer:
    """A layer of the run and the unit plan for it. See `schema.Layer` for what the fields mean."""

    name: str
    kind: str
    units: int
    stage: str
    kept: np.ndarray
    """int ``[U]``"""
    reads: tuple[str, ...]
    input_units: int
    input_kept: np.ndarray
    """int ``[U_in]``"""
    input_block: int
    output_shape: tuple[int, ...]
    parameters: Mapping[str, tuple[int, ...]]
    not_recorded: Mapping[str, str]

    @property
    def is_stage(self) -> bool:
        """Whether the layer makes units of its own, as linear and convolutional layers do."""
        return self.stage == self.name

    @property
    def n_parameters(self) -> int:
        """True number of parameters."""
        return sum(int(np.prod(shape)) for shape in self.parameters.values())


@dataclass(frozen=True)
class Probe:
    """The held-out samples that every pass is measured on."""

    inputs: np.ndarray
    """``[N, …]`` as the network was given them."""
    labels: np.ndarray | None
    """int ``[N]``"""
    class_names: tuple[str, ...]
    mean: np.ndarray = field(repr=False)
    std: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.inputs)

    def picture(self, sample: int) -> np.ndarray | None:
        """The sample as float32 ``[H, W]`` or ``[H, W, 3]`` in 0…1; None where it is no picture.

        Undoes the normalisation; where that is unknown, the smallest value is black and the largest white.
        """
        values = self.inputs[sample].astype(np.float32)
        if values.ndim == 2:
            values = values[None]
        if values.ndim != 3 or values.shape[0] not in (1, 3):
            return None
        if len(self.mean) == len(self.std) == values.shape[0]:
            values = values * self.std[:, None, None] + self.mean[:, None, None]
        else:
            low, high = values.min(), values.max()
            values = (values - low) / (high - low) if high > low else np.zeros_like(values)
        values = np.clip(values, 0, 1)
        return values[0] if values.shape[0] == 1 else values.transpose(1, 2, 0)


@dataclass(frozen=True)
class HeaderLine:
    """What the first line holds, and where it ends."""

    run: schema.Run
    layers: dict[str, Layer]
    probe: Probe | None
    end: int


def read_header(file: BinaryIO, path: Path) -> HeaderLine:
    """Read and check the first line.

    Raises:
        NotACollectionError: empty, not JSON, another JSON.
        NewerVersionError: written by a newer Strobe.
        DamagedError: cut off or inconsistent.
    """
    line = _first_line(file)
    text = line.rstrip(b"\r\n")
    try:
        kind = msgspec.json.decode(text + b"]}" if text.endswith(b"[") else text, type=_Kind)
    except (msgspec.DecodeError, RecursionError):
        raise _what_else(line, path) from None
    if kind.format != schema.FORMAT:
        raise NotACollectionError(path, "is JSON, but not a collection of Strobe.", "Open a file that a run has left.")
    if kind.version is None or kind.version > schema.VERSION:
        raise NewerVersionError(
            path,
            f"has version {kind.version}; this Strobe reads up to {schema.VERSION}.",
            "Update Strobe to open it.",
        )
    try:
        header = msgspec.json.decode(text + b"]}", type=schema.Header)
        layers = {layer.name: _layer(layer) for layer in header.layers}
        probe = None if header.probe is None else _probe(header.probe)
    except (msgspec.DecodeError, BlockError, RecursionError) as error:
        raise DamagedError(path, f"its first line is damaged: {error}.") from None
    return HeaderLine(header.run, layers, probe, len(line))


def _first_line(file: BinaryIO) -> bytes:
    pieces: list[bytes] = []
    offset = 0
    while offset < _LONGEST_HEADER and (piece := read_at(file, offset, _CHUNK)):
        end = piece.find(b"\n")
        pieces.append(piece if end < 0 else piece[: end + 1])
        offset += len(piece)
        if end >= 0:
            break
    return b"".join(pieces)


def _what_else(line: bytes, path: Path) -> CollectionError:
    if not line.strip(b"\0 \r\n\t"):
        return NotACollectionError(path, "is empty.", "A run writes its first line when training starts.")
    if f'"format":"{schema.FORMAT}"'.encode() in line[:200]:
        if line.endswith(b"\n"):
            return DamagedError(path, "its first line is damaged.")
        return DamagedError(path, "is cut off within its first line, before the first pass.")
    if line.lstrip()[:1] in (b"{", b"["):
        return NotACollectionError(
            path, "looks like JSON, but not like a collection of Strobe.", "Open a file that a run has left."
        )
    return NotACollectionError(path, "is not JSON.", "Open a file that a run has left.")


def _layer(layer: schema.Layer) -> Layer:
    kept, input_kept = to_array(layer.kept, "<i8"), to_array(layer.input_kept, "<i8")
    for numbers, units in ((kept, layer.units), (input_kept, layer.input_units)):
        if numbers.ndim != 1 or (numbers < 0).any() or (numbers >= units).any():
            raise BlockError(f"the unit plan of {layer.name!r} names units that it does not have")
    return Layer(
        name=layer.name,
        kind=layer.kind,
        units=layer.units,
        stage=layer.stage,
        kept=kept,
        reads=tuple(layer.reads),
        input_units=layer.input_units,
        input_kept=input_kept,
        input_block=layer.input_block,
        output_shape=tuple(layer.output_shape),
        parameters={name: tuple(shape) for name, shape in layer.parameters.items()},
        not_recorded=layer.not_recorded,
    )


def _probe(probe: schema.Probe) -> Probe:
    inputs = to_array(probe.inputs)
    labels = None if probe.labels is None else to_array(probe.labels, "<i8")
    if inputs.ndim < 1 or (labels is not None and labels.shape != inputs.shape[:1]):
        raise BlockError("the probe does not have one label for each sample")
    return Probe(inputs, labels, tuple(probe.class_names), np.asarray(probe.mean, "f4"), np.asarray(probe.std, "f4"))
