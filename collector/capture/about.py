"""What a person says of a run beside what can be seen of it."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from collector.storage import schema

_LEAST = {"created": "", "interval": 1, "neuron_cap": 0}
"""What a run cannot be without."""


def check_about(about: Mapping[str, Any]) -> None:
    """Whether the header can hold it.

    Raises:
        ValueError: it names something that `schema.Run` does not have, or says it in another type.
    """
    unknown = sorted(set(about) - set(schema.Run.__struct_fields__))
    if unknown:
        known = ", ".join(schema.Run.__struct_fields__)
        raise ValueError(f"about has {', '.join(map(repr, unknown))}; what it may say is: {known}")
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in about.items()}
    try:
        msgspec.convert(_LEAST | plain, schema.Run)
    except msgspec.ValidationError as error:
        raise ValueError(f"about cannot be stored: {error}") from None
