"""What Keras's optimizers hold for each value of a variable."""

from collections.abc import Iterable
from typing import Any

import keras

from collector.keras.optimizers import inner


def states_of(optimizers: Iterable[Any]) -> tuple[dict[int, dict[str, keras.Variable]], set[str]]:
    """What optimizers hold, in lists in the order of their variables, each named after its variable.

    ``_variables`` is no such list: it has all that they hold, the rate among it.

    Returns:
        ``id`` of TensorFlow's variable → Keras's name of a state, as ``momentum`` or ``velocity`` → where it is held;
        and the names of those that are no numbers of each value, as Adafactor's rows and columns.
    """
    found: dict[int, dict[str, keras.Variable]] = {}
    left_out = set[str]()
    for optimizer in map(inner, optimizers):
        known = list(getattr(optimizer, "_trainable_variables", ()))
        for attribute, held in vars(optimizer).items():
            if attribute == "_variables" or not isinstance(held, list) or len(held) != len(known):
                continue
            for variable, state in zip(known, held, strict=True):
                if not isinstance(state, keras.Variable) or state is variable:
                    continue
                name = _name_of(state, variable) or attribute.strip("_")
                if state.shape == variable.shape:
                    found.setdefault(id(variable.value), {})[name] = state
                elif state.shape:
                    left_out.add(name)
    return found, left_out


def _name_of(state: keras.Variable, variable: keras.Variable) -> str:
    """What follows the variable's own name in that of the state; empty where it is not in it."""
    prefix = f"{variable.path.replace('/', '_')}_"
    return state.name.removeprefix(prefix) if state.name.startswith(prefix) else ""
