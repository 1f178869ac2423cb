"""Small recordings that come with the program; ``python -m tests.demos`` makes them."""

from dataclasses import dataclass
from pathlib import Path

import app
from collector.storage.paths import AnyPath

FOLDER = Path(app.__file__).resolve().parent.parent / "resources" / "demos"


@dataclass(frozen=True)
class Demo:
    """One of them.

    Attributes:
        name: of its file, and on the command line.
        title: what the user reads.
        told: what happens in it.
        rule: whose finding is gone to when it is opened; empty: none.
    """

    name: str
    title: str
    told: str
    rule: str = ""

    @property
    def path(self) -> Path:
        """Of its collection."""
        return FOLDER / f"{self.name}.json"


DEMOS = (
    Demo("healthy", "A healthy run", "It learns, and nothing is found."),
    Demo("dead_layer", "A layer that dies", "From step 100 on nothing comes through.", "dead-units"),
    Demo("nan", "A NaN", "One bad picture, and all weights are lost.", "not-finite"),
)
DEFAULT = DEMOS[1]


def is_demo(path: AnyPath) -> bool:
    """Whether a file is one of them."""
    return path.resolve().parent == FOLDER
