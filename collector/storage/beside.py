"""Files beside a collection: the one that is to take its place, what a killed run has left of such, and a way out."""

import os
import re
import secrets
from itertools import count
from pathlib import Path

from collector.storage.errors import BeingRecordedError
from collector.storage.locks import lock, unlock
from collector.storage.owned_file import OwnedFile

_LITTER = re.compile(r"\.strobe-[0-9a-f]{16}")


def made_beside(place: Path) -> OwnedFile:
    """A new file in the folder of ``place``, which it is to replace, under a name that nobody can guess.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        try:
            file = OwnedFile(place.with_name(f".strobe-{secrets.token_hex(8)}"))
        except BeingRecordedError:  # another start has taken it for litter before it was locked
            continue
        if not file.is_elsewhere:
            return file
        file.close()


def remove_litter(folder: Path) -> None:
    """Remove what killed runs have left of such files. One that is being written is locked, and stays."""
    try:
        found = [Path(each.path) for each in os.scandir(folder) if _LITTER.fullmatch(each.name)]
    except OSError:
        return
    for path in found:
        try:
            file = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        except OSError:
            continue
        try:
            is_ours = lock(file, path)
        except BeingRecordedError:
            is_ours = False
        try:
            if is_ours:
                path.unlink(missing_ok=True)
        except OSError:  # not ours to remove
            pass
        finally:
            if is_ours:
                unlock(file)
            os.close(file)


def going_on(named: Path) -> OwnedFile:
    """A new file to go on in where the one of this name is gone: ``run-2.json`` for ``run.json``.

    Raises:
        OSError: it cannot be made.
    """
    named.parent.mkdir(parents=True, exist_ok=True)
    for number in count(2):
        try:
            return OwnedFile(named.with_name(f"{named.stem}-{number}{named.suffix}"))
        except (FileExistsError, BeingRecordedError):
            continue
    raise AssertionError("there is always another number")
