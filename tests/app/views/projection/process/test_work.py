"""What is laid out at all."""

import json
from pathlib import Path

import pytest

from app.views.projection.analysis.projection_request import RAW, Method, ProjectionRequest
from app.views.projection.process import layout_cache as kept
from app.views.projection.process.work import CannotProjectError, work
from tests.app.views.projection.projected_run import write_run


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's cache, for the time of a test."""
    monkeypatch.setattr(kept.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))


def done(path: Path) -> list[int]:
    """Numbers of the layouts that are told to be there."""
    told: list[dict] = []
    work(path, ProjectionRequest(RAW, Method.PCA), lambda line: told.append(json.loads(line)))
    return [each["done"] for each in told if "done" in each]


def test_that_five_samples_can_be_laid_out_and_four_are_too_few(tmp_path: Path) -> None:
    assert done(write_run(tmp_path / "five.json", n_samples=5)) == [0]
    with pytest.raises(CannotProjectError, match=r"^4 samples are too few; 5 can be projected\.$"):
        done(write_run(tmp_path / "four.json", n_samples=4))
