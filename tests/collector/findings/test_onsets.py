"""Findings that tell what is seen are given what happened first."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.findings import Finding, Rule
from collector.findings.onsets import SYMPTOMS
from collector.findings.registry import own_rules
from tests.collector.findings.recorded import Recorded, chain

N = 120


def recorded(folder: Path, **changes: np.ndarray) -> Recorded:
    """Steady norms of six layers, but for what is given as ``metric__layer``."""
    random = np.random.default_rng(0)
    columns = {
        f"{metric}/fc{k}": np.exp(0.05 * random.standard_normal(N))
        for metric in ("activation_std", "gradient_norm", "update_norm")
        for k in range(1, 7)
    }
    columns |= {name.replace("__", "/"): values for name, values in changes.items()}
    return Recorded(folder, chain(6)).scalars(columns)


def told(run: Recorded, name: str = "dead-units", severity: str = "warning", **fields) -> Finding:
    """What is made of a finding of fc5 that begins at step 80."""
    given = {"layers": ["fc5"], "affected": ["fc1", "fc2", "fc6"], "since": 80, "since_range": (79, 80)} | fields
    rule = Rule(
        name, "", lambda recording: [rule.finding(figures={}, severity=severity, title="", **given)], "f", "t", "s"
    )
    return run.found(rule)[0]


def moved(row: int) -> np.ndarray:
    return np.where(np.arange(N) >= row, 30.0, 1.0)


def test_that_a_layer_that_had_moved_before_is_the_first_cause(tmp_path: Path) -> None:
    found = told(recorded(tmp_path, activation_std__fc3=moved(75)))
    assert found.causes[0].text == "fc3 had moved before: its activation std is 30.9 times what it was from step 75 on."
    place = found.evidence[-1]
    assert (place.step, place.layer, place.series) == (75, "fc3", "activation_std/fc3")


@pytest.mark.parametrize("changes", [{}, {"activation_std__fc5": moved(75)}, {"activation_std__fc3": moved(82)}])
def test_that_nobody_is_named_who_moved_later_or_stands_there_already(tmp_path: Path, changes) -> None:
    found = told(recorded(tmp_path, **changes))
    assert found.causes == []
    assert found.evidence == []


def test_that_a_rate_that_jumps_there_is_the_first_cause(tmp_path: Path) -> None:
    run = recorded(tmp_path).scalars({"learning_rate": np.where(np.arange(N) >= 80, 0.1, 0.001)})
    assert told(run).causes[0].text == "The learning rate goes from 0.001 to 0.1 at step 80."


def test_that_a_rate_that_rose_ten_times_is_a_cause_some_recorded_steps_later_too(tmp_path: Path) -> None:
    for rate, is_named in ((0.01, True), (0.009, False), (0.0001, False)):
        run = recorded(tmp_path).scalars({"learning_rate": np.where(np.arange(N) >= 80, rate, 0.001)})
        later, much_later = (told(run, since=step, since_range=(step - 1, step)).causes for step in (90, 110))
        assert bool(later) is is_named
        assert much_later == []


def test_that_a_loss_that_moved_is_given_the_layer_that_moved_with_it(tmp_path: Path) -> None:
    of_all: dict[str, Any] = {"layers": [], "affected": [], "since": 80, "since_range": (79, 80)}
    run = recorded(tmp_path, gradient_norm__fc3=moved(80))
    found = told(run, "loss-spike", **of_all)
    assert found.layers == ["fc3"]
    assert [each.text for each in found.causes] == [
        "fc3 moved with it: its gradient norm is 30.7 times what it was from step 80 on."
    ]
    assert told(run, "dead-units", **of_all).layers == []
    assert told(recorded(tmp_path, gradient_norm__fc3=moved(81)), "loss-spike", **of_all).layers == []


def test_that_no_layer_is_named_for_a_loss_that_a_rate_has_moved(tmp_path: Path) -> None:
    run = recorded(tmp_path, gradient_norm__fc3=moved(80))
    run = run.scalars({"learning_rate": np.where(np.arange(N) >= 78, 0.1, 0.001)})
    found = told(run, "loss-spike", layers=[], affected=[], since=80, since_range=(79, 80))
    assert found.layers == []
    assert [each.text for each in found.causes] == ["The learning rate goes from 0.001 to 0.1 at step 78."]


def test_that_those_it_affects_come_in_the_order_in_which_they_moved(tmp_path: Path) -> None:
    run = recorded(tmp_path, gradient_norm__fc6=moved(81), gradient_norm__fc2=moved(83))
    assert told(run).affected == ["fc6", "fc2", "fc1"]


@pytest.mark.parametrize("fields", [{"name": "not-finite"}, {"severity": "note"}])
def test_that_facts_and_notes_are_left_as_they_are(tmp_path: Path, fields: dict[str, str]) -> None:
    found = told(recorded(tmp_path, activation_std__fc3=moved(75)), **fields)
    assert found.causes == []
    assert found.affected == ["fc1", "fc2", "fc6"]


def test_that_symptoms_are_rules() -> None:
    assert {each.name for each in own_rules()} >= SYMPTOMS
