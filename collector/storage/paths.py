"""Paths as people write them."""

import os
from pathlib import Path


def expanded(path: Path | str) -> Path:
    """The path with ``~`` and ``~name`` at its beginning replaced by that person's folder, where there is one."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises where there is nobody of that name
