"""What is told of a run below its small picture."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.judging import Judging
from app.window.overview import Overview
from app.window.theme import apply_theme
from app.window.thumbnail_painter import _told
from collector.findings import Finding
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, report


@pytest.fixture
def found() -> list[Finding]:
    """What the rules say: a note alone."""
    return [SPIKE]


@pytest.fixture
def overview(qapp, collection_path: Path, found: list[Finding], monkeypatch: pytest.MonkeyPatch) -> Iterator[Overview]:
    monkeypatch.setattr(Judging, "report", lambda *_: report(*found))
    apply_theme(qapp)
    overview = Overview(collection_path)
    yield overview
    overview.close()


@pytest.mark.parametrize(
    ("model", "dataset", "words"),
    [
        ("cnn", "digits", "12 steps · finished · cnn on digits"),
        ("cnn", "", "12 steps · finished · cnn"),
        ("", "digits", "12 steps · finished · a model on digits"),
        ("", "", "12 steps · finished"),
    ],
)
def test_that_the_model_is_told_with_its_data_as_far_as_they_have_names(
    overview: Overview, model: str, dataset: str, words: str
) -> None:
    assert overview.session.opened is not None
    run = overview.session.opened.collection.run
    run.model, run.dataset = model, dataset
    assert _told(overview) == words


@pytest.mark.parametrize(
    ("found", "words"), [([SPIKE], ""), ([SPIKE, LARGE], "1 finding · "), ([LARGE, DEAD], "2 findings · ")]
)
def test_that_findings_stand_first_and_notes_are_not_counted(overview: Overview, words: str) -> None:
    assert _told(overview).partition("12 steps")[0] == words
