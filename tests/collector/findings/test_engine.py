"""How rules are put to a recording."""

from pathlib import Path

import pytest

from collector.findings import Evidence, NotJudged, NotJudgedError, Recording
from collector.findings.registry import own_rules
from tests.collector.findings.made_up_rules import found, rule
from tests.collector.findings.recorded import Recorded, falling


@pytest.fixture
def run(tmp_path: Path) -> Recorded:
    return Recorded(tmp_path).scalars({"loss": falling(40)})


def test_that_a_rule_that_fails_is_not_judged_and_the_others_go_on(run: Recorded, caplog) -> None:
    def fail(recording: Recording):
        raise ZeroDivisionError("oh")

    report = run.report(rule("bad", fail), rule("good"))
    assert report.not_judged == [NotJudged("bad", "the rule failed: ZeroDivisionError: oh")]
    assert [each.rule for each in report.findings] == ["good"]
    assert report.judged == ["good"]
    assert "the rule bad failed" in caplog.text
    caplog.clear()


def test_that_a_rule_that_lacks_something_says_what_would_have_to_be_recorded(run: Recorded) -> None:
    needy = rule("needy", needs=[lambda recording: "", lambda recording: "record more"])
    late = rule("late", lambda recording: (_ for _ in ()).throw(NotJudgedError("too short")))
    assert run.report(needy, late).not_judged == [NotJudged("needy", "record more"), NotJudged("late", "too short")]


def test_that_findings_come_worst_first_and_then_by_the_step_at_which_they_began(run: Recorded) -> None:
    every = [found("a", "note", 1), found("b", "critical", 9), found("c", "warning", 3), found("d", "critical", 2)]
    report = run.report(*(rule(each.rule, lambda recording, each=each: [each]) for each in every))
    assert [each.rule for each in report.findings] == ["d", "b", "c", "a"]
    assert [each.rule for each in report.at_least("warning")] == ["d", "b", "c"]


@pytest.mark.parametrize(("since", "severity"), [(5, "note"), (9, "note"), (2, "warning")])
def test_that_what_began_behind_its_cause_is_a_note_that_names_it(run: Recorded, since: int, severity: str) -> None:
    cause = rule("cause", lambda recording: [found("cause", since=5)], explains=frozenset({"victim"}))
    victim = rule("victim", lambda recording: [found("victim", since=since)])
    other = next(each for each in run.report(cause, victim).findings if each.rule == "victim")
    assert other.severity == severity
    assert other.follows_from == ("cause" if severity == "note" else "")


@pytest.mark.parametrize("n_in_circle", [2, 3])
def test_that_of_findings_that_explain_one_another_the_first_one_stays(run: Recorded, n_in_circle: int) -> None:
    names = [*"abc"][:n_in_circle]
    circle = [
        rule(name, lambda recording, name=name: [found(name, since=5)], explains=frozenset({following}))
        for name, following in zip(names, [*names[1:], names[0]], strict=True)
    ]
    behind = rule("behind", lambda recording: [found("behind", since=7)])
    told = {each.rule: each for each in run.report(*circle, behind).findings}
    assert [name for name, each in told.items() if each.severity == "warning"] == ["a", "behind"]
    assert {name: each.follows_from for name, each in told.items() if each.follows_from} == dict(
        zip(names[1:], names, strict=False)
    )


def test_that_a_circle_with_a_cause_outside_of_it_follows_from_that(run: Recorded) -> None:
    circle = [
        rule(name, lambda recording, name=name: [found(name, since=5)], explains=frozenset({following}))
        for name, following in ("ab", "ba")
    ]
    outside = rule("outside", lambda recording: [found("outside", since=3)], explains=frozenset({"a"}))
    told = {each.rule: each for each in run.report(*circle, outside).findings}
    assert {name: (each.severity, each.follows_from) for name, each in told.items()} == {
        "outside": ("warning", ""),
        "a": ("note", "outside"),
        "b": ("note", "a"),
    }


def test_that_a_note_explains_nothing(run: Recorded) -> None:
    cause = rule("cause", lambda recording: [found("cause", "note")], explains=frozenset({"victim"}))
    victim = rule("victim", lambda recording: [found("victim")])
    assert {each.rule: each.severity for each in run.report(cause, victim).findings}["victim"] == "warning"


def test_that_a_rule_says_what_it_rests_on(run: Recorded) -> None:
    rests_on = run.report(rule()).findings[0].rests_on
    assert (rests_on.formula, rests_on.threshold, rests_on.source) == ("f", "t", "s")


def test_that_every_rule_of_ours_has_a_name_of_its_own_and_says_what_it_does() -> None:
    rules = own_rules()
    names = [each.name for each in rules]
    assert len(set(names)) == len(names) >= 30
    for each in rules:
        assert each.title
        assert each.formula
        assert each.threshold
        assert each.source
        assert each.explains <= set(names), (each.name, each.explains - set(names))


def test_that_no_rule_finds_or_fails_anything_in_a_run_of_a_few_steps(tmp_path: Path) -> None:
    report = Recorded(tmp_path).scalars({"loss": [2.0, 1.9, 1.8]}).report(*own_rules())
    assert report.findings == []
    assert [each for each in report.not_judged if "failed" in each.why] == []


def test_that_evidence_leaves_out_what_does_not_matter() -> None:
    assert Evidence(tab="optimizer", step=3).layer is None
