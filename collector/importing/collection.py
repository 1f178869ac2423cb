"""Writes a collection of what another tool has logged."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from collector.capture.scalar_buffer import ScalarBuffer
from collector.importing.buckets import by_power_of_two
from collector.importing.logged import Logged
from collector.importing.names import parameter, scalar_names
from collector.storage import schema
from collector.storage.blocks import MAX_COUNT
from collector.storage.errors import CollectionError
from collector.storage.writer import CollectionWriter
from collector.version import __version__

_KINDS = ("activation", "weight", "bias", "gradient", "update")
_MOST_NAMED = 40

Spreads = Mapping[int, Mapping[str, Mapping[str, np.ndarray]]]
"""Step → layer → kind → counts ``[129]``."""


def write_collection(logged: Logged, path: Path, *, overwrite: bool = False) -> None:
    """Write its curves, and a pass for each step at which values were spread; without any, one with nothing in it.

    Raises:
        CollectionError: nothing was logged, or the file exists.
        OSError: the file cannot be written.
    """
    names = scalar_names({tag: len(values) for tag, values in logged.scalars.items()})
    spreads, left_out = _spreads(logged)
    steps = sorted(spreads) or [max((max(values) for values in logged.scalars.values()), default=-1)]
    if steps[-1] < 0:
        raise CollectionError(logged.path, "holds neither scalars nor histograms.", "Name the folder of the logs.")
    buffer = ScalarBuffer()
    for tag, values in logged.scalars.items():
        for step in sorted(values):
            buffer.put(names[tag], step, values[step])
    layers = dict.fromkeys(layer for at in spreads.values() for layer in at)
    began = min(logged.seconds.values(), default=0.0)
    header = schema.Header(
        format=schema.FORMAT, version=schema.VERSION, run=_run(logged, steps, began), layers=[*map(_layer, layers)]
    )
    with CollectionWriter(path, header, overwrite=overwrite) as writer:
        for number, step in enumerate(steps):
            _write_scalars(writer, buffer, step)
            seconds = round(logged.seconds.get(step, began) - began, 6)
            writer.write(schema.PassRecord(number, step, seconds=seconds, histograms=spreads.get(step, {})))  # type: ignore[arg-type]
        _write_scalars(writer, buffer, MAX_COUNT)
        for text in (*_told(logged, names, left_out), *logged.notes):
            writer.write(schema.NoteRecord(step=0, text=text))


def _write_scalars(writer: CollectionWriter, buffer: ScalarBuffer, up_to: int) -> None:
    for steps, columns in buffer.take(up_to, rows=False):
        writer.write(schema.StepsRecord(steps.start, steps.stop, columns, steps.step))  # type: ignore[arg-type]


def _spreads(logged: Logged) -> tuple[Spreads, list[str]]:
    """How the parameters' values are spread, and the tags of histograms that are of something else."""
    found: dict[int, dict[str, dict[str, np.ndarray]]] = {}
    left_out = []
    for tag, by_step in logged.histograms.items():
        if (of := parameter(tag)) is None:
            left_out.append(tag)
            continue
        layer, kind = of
        for step, buckets in by_step.items():
            kinds = found.setdefault(step, {}).setdefault(layer, {})
            kinds[kind] = kinds.get(kind, 0) + by_power_of_two(buckets)
    return found, left_out


def _run(logged: Logged, steps: list[int], began: float) -> schema.Run:
    apart = set(np.diff(steps).tolist())
    created = datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds") if began else ""
    return schema.Run(
        created=created,
        interval=apart.pop() if len(apart) == 1 else 1,
        neuron_cap=0,
        framework=logged.source,
        strobe=__version__,
        model=logged.path.resolve().name,
    )


def _layer(name: str) -> schema.Layer:
    """Of a layer nothing is known but how its values are spread."""
    why = "the logs that this was imported from have only how values are spread"
    return schema.Layer(name=name, kind="layer", units=0, stage=name, not_recorded=dict.fromkeys(_KINDS, why))


def _told(logged: Logged, names: Mapping[str, str], left_out: Iterable[str]) -> Iterable[str]:
    yield f"Imported from {logged.source}: it has their curves and distributions, and nothing else was logged."
    renamed = [f"{tag} is {name}" for tag, name in names.items() if tag != name]
    if renamed:
        more = f", and {len(renamed) - _MOST_NAMED} more" if len(renamed) > _MOST_NAMED else ""
        yield f"Names: {', '.join(renamed[:_MOST_NAMED])}{more}."
    if logged.repeated:
        yield f"Of several numbers of one step the last is here: {', '.join(sorted(logged.repeated))[:500]}."
    if logged.histograms:
        yield "Histograms are told by powers of two: within a bucket of the logs its values count as evenly spread."
    if left := list(left_out):
        yield f"Histograms that are not of a parameter or its gradient are left out: {', '.join(left)[:500]}."
