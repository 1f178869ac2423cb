"""Collections and passes of which a part cannot be read."""

from pathlib import Path

from collector import open_collection
from collector.storage.blocks import Block
from collector.storage.passes import Pass
from tests.app.made_up import MadeUpRun


def with_damaged_pass(path: Path, number: int, to: Path) -> Path:
    """A copy in which the text of a pass is broken, and all else whole."""
    with open_collection(path) as collection:
        at = collection.passes._entries[number][2]
    content = bytearray(path.read_bytes())
    content[at + 200 : at + 210] = b'""""""""""'
    to.write_bytes(content)
    return to


def damaged(run: MadeUpRun, number: int, layer: str, kind: str) -> Pass:
    """The pass, one of whose arrays is cut off, as `Passes.salvaged` gives it."""
    pass_ = run.passes[number]
    pass_._say = lambda problem: None
    pass_.layers[layer].__dict__.pop(kind, None)
    setattr(pass_.layers[layer]._record, kind, Block("<f4", [4, 4], "AAAA"))
    return pass_
