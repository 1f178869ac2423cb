from pathlib import Path

import numpy as np

from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import told

RULE = "repeated-batch"


def recorded(folder: Path, hashes: list[float] | np.ndarray, per_epoch: int | None = 20, **of: int) -> Recorded:
    return Recorded(folder, steps_per_epoch=per_epoch).scalars({"batch_crc32/total": np.asarray(hashes, float)}, **of)


def repeating(n_new: int, n_same: int, ago: int, n: int = 60) -> np.ndarray:
    """After ``n_new`` new batches ``n_same`` of each ten are those of ``ago`` steps before."""
    hashes = np.arange(n, dtype=float)
    for step in range(n_new, n):
        if step % 10 < n_same:
            hashes[step] = hashes[step - ago]
    return hashes


def test_that_three_of_ten_that_come_within_half_an_epoch_are_told(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, repeating(30, 3, 9)), RULE) == [
        "warning: all since 21 in 20-21; see timeline 21 batch_crc32/total",
        "The same 24 batches come again and again, from step 21 on. The network learns these samples by heart.",
        "share of steps: 0.2368, batches: 24",
    ]
    assert told(recorded(tmp_path, repeating(30, 2, 9)), RULE) == []


def test_that_a_batch_may_come_again_after_more_than_half_an_epoch(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, np.arange(60) % 10), RULE) == [
        "warning: all since 0 in 0-0; see timeline 0 batch_crc32/total",
        "The same 10 batches come again and again, from step 0 on. The network learns these samples by heart.",
        "share of steps: 0.8621, batches: 10",
    ]
    assert told(recorded(tmp_path, np.arange(60) % 11), RULE) == []
    assert told(recorded(tmp_path, np.arange(60) % 2, None), RULE) == [
        "note: all since 0 in 0-0; see timeline 0 batch_crc32/total",
        "The same 2 batches come again and again, from step 0 on. The network learns these samples by heart.",
        "share of steps: 0.9831, batches: 2",
    ]
    assert told(recorded(tmp_path, np.arange(60) % 3, None), RULE) == []


def test_that_of_an_epoch_of_one_step_it_is_said_that_it_is_a_full_batch(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, np.full(30, 7.0), 1), RULE) == [
        "note: all since 0 in 0-0; see timeline 0 batch_crc32/total",
        "The same batch comes at every step, from step 0 on. All samples are in one batch: that is what "
        "a full batch looks like.",
        "share of steps: 1, batches: 1",
    ]
    assert told(recorded(tmp_path, np.full(30, 7.0), 2), RULE) == [
        "warning: all since 0 in 0-0; see timeline 0 batch_crc32/total",
        "The same batch comes at every step, from step 0 on. The network learns these samples by heart.",
        "share of steps: 1, batches: 1",
    ]
    assert told(recorded(tmp_path, np.arange(30) % 2, 2), RULE) == []


def test_that_five_steps_are_told_of_which_each_has_three_such_batches_behind_it(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, [*range(20), *[19.0] * 7]), RULE) == [
        "warning: all since 19 in 18-19; see timeline 19 batch_crc32/total",
        "The same batch comes at every step, from step 19 on. The network learns these samples by heart.",
        "share of steps: 0.4667, batches: 1",
    ]
    assert told(recorded(tmp_path, [*range(20), *[19.0] * 6]), RULE) == []
    assert told(recorded(tmp_path, [*range(20), *[19.0] * 5, 30, 31, 32]), RULE) == [
        "warning: all since 19 in 18-19; see timeline 19 batch_crc32/total",
        "The same 4 batches come again and again, from step 19 on. The network learns these samples by heart.",
        "share of steps: 0.3125, batches: 4",
    ]
    assert told(recorded(tmp_path, [*range(20), *[19.0] * 4, 30, 31, 32]), RULE) == []


def test_that_steps_far_behind_the_one_before_say_nothing(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, np.full(30, 7.0), every=11), RULE) == []
    assert told(recorded(tmp_path, np.full(30, 7.0), every=10), RULE) == [
        "warning: all since 0 in 0-0; see timeline 0 batch_crc32/total",
        "The same batch comes at every step, from step 0 on. The network learns these samples by heart.",
        "share of steps: 1, batches: 1",
    ]


def test_that_the_same_batch_from_the_first_step_on_is_told_since_then(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, np.full(30, 7.0), start=3), RULE) == [
        "warning: all since 3 in 3-3; see timeline 3 batch_crc32/total",
        "The same batch comes at every step, from step 3 on. The network learns these samples by heart.",
        "share of steps: 1, batches: 1",
    ]
