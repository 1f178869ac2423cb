"""How a run can be gone on with, and when a pass is due."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.capture.resuming import check_resume, earlier_run
from collector.capture.schedule import is_pass_due


@pytest.mark.parametrize("resume", [True, 0, 7, np.int64(3)])
def test_that_a_step_or_a_yes_is_a_way_to_resume_but_not_with_overwriting(resume: Any) -> None:
    check_resume(resume, overwrite=False)
    with pytest.raises(ValueError, match="choose one"):
        check_resume(resume, overwrite=True)


@pytest.mark.parametrize("resume", [-1, 1.5, "yes", None])
def test_that_anything_else_is_refused_by_its_name(resume: Any) -> None:
    with pytest.raises(ValueError, match="resume is"):
        check_resume(resume, overwrite=False)


@pytest.mark.parametrize("overwrite", [True, False])
def test_that_a_run_that_is_not_resumed_begins_whatever_is_there(overwrite: bool) -> None:
    assert earlier_run(Path(__file__), False, overwrite=overwrite) is None


@pytest.mark.parametrize("resume", [True, 5])
def test_that_a_run_begins_where_there_is_no_file_to_resume(resume: Any, tmp_path: Path) -> None:
    assert earlier_run(tmp_path / "run.json", resume, overwrite=False) is None


@pytest.mark.parametrize(("resume", "step"), [(True, 12), (0, 0), (np.int64(4), 4)])
def test_that_a_run_goes_on_behind_the_last_step_or_with_the_step_that_is_named(
    collection_path: Path, resume: Any, step: int
) -> None:
    earlier = earlier_run(collection_path, resume, overwrite=False)

    assert earlier is not None
    assert (earlier.step, earlier.recorded) == (step, 12)


def test_that_a_pass_is_due_at_each_multiple_of_the_interval() -> None:
    assert [step for step in range(13) if is_pass_due(step, 4)] == [0, 4, 8, 12]
    assert all(is_pass_due(step, 1) for step in range(5))
