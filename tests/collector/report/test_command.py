import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from collector import open_collection
from collector.report.command import report_command
from collector.report.junit import junit

GOLDEN = Path(__file__).parents[2] / "golden" / "finished.json"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_bytes(GOLDEN.read_bytes())
    return path


def test_that_the_page_is_written_beside_the_collection(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_command([str(run)]) == 0
    assert run.with_suffix(".html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert sorted(each.name for each in run.parent.iterdir()) == ["run.html", "run.json"]
    assert str(run.with_suffix(".html")) in capsys.readouterr().out


def test_that_findings_are_written_as_json_and_as_tests_too(run: Path, tmp_path: Path) -> None:
    names = {"--output": "page.html", "--junit": "tests.xml", "--json": "findings.json"}
    options = [part for option, name in names.items() for part in (option, str(tmp_path / name))]
    assert report_command([str(run), *options]) == 0
    told = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert {each["rule"] for each in told["findings"]} == {"not-finite", "constant-output"}
    suite = ElementTree.parse(tmp_path / "tests.xml").getroot()[0]
    assert {each.get("name") for each in suite if each.find("failure") is not None} == {"not-finite", "constant-output"}
    assert (tmp_path / "page.html").is_file()


@pytest.mark.parametrize(("severity", "code"), [("critical", 0), ("warning", 3), ("note", 3)])
def test_that_the_exit_code_tells_whether_something_is_wrong(run: Path, severity: str, code: int) -> None:
    assert report_command([str(run), "--fail-on", severity]) == code


def test_that_no_file_is_written_over_the_collection(run: Path) -> None:
    before = run.read_bytes()
    for option in ("--output", "--junit", "--json"):
        with pytest.raises(SystemExit) as ended:
            report_command([str(run), option, str(run)])
        assert ended.value.code == 2
    assert run.read_bytes() == before


def test_that_what_is_no_collection_is_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_command([str(tmp_path / "none.json")]) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_that_a_folder_that_is_not_there_is_said_in_words(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_command([str(run), "--output", str(run.parent / "none" / "page.html")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_that_a_test_suite_counts_what_failed_and_what_could_not_be_judged() -> None:
    with open_collection(GOLDEN) as collection:
        report = collection.findings()
    for fail_on, failures in (("warning", 2), ("critical", 0)):
        suite = ElementTree.fromstring(junit(report, fail_on).partition("\n")[2])[0]
        cases = {each.get("name"): each for each in suite}
        assert set(cases) == {*report.judged, *(each.rule for each in report.not_judged)}
        assert suite.get("tests") == str(len(suite)) == str(len(cases))
        assert suite.get("failures") == str(failures) == str(len(suite.findall("testcase/failure")))
        assert suite.get("skipped") == str(len(report.not_judged)) == str(len(suite.findall("testcase/skipped")))
        assert len(suite.findall("testcase/system-out")) == 2 - failures
