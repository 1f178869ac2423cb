"""A comparison as a small file that opens again: which two, on which clock, and what a person has mended."""

import os
from pathlib import Path
from typing import Literal

import msgspec

from collector.comparing.clocks import Clock
from collector.comparing.pair import TOLERANCE
from collector.storage.errors import CollectionError, NewerVersionError, NotACollectionError
from collector.storage.paths import AnyPath, RemotePath, located

FORMAT = "strobe.compared"
VERSION = 1
MOST_BYTES = 2**24


class Filters(msgspec.Struct, omit_defaults=True, frozen=True):
    """What of the differences is looked at."""

    metric: str = ""
    layers: list[str] = []
    """Empty: all."""
    mode: Literal["", "a", "b", "difference"] = ""


class SavedComparison(msgspec.Struct, kw_only=True, frozen=True):
    """What is compared with what, and how."""

    format: str = FORMAT
    version: int = VERSION
    a: str
    """Path of the collection, from the folder of this file."""
    b: str
    clock: Clock = "step"
    offset: float = 0
    tolerance: float = TOLERANCE
    layers: dict[str, str | None] = {}
    """Pairs made by hand; see `collector.comparing.paired`."""
    repeats: list[str] = []
    filters: Filters = msgspec.field(default_factory=Filters)

    def swapped(self) -> "SavedComparison":
        """B for A and A for B. Repeats of A tell nothing then, and are left out, as is what was looked at."""
        layers: dict[str, str | None] = {other: one for one, other in self.layers.items() if other is not None}
        return SavedComparison(
            a=self.b, b=self.a, clock=self.clock, offset=-self.offset, tolerance=self.tolerance, layers=layers
        )


def save(comparison: SavedComparison, path: Path) -> None:
    """Write it, with paths that stay right where its folder is moved together with the collections.

    Raises:
        CollectionError: the file cannot be written.
    """
    folder = path.resolve().parent

    def seen(name: str) -> str:
        place = located(name)
        if isinstance(place, RemotePath):
            return str(place)
        return Path(os.path.relpath(place.resolve(), folder)).as_posix()

    stored = msgspec.structs.replace(
        comparison, a=seen(comparison.a), b=seen(comparison.b), repeats=[seen(each) for each in comparison.repeats]
    )
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n")
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}."
        raise CollectionError(path, problem, "Choose another place for the file.") from None


def is_saved_comparison(path: AnyPath) -> bool:
    """Whether the file begins as one of these, which lie on this machine."""
    if isinstance(path, RemotePath):
        return False
    try:
        with path.open("rb") as file:
            return f'"{FORMAT}"'.encode() in file.read(256)
    except OSError:
        return False


def load(path: AnyPath) -> SavedComparison:
    """Read it; its paths are those of the files now.

    Raises:
        CollectionError: what is wrong with the file, in words.
    """
    if isinstance(path, RemotePath):
        raise NotACollectionError(path, "is an address.", "Download the saved comparison, and open the copy.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotACollectionError(path, "is far too large for a saved comparison.", "Open another file.")
        found = msgspec.json.decode(path.read_bytes(), type=SavedComparison)
    except OSError as error:
        raise CollectionError(path, f"cannot be read: {error.strerror or error}.") from None
    except msgspec.MsgspecError as error:
        raise NotACollectionError(path, f"is no saved comparison: {error}.", "Save it again.") from None
    if found.format != FORMAT:
        raise NotACollectionError(path, "is no saved comparison.", "Open a file that a comparison was saved to.")
    if found.version > VERSION:
        problem = f"has version {found.version}; this Strobe reads up to {VERSION}."
        raise NewerVersionError(path, problem, "Update Strobe to open it.")
    folder = path.parent
    named = (found.a, found.b, *found.repeats)
    here = [each if isinstance(located(each), RemotePath) else str(folder / each) for each in named]
    return msgspec.structs.replace(found, a=here[0], b=here[1], repeats=here[2:])
