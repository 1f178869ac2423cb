"""Background work."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from collector.storage import CollectionError


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


def fail(error: CollectionError) -> None:
    raise AssertionError(f"the job failed: {error}")


def test_that_an_answer_arrives_on_the_windows_thread(jobs: Jobs, qtbot: QtBot) -> None:
    threads = []
    jobs.submit("frame", threading.current_thread, lambda at: threads.extend([at, threading.current_thread()]), fail)
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


def test_that_an_overtaken_answer_is_dropped_and_of_those_waiting_only_the_newest_runs(
    jobs: Jobs, qtbot: QtBot
) -> None:
    may_end, ran, answers = threading.Event(), [], []

    def work(number: int) -> int:
        ran.append(number)
        may_end.wait(10)
        return number

    for number in range(5):
        jobs.submit("frame", lambda number=number: work(number), answers.append, fail)
    may_end.set()
    qtbot.waitUntil(lambda: answers == [4])
    assert ran == [0, 4]


def test_that_a_known_error_is_handed_over_in_words(jobs: Jobs, qtbot: QtBot) -> None:
    def work() -> None:
        raise CollectionError("run.json", "is broken.")

    heard = []
    jobs.submit("open", work, heard.append, lambda error: heard.append(str(error)))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["'run.json': is broken."]


def test_that_an_unknown_error_is_raised_on_the_windows_thread(jobs: Jobs, qtbot: QtBot) -> None:
    def work() -> None:
        raise ZeroDivisionError("unforeseen")

    with qtbot.captureExceptions() as raised:
        jobs.submit("open", work, fail, fail)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ZeroDivisionError


def test_that_closing_waits_for_the_work_and_drops_its_answer(qtbot: QtBot) -> None:
    jobs, answers = Jobs(), []
    jobs.submit("frame", lambda: 1, answers.append, fail)
    jobs.close()
    qtbot.wait(20)
    assert answers == []
