"""Collections of which a part cannot be read."""

from pathlib import Path

from collector import open_collection


def with_damaged_pass(path: Path, number: int, to: Path) -> Path:
    """A copy in which the text of a pass is broken, and all else whole."""
    with open_collection(path) as collection:
        at = collection.passes._entries[number][2]
    content = bytearray(path.read_bytes())
    content[at + 200 : at + 210] = b'""""""""""'
    to.write_bytes(content)
    return to
