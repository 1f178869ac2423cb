"""The rules and the question who moved first, put to a file that may still grow."""

from pathlib import Path

from app.judging import Judging
from collector.findings import findings, first_movers
from collector.findings.recording import Recording
from collector.storage import open_collection


def test_that_a_report_is_what_the_rules_say_of_the_file(collection_path: Path) -> None:
    judging = Judging(collection_path)
    with open_collection(collection_path) as collection:
        assert judging.report() == findings(collection)
    judging.close()


def test_that_who_moved_first_can_be_asked_before_and_after_the_rules(collection_path: Path) -> None:
    judging = Judging(collection_path)
    with open_collection(collection_path) as collection:
        expected = first_movers(Recording(collection), 9)
    assert judging.first_movers(9) == expected
    judging.report()
    assert judging.first_movers(9) == expected
    judging.close()
