"""A process that has imported the heavy packages, and makes a child of itself for each list of tests.

Started with the folder of a project's copy; reads one line for each change, a JSON list of arguments for pytest, and
answers with a line that holds the exit code. The child imports the project's own code, changed or not, anew.
"""

import importlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

HEAVY = ("torch", "pandas", "sklearn.preprocessing", "PIL.Image", "matplotlib.backends.backend_agg", "msgspec")
"""What many tests import, and no change is made to."""


def main() -> None:
    """Answer until there is no more to read."""
    sys.path.insert(0, str(Path.cwd()))
    answers = os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (1, 2):
        os.dup2(nothing, number)
    pytest.main(["--collect-only", "-p", "no:cacheprovider", str(Path(__file__).parent)])  # which loads its plugins
    for name in HEAVY:
        with suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            os.dup2(nothing, 0)
            os._exit(int(pytest.main(json.loads(line)["arguments"])))
        answers.write(f"{child}\n")
        answers.flush()
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    main()
