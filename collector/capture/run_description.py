"""The run as the header describes it: what can be seen of it, and what a person says of it beside that."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from collector.storage import schema
from collector.version import __version__

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


def describe_run(about: Mapping[str, Any], **seen: Any) -> schema.Run:
    """The run as the header holds it.

    Args:
        about: adds to what can be seen, or corrects it.
        seen: further fields of `schema.Run`.

    Raises:
        ValueError: ``about`` cannot be stored.
    """
    check_about(about)
    created = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
    return schema.Run(**({"created": created, "strobe": __version__} | seen | dict(about)))
