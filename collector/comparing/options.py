"""What two runs were told: only where they were told different things."""

from collections.abc import Iterator, Mapping
from typing import Any

from collector.comparing.comparison import OptionDifference
from collector.comparing.pairing import Pairing
from collector.storage.reader import Collection
from collector.storage.schema import Option

_OF_RUN = {
    "model": "option",
    "optimizer": "option",
    "seed": "option",
    "ranks": "option",
    "backend": "option",
    "steps_per_epoch": "option",
    "total_steps": "option",
    "dataset": "data",
    "data_used": "data",
    "framework": "version",
    "strobe": "version",
    "interval": "recording",
    "neuron_cap": "recording",
    "unit_rule": "recording",
    "budget": "recording",
}
"""Fields of `schema.Run` and what a difference in them is of."""

_RECORDING = frozenset((
    "interval", "insight_interval", "insight_sample", "sign_interval", "sign_columns", "neuron_cap", "unit_rule",
    "probe_samples", "similarity_samples", "similarity_interval", "similarity_features", "augmentations",
    "feature_maps", "feature_samples", "projection_samples", "projection_layers", "story_samples",
    "story_interval", "budget",
))  # fmt: skip
"""Options of Strobe's own command that change nothing of the training."""

_DATA = frozenset(("dataset", "strict_data"))
_LENGTH = frozenset(("epochs", "total_steps"))
"""How long a run was meant to be, which changes no step of it."""


def option_differences(a: Collection, b: Collection, layers: Pairing) -> list[OptionDifference]:
    """What differs, what explains most first: options, data, groups, layers, versions, recording."""
    found = [*_of_runs(a, b), *_of_groups(a, b), *_of_layers(a, b, layers)]
    order = ("option", "data", "group", "layer", "version", "recording")
    return sorted(found, key=lambda each: order.index(each.kind))


def is_cause(difference: OptionDifference) -> bool:
    """Whether it can make two trainings differ by what was asked for."""
    is_length = difference.kind == "option" and difference.name in _LENGTH
    return difference.kind not in ("version", "recording") and not is_length


def _of_runs(a: Collection, b: Collection) -> Iterator[OptionDifference]:
    told = set()
    for name, kind in _OF_RUN.items():
        one, other = getattr(a.run, name), getattr(b.run, name)
        told.add(name)
        if one != other:
            is_name = name == "model" and _family(a) != _family(b)  # of a class, which says nothing across frameworks
            yield OptionDifference(kind="version" if is_name else kind, name=name, a=one, b=other)  # type: ignore[arg-type]
    for name in dict.fromkeys([*a.run.options, *b.run.options]):
        one, other = a.run.options.get(name), b.run.options.get(name)
        if one != other and name not in told:
            kind = "recording" if name in _RECORDING else "data" if name in _DATA else "option"
            yield OptionDifference(kind=kind, name=name, a=one, b=other)  # type: ignore[arg-type]
    for name in dict.fromkeys([*a.run.environment, *b.run.environment]):
        one, other = a.run.environment.get(name), b.run.environment.get(name)
        if one != other and a.run.environment and b.run.environment:
            yield OptionDifference(kind="version", name=name, a=one, b=other)


def _of_groups(a: Collection, b: Collection) -> Iterator[OptionDifference]:
    """The groups of both as they were at the start, and each change of them that the other does not have."""
    before: dict[str, tuple[Option, Option]] = {}
    steps = sorted({each.step for each in (*a.optimizers, *b.optimizers)})
    if not a.optimizers or not b.optimizers:
        return
    for step in steps:
        of_a, of_b = _groups_at(a, step), _groups_at(b, step)
        for name in dict.fromkeys([*of_a, *of_b]):
            values = of_a.get(name), of_b.get(name)
            if values[0] != values[1] and before.get(name) != values:
                yield OptionDifference(kind="group", name=name, a=values[0], b=values[1], step=step)
            before[name] = values


def _groups_at(collection: Collection, step: int) -> dict[str, Option]:
    records = [each for each in collection.optimizers if each.step <= step]
    if not records:
        return {}
    found: dict[str, Option] = {}
    record = records[-1]
    for number, group in enumerate(record.groups):
        front = f"group {number} " if len(record.groups) > 1 else ""
        found[f"{front}optimizer"] = group.optimizer
        found[f"{front}parameters"] = len(group.parameters)
        found |= {front + name: value for name, value in group.options.items()}
    found["parameters in no optimizer"] = ", ".join(record.in_none)
    found["frozen parameters"] = ", ".join(record.frozen)
    return found


def _of_layers(a: Collection, b: Collection, layers: Pairing) -> Iterator[OptionDifference]:
    of_a, of_b = _modules(a), _modules(b)
    partner = {each.a: each.b for each in layers.pairs}
    for name, (kind, options) in of_a.items():
        other = of_b.get(partner.get(name, name))
        if other is None:
            continue
        if _family(a) == _family(b):
            pairs = {"kind": (kind, other[0])} | {
                key: (options.get(key), other[1].get(key)) for key in dict.fromkeys([*options, *other[1]])
            }
            for key, (one, another) in pairs.items():
                if one != another:
                    yield OptionDifference(kind="layer", name=key, a=one, b=another, layer=name)


def _modules(collection: Collection) -> dict[str, tuple[str, Mapping[str, Any]]]:
    called = {each.module: (each.kind, each.options) for each in collection.flow if each.role == "call"}
    return called | {name: (each.kind, each.options) for name, each in collection.layers.items()}


def _family(collection: Collection) -> str:
    return collection.run.framework.partition(" ")[0]
