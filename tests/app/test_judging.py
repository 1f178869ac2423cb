"""The rules and the question who moved first, put to a file that may still grow."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from app.judging import Judged, Judging
from collector.findings import findings, first_movers
from collector.findings.recording import Recording
from collector.storage import open_collection


class Waiting:
    """Jobs that are done when a test says so."""

    def __init__(self) -> None:
        self.given: list[Callable[[], None]] = []

    def is_busy(self, owner: object) -> bool:
        return bool(self.given)

    def submit(self, owner: object, work: Callable, on_done: Callable, *_: object, **__: object) -> None:
        self.given.append(lambda: on_done(work(SimpleNamespace(is_wanted=True))))

    def cancel(self, owner: object) -> None:
        self.given.clear()

    def release(self, judging: Judging) -> None:
        judging.close()

    def do(self) -> None:
        self.given.pop()()


def test_that_what_has_grown_while_the_rules_were_at_work_is_judged_again(collection_path: Path) -> None:
    jobs = Waiting()
    findings = Judged(jobs)  # type: ignore[arg-type]
    findings.open(collection_path)
    findings.judge()
    assert len(jobs.given) == 1
    jobs.do()
    assert len(jobs.given) == 1, "it was asked for while they were at work"
    jobs.do()
    assert jobs.given == []
    findings.close()


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
