"""Failures of ours while a collector is made; a wrong call is the user's to be told."""

import pytest

from collector.capture.insight_options import InsightOptions
from collector.capture.setup_guard import SetupGuard, is_wrong_call


def test_that_what_fails_is_told_and_something_else_is_there_instead() -> None:
    guard, instead = SetupGuard(), [7]

    def fails() -> list[int]:
        return [1 // 0]

    assert guard("counting", fails, instead) is instead
    assert guard("counting", lambda: [1], instead) == [1]
    assert guard.failures == ["Strobe failed while counting: ZeroDivisionError: integer division or modulo by zero"]


def test_that_a_wrong_call_is_raised() -> None:
    guard = SetupGuard()

    with pytest.raises(ValueError, match="interval"):
        guard("counting", lambda: InsightOptions(interval=-1), None)
    assert guard.failures == []


def test_that_a_value_that_somebody_elses_code_refuses_is_no_wrong_call() -> None:
    guard = SetupGuard()

    assert guard("reading a number", lambda: int("seven"), 0) == 0
    assert len(guard.failures) == 1


def test_that_an_error_that_was_never_raised_is_no_wrong_call() -> None:
    assert not is_wrong_call(ValueError("interval"))
