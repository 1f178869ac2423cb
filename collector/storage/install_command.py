"""How a package comes to the Python that lacks it."""

import sys
from pathlib import Path


def install_command(*packages: str) -> str:
    """What to type so that this very Python has packages; in an environment of pipx there need not be a pip."""
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").is_file():
        return f"pipx inject {environment.name} {' '.join(packages)}"
    return f"{sys.executable} -m pip install {' '.join(packages)}"
