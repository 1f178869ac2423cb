"""Where the project lies, and what its tests run in."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A fork has no others."""


def environment() -> dict[str, str]:
    """What the tests run in."""
    return os.environ | ONE_THREAD | {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
