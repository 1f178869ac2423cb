"""What a layer's badge tells: the worst of the findings that name it."""

import msgspec
import pytest

from app.analysis.health import health_of, is_same, next_finding, rank, together, without
from collector.findings import Finding
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding, report

NOTE = finding("odd", "note", ["conv1"], 0)


def test_that_a_layer_has_the_severity_of_its_worst_finding() -> None:
    health = health_of([NOTE, LARGE])
    assert health["conv1"].severity == "warning"
    assert [each.rule for each in health["conv1"].findings] == ["update-too-large", "odd"]


def test_that_layers_that_only_suffer_from_a_finding_have_no_badge() -> None:
    assert set(health_of([DEAD])) == {"fc1", "relu2"}


def test_that_a_finding_of_the_whole_training_marks_no_layer() -> None:
    assert health_of([SPIKE]) == {}


def test_that_several_layers_drawn_as_one_have_each_finding_once() -> None:
    health = health_of([DEAD, LARGE])
    whole = together([health["conv1"], health["fc1"], None, health["relu2"]])
    assert whole is not None
    assert [each.rule for each in whole.findings] == ["dead-units", "update-too-large"]
    assert together([None]) is None


def test_that_a_healthy_layer_ranks_below_a_noted_one() -> None:
    health = health_of([DEAD, NOTE])
    assert [rank(each) for each in (None, health["conv1"], health["fc1"])] == [0, 1, 3]


def test_that_a_badge_says_how_many_there_are_of_its_severity_and_names_but_the_first() -> None:
    two = health_of([LARGE, finding("other", "warning", ["conv1"], 3)])["conv1"]
    assert two.words == "2 warnings"
    many = health_of([finding(f"rule {number}", "note", ["conv1"], number) for number in range(6)])["conv1"]
    assert many.lines == [*(f"Note: rule {number} of conv1" for number in range(4)), "and 2 more"]
    assert many.words == "6 notes"


def test_that_of_critical_findings_a_badge_needs_no_number_and_four_are_told_whole() -> None:
    found = [finding(f"rule {number}", "critical", ["conv1"], number) for number in range(4)]
    health = health_of([*found[::-1], NOTE])["conv1"]
    assert health.words == "Critical"
    assert health.findings == (*found, NOTE)
    assert health_of(found)["conv1"].lines == [f"Critical: rule {number} of conv1" for number in range(4)]
    assert health_of([LARGE, NOTE])["conv1"].words == "Warning"


def test_that_a_report_without_muted_rules_keeps_all_else() -> None:
    whole = report(DEAD, LARGE)
    rest = without(whole, ["dead-units"])
    assert rest.findings == [LARGE]
    assert (rest.judged, rest.not_judged) == (whole.judged, whole.not_judged)


def test_that_a_finding_is_the_same_while_its_figures_change_and_another_for_another_layer() -> None:
    assert is_same(DEAD, msgspec.structs.replace(DEAD, title="worse"))
    assert not is_same(DEAD, msgspec.structs.replace(DEAD, layers=["fc2"]))


@pytest.mark.parametrize(
    ("chosen", "step", "n_places", "expected"),
    [
        (None, 0, 1, SPIKE),
        (None, 6, 1, DEAD),
        (None, 7, 1, LARGE),
        (None, 10, 1, SPIKE),
        (None, 7, -1, DEAD),
        (None, 0, -1, LARGE),
        (DEAD, 0, 1, LARGE),
        (LARGE, 0, 1, SPIKE),
        (SPIKE, 9, -1, LARGE),
        (NOTE, 7, 1, LARGE),
    ],
)
def test_that_the_next_finding_is_that_behind_the_chosen_one_or_else_behind_the_playhead(
    chosen: Finding | None, step: int, n_places: int, expected: Finding
) -> None:
    assert next_finding([DEAD, LARGE, SPIKE], chosen, step, n_places) == expected
