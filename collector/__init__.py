"""Records what happens inside a network while it learns, and reads it back.

Public: `Collector` (PyTorch), `open_collection`. They are imported when they are first used, so that reading a
collection loads neither framework.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collector.pytorch import Collector
    from collector.storage import open_collection

__version__ = "0.1.0"
__all__ = ["Collector", "open_collection"]

_HOMES = {"Collector": "collector.pytorch", "open_collection": "collector.storage"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
