from pathlib import Path

import numpy as np
import pytest

from tests.collector.findings.recorded import Recorded, falling
from tests.collector.findings.said import lacking, told

RULE = "input-scale"


def given(folder: Path, *arguments: tuple[str, float, float], late: float = 1.0) -> Recorded:
    """Name, mean and standard deviation of arguments at the first five steps; of later ones ``late`` times that."""
    run = Recorded(folder)
    for name, mean, std in arguments:
        factors = np.where(np.arange(20) < 5, 1.0, late)
        figures = {"mean": mean, "std": std, "min": mean - 3 * std, "max": mean + 4 * std}
        run.scalars({f"input_{what}/{name}": figure * factors for what, figure in figures.items()})
    return run


@pytest.mark.parametrize(
    ("mean", "std", "is_told"),
    [
        (0, 10, False),
        (0, 10.1, True),
        (0, 0.05, False),
        (0, 0.049, True),
        (6, 2, False),
        (6.1, 2, True),
        (-6.1, 2, True),
        (5, 0, False),
        (np.nan, 20, False),
    ],
)
def test_that_inputs_are_out_of_scale_on_either_side_of_a_bound(tmp_path: Path, mean, std, is_told: bool) -> None:
    assert bool(told(given(tmp_path, ("x", mean, std)), RULE)) is is_told


def test_that_the_first_argument_that_is_out_of_scale_is_told_as_it_was_at_the_first_steps(tmp_path: Path) -> None:
    arguments = ("x", 0.5, 1.0), ("y", 40.0, 20.0), ("z", 0.0, 0.001)
    assert told(given(tmp_path, *arguments, late=9.0), RULE) == [
        "warning: fc1 since 0 in 0-0; see sample 0",
        "The inputs y reach from -20 to 120 (standard deviation 20). Weights are initialized for inputs "
        "around 0 with a standard deviation of about 1.",
        "mean: 40, standard deviation: 20, smallest: -20, largest: 120",
    ]
    assert told(given(tmp_path, arguments[2]), RULE) == [
        "warning: fc1 since 0 in 0-0; see sample 0",
        "The inputs z hardly differ (standard deviation 0.001). Weights are initialized for inputs "
        "around 0 with a standard deviation of about 1.",
        "mean: 0, standard deviation: 0.001, smallest: -0.003, largest: 0.004",
    ]
    assert told(given(tmp_path, ("x", -40.0, 2.0)), RULE) == [
        "warning: fc1 since 0 in 0-0; see sample 0",
        "The inputs x lie around -40, 20 standard deviations from 0. Weights are initialized for inputs "
        "around 0 with a standard deviation of about 1.",
        "mean: -40, standard deviation: 2, smallest: -46, largest: -32",
    ]


def test_that_without_them_the_probe_is_looked_at_if_it_has_a_scale(tmp_path: Path) -> None:
    inputs = np.resize([100.0, 50.0], (16, 8))
    assert told(Recorded(tmp_path, probe=(inputs, None)), RULE) == [
        "warning: fc1 since 0 in 0-0; see sample 0",
        "The inputs reach from 50 to 100 (standard deviation 25). Weights are initialized for inputs "
        "around 0 with a standard deviation of about 1.",
        "mean: 75, standard deviation: 25, smallest: 50, largest: 100",
    ]
    run = given(tmp_path, ("x", 0.0, 1.0))
    run._header.probe = Recorded(tmp_path, probe=(inputs, None))._header.probe
    assert told(run, RULE) == []
    run = Recorded(tmp_path, probe=(inputs, None))
    run._header.probe.whole_numbers = True
    assert "whole numbers" in lacking(run, RULE)
    assert "was not recorded" in lacking(Recorded(tmp_path), RULE)
    run = given(tmp_path, ("x", 0.0, 20.0))
    run._header.probe = Recorded(tmp_path, probe=(inputs, None))._header.probe
    run._header.probe.whole_numbers = True
    assert told(run, RULE)[1].startswith("The inputs x reach")


@pytest.mark.parametrize("before", [np.nan, 0.0])
def test_that_a_state_which_is_carried_from_call_to_call_is_no_input(tmp_path: Path, before: float) -> None:
    run = Recorded(tmp_path)
    later = np.where(np.arange(20) < 1, before, 60.0)
    run.scalars({"loss": falling(20)} | {f"input_{what}/state": later for what in ("mean", "std", "min", "max")})
    assert told(run, RULE) == []


def test_that_inputs_that_hardly_differ_are_a_note_where_rewards_rise(tmp_path: Path) -> None:
    for rewards, severity in ((np.linspace(90, 10, 20), "warning"), (np.linspace(10, 90, 20), "note")):
        run = given(tmp_path, ("x", 0.0, 0.01))
        run.scalars({"episode_reward": rewards}, start=20)
        assert told(run, RULE)[0].startswith(severity)
