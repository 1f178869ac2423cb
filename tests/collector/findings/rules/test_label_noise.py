"""``label-noise`` finds wrong labels that were planted, estimates how many, and is silent where there are none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import open_collection
from collector.storage.schema import Stories, StoryRecord, StorySamplesRecord
from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import RULES, lacking, told
from tests.label_noise import planted, train

RULE = "label-noise"


def recorded(
    folder: Path,
    n_wrong: int,
    *,
    n_hard: int = 0,
    n: int = 1000,
    n_classes: int = 5,
    of: str = "training",
    surety: float = 0.97,
) -> Recorded:
    """Two measurements: one before anything was learnt, and one of a network that is sure of class 0 for all.

    Of the first ``n_wrong`` the label is 1, as unlikely as any; of the next ``n_hard`` it is 1, and comes next.
    """
    kind = np.arange(n)
    is_wrong, is_hard = kind < n_wrong, (kind >= n_wrong) & (kind < n_wrong + n_hard)
    labels = np.where(is_wrong | is_hard, 1, kind % 2 * (n_classes - 1))
    said = np.where(is_wrong | is_hard, 0, labels)
    given = np.where(is_wrong, 0.001, np.where(is_hard, 0.025, surety))
    run = Recorded(folder)
    run._header.stories = Stories(n, ["fc1"], 30, "cross-entropy of the label", of)

    def story(step: int, predictions: np.ndarray, confidences: float, probabilities: np.ndarray) -> StoryRecord:
        margins: Any = np.where(predictions == labels, 3.0, np.log(probabilities / confidences))
        columns: list[Any] = [
            predictions.astype(np.int16),
            np.full(n, confidences, np.float32),
            probabilities.astype(np.float32),
            margins.astype(np.float32),
            -np.log(probabilities).astype(np.float32),
            predictions[None].astype(np.int8),
        ]
        return StoryRecord(step, step, *columns)

    samples: Any = np.zeros((n, 3), np.float32), [], labels, 10 * kind
    even = np.full(n, 1 / n_classes)
    return run.add(
        StorySamplesRecord(0, *samples),
        story(0, np.full(n, n_classes - 2), 1 / n_classes, even),
        story(100, said, surety, given),
    )


def test_that_the_samples_are_named_and_their_share_is_estimated(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, 40), RULE) == [
        "warning: all since 100 in 100-100; see stories 100",
        "40 of 1,000 samples look mislabelled: 0 (1, said to be 0), 10 (1, said to be 0), 20 (1, said to be 0), … "
        "The network is sure of another class, and so are their neighbours; what they teach is wrong.",
        "share of wrong labels, estimated: 0.04, suspicious samples: 40, sure samples: 1000, "
        "share with a label that is unlikely even among the others: 0.04, the most suspicious: "
        + ", ".join(f"{10 * each} (1, said to be 0)" for each in range(8)),
    ]


def test_that_it_points_at_the_samples_the_most_suspicious_first(tmp_path: Path) -> None:
    run = recorded(tmp_path, 40)
    run.report()
    with open_collection(run.path) as collection:
        found = next(each for each in collection.findings().findings if each.rule == RULE)

    assert sorted(found.evidence[0].stories) == list(range(40))


@pytest.mark.parametrize(("n_wrong", "is_told"), [(17, False), (18, False), (19, True), (20, True)])
def test_that_it_is_told_from_one_percent_on_two_standard_errors_taken_off(
    tmp_path: Path, n_wrong: int, is_told: bool
) -> None:
    share = n_wrong / 1000
    assert (share - 2 * np.sqrt(share * (1 - share) / 1000) >= 0.01) == is_told
    assert bool(told(recorded(tmp_path, n_wrong), RULE)) == is_told


def test_that_samples_that_are_only_hard_are_not_enough(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, 5, n_hard=100), RULE) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"of": "held-out"}, "those that are trained on are needed"),
        ({"n_classes": 2}, "of two classes the label is always the likeliest but one"),
        ({"n": 199, "n_wrong": 10}, "sure of fewer than 200"),
        ({"surety": 0.6}, "sure of fewer than 200"),
    ],
)
def test_that_it_says_where_nothing_can_be_told(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    assert words in lacking(recorded(tmp_path, **{"n_wrong": 40} | changes), RULE)


@pytest.mark.parametrize("is_planted", [True, False])
def test_that_in_a_training_on_made_data_planted_labels_are_first_and_clean_ones_keep_silent(
    tmp_path: Path, is_planted: bool
) -> None:
    chance = torch.Generator().manual_seed(7)
    labels = torch.randint(0, 6, (1500,), generator=chance)
    centres = torch.randn(6, 20, generator=chance)
    inputs = 2 * centres[labels] + 0.5 * torch.randn(1500, 20, generator=chance)
    given, which = planted(labels, 7, 6, 0.1) if is_planted else (labels, np.zeros(1500, bool))
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 6))
    train(model, inputs, given, tmp_path / "run.json", epochs=12)

    with open_collection(tmp_path / "run.json") as collection:
        report = collection.findings([RULE])
        assert report.not_judged == []
        if not is_planted:
            assert report.findings == []
            return
        (found,) = report.findings
        assert found.rests_on.figures["share of wrong labels, estimated"] == pytest.approx(which.mean(), abs=0.02)
        named = str(found.rests_on.figures["the most suspicious"]).split(", ")[::2]
        numbers = [int(each.split(" ")[0]) for each in named]
        assert which[numbers].all()


def test_that_it_is_one_of_our_rules() -> None:
    assert RULES[RULE].title == "Samples whose labels are probably wrong"
