"""The command `strobe`, where Strobe is installed."""

import os
import sys
from pathlib import Path


def command() -> int:
    """Do what `main.py` does with the arguments of this process; its exit code."""
    import platformdirs

    # As Python does for a script: what lies beside main.py comes first, whatever else is called app, data or models.
    sys.path.insert(0, str(Path(__file__).parent))
    # Pictures that are downloaded are no part of the program, and are kept when it is replaced.
    downloads = platformdirs.user_data_path("strobe", appauthor=False) / "downloads"
    os.environ.setdefault("STROBE_DATA_ROOT", str(downloads))
    from main import main

    return main()
