"""Rules of another package: a good one is like ours, a broken one is not judged, and nothing ends for it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.findings import Report, findings
from collector.findings.registry import all_rules, own_rules
from collector.storage import open_collection
from tests.collector.findings.as_a_process import told
from tests.collector.findings.recorded import Recorded, falling

pytestmark = pytest.mark.expects_log

SOURCE = """
import sys
from collector.findings import Finding, NotJudgedError, Rule


def rule(name, judge, **fields):
    return Rule(name, f"what {name} looks for", judge, "f", "t", "s", **fields)


AT = {"since": 3, "since_range": (2, 3)}


def short(recording):
    yield GOOD.finding(severity="warning", title="short", figures={"steps": recording.n_steps}, **AT)


def unjust(recording):
    yield TERRIBLE.finding(severity="terrible", title="?", figures={}, **AT)


def of_another(recording):
    yield GOOD.finding(severity="note", title="?", figures={}, **AT)


def fail_late(recording):
    yield LATE.finding(severity="critical", title="?", figures={}, **AT)
    raise KeyError("late")


GOOD = rule("too-short", short)
LATE = rule("fails-late", fail_late)
SEVERAL = (
    LATE,
    rule("fails", lambda recording: 1 / 0),
    rule("leaves", lambda recording: sys.exit(7)),
    rule("gives-nothing", lambda recording: None),
    rule("gives-words", lambda recording: ["it is bad"]),
    rule("gives-anothers", of_another),
    rule("needs-rubbish", short, needs=[lambda recording: recording.no_such_thing]),
    rule("cannot-say", lambda recording: (_ for _ in ()).throw(NotJudgedError("too early"))),
)
TERRIBLE = rule("too-short-2", unjust)
OURS_AGAIN = rule("dead-units", short)
WORD = "a word"
MIXED = [GOOD, "a word"]
"""
ENTRIES = """[strobe.rules]
good = strange_rules:GOOD
several = strange_rules:SEVERAL
missing = strange_rules:NO_SUCH_NAME
word = strange_rules:WORD
mixed = strange_rules:MIXED
ours = strange_rules:OURS_AGAIN
raises = stranger_that_raises:RULE
leaves = stranger_that_leaves:RULE
"""


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a package is installed that has good rules and every kind of broken one."""
    (tmp_path / "strange_rules.py").write_text(SOURCE)
    (tmp_path / "stranger_that_raises.py").write_text("raise OSError('no such device')")
    (tmp_path / "stranger_that_leaves.py").write_text("raise SystemExit(5)")
    about = tmp_path / "strange_rules-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: strange_rules\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    for name in ("strange_rules", "stranger_that_raises", "stranger_that_leaves"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.fixture
def report(strangers: Path) -> Iterator[Report]:
    """What all rules say of a run of 40 steps."""
    run = Recorded(strangers).scalars({"loss": falling(40)})
    run.report()
    with open_collection(run.path) as collection:
        yield findings(collection)


def test_that_without_other_packages_the_rules_are_ours() -> None:
    rules, broken = all_rules()
    assert [each.name for each in rules] == [each.name for each in own_rules()]
    assert broken == []


def test_that_a_good_rule_of_another_package_is_judged_like_ours(report: Report) -> None:
    assert [(each.rule, each.title, each.rests_on.figures) for each in report.findings] == [
        ("too-short", "short", {"steps": 40})
    ]
    assert "too-short" in report.judged


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "strange_rules:NO_SUCH_NAME cannot be loaded: AttributeError"),
        ("word", "cannot be loaded: TypeError: 'a word' is no collector.findings.Rule, and no sequence of them"),
        ("mixed", "is no collector.findings.Rule, and no sequence of them"),
        ("ours", "cannot be loaded: ValueError: there is a rule 'dead-units' already"),
        ("raises", "stranger_that_raises:RULE cannot be loaded: OSError: no such device"),
        ("leaves", "the rule failed: SystemExit: 7"),
        ("fails", "the rule failed: ZeroDivisionError"),
        ("fails-late", "the rule failed: KeyError: 'late'"),
        ("gives-nothing", "the rule failed: TypeError"),
        ("gives-words", "the rule failed: TypeError: it gave 'it is bad', which is no collector.findings.Finding"),
        ("gives-anothers", "the rule failed: ValueError: it gave a finding of the rule 'too-short'"),
        ("needs-rubbish", "the rule failed: AttributeError"),
        ("cannot-say", "too early"),
    ],
)
def test_that_a_broken_rule_is_not_judged_and_says_why(report: Report, name: str, why: str) -> None:
    told_of_it = [each.why for each in report.not_judged if each.rule == name]
    assert any(why in each for each in told_of_it), told_of_it
    assert name not in report.judged


def test_that_a_module_that_leaves_while_it_is_loaded_ends_nothing(report: Report) -> None:
    assert "stranger_that_leaves:RULE cannot be loaded: SystemExit: 5" in [each.why for each in report.not_judged]


def test_that_a_finding_that_cannot_be_shown_is_none(strangers: Path) -> None:
    (strangers / "strange_rules-1.0.dist-info" / "entry_points.txt").write_text(
        "[strobe.rules]\nodd = strange_rules:TERRIBLE\n"
    )
    run = Recorded(strangers).scalars({"loss": falling(40)})
    run.report()
    with open_collection(run.path) as collection:
        found = findings(collection, rules=["too-short-2"])
    assert found.findings == []
    assert "the rule failed: ValidationError: Invalid enum value 'terrible'" in found.not_judged[0].why


def test_that_a_broken_rule_that_is_asked_for_is_told_as_not_judged(strangers: Path) -> None:
    run = Recorded(strangers).scalars({"loss": falling(40)})
    run.report()
    with open_collection(run.path) as collection:
        found = findings(collection, rules=["raises"])
    assert [each.rule for each in found.not_judged] == ["raises"]
    assert (found.findings, found.judged) == ([], [])


def test_that_the_command_outlives_broken_rules(strangers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Recorded(strangers).scalars({"loss": falling(40)})
    run.report()
    monkeypatch.setenv("PYTHONPATH", str(strangers))
    code, text = told(run.path, "--fail-on", "warning")
    assert code == 3
    assert "WARNING too-short, step 3" in text
    assert "fails: the rule failed: ZeroDivisionError" in text
