"""The layers of a collection of the original visualizer, with the unit plan that its arrays follow.

The original caps a layer by means over contiguous groups of its units, and shrinks the columns of a capped weight by
averages of their own, so the columns seldom are the groups of the layer before. Edges are told only where they are.
"""

from typing import Any

import numpy as np

from collector.storage.layer import Layer
from collector.storage.legacy.document import LegacyDocument, LegacyRecord

INPUT = "input"
MOST_UNITS = 2**24
"""An architecture that claims a larger layer than this is not believed."""

_NEVER = "the original visualizer did not record it"
_ALIAS = "the original visualizer stored the parameter itself under the name of its gradient"


def group_starts(units: int, groups: int) -> np.ndarray:
    """First unit of each of so many contiguous groups, int ``[groups]``: sizes differ by one, the longer ones first."""
    size, longer = divmod(units, max(groups, 1))
    numbers = np.arange(groups)
    return numbers * size + np.minimum(numbers, longer)


def layers_of(document: LegacyDocument) -> dict[str, Layer]:
    """Name → layer: the linear layers one after the other, and before them what the first one reads.

    What the first one reads is a layer of its own, without parameters, where it is not the picture itself.
    """
    layers: dict[str, Layer] = {}
    before: Layer | None = None
    for tag in document.tags:
        if before is None:
            before = _source_of(tag, document)
            if before is not None and before.name != INPUT:
                layers[before.name] = before
        before = layers[tag] = _linear(tag, document, before)
    return layers


def source_name(tag: str) -> str:
    """Name of the layer that stands for what the first linear layer reads."""
    return f"what {tag} reads"


def reader_of(name: str, layers: dict[str, Layer]) -> str | None:
    """The linear layer whose stored input is the activation of a layer; None for the last one."""
    names = list(layers)
    at = names.index(name) + 1
    return names[at] if at < len(names) else None


def _source_of(tag: str, document: LegacyDocument) -> Layer | None:
    stored = _first_shape(document, tag, "input")
    columns = _first_shape(document, tag, "weight")
    given = _specification(document, tag, "in_features")
    units = given or (columns or stored or (0,))[-1]
    pixels = next((record.picture.size for record in document.records if record.picture is not None), 0)
    if units == pixels and columns is not None and columns[1] == units:
        return _layer(INPUT, "", units, units)
    if stored is None:
        return None
    return _layer(source_name(tag), "Features", max(units, stored[0]), stored[0])


def _linear(tag: str, document: LegacyDocument, before: Layer | None) -> Layer:
    weight, bias = _first_shape(document, tag, "weight"), _first_shape(document, tag, "bias")
    rows, columns = weight or ((bias or (0,))[0], 0)
    units = _specification(document, tag, "out_features") or rows
    inputs = _specification(document, tag, "in_features") or columns
    if units < rows or inputs < columns:
        document.problems.append(f"{tag!r} has a larger weight than its architecture says; the weight is believed.")
        units, inputs = max(units, rows), max(inputs, columns)
    input_kept = _window_starts(inputs, columns) if columns else np.arange(inputs)
    not_recorded = _missing(tag, document)
    why_no_edges = _why_no_edges(before, inputs, columns)
    if why_no_edges:
        not_recorded["edges"] = why_no_edges
    parameters = {"weight": (units, inputs)} | ({"bias": (units,)} if bias else {})
    return _layer(
        tag,
        "Linear",
        units,
        rows or units,
        reads=() if why_no_edges or before is None else (before.name,),
        input_units=inputs,
        input_kept=input_kept,
        parameters=parameters,
        not_recorded=not_recorded,
    )


def _why_no_edges(before: Layer | None, inputs: int, columns: int) -> str:
    """Why a weight's columns are not the units of the layer before; empty where they are."""
    if not columns:
        return "its weight is not in the file"
    if before is None:
        return "what it reads is not in the file"
    if inputs != before.units:
        return f"its {inputs:,} inputs are not the {before.units:,} units of the linear layer before it"
    kept = len(before.kept)
    if columns != kept:
        return f"its weight has {columns:,} columns, while {kept:,} of what it reads are kept"
    if columns != inputs and inputs % columns:
        return f"its {columns:,} columns are averages over other groups than those of what it reads"
    return ""


def _missing(tag: str, document: LegacyDocument) -> dict[str, str]:
    missing = {f"{name}_update": _NEVER for name in ("weight", "bias")}
    missing |= {f"{name}_gradient": _ALIAS if document.has_gradients else _NEVER for name in ("weight", "bias")}
    missing |= {
        name: "it is not in the file" for name in ("weight", "bias") if _first_shape(document, tag, name) is None
    }
    return missing


def _layer(name: str, kind: str, units: int, kept: int, **fields: Any) -> Layer:
    defaults: dict[str, Any] = {
        "stage": name,
        "reads": (),
        "input_units": 0,
        "input_kept": np.zeros(0, np.int64),
        "input_block": 1,
        "output_shape": (units,),
        "parameters": {},
        "not_recorded": {},
    }
    return Layer(name=name, kind=kind, units=units, kept=group_starts(units, kept), **defaults | fields)


def _window_starts(inputs: int, columns: int) -> np.ndarray:
    """First input of each column of a weight whose columns were shrunk by adaptive average pooling."""
    return np.arange(columns) * inputs // columns


def _first_shape(document: LegacyDocument, tag: str, name: str) -> tuple[int, ...] | None:
    arrays = (array for record in document.records if (array := _array_of(record, tag, name)) is not None)
    first = next(arrays, None)
    return None if first is None else first.shape


def _array_of(record: LegacyRecord, tag: str, name: str) -> np.ndarray | None:
    return record.layers.get(tag, {}).get(name)


def _specification(document: LegacyDocument, tag: str, name: str) -> int:
    """A size that the architecture gives, which it writes as a float; 0 where it gives none."""
    value = document.architecture.get(tag, {}).get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MOST_UNITS:
        return 0
    return int(value)
