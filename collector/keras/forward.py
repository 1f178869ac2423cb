"""How a model is run on samples: it is called, or as the user says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

ProbeCall = Callable[[Any, Any], Any]
"""The model and inputs → what it gives for them."""

_OTHERWISE = "; where it is to be run otherwise, give probe_call=lambda model, inputs: …"


@dataclass(frozen=True)
class Forward:
    """Runs a model in evaluation mode.

    Attributes:
        own: the user's own way; None: the model is called.
    """

    model: keras.Model
    own: ProbeCall | None = None

    def __call__(self, inputs: Any) -> Any:
        """What it gives for these inputs, as the model takes them."""
        if self.own is not None:
            return self.own(self.model, inputs)
        has_modes = getattr(self.model, "_call_has_training_arg", True)
        return self.model(inputs, training=False) if has_modes else self.model(inputs)

    @property
    def way_out(self) -> str:
        """What ends a sentence on why the model could not run; empty where the user's own way was taken."""
        return "" if self.own is not None else _OTHERWISE


def check_probe_call(given: Any) -> None:
    """Whether an option says how a model is run.

    Raises:
        ValueError: it does not.
    """
    if given is not None and not callable(given):
        raise ValueError(
            f"probe_call is of type {type(given).__name__}; give a function that runs the model on samples, as "
            "probe_call=lambda model, inputs: model.decode(inputs)"
        )
