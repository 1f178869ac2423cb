from pathlib import Path

import pytest

from collector.storage.whole_file import whole_file


def test_that_litter_that_somebody_else_removes_first_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"
    gone = tmp_path / "run.json.0123456789abcdef.partial"
    monkeypatch.setattr(Path, "iterdir", lambda _: iter([gone]))
    with whole_file(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
