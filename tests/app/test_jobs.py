"""Background work."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app import jobs as background
from app.jobs import RETRY_SECONDS, Jobs, Lane, Progress
from app.replay.scan import Scan
from collector.storage import CollectionError, UnreachableError
from collector.storage.paths import RemotePath

PATIENCE_S = 10


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What work waits at; open when the test is over, whatever comes of it."""
    gate = threading.Event()
    yield gate
    gate.set()


def fail(error: CollectionError) -> None:
    raise AssertionError(f"the job failed: {error}")


def waiting_at(gate: threading.Event, began: list | None = None, answer: object = None) -> Callable[[Progress], object]:
    """Work that says that it has begun, and waits."""

    def work(progress: Progress) -> object:
        if began is not None:
            began.append(progress)
        gate.wait(PATIENCE_S)
        return answer

    return work


class File:
    """Something that can be closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        assert not self.is_closed
        self.is_closed = True


def test_that_an_answer_arrives_on_the_windows_thread(jobs: Jobs, qtbot: QtBot) -> None:
    threads: list = []
    work = lambda _: threading.current_thread()  # noqa: E731
    jobs.submit("frame", work, lambda at: threads.extend([at, threading.current_thread()]), fail)
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


def test_that_an_overtaken_answer_is_dropped_and_of_those_waiting_only_the_newest_runs(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event
) -> None:
    ran: list[int] = []
    answers: list[int] = []

    def work(number: int) -> int:
        ran.append(number)
        gate.wait(PATIENCE_S)
        return number

    for number in range(5):
        jobs.submit("frame", lambda _, number=number: work(number), answers.append, fail)
        qtbot.waitUntil(lambda: bool(ran))
    gate.set()
    qtbot.waitUntil(lambda: answers == [4])
    assert ran == [0, 4]


def test_that_work_is_told_when_its_owner_does_not_want_it_any_more_and_others_go_on(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event
) -> None:
    began: list[Progress] = []
    answers: list[str] = []
    jobs.submit("mine", waiting_at(gate, began, "mine"), answers.append, fail)
    jobs.submit("yours", waiting_at(gate, began, "yours"), answers.append, fail)
    qtbot.waitUntil(lambda: len(began) == 2)
    jobs.cancel("mine")
    assert sorted(progress.is_wanted for progress in began) == [False, True]
    gate.set()
    qtbot.waitUntil(lambda: not jobs.is_busy("mine") and not jobs.is_busy("yours"))
    assert answers == ["yours"]


def test_that_a_frame_never_waits_behind_scans(jobs: Jobs, qtbot: QtBot, gate: threading.Event) -> None:
    scans: list[int] = []
    for number in range(5):
        jobs.submit(number, waiting_at(gate, answer=number), scans.append, fail, lane=Lane.SCAN)
    frames: list[str] = []
    jobs.submit("frame", lambda _: "frame", frames.append, fail)
    qtbot.waitUntil(lambda: frames == ["frame"])
    assert scans == []
    gate.set()
    qtbot.waitUntil(lambda: sorted(scans) == [0, 1, 2, 3, 4])


def test_that_as_many_kinds_of_frames_as_there_are_threads_wait_for_none_of_each_other(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event
) -> None:
    for number in range(Lane.FRAME.value - 1):
        jobs.submit(number, waiting_at(gate), lambda _: None, fail)
    frames: list[str] = []
    jobs.submit("frame", lambda _: "frame", frames.append, fail)
    qtbot.waitUntil(lambda: frames == ["frame"])


@pytest.mark.parametrize(("lane", "n"), [(Lane.FRAME, 4), (Lane.SCAN, 2)])
def test_that_so_many_of_a_lane_are_done_at_a_time_and_no_more(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event, lane: Lane, n: int
) -> None:
    began: list[Progress] = []
    answers: list[object] = []
    for number in range(n + 1):
        jobs.submit(number, waiting_at(gate, began, number), answers.append, fail, lane=lane)
    qtbot.waitUntil(lambda: len(began) >= n)
    qtbot.wait(20)
    assert len(began) == n
    gate.set()
    qtbot.waitUntil(lambda: sorted(answers) == list(range(n + 1)))


def test_that_parts_arrive_before_the_answer_and_on_the_windows_thread(jobs: Jobs, qtbot: QtBot) -> None:
    heard: list[object] = []

    def work(progress: Progress) -> str:
        progress.hand_over("a part")
        progress.hand_over("another")
        return "the whole"

    jobs.submit(
        "signs", work, heard.append, fail, on_part=lambda part: heard.extend([part, threading.current_thread()])
    )
    qtbot.waitUntil(lambda: "the whole" in heard)
    main = threading.main_thread()
    assert heard == ["a part", main, "another", main, "the whole"]


def test_that_a_part_of_what_is_wanted_no_more_does_not_arrive(jobs: Jobs, qtbot: QtBot, gate: threading.Event) -> None:
    began: list[Progress] = []
    heard: list[object] = []

    def work(progress: Progress) -> None:
        progress.hand_over("a part")
        began.append(progress)

    jobs.submit("signs", work, heard.append, fail, on_part=heard.append)
    while not began:  # without a turn of the event loop, in which the part would arrive
        gate.wait(0.001)
    jobs.cancel("signs")
    qtbot.waitUntil(lambda: not jobs.is_busy("signs"))
    assert heard == []


def test_that_a_known_error_is_handed_over_in_words(jobs: Jobs, qtbot: QtBot) -> None:
    def work(_: Progress) -> None:
        raise CollectionError("run.json", "is broken.")

    heard: list[object] = []
    jobs.submit("open", work, heard.append, lambda error: heard.append(str(error)))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["'run.json': is broken."]


def test_that_an_unknown_error_is_raised_on_the_windows_thread_and_the_owner_can_go_on(
    jobs: Jobs, qtbot: QtBot
) -> None:
    def work(_: Progress) -> None:
        raise ZeroDivisionError("unforeseen")

    with qtbot.captureExceptions() as raised:
        jobs.submit("open", work, fail, fail)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ZeroDivisionError
    answers: list[int] = []
    jobs.submit("open", lambda _: 1, answers.append, fail)
    qtbot.waitUntil(lambda: answers == [1])


def test_that_what_is_read_is_closed_when_the_last_job_that_reads_it_is_over(jobs: Jobs, qtbot: QtBot) -> None:
    old, new = File(), File()
    gates = [threading.Event(), threading.Event()]
    began: list[Progress] = []
    answers: list[object] = []
    for number, lane in enumerate(Lane):
        jobs.submit(number, waiting_at(gates[number], began, "old"), answers.append, fail, lane=lane, reads=old)
    jobs.submit("other", lambda _: "new", answers.append, fail, reads=new)
    qtbot.waitUntil(lambda: len(began) == 2)
    jobs.release(old)
    assert not any(progress.is_wanted for progress in began)
    for number, gate in enumerate(gates):
        assert not old.is_closed
        gate.set()
        qtbot.waitUntil(lambda number=number: not jobs.is_busy(number))
    assert old.is_closed
    qtbot.waitUntil(lambda: answers == ["new"])
    assert not new.is_closed


def test_that_what_nobody_reads_is_closed_at_once(jobs: Jobs) -> None:
    file = File()
    jobs.release(file)
    assert file.is_closed


def test_that_an_answer_nobody_waits_for_is_given_back(jobs: Jobs, qtbot: QtBot, gate: threading.Event) -> None:
    began: list[Progress] = []
    answers: list[File] = []
    first, second = File(), File()
    jobs.submit("open", waiting_at(gate, began, first), answers.append, fail, on_dropped=File.close)
    qtbot.waitUntil(lambda: bool(began))
    jobs.submit("open", lambda _: second, answers.append, fail, on_dropped=File.close)
    gate.set()
    qtbot.waitUntil(lambda: answers == [second])
    assert (first.is_closed, second.is_closed) == (True, False)


def test_that_closing_waits_for_the_work_drops_its_answer_and_closes_what_was_released(
    qtbot: QtBot, gate: threading.Event
) -> None:
    jobs, file = Jobs(), File()
    answers: list[object] = []
    began: list[Progress] = []
    was_closed: list[bool] = []

    def work(progress: Progress) -> int:
        began.append(progress)
        while progress.is_wanted:
            gate.wait(0.001)
        gate.wait(0.05)  # it still reads when nobody waits for it
        was_closed.append(file.is_closed)
        return 1

    jobs.submit("frame", work, answers.append, fail, reads=file)
    jobs.submit("frame", work, answers.append, fail, reads=file)
    qtbot.waitUntil(lambda: bool(began))
    jobs.release(file)
    jobs.close()
    assert (was_closed, file.is_closed) == ([False], True)
    jobs.submit("frame", work, answers.append, fail)
    qtbot.wait(20)
    assert answers == []
    assert len(began) == 1


@pytest.mark.parametrize("is_synchronous", [True, False])
def test_that_an_owner_may_go_on_when_its_answer_comes(qtbot: QtBot, is_synchronous: bool) -> None:
    jobs = Jobs(is_synchronous=is_synchronous)
    answers: list[int] = []

    def on_done(answer: int) -> None:
        answers.append(answer)
        if answer < 3:
            jobs.submit("features", lambda _: answer + 1, on_done, fail)

    jobs.submit("features", lambda _: 1, on_done, fail)
    qtbot.waitUntil(lambda: answers == [1, 2, 3])
    jobs.close()


class Passes(list):
    """Passes of a run, read past a gate."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__(range(4))
        self.read: list[int] = []
        self._gate = gate

    def __getitem__(self, number):
        self.read.append(number)
        self._gate.wait(PATIENCE_S)
        return super().__getitem__(number)


class Reader:
    """Gathers what it sees."""

    def __init__(self) -> None:
        self.n_passes = 0
        self.seen: list = []

    def take(self, pass_: object) -> None:
        self.n_passes += 1
        self.seen.append(pass_)

    def result(self) -> list:
        return self.seen


def test_that_jobs_that_see_all_passes_share_the_reading_and_each_has_its_answer(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event
) -> None:
    passes, file = Passes(gate), File()
    scan = Scan(passes)
    answers: list[tuple[str, list]] = []
    for owner in ("history", "features", "gone"):
        on_done = lambda seen, owner=owner: answers.append((owner, seen))  # noqa: E731
        jobs.scan(owner, scan, Reader(), on_done, fail, reads=file)
    jobs.cancel("gone")
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [("history", [0, 1, 2, 3]), ("features", [0, 1, 2, 3])]
    assert passes.read.count(3) == 1


def test_that_a_file_that_is_scanned_is_closed_when_the_scan_has_ended(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event
) -> None:
    passes, file = Passes(gate), File()
    answers: list = []
    jobs.scan("history", Scan(passes), Reader(), answers.append, fail, reads=file)
    qtbot.waitUntil(lambda: bool(passes.read))
    jobs.release(file)
    assert not file.is_closed
    gate.set()
    qtbot.waitUntil(lambda: file.is_closed)
    assert (passes.read, answers) == ([0], [])


@pytest.mark.parametrize("is_synchronous", [True, False])
def test_that_a_scan_can_be_asked_for_again_and_again(
    qtbot: QtBot, gate: threading.Event, is_synchronous: bool
) -> None:
    gate.set()
    jobs, scan = Jobs(is_synchronous=is_synchronous), Scan(Passes(gate))
    answers: list[list] = []

    def ask(before: list | None = None) -> None:
        if before is not None:
            answers.append(before)
        if len(answers) < 3:
            jobs.scan("history", scan, Reader(), ask, fail)

    ask()
    qtbot.waitUntil(lambda: answers == [[0, 1, 2, 3]] * 3)
    jobs.close()


def test_that_what_is_out_of_reach_is_tried_again_later_each_time_and_then_each_time_after_the_longest_wait(
    jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_failures = len(RETRY_SECONDS) + 2
    waited: list[int] = []
    answers: list[str] = []

    class Impatient(QTimer):
        """Says how long is to be waited, and does not wait."""

        @staticmethod
        def singleShot(ms: int, then: Callable[[], None]) -> None:
            waited.append(ms)
            QTimer.singleShot(0, then)

    def read(progress: Progress) -> str:
        if len(waited) < n_failures:
            raise UnreachableError(RemotePath("http://127.0.0.1/run.json"), "there is no answer")
        return "read"

    monkeypatch.setattr(background, "QTimer", Impatient)
    jobs.submit("frame", read, answers.append, fail)
    qtbot.waitUntil(lambda: answers == ["read"])
    assert waited == [1000, 2000, 4000, 8000, 15000, 15000, 15000]


def test_that_what_is_out_of_reach_can_be_reached_again_when_nobody_waits_for_any_of_it(
    jobs: Jobs, qtbot: QtBot
) -> None:
    told: list[str] = []
    jobs.connection_changed.connect(told.append)
    jobs.retry_seconds = (60,)

    def read(progress: Progress) -> str:
        raise UnreachableError(RemotePath("http://127.0.0.1/run.json"), "there is no answer")

    for owner in ("one", "other"):
        jobs.submit(owner, read, fail, fail)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert all(each.endswith("': there is no answer") for each in told)
    jobs.cancel("one")
    assert len(told) == 2
    jobs.cancel("other")
    assert told[2:] == [""]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What is to be done after a wait, which a test lets be over."""
    held: list[Callable[[], None]] = []

    class Held(QTimer):
        @staticmethod
        def singleShot(_: int, then: Callable[[], None]) -> None:
            held.append(then)

    monkeypatch.setattr(background, "QTimer", Held)
    return held


def out_of_reach(_: Progress) -> str:
    raise UnreachableError(RemotePath("http://127.0.0.1/run.json"), "there is no answer")


def test_that_after_several_failures_it_is_told_once_that_all_can_be_reached_again(
    jobs: Jobs, qtbot: QtBot, later: list[Callable[[], None]]
) -> None:
    told: list[str] = []
    answers: list[object] = []
    jobs.connection_changed.connect(told.append)
    can_be_reached = threading.Event()

    def read(progress: Progress) -> str:
        return "read" if can_be_reached.is_set() else out_of_reach(progress)

    for owner in ("one", "other"):
        jobs.submit(owner, read, answers.append, fail)
    for n_told in (2, 4):
        qtbot.waitUntil(lambda n_told=n_told: len(told) == n_told)
        if n_told == 4:
            can_be_reached.set()
        for again in (later.pop(0), later.pop(0)):
            again()
    qtbot.waitUntil(lambda: answers == ["read", "read"])
    assert told == ["'http://127.0.0.1/run.json': there is no answer"] * 4 + [""]
    assert not jobs.is_busy("one")


@pytest.mark.parametrize("how", ["cancelled", "closed", "replaced"])
def test_that_what_nobody_waits_for_any_more_is_not_tried_again(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event, later: list[Callable[[], None]], how: str
) -> None:
    answers: list[object] = []
    began: list[Progress] = []
    jobs.submit("frame", out_of_reach, fail, fail)
    qtbot.waitUntil(lambda: len(later) == 1)
    if how == "cancelled":
        jobs.cancel("frame")
    elif how == "closed":
        jobs.close()
    else:
        jobs.submit("frame", waiting_at(gate, began, "new"), answers.append, fail)
        qtbot.waitUntil(lambda: bool(began))
    later[0]()
    assert jobs.is_busy("frame") is (how == "replaced")
    gate.set()
    qtbot.waitUntil(lambda: answers == (["new"] if how == "replaced" else []))
    assert len(later) == 1


def test_that_what_sees_all_passes_tells_how_far_it_is(
    jobs: Jobs, qtbot: QtBot, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "TELL_SECONDS", 0.0)
    gate.set()
    answers: list[object] = []
    steps: list[tuple[int, int]] = []
    jobs.scan(
        "history", Scan(Passes(gate)), Reader(), answers.append, fail, on_progress=lambda *told: steps.append(told)
    )
    qtbot.waitUntil(lambda: bool(answers))
    assert steps == [(number, 4) for number in (1, 2, 3, 4)]


def test_that_a_scan_of_a_window_that_has_gone_is_not_begun(qtbot: QtBot, gate: threading.Event) -> None:
    jobs, passes = Jobs(), Passes(gate)
    jobs.close()
    jobs.scan("history", Scan(passes), Reader(), fail, fail)
    assert passes.read == []


def test_that_where_nothing_can_wait_what_is_out_of_reach_has_failed(qtbot: QtBot) -> None:
    jobs, failed = Jobs(is_synchronous=True), list[str]()
    jobs.submit("frame", out_of_reach, fail, lambda error: failed.append(str(error)))
    assert (len(failed), jobs.is_busy("frame")) == (1, False)
