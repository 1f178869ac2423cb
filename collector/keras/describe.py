"""What a user says of a run, checked and described."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import keras
import tensorflow as tf

from collector.capture.about import check_about
from collector.capture.units import check_plan
from collector.keras.optimizers import optimizers_of
from collector.storage import schema
from collector.version import __version__


def check_options(interval: object, neuron_cap: object, unit_rule: str, about: Mapping[str, Any]) -> None:
    """Whether a run can be collected in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(f"Keras runs on {keras.backend.backend()} here; only its TensorFlow backend can be collected")
    if not isinstance(interval, int) or interval < 1:
        raise ValueError(f"interval is {interval!r}; it must be a whole number, 1 or more")
    if not isinstance(neuron_cap, int):
        raise ValueError(f"neuron_cap is {neuron_cap!r}; it must be a whole number, 0 (keep all) or more")
    check_plan(neuron_cap, unit_rule)
    check_about(about)


def describe_run(
    model: keras.Model,
    params: Mapping[str, Any],
    interval: int,
    neuron_cap: int,
    unit_rule: str,
    about: Mapping[str, Any],
) -> schema.Run:
    """The run as the header holds it; ``about`` adds to what can be seen, or corrects it.

    Args:
        params: what `fit` tells its callbacks: epochs, and steps of one where they are known.
    """
    steps, epochs = params.get("steps"), params.get("epochs")
    seen: dict[str, Any] = {
        "created": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        "interval": interval,
        "neuron_cap": neuron_cap,
        "unit_rule": unit_rule,
        "framework": f"keras {keras.__version__} on tensorflow {tf.__version__}",
        "strobe": __version__,
        "model": model.name,
        "optimizer": ", ".join(type(each).__name__ for each in optimizers_of(model)),
        "total_steps": steps * epochs if steps and epochs else None,
    }
    return schema.Run(**(seen | dict(about)))
