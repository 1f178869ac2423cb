"""Where a step of one run lies on another."""

from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Alignment, ClockError
from collector.storage.reader import Collection
from tests.collector.findings.recorded import Recorded, falling


def run(folder: Path, name: str, n_steps: int, samples: int = 32, loss: np.ndarray | None = None) -> Collection:
    values = {"loss": falling(n_steps) if loss is None else loss, "batch_samples/total": np.full(n_steps, samples)}
    made = Recorded(folder, name=name, steps_per_epoch=1280 // samples).scalars(values)
    for step in (0, 10, 20):
        made.taken(step, {})
    return open_collection(made.write())


@pytest.fixture
def small(tmp_path: Path) -> Collection:
    return run(tmp_path, "a.json", 80, 32)


@pytest.fixture
def large(tmp_path: Path) -> Collection:
    return run(tmp_path, "b.json", 40, 64)


def test_that_batches_of_twice_the_size_lie_on_every_other_step_by_samples(
    small: Collection, large: Collection
) -> None:
    found = Alignment(small, large, "samples").of(np.arange(0, 80, 2), np.arange(40))
    assert found.b.tolist() == list(range(40))
    assert found.is_exact.all()


def test_that_epochs_count_as_what_share_of_the_data_was_seen(small: Collection, large: Collection) -> None:
    found = Alignment(small, large, "epoch").of(np.array([0, 20, 40]), np.arange(40))
    assert found.b.tolist() == [0, 10, 20]


def test_that_where_grids_differ_the_nearest_is_told_and_is_not_exact(small: Collection, large: Collection) -> None:
    found = Alignment(small, large).of(np.array([0, 9, 10, 33]), np.array([0, 10, 20, 30]))
    assert found.b.tolist() == [0, 10, 10, 30]
    assert found.is_exact.tolist() == [True, False, True, False]


def test_that_what_lies_far_behind_the_end_has_no_partner(small: Collection, large: Collection) -> None:
    found = Alignment(small, large).of(np.array([30, 35, 60]), np.array([0, 10, 20, 30]))
    assert found.a.tolist() == [30, 35]


def test_that_an_offset_moves_b(small: Collection, large: Collection) -> None:
    found = Alignment(small, large, offset=5).of(np.array([0, 10]), np.arange(40))
    assert found.b.tolist() == [5, 15]


def test_that_equal_losses_lie_on_one_another(tmp_path: Path) -> None:
    fast = run(tmp_path, "fast.json", 40, loss=np.linspace(2, 0, 40))
    slow = run(tmp_path, "slow.json", 80, loss=np.linspace(2, 0, 80))
    found = Alignment(fast, slow, "loss").of(np.array([10, 20, 30]), np.arange(80))
    assert np.abs(found.b - 2 * found.a).max() <= 6


def test_that_a_clock_that_a_run_does_not_tell_is_refused_by_the_file_and_what_it_lacks(tmp_path: Path) -> None:
    bare = open_collection(Recorded(tmp_path, name="bare.json").scalars({"loss": falling(9)}).write())
    with pytest.raises(ClockError, match=r"bare\.json does not tell how many samples"):
        Alignment(bare, bare, "samples")
    with pytest.raises(ClockError, match=r"bare\.json tells no epochs"):
        Alignment(bare, bare, "epoch")
    with pytest.raises(ClockError, match=r"bare\.json has no two passes"):
        Alignment(bare, bare, "seconds")
