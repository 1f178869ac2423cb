"""Whether a run can go on in a collection: its passes before and after must mean the same."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from collector.storage.header import HeaderLine
from collector.storage.layer import Layer

_RUN = ("interval", "neuron_cap", "unit_rule", "steps_per_epoch")
_INSIGHT = ("interval", "thresholds", "parameters", "sample", "sample_seed", "sign_interval", "sign_columns")


def differences(before: HeaderLine, now: HeaderLine) -> Iterator[str]:
    """In what two first lines are not of one run, a phrase each: ``interval 50, and here 10``."""
    for name in _RUN:
        yield from _unlike(name, getattr(before.run, name), getattr(now.run, name))
    yield from _layers(before.layers, now.layers)
    yield from _probe(before, now)
    yield from _insight(before, now)
    for what, option in (("similarity", "comparison of layers"), ("augmentations", "augmented sample")):
        yield from _described(f"another {option}", getattr(before, what), getattr(now, what))
    yield from _described("other samples or layers to be projected", before.projection, now.projection)
    yield from _described("other samples or layers of stories", before.stories, now.stories)
    yield from _described("other metrics", before.metrics, now.metrics)


def changes(before: HeaderLine, now: HeaderLine) -> Iterator[str]:
    """What may well differ when a run goes on, but should be known: ``optimizer SGD instead of AdamW``."""
    for name in ("framework", "strobe", "model", "optimizer", "dataset", "data_used", "seed", "budget"):
        was, is_now = getattr(before.run, name), getattr(now.run, name)
        if was != is_now:
            yield f"{name} {is_now} instead of {was}"


def _unlike(what: str, before: object, now: object) -> Iterator[str]:
    if not _same(before, now):
        yield f"{what} {_in_words(before)}, and here {_in_words(now)}"


def _layers(before: Mapping[str, Layer], now: Mapping[str, Layer]) -> Iterator[str]:
    gone, come = [name for name in before if name not in now], [name for name in now if name not in before]
    if gone or come:
        if gone:
            yield f"a layer {gone[0]!r} that this model does not have"
        if come:
            yield f"no layer {come[0]!r}, which this model has"
    elif list(before) != list(now):
        yield "the same layers in another order"
    for name in (name for name in before if name in now):
        yield from _layer(before[name], now[name])


def _layer(before: Layer, now: Layer) -> Iterator[str]:
    name = repr(before.name)
    yield from _unlike(f"{name} as a", before.kind, now.kind)
    for parameter in dict.fromkeys([*before.parameters, *now.parameters]):
        shapes = before.parameters.get(parameter), now.parameters.get(parameter)
        yield from _unlike(f"{parameter} of {name}", *shapes)
    yield from _unlike(f"units of {name}", before.units, now.units)
    yield from _unlike(f"output of {name}", before.output_shape, now.output_shape)
    yield from _unlike(f"{name} reading", before.reads, now.reads)
    plans = ((each.stage, each.kept, each.input_units, each.input_kept, each.input_block) for each in (before, now))
    yield from _described(f"other units kept of {name}", *plans)
    # The reasons are sentences, which may be put in other words.
    yield from _described(f"other arrays recorded of {name}", *(set(each.not_recorded) for each in (before, now)))


def _probe(before: HeaderLine, now: HeaderLine) -> Iterator[str]:
    probes = (before.probe, now.probe)
    sizes = [0 if probe is None else len(probe) for probe in probes]
    if sizes[0] != sizes[1]:
        yield f"a probe of {sizes[0]} samples, and here of {sizes[1]}"
    else:
        yield from _described(
            "a probe of other samples", *(None if probe is None else (probe.inputs, probe.labels) for probe in probes)
        )


def _insight(before: HeaderLine, now: HeaderLine) -> Iterator[str]:
    was, is_now = before.insight, now.insight
    if was is None or is_now is None:
        yield from _described("gradients followed, and here none" if was else "no gradients followed", was, is_now)
        return
    for name in _INSIGHT:
        yield from _unlike(f"insight {name}", getattr(was, name), getattr(is_now, name))
    yield from _described("other parameters in the raster of signs", was.bands, is_now.bands)


def _described(what: str, before: Any, now: Any) -> Iterator[str]:
    if not _same(before, now):
        yield what


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        is_real = one.dtype.kind == other.dtype.kind == "f"
        return np.array_equal(one, other, equal_nan=is_real)
    if is_dataclass(one) and type(one) is type(other):
        return all(_same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(type(one) is type(other) and one == other)


def _in_words(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(str, value))}]"
    return str(value)
