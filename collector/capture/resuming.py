"""A run that goes on in the file that an earlier process has left.

``resume=True`` goes on behind the last recorded step. A number goes on with that step, which a checkpoint was saved
before: what the file holds of it and of later steps goes, because those steps are taken anew. Where there is no file
the run begins, so that one line of a script serves both.

Passes, steps, epochs and seconds are counted on. What is made of two consecutive steps, and the moving averages, begin
anew, as at the start of a run.
"""

from pathlib import Path

import numpy as np

from collector.storage.earlier import EarlierRun

Resume = bool | int


def check_resume(resume: object, *, overwrite: bool) -> None:
    """Whether a run can be resumed in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if isinstance(resume, bool) and not resume:
        return
    if overwrite:
        raise ValueError("overwrite replaces the file and resume goes on with it; choose one")
    if not isinstance(resume, int | np.integer) or resume < 0:
        raise ValueError(f"resume is {resume!r}; give True, or the step to go on with: a whole number from 0 on")


def earlier_run(path: Path, resume: Resume, *, overwrite: bool) -> EarlierRun | None:
    """What the file holds of the run that goes on; None where a run begins.

    Raises:
        CollectionError: the file cannot be gone on with.
        ValueError: a bad option.
    """
    check_resume(resume, overwrite=overwrite)
    if resume is False or not path.exists():
        return None
    return EarlierRun(path, None if resume is True else int(resume))
