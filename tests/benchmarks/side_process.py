"""A process for one side of `peers`, so that what it does to torch or leaves running behind it slows no other.

Reads commands, a JSON list on each line: ``["start", model]``, ``["block", steps]``, ``["end"]``; answers each with a
JSON object on a line: ``{"seconds": …}``, at the end ``{"told": …}``, or ``{"cannot": why}``.
"""

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from tests.benchmarks.sides import Plain


class Answering:
    """Does what the commands say."""

    def __init__(self, make: type[Plain], folder: Path) -> None:
        self._make = make
        self._folder = folder
        self._side: Plain | None = None

    def answer(self, command: str, *given: Any) -> dict[str, Any]:
        """The answer to one command."""
        try:
            found = getattr(self, command)(*given)
            return {"told": found} if command == "end" else {"seconds": found}
        except ImportError as error:
            return {"cannot": f"not installed: {error.name}"}
        except Exception as error:  # noqa: BLE001 - others are still to be measured
            return {"cannot": f"{type(error).__name__}: {error}".splitlines()[0][:200]}

    def start(self, model: str) -> float:
        self.end()
        self._side = self._make(model, self._folder)
        return self._side.seconds_of_block(1)

    def block(self, n_steps: int) -> float:
        if self._side is None:
            raise RuntimeError("it was not started")
        return self._side.seconds_of_block(n_steps)

    def end(self) -> str:
        side, self._side = self._side, None
        return "" if side is None else side.end() or ""


def main(room: str, name: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the packages print is no answer
    # Gradients of batches learnt by heart become subnormal numbers, which slow every training down.
    torch.set_flush_denormal(True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        answering = Answering(getattr(import_module(room), name), Path(folder))
        for line in sys.stdin:
            print(json.dumps(answering.answer(*json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
