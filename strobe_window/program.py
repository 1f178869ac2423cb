"""What the command is called here, and what it says where this Python lacks something."""

import sys
from pathlib import Path

_FOLDER = Path(__file__).parent
IS_INSTALLED = (_FOLDER / "main.py").is_file()
"""Whether this is the installed command; in a clone main.py lies beside this folder."""

PROGRAM = "strobe" if IS_INSTALLED else "python main.py"
"""What a person writes to start it."""

OLDEST_PYTHON = (3, 11)


def what_lacks(error: ModuleNotFoundError) -> str | None:
    """In words what to do about a package that is not there; None where the module is one of Strobe's own.

    Args:
        error: names the module that could not be imported.
    """
    lacking = (error.name or "").partition(".")[0]
    if not lacking or (_FOLDER if IS_INSTALLED else _FOLDER.parent).joinpath(lacking).is_dir():
        return None
    told = f"{lacking} is needed and is not installed for {sys.executable}."
    pip = f"{sys.executable} -m pip install"
    if lacking in ("keras", "tensorflow"):
        return f"{told} Keras's models train with it: {pip} tensorflow"
    if IS_INSTALLED:
        return f"{told} Training takes it, and Strobe's extra brings it: pipx install --force '.[train]'"
    own = _FOLDER.parent / ".venv" / "bin" / "python"
    if own.is_file() and Path(sys.prefix).resolve() != own.parent.parent.resolve():
        return f"{told} It was installed for .venv/bin/python: start with that."
    return f"{told} `make run` installs all that running takes into .venv, or: {pip} -r requirements/run.txt"


def refuse_old_python() -> None:
    """End in words where Python is older than what Strobe is written for."""
    if sys.version_info < OLDEST_PYTHON:
        has = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Strobe needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer, and {sys.executable} is {has}.")
