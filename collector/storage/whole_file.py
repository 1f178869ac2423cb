"""Files that are there whole or not at all."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file beside ``path``, which takes its place at the end of the passage unless an error ends it.

    Its name cannot be guessed and it is never one that is there, so that no link that somebody planted is followed.
    What a killed process has left of such a file is removed.
    """
    litter = re.compile(re.escape(path.name) + r"\.[0-9a-f]{16}\.partial")
    for each in path.parent.iterdir():
        if litter.fullmatch(each.name):
            each.unlink(missing_ok=True)
    partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(partial, flags, 0o666), "wb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
