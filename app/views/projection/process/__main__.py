"""Run by the window: ``python -m app.views.projection.process COLLECTION SOURCE METHOD SETTING``.

With a second collection, what it is fitted on besides: ``… PATH SOURCE KEY IS_FIRST``.

Tells of itself line by line.
"""

import os
import sys
import threading
import warnings

from app.views.projection.analysis.projection_request import FittedWith, Method, ProjectionRequest

CANNOT = 3
"""Exit code for what is told on the last line of stderr, in words for the user."""


def main(arguments: list[str]) -> int:
    """Compute, until it is done or the window goes; the exit code."""
    path, source, method, setting, *beside = arguments
    fitted_with = FittedWith(beside[0], beside[1], beside[2], is_first=beside[3] == "1") if beside else None
    threading.Thread(target=_end_with_the_window, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)  # the window, and a training, come first
    warnings.simplefilter("ignore")  # what the libraries remark is for their own users
    from app.views.projection.process.work import CannotProjectError, work
    from collector.storage import CollectionError, UnreachableError
    from collector.storage.paths import located

    try:
        work(located(path), ProjectionRequest(source, Method[method], int(setting), fitted_with), _say)
    except (CannotProjectError, CollectionError, UnreachableError) as error:
        sys.stderr.write(f"{error}\n")
        return CANNOT
    except OSError as error:
        sys.stderr.write(f"The layout cannot be kept: {error.strerror or error}.\n")
        return CANNOT
    return 0


def _say(line: str) -> None:
    # Not what sys.stdout may stand for while a library talks.
    assert sys.__stdout__ is not None
    sys.__stdout__.write(line + "\n")
    sys.__stdout__.flush()


def _end_with_the_window() -> None:
    """The window holds the other end of our input, whatever becomes of it."""
    while os.read(0, 1):  # not through sys.stdin, whose lock would be held when the work is done
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
