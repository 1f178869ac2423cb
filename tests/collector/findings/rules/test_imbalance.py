from pathlib import Path

import numpy as np

from collector.storage.schema import LossRecord
from tests.collector.findings.recorded import Recorded, falling, flat
from tests.collector.findings.said import lacking, told

N = 200
RULE = "class-imbalance"
LABELS = np.arange(40) % 8


def saying(n: int, which: int = 3, n_classes: int = 8, labels: np.ndarray = LABELS) -> np.ndarray:
    """Logits that say the class that is true, but ``which`` for ``n`` samples altogether, ``[N, K]``."""
    said = labels.copy()
    others = np.flatnonzero(said != which)
    said[others[: n - int((labels == which).sum())]] = which
    return np.eye(n_classes)[said]


def recorded(folder: Path, passes: list[np.ndarray], labels=LABELS, loss: np.ndarray | None = None) -> Recorded:
    run = Recorded(folder, probe=(np.zeros((len(passes[0]), 8)), labels))
    run.scalars({"loss": falling(N) if loss is None else loss})
    for number, each in enumerate(passes):
        run.taken(50 * number, {}, each.astype(np.float32))
    return run


def test_that_a_class_said_more_than_two_and_a_half_times_as_often_as_true_is_told(tmp_path: Path) -> None:
    # 5 of 40 are of each class: 2.5 times that is 12.5, and 30 % are 12
    assert told(recorded(tmp_path, [saying(5), saying(13), saying(16, 4), saying(14)]), RULE) == [
        "warning: fc3 since 50 in 0-50; see sample 50",
        "35 % of the probe are called 3, which 12 % are. The other classes are hardly learnt.",
        "share: 0.35, share true: 0.125",
    ]
    assert told(recorded(tmp_path, [saying(5), *[saying(12)] * 3]), RULE) == []
    assert told(recorded(tmp_path, [saying(5), saying(5), *[saying(20)] * 2]), RULE) == []
    assert told(recorded(tmp_path, [saying(20)] * 3, loss=flat(N)), RULE) == []


def test_that_it_has_to_be_said_of_more_than_three_in_ten(tmp_path: Path) -> None:
    labels = np.arange(40) % 20
    assert told(recorded(tmp_path, [saying(12, 3, 20, labels)] * 3, labels), RULE) == []
    assert told(recorded(tmp_path, [saying(13, 3, 20, labels)] * 3, labels), RULE) == [
        "warning: fc3 since 0 in 0-0; see sample 0",
        "32 % of the probe are called 3, which 5 % are. The other classes are hardly learnt.",
        "share: 0.325, share true: 0.05",
    ]


def test_that_labels_of_one_class_and_two_passes_say_nothing(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, [np.eye(8)[np.full(40, 2)]] * 3, np.full(40, 1)), RULE) == []
    assert told(recorded(tmp_path, [saying(20)] * 2), RULE) == []
    assert "not known to be classes" in lacking(recorded(tmp_path, [np.zeros((40, 1))] * 3), RULE)


def test_that_two_classes_are_enough(tmp_path: Path) -> None:
    labels = (np.arange(40) < 4).astype(int)
    assert told(recorded(tmp_path, [saying(21, 1, 2, labels)] * 3, labels), RULE) != []


def test_that_too_small_a_probe_and_one_without_labels_are_not_judged(tmp_path: Path) -> None:
    labels = np.arange(15) % 3
    assert "fewer than 16 samples" in lacking(recorded(tmp_path, [np.eye(3)[labels]] * 3, labels), RULE)
    assert "no labels" in lacking(recorded(tmp_path, [saying(20)] * 3, None), RULE)
    labels = np.arange(16) % 3
    assert told(recorded(tmp_path, [np.eye(3)[labels]] * 3, labels), RULE) == []


def of_targets(folder: Path, shares: list[float] | np.ndarray, said: int, classes=None, every: int = 10) -> Recorded:
    run = recorded(folder, [saying(said)] * 3)
    columns = {"largest_class_share/total": np.asarray(shares, float)}
    columns["largest_class/total"] = np.full(len(shares), 3.0) if classes is None else np.asarray(classes, float)
    return run.scalars(columns, every=every, start=5)


def test_that_of_the_targets_two_and_a_half_of_eight_are_too_many_where_the_others_suffer(tmp_path: Path) -> None:
    assert told(of_targets(tmp_path, [0.3125] * 3, 8), RULE) == [
        "warning: fc3 since 5 in 5-5; see sample 5",
        "31 % of the training's targets are 3; of the probe 12 % are, 20 % are called so. The other classes "
        "are hardly learnt.",
        "share: 0.3125, share true: 0.125",
    ]
    assert told(of_targets(tmp_path, [0.312] * 3, 8), RULE) == []
    assert told(of_targets(tmp_path, [0.5] * 3, 7), RULE) == []


def test_that_only_steps_at_which_it_is_that_class_count(tmp_path: Path) -> None:
    assert told(of_targets(tmp_path, [0.9] * 5, 20, [3, 3, 3, 1, 2]), RULE) != []
    assert told(of_targets(tmp_path, [0.9] * 6, 20, [1, 2, 3, 3, 4, 5]), RULE) == []


def test_that_of_two_classes_more_than_85_percent_are_too_many(tmp_path: Path) -> None:
    labels = np.arange(40) % 2
    for share, is_told in ((0.85, True), (0.84, False)):
        run = recorded(tmp_path, [saying(40, 1, 2, labels)] * 3, labels)
        run.scalars({"largest_class_share/total": [share] * 3, "largest_class/total": [1.0] * 3}, every=10)
        assert bool(told(run, RULE)) is is_told


def test_that_fewer_than_three_shares_are_not_looked_at(tmp_path: Path) -> None:
    assert "of the probe are called" in told(of_targets(tmp_path, [0.9, 0.9, np.nan], 20), RULE)[1]


def test_that_values_are_said_to_be_no_classes_whatever_their_probe_has(tmp_path: Path) -> None:
    run = recorded(tmp_path, [np.zeros((40, 1))] * 3, None).add(LossRecord(0, "loss", ["MseLoss"], "mean", "fc3"))
    assert lacking(run, RULE) == "the outputs are no classes"
