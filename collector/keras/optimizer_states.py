"""What Keras's optimizers hold for each value of a variable."""

from collections.abc import Iterable
from typing import Any

import keras

from collector.keras.optimizers import inner


def states_of(optimizers: Iterable[Any]) -> dict[int, dict[str, keras.Variable]]:
    """``id`` of TensorFlow's variable → Keras's name of a state, as ``momentum`` or ``velocity`` → where it is held.

    Optimizers hold lists of them in the order of their variables, each named after its variable.
    """
    found: dict[int, dict[str, keras.Variable]] = {}
    for optimizer in map(inner, optimizers):
        known = list(getattr(optimizer, "_trainable_variables", ()))
        for attribute, held in vars(optimizer).items():
            if not isinstance(held, list) or len(held) != len(known):
                continue
            for variable, state in zip(known, held, strict=True):
                if isinstance(state, keras.Variable) and state is not variable and state.shape == variable.shape:
                    own = found.setdefault(id(variable.value), {})
                    own[_name_of(state, variable) or attribute.strip("_")] = state
    return found


def _name_of(state: keras.Variable, variable: keras.Variable) -> str:
    """What follows the variable's own name in that of the state; empty where it is not in it."""
    prefix = f"{variable.path.replace('/', '_')}_"
    return state.name.removeprefix(prefix) if state.name.startswith(prefix) else ""
