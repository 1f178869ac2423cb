import sys
from pathlib import Path

import pytest

from collector.storage.install_command import install_command


def test_that_packages_are_brought_to_the_python_that_lacks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = tmp_path / "strobe-window"
    environment.mkdir()
    monkeypatch.setattr(sys, "prefix", str(environment))
    monkeypatch.setattr(sys, "executable", "/here/python")
    assert install_command("fsspec", "aiohttp") == "/here/python -m pip install fsspec aiohttp"
    (environment / "pipx_metadata.json").touch()
    assert install_command("tensorboard") == "pipx inject strobe-window tensorboard"
