"""Errors that nobody foresaw: what is logged of them, what the user is told, and how often."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import collector
from app.window.crash import CrashHandler


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def handler(told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashHandler]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    log = logging.getLogger("strobe.app")
    before = list(log.handlers)
    yield CrashHandler(tmp_path / "logs" / "strobe.log", told.append, lambda: "run.json")
    for each in [each for each in log.handlers if each not in before]:
        log.removeHandler(each)
        each.close()


def raised(handler: CrashHandler, error: BaseException) -> None:
    """As an exception that leaves a slot comes here."""
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - as Qt would let it go
        handler(type(caught), caught, caught.__traceback__)


@pytest.mark.expects_log
def test_that_an_error_is_logged_with_its_place_and_told_once(
    handler: CrashHandler, told: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    handler.install()
    assert sys.excepthook is handler
    path = tmp_path / "logs" / "strobe.log"
    for error in (ValueError("no such thing"), ValueError("no such thing"), KeyError("other")):
        raised(handler, error)
    assert told == [
        f"Something went wrong that should not have: ValueError: no such thing. The details are in {path}.",
        f"Something went wrong that should not have: KeyError: 'other'. The details are in {path}.",
    ]
    logged = path.read_text()
    assert logged.count("Traceback (most recent call last):") == 3
    assert f"Unexpected error (Strobe {collector.__version__}, Qt " in logged
    assert logged.count("open: run.json)") == 3
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3


def test_that_ctrl_c_is_pythons_own(
    handler: CrashHandler, told: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handed: list[object] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: handed.append(kind))
    raised(handler, KeyboardInterrupt())
    assert (handed, told, caplog.records) == ([KeyboardInterrupt], [], [])


@pytest.mark.expects_log
def test_that_without_a_place_for_the_log_the_user_is_told_all_the_same(
    handler: CrashHandler, told: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("a file of this name")
    handler.install()
    raised(handler, ValueError("no such thing"))
    assert len(told) == 1
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
    assert caplog.records[0].getMessage().startswith("No log file: ")


def test_that_the_log_is_kept_small_and_made_when_there_is_something_to_say(
    handler: CrashHandler, tmp_path: Path
) -> None:
    handler.install()
    handler.install()
    assert not (tmp_path / "logs" / "strobe.log").exists()
    made = [each for each in logging.getLogger("strobe.app").handlers if hasattr(each, "maxBytes")]
    assert {(each.maxBytes, each.backupCount) for each in made} == {(2**20, 1)}  # type: ignore[attr-defined]
