"""What a module or a layer of a framework's own was made with, as the file can hold it."""

from collections.abc import Collection, Mapping
from typing import Any

from collector.storage.schema import Option

_MOST = 32


def plain_options(attributes: Mapping[str, Any], left_out: Collection[str] = ()) -> dict[str, Option]:
    """Numbers, switches and words among the attributes of an object, but for private ones and those ``left_out``."""
    options: dict[str, Option] = {}
    for name, value in attributes.items():
        is_told = not name.startswith("_") and name not in left_out and isinstance(value, bool | int | float | str)
        if is_told and len(options) < _MOST:
            options[name] = value
    return options
