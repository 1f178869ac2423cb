"""``python main.py findings`` as a process of its own: words, JSON, exit codes."""

import json
from pathlib import Path

import numpy as np
import pytest

from collector.findings.command import findings_command, summary
from collector.findings.finding import Finding, NotJudged, Report, RestsOn
from collector.storage.schema import OptimizersRecord
from tests.collector.findings.as_a_process import told
from tests.collector.findings.recorded import Recorded, falling


@pytest.fixture
def broken_run(tmp_path: Path) -> Path:
    loss = falling(60)
    loss[40:] = np.nan
    run = Recorded(tmp_path).scalars({"loss": loss})
    run.report()
    return run.path


def test_that_the_command_says_it_in_words_and_in_json(broken_run: Path) -> None:
    code, text = told(broken_run)
    assert code == 0
    assert "1 finding: 1 critical" in text
    assert "CRITICAL not-finite, step 40" in text
    assert "Not judged:" in text
    code, text = told(broken_run, "--json")
    report = json.loads(text)
    assert code == 0
    assert (report["format"], report["version"]) == ("strobe.findings", 1)
    assert report["findings"][0]["rule"] == "not-finite"
    assert {"collection", "global_events", "not_judged", "judged"} <= report.keys()


def test_that_what_several_rules_lack_is_said_once(broken_run: Path) -> None:
    _, text = told(broken_run)
    words = " ".join(text.split())
    assert words.count("which parameters are in an optimizer is not in this file") == 1
    assert "not-in-optimizer, unregistered-layer, frozen-layers, " in words


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on", "warning"), 3),
        (("--fail-on", "critical"), 3),
        (("--fail-on", "critical", "--rules", "dead-units"), 0),
        (("--rules", "nonsense"), 2),
    ],
)
def test_that_the_exit_code_says_whether_there_is_a_finding(
    broken_run: Path, arguments: tuple[str, ...], code: int
) -> None:
    assert told(broken_run, *arguments)[0] == code


def test_that_a_file_that_cannot_be_opened_is_wrong_use(tmp_path: Path) -> None:
    code, text = told(tmp_path / "none.json")
    assert code == 2
    assert "there is no such file" in text


@pytest.fixture
def moved_run(tmp_path: Path) -> Path:
    norms = {f"gradient_norm/fc{k}": np.where((np.arange(60) >= 40) & (k == 2), 50.0, 1.0) for k in (1, 2, 3)}
    run = Recorded(tmp_path).scalars({"loss": falling(60), "learning_rate": np.repeat([1e-3, 1e-1], 30)} | norms)
    run.report()
    return run.path


def test_that_who_moved_first_around_a_step_is_told_in_words_and_in_json(moved_run: Path) -> None:
    code, text = told(moved_run, "--at", "40")
    assert code == 0
    assert "Who moved first around step 40 (steps 25 to 45):" in text
    assert "1. fc2: gradient_norm 50 times its usual, from step 40 on (z = " in text
    assert "step 30: learning_rate 100 times what it was" in text
    code, text = told(moved_run, "--at", "40", "--json")
    found = json.loads(text)
    assert (found["format"], found["version"]) == ("strobe.first_movers", 1)
    assert (found["step"], found["window"]) == (40, [25, 45])
    assert [(each["layer"], each["quantity"], each["since"]) for each in found["movers"]] == [
        ("fc2", "gradient_norm", 40)
    ]


def test_that_where_nobody_moved_it_says_so(moved_run: Path) -> None:
    assert "No layer left its own past around step 20" in told(moved_run, "--at", "20")[1]


def test_that_where_it_cannot_be_told_who_moved_it_says_why(broken_run: Path) -> None:
    assert "cannot be told: there is no activation_std" in told(broken_run, "--at", "20")[1]


@pytest.mark.parametrize("other", [("--fail-on", "note"), ("--rules", "dead-units")])
def test_that_who_moved_first_asks_no_rule(moved_run: Path, other: tuple[str, str]) -> None:
    code, text = told(moved_run, "--at", "40", *other)
    assert code == 2
    assert "--at asks no rule" in text


def test_that_lines_are_at_most_a_hundred_wide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Recorded(tmp_path).add(OptimizersRecord(0, [], unregistered=["xx" + " x" * 200])).write()
    findings_command([str(path)])
    widths = [len(line) for line in capsys.readouterr().out.splitlines() if " x x " in line]
    assert widths[:2] == [100, 99]


@pytest.mark.parametrize(
    ("severities", "line"),
    [
        ("", "Nothing is wrong as far as can be judged (2 rules judged)."),
        ("note note", "Nothing is wrong as far as can be judged (2 rules judged; 2 noted)."),
        ("warning", "1 finding: 1 warning (2 rules judged)."),
        ("critical note", "1 finding: 1 critical (2 rules judged; 1 noted)."),
        ("critical warning", "2 findings: 1 critical, 1 warning (2 rules judged)."),
        ("critical warning warning note", "3 findings: 1 critical, 2 warning (2 rules judged; 1 noted)."),
    ],
)
def test_that_the_first_line_counts_what_is_wrong_and_beside_it_what_is_noted(severities: str, line: str) -> None:
    found = [
        Finding(rule="odd", severity=each, title="", since=0, since_range=(0, 0), rests_on=RestsOn("", "", ""))  # type: ignore[arg-type]
        for each in severities.split()
    ]
    assert summary(Report("run.json", found, [], ["odd", "even"], [])) == line


@pytest.mark.parametrize(
    ("n_judged", "n_not_judged", "told"),
    [(0, 0, "0 rules judged"), (1, 0, "1 rule judged"), (2, 1, "2 rules judged, 1 could not be")],
)
def test_that_the_first_line_counts_the_rules_that_were_judged(n_judged: int, n_not_judged: int, told: str) -> None:
    report = Report("run.json", [], [], ["odd"] * n_judged, [NotJudged("even", "nothing")] * n_not_judged)
    assert summary(report).endswith(f" ({told}).")
