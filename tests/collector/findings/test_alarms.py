"""What each rule says of how often it was wrong."""

import pytest

from collector.findings import alarms
from collector.findings.alarms import Alarms, alarms_text, wilson
from collector.findings.registry import own_rules


def test_that_every_rule_of_ours_says_how_often_it_was_wrong_on_how_many_trainings() -> None:
    n = alarms.measured().healthy
    assert n >= 92
    measured_apart = {"label-noise"}  # on which none of those trainings tells anything
    assert all(f"{n:,} healthy trainings" in rule.alarms for rule in own_rules() if rule.name not in measured_apart)


def test_that_only_rules_that_there_are_were_measured() -> None:
    assert set(alarms.measured().rules) <= {rule.name for rule in own_rules()}


@pytest.mark.parametrize(("n", "words"), [(0, "never on"), (1, "once on"), (3, "3 times on")])
def test_that_a_number_is_told_in_words(monkeypatch: pytest.MonkeyPatch, n: int, words: str) -> None:
    monkeypatch.setattr(alarms, "measured", lambda: Alarms(100, {"dead-units": n}))
    assert alarms_text("dead-units").startswith(words)


@pytest.mark.parametrize(
    ("n", "of", "low", "high"), [(0, 20, 0.0, 0.161), (0, 92, 0.0, 0.0401), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)]
)
def test_that_the_interval_is_wilsons(n: int, of: int, low: float, high: float) -> None:
    assert wilson(n, of) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))
