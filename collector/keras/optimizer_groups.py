"""Which variables the optimizers of a Keras model have, and with what options."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from collector.capture.plain_options import plain_options
from collector.keras.optimizer_hooks import OptimizerHooks
from collector.keras.optimizers import inner
from collector.keras.plan import LayerPlan
from collector.keras.step_hooks import StepHooks, trained
from collector.storage.schema import OptimizersRecord, Option, ParameterGroup

_NOT_TOLD = ("name", "built", "jit_compile")
_NAMES = {"beta_1": "beta1", "beta_2": "beta2", "epsilon": "eps"}
"""What Keras calls an option, and what the file does."""


def optimizers_record(step: int, plans: Sequence[LayerPlan], watch: StepHooks) -> OptimizersRecord:
    """Who updates what from this step on, as far as the steps that were watched have shown it."""
    names = parameter_names(plans) | {
        key: each.path for key, each in trained(watch.model).items() if key not in parameter_names(plans)
    }
    rates = {id(each): name for name, each in watch.by_rate().items()}
    groups: list[ParameterGroup] = []
    held: set[int] = set()
    for number, each in enumerate(watch.in_use):
        rate = rates.get(id(each), "")
        for keys, options in _groups(each):
            held.update(keys)
            own = [names[key] for key in keys if key in names]
            kind = type(inner(each.optimizer)).__name__
            groups.append(ParameterGroup(own, kind, number, rate, options))
    return OptimizersRecord(
        step,
        groups,
        in_none=[name for key, name in names.items() if key in watch.keys and key not in held],
        frozen=[name for key, name in names.items() if key not in watch.keys],
    )


def parameter_names(plans: Sequence[LayerPlan]) -> dict[int, str]:
    """``id`` of TensorFlow's variable → its name, as ``dense.weight``; of one that layers share that in the first."""
    found: dict[int, str] = {}
    for plan in plans:
        for name, each in plan.parameters.items() if not plan.is_gone else ():
            found.setdefault(id(each.value), f"{plan.name}.{name}")
    return found


def _groups(watch: OptimizerHooks) -> Iterator[tuple[list[int], dict[str, Option]]]:
    """Variables and options; those that are left out of weight decay are a group of their own."""
    optimizer = inner(watch.optimizer)
    options = _options(vars(optimizer))
    known = list(getattr(optimizer, "_trainable_variables", ()))
    if not known:
        yield sorted(watch.seen), options
        return
    decays = getattr(optimizer, "_use_weight_decay", None)
    if not options.get("weight_decay") or decays is None:
        yield _keys(known), options
        return
    without: dict[str, Option] = {**options, "weight_decay": 0.0}
    for is_decayed, own in ((True, options), (False, without)):
        if keys := _keys(each for each in known if bool(decays(each)) is is_decayed):
            yield keys, own


def _keys(variables: Iterable[Any]) -> list[int]:
    return [id(each.value) for each in variables]


def _options(attributes: Mapping[str, Any]) -> dict[str, Option]:
    own = plain_options(attributes, _NOT_TOLD)
    return {_NAMES.get(name, name): value for name, value in own.items() if not isinstance(value, str)}
