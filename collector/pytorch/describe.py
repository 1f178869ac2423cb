"""What a user says of a run, checked and described."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

import collector
from collector.capture.units import check_plan
from collector.storage import schema


def check_options(model: object, interval: object, neuron_cap: object, unit_rule: str) -> None:
    """Whether a run can be collected in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if not isinstance(model, nn.Module):
        raise ValueError(f"model is of type {type(model).__name__}; give a torch.nn.Module")
    if any(is_lazy(parameter) for parameter in model.parameters()):
        raise ValueError("the model has layers whose sizes are not known yet; run it once before it is collected")
    if not isinstance(interval, int) or interval < 1:
        raise ValueError(f"interval is {interval!r}; it must be a whole number, 1 or more")
    if not isinstance(neuron_cap, int):
        raise ValueError(f"neuron_cap is {neuron_cap!r}; it must be a whole number, 0 (keep all) or more")
    check_plan(neuron_cap, unit_rule)


def describe_run(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    interval: int,
    neuron_cap: int,
    unit_rule: str,
    about: Mapping[str, Any],
) -> schema.Run:
    """The run as the header holds it; ``about`` adds to what can be seen, or corrects it.

    Raises:
        ValueError: ``about`` names something that `schema.Run` does not have.
    """
    unknown = sorted(set(about) - set(schema.Run.__struct_fields__))
    if unknown:
        known = ", ".join(schema.Run.__struct_fields__)
        raise ValueError(f"about has {', '.join(map(repr, unknown))}; what it may say is: {known}")
    seen: dict[str, Any] = {
        "created": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        "interval": interval,
        "neuron_cap": neuron_cap,
        "unit_rule": unit_rule,
        "framework": f"torch {torch.__version__}",
        "strobe": collector.__version__,
        "model": type(model).__name__,
        "optimizer": type(optimizer).__name__,
    }
    return schema.Run(**(seen | dict(about)))
