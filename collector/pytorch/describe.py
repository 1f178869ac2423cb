"""What a user says of a run, checked and described."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from os import PathLike
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from collector.capture.about import check_about
from collector.capture.units import check_plan
from collector.pytorch.modules import parameters_in
from collector.pytorch.optimizers import around_optimizer, inner_optimizer, kinds_of
from collector.storage import schema
from collector.version import __version__


def check_options(model: object, interval: object, neuron_cap: object, unit_rule: str) -> None:
    """Whether a run can be collected in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if not isinstance(model, nn.Module):
        several = "; several are one as torch.nn.ModuleDict" if isinstance(model, list | tuple | dict) else ""
        raise ValueError(f"model is of type {type(model).__name__}; give a torch.nn.Module{several}")
    if any(is_lazy(parameter) for parameter in parameters_in(model)):
        raise ValueError("the model has layers whose sizes are not known yet; run it once before it is collected")
    if not isinstance(interval, int) or interval < 1:
        raise ValueError(f"interval is {interval!r}; it must be a whole number, 1 or more")
    if not isinstance(neuron_cap, int):
        raise ValueError(f"neuron_cap is {neuron_cap!r}; it must be a whole number, 0 (keep all) or more")
    check_plan(neuron_cap, unit_rule)


def check_path(path: object) -> None:
    """Whether a file can be called so.

    Raises:
        ValueError: it is no path.
    """
    if not isinstance(path, str | PathLike):
        raise ValueError(f"path is of type {type(path).__name__}; give the name of the file to be written")


def check_optimizers(given: Any) -> tuple[list[Any], list[Any]]:
    """The optimizers, out of what libraries put around them; and what is put around them.

    Raises:
        ValueError: there is none, or something else.
    """
    if isinstance(given, Mapping):
        given = list(given.values())
    each_given = list(given) if isinstance(given, list | tuple) else [given]
    optimizers = [inner_optimizer(each) for each in each_given]
    strange = [each for each in optimizers if not callable(getattr(each, "step", None)) or isinstance(each, type)]
    if strange or not optimizers:
        found = f"of type {type(strange[0]).__name__}" if strange else "an empty list"
        raise ValueError(f"optimizer is {found}; give a torch.optim.Optimizer, or a list of them")
    if len({id(each) for each in optimizers}) < len(optimizers):
        raise ValueError("optimizer names one optimizer twice; a step ends with the update of the last one")
    return optimizers, [outer for each in each_given for outer in around_optimizer(each)]


def describe_run(
    model: nn.Module,
    optimizers: Sequence[Any],
    interval: int,
    neuron_cap: int,
    unit_rule: str,
    about: Mapping[str, Any],
) -> schema.Run:
    """The run as the header holds it; ``about`` adds to what can be seen, or corrects it.

    Raises:
        ValueError: ``about`` cannot be stored.
    """
    check_about(about)
    seen: dict[str, Any] = {
        "created": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        "interval": interval,
        "neuron_cap": neuron_cap,
        "unit_rule": unit_rule,
        "framework": f"torch {torch.__version__}",
        "strobe": __version__,
        "model": type(model).__name__,
        "optimizer": kinds_of(optimizers),
    }
    return schema.Run(**(seen | dict(about)))
