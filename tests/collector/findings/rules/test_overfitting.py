from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import EpochRecord
from tests.collector.findings.recorded import Recorded, falling
from tests.collector.findings.said import RULES, halved, lacking, told

N = 200
RULE = "overfitting"


def recorded(folder: Path, held_out: list[float], loss=None, n_classes: int = 0, name: str = "val_loss") -> Recorded:
    """A held-out loss at each tenth of the run."""
    probe = (np.zeros((16, 8)), np.arange(16) % n_classes) if n_classes else None
    run = Recorded(folder, probe=probe).scalars({"loss": falling(N) if loss is None else loss})
    return run.scalars({name: held_out}, every=20, start=19)


def rising(end: float, best: int = 3, lowest: float = 1.0) -> list[float]:
    """Lowest at this place; the last three have ``end`` for their median."""
    return [2.0 - each * (2.0 - lowest) / best for each in range(best)] + [
        lowest + (end - lowest) * each / (8 - best) for each in range(10 - best)
    ]


@pytest.mark.parametrize(
    ("end", "n_classes", "severity"),
    [
        (1.09, 0, None),
        (1.11, 0, "note"),
        (1.49, 0, "note"),
        (1.51, 0, "warning"),
        (1.24, 2, "note"),
        (1.26, 2, "warning"),
    ],
)
def test_that_it_is_as_bad_as_the_held_out_loss_has_risen(tmp_path: Path, end: float, n_classes, severity) -> None:
    lowest = 1.0 if not n_classes else 0.6
    values = [each * lowest for each in rising(end)]
    found = told(recorded(tmp_path, values, n_classes=n_classes), RULE)
    assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else [])


def test_that_it_is_told_since_its_best(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, [np.nan, *rising(2.0)[1:]]), RULE) == [
        "warning: all since 79 in 79-99; see timeline 79 val_loss",
        "val_loss was best at step 79 and has risen by 100 % since, while the training loss falls. What "
        "is learnt since holds for the training's samples only.",
        "risen by: 1, training loss fell by: 0.9504",
    ]


def test_that_the_best_has_to_be_before_seven_tenths_of_the_run(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, rising(3.0, 6)), RULE) != []  # step 139
    assert told(recorded(tmp_path, rising(3.0, 7)), RULE) == []  # step 159
    run = recorded(tmp_path, rising(3.0, 6)).scalars({"other": np.ones(1)}, start=198)
    assert told(run, RULE) != []


def test_that_it_has_to_rise_while_the_trainings_falls(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, rising(2.0), halved(N, 1.0, 1.0)), RULE) == []
    back = [2.0, 1.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0]
    assert told(recorded(tmp_path, back), RULE) == []


def test_that_where_it_never_got_better_labels_are_the_likelier_cause(tmp_path: Path) -> None:
    for held_out, loss, first in (
        ([1.0, *np.linspace(1.2, 2, 9)], halved(N, 1.0, 0.2), "Labels"),
        ([1.0, *np.linspace(1.2, 2, 9)], halved(N, 1.0, 0.1), "More parameters"),
        ([1.0, 0.9, *np.linspace(1.2, 2, 8)], halved(N, 1.0, 0.2), "More parameters"),
    ):
        (found,) = recorded(tmp_path, held_out, loss).found(RULES[RULE])
        assert found.causes[0].text.startswith(first)


def test_that_never_below_nineteen_twentieths_of_a_guess_is_a_warning(tmp_path: Path) -> None:
    guess = np.log(4)
    assert told(recorded(tmp_path, [guess * 0.96] * 10, halved(N, 2.0, 1.8), 4), RULE) == [
        "warning: all since 19 in 0-19; see timeline 19 val_loss",
        "val_loss has never been below that of a guess (1.39): 1.33 at the end, while the training loss "
        "has fallen by 10 %. What is learnt of the training's samples holds for no other.",
        "lowest: 1.331, of a guess: 1.386",
    ]
    assert told(recorded(tmp_path, [guess * 0.94] * 10, halved(N, 2.0, 1.8), 4), RULE) == []
    assert told(recorded(tmp_path, [guess * 0.96] * 10, halved(N, 2.0, 1.91), 4), RULE) == []
    assert told(recorded(tmp_path, [guess * 0.96] * 10, halved(N, 2.0, 1.8)), RULE) == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Valid/loss", True),
        ("loss-dev", True),
        ("held_out_loss", False),
        ("val_accuracy", False),
        ("train_loss", False),
    ],
)
def test_that_a_held_out_loss_is_known_by_its_name(tmp_path: Path, name: str, is_one: bool) -> None:
    run = recorded(tmp_path, rising(2.0), name=name)
    if is_one:
        assert told(run, RULE)[1].startswith(f"{name} was best")
    else:
        assert lacking(run, RULE).startswith("no held-out loss was logged")


def test_that_three_values_that_are_finite_are_too_few(tmp_path: Path) -> None:
    assert "fewer than 4 times" in lacking(recorded(tmp_path, [1.0, np.nan, 2.0, 3.0]), RULE)
    assert told(recorded(tmp_path, [1.0, 2.0, 2.0, 3.0]), RULE) != []


def test_that_the_results_of_epochs_tell_it_where_no_step_has_a_held_out_loss(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"loss": falling(N)})
    for epoch, value in enumerate(rising(1.6)):
        run.add(EpochRecord(epoch, 20 * epoch + 19, {"train_loss": 0.5, "test_loss": value}))
    run.add(EpochRecord(10, N, {"test_loss": "nan"}), EpochRecord(11, N, {}))
    at_steps = told(recorded(tmp_path, rising(1.6)), RULE)
    assert told(run, RULE) == [
        at_steps[0].replace("timeline 79 val_loss", "timeline 79 loss"),
        at_steps[1].replace("val_loss", "test_loss"),
        at_steps[2],
    ]
    assert "fewer than 4 times" in lacking(
        Recorded(tmp_path).scalars({"loss": falling(N)}).add(EpochRecord(0, 19, {"test_loss": 1.0})), RULE
    )
