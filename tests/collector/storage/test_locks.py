"""Asking who records a file, and recording it, at the same time."""

import os
import sys
from pathlib import Path

import pytest

from collector.storage import locks
from collector.storage.errors import BeingRecordedError
from collector.storage.locks import is_being_recorded, lock, unlock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    path.write_text("{}")
    return path


def test_that_a_file_is_being_recorded_as_long_as_its_lock_is_held(path: Path) -> None:
    assert is_being_recorded(path) is False
    file = os.open(path, os.O_RDWR)
    lock(file, path)
    assert is_being_recorded(path) is True
    unlock(file)
    os.close(file)
    assert is_being_recorded(path) is False


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_that_nothing_is_claimed_of_what_is_no_file(tmp_path: Path, name: str) -> None:
    assert is_being_recorded(tmp_path / name) is None


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
@pytest.mark.parametrize("looks_for_long", [False, True])
def test_that_who_only_looks_keeps_nobody_from_recording(
    path: Path, looks_for_long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, recording = os.open(path, os.O_RDONLY), os.open(path, os.O_RDWR)
    locks._probe(looking)
    monkeypatch.setattr("collector.storage.locks.time.sleep", lambda _: looks_for_long or locks._unlock(looking))
    try:
        if looks_for_long:
            with pytest.raises(BeingRecordedError):
                lock(recording, path)
        else:
            assert lock(recording, path)
    finally:
        unlock(recording)
        os.close(looking)
        os.close(recording)
