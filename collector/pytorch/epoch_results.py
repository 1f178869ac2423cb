"""The results of an epoch, under the names that every collection gives them."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

_HELD_OUT = ("val_", "valid_", "validation_", "eval_")


def results(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The metrics that are single numbers; of held-out data as ``test_…``, whatever the trainer calls them.

    A slash, which stands before a layer's name in a collection, becomes an underscore.
    """
    found = {}
    for given, value in metrics.items():
        name = given.replace("/", "_")
        if (isinstance(value, Tensor) and value.numel() == 1) or isinstance(value, int | float):
            prefix = next((each for each in _HELD_OUT if name.startswith(each)), None)
            found[name if prefix is None else f"test_{name.removeprefix(prefix)}"] = float(value)
    return found
