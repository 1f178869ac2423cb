"""The guard: an error of ours becomes a note and a warning, never a failed training."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from collector.capture.guard import CollectorWarning, Guard


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def guard(notes: list[str]) -> Guard:
    return Guard(notes.append)


def test_that_an_error_becomes_one_note_and_one_warning(guard: Guard, notes: list[str]) -> None:
    with pytest.warns(CollectorWarning, match="failed while testing: KeyError: 'x'") as caught, guard("testing"):
        raise KeyError("x")

    assert notes == ["Strobe failed while testing: KeyError: 'x'"]
    assert len(caught) == 1


@pytest.mark.filterwarnings("ignore::collector.capture.guard.CollectorWarning")
def test_that_an_error_is_logged_with_its_trace_for_who_looks_for_it(
    guard: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"), guard("testing"):
        raise KeyError("x")

    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [("DEBUG", "failed while testing")]
    assert "test_guard.py" in caplog.text
    assert "KeyError: 'x'" in caplog.text


def test_that_an_error_that_comes_back_with_another_text_is_told_once(guard: Guard, notes: list[str]) -> None:
    with pytest.warns(CollectorWarning) as caught:
        for attempt in range(5):
            with guard("testing"):
                raise ValueError(f"attempt {attempt}")

    assert len(notes) == len(caught) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_that_numpy_warns_a_user_of_the_same_errors_as_before(guard: Guard, fails: bool) -> None:
    with np.errstate(all="call"):
        before = np.geterr()
        with warnings.catch_warnings(), guard("testing"):
            warnings.simplefilter("ignore", CollectorWarning)
            assert set(np.geterr().values()) == {"ignore"}
            if fails:
                raise ValueError
        assert np.geterr() == before


def test_that_a_quick_passage_is_guarded_and_leaves_numpy_as_it_is(guard: Guard, notes: list[str]) -> None:
    told = pytest.warns(CollectorWarning, match="failed while testing: ValueError: bad")
    with np.errstate(all="call"), told, guard.quick("testing"):
        assert set(np.geterr().values()) == {"call"}
        raise ValueError("bad")

    assert notes == ["Strobe failed while testing: ValueError: bad"]


def test_that_another_kind_of_error_is_told_too(guard: Guard, notes: list[str]) -> None:
    with pytest.warns(CollectorWarning):
        for error in (ValueError("a"), TypeError("a")):
            with guard("testing"):
                raise error

    assert len(notes) == 2


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_that_the_users_wish_to_stop_passes_through(guard: Guard, notes: list[str], stop: type[BaseException]) -> None:
    with pytest.raises(stop), guard("testing"):
        raise stop

    assert notes == []


def test_that_nothing_is_said_where_nothing_fails(guard: Guard, notes: list[str]) -> None:
    with guard("testing"):
        pass

    assert notes == []


def test_that_a_note_that_cannot_be_written_fails_nothing() -> None:
    def refuse(text: str) -> None:
        raise ValueError("no place")

    with pytest.warns(CollectorWarning, match="testing"), Guard(refuse)("testing"):
        raise KeyError("x")


@pytest.mark.parametrize("category", [Warning, UserWarning, CollectorWarning])
def test_that_a_warning_is_no_error_where_warnings_are_errors(
    guard: Guard, category: type[Warning], recwarn: pytest.WarningsRecorder
) -> None:
    warnings.simplefilter("error", category)

    guard.say("something")

    assert [str(each.message) for each in recwarn] == ["something"]


def test_that_the_warning_points_at_the_line_that_is_not_ours(guard: Guard, recwarn: pytest.WarningsRecorder) -> None:
    def call(function: Callable[[], None]) -> None:
        function()

    ours = dict(call.__globals__, __name__="collector.somewhere")
    inner = type(call)(call.__code__, ours)
    warnings.simplefilter("always")

    inner(lambda: guard.say("something"))

    assert recwarn[0].filename == __file__


def test_that_a_text_is_told_once_and_another_one_too(
    guard: Guard, notes: list[str], recwarn: pytest.WarningsRecorder
) -> None:
    warnings.simplefilter("always")
    for text in ("one", "two", "one"):
        guard.say(text)

    assert notes == [str(each.message) for each in recwarn] == ["one", "two"]


def test_that_of_one_kind_the_first_text_is_told_whatever_the_others_say(
    guard: Guard, notes: list[str], recwarn: pytest.WarningsRecorder
) -> None:
    warnings.simplefilter("always")
    for kind, text in (("a", "1 box"), ("a", "2 boxes"), ("b", "1 box"), (0, "none"), (0, "nothing")):
        guard.say(text, once=kind)

    assert [str(each.message) for each in recwarn] == ["1 box", "1 box", "none"]
    assert notes[:3] == ["1 box", "1 box", "none"]


def test_that_a_remark_is_a_note_without_a_warning_and_stands_for_the_warning_of_the_same_text(
    guard: Guard, notes: list[str], recwarn: pytest.WarningsRecorder
) -> None:
    for _ in range(2):
        guard.remark("something")
    guard.say("something")

    assert notes == ["something"]
    assert not recwarn.list


def test_that_the_same_error_is_told_again_where_something_else_was_being_done(guard: Guard, notes: list[str]) -> None:
    with pytest.warns(CollectorWarning) as caught:
        for what in ("looking", "writing", "looking"):
            with guard(what):
                raise KeyError("x")

    assert notes == [f"Strobe failed while {what}: KeyError: 'x'" for what in ("looking", "writing")]
    assert len(caught) == 2


def test_that_the_line_behind_a_failed_passage_is_reached_with_the_filters_as_they_were(
    guard: Guard, recwarn: pytest.WarningsRecorder
) -> None:
    warnings.simplefilter("error", CollectorWarning)
    before = list(warnings.filters)
    reached = False
    with guard("testing"):
        raise KeyError("x")
    reached = True

    assert reached
    assert warnings.filters == before
    assert len(recwarn) == 1


@pytest.mark.parametrize(("name", "is_passed_over"), [("torch.optim", True), ("keras", True), ("collectors", False)])
def test_that_frames_of_ours_and_the_frameworks_are_passed_over_by_whole_names(
    guard: Guard, recwarn: pytest.WarningsRecorder, name: str, is_passed_over: bool
) -> None:
    program = compile("def call(function):\n    function('something')\n", "theirs.py", "exec")
    theirs = {"__name__": name}
    exec(program, theirs)
    warnings.simplefilter("always")

    theirs["call"](guard.say)

    assert recwarn[0].filename == (__file__ if is_passed_over else "theirs.py")
