"""What the process makes of its arguments, and how it tells what it cannot do."""

import io
import os
import sys
import threading
import warnings
from pathlib import Path

import pytest

from app.views.projection.analysis.projection_request import FittedWith, Method, ProjectionRequest
from app.views.projection.process import __main__ as process
from app.views.projection.process import work as works
from app.views.projection.process.__main__ import CANNOT, main
from collector.storage import CollectionError


class Unstarted:
    """Stands in for the thread that waits for the window's end."""

    def __init__(self, *_: object, **named: object) -> None:
        assert named["daemon"] is True

    def start(self) -> None:
        """Nobody waits."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, object]]:
    """What is to be laid out."""
    asked: list[tuple[object, object]] = []
    monkeypatch.setattr(threading, "Thread", Unstarted)
    monkeypatch.setattr(os, "nice", lambda by: asked.append(("nice", by)), raising=False)
    monkeypatch.setattr(works, "work", lambda path, request, say: asked.append((path, request)))
    return asked


def test_that_a_layout_is_asked_for_behind_all_other_work(asked: list[tuple[object, object]]) -> None:
    assert main(["run.json", "relu1", "TSNE", "30"]) == 0
    assert asked == [("nice", 10), (Path("run.json"), ProjectionRequest("relu1", Method.TSNE, 30))]


@pytest.mark.parametrize(("said", "is_first"), [("1", True), ("0", False)])
def test_that_a_map_of_two_names_the_other(asked: list[tuple[object, object]], said: str, is_first: bool) -> None:
    main(["run.json", "", "PCA", "0", "other.json", "fc2", "the key", said])
    other = FittedWith("other.json", "fc2", "the key", is_first)
    assert asked[-1][1] == ProjectionRequest("", Method.PCA, 0, other)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (works.CannotProjectError("4 samples are too few."), "4 samples are too few.\n"),
        (CollectionError(Path("run.json"), "is no collection."), "'run.json': is no collection.\n"),
        (OSError(28, "No space left on device"), "The layout cannot be kept: No space left on device.\n"),
        (OSError("odd"), "The layout cannot be kept: odd.\n"),
    ],
)
def test_that_what_cannot_be_done_is_told_in_words(
    asked: list[tuple[object, object]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    words: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(works, "work", fail)
    assert main(["run.json", "relu1", "PCA", "0"]) == CANNOT
    assert capsys.readouterr().err == words


def test_that_a_line_is_said_at_once_to_whoever_started_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BufferedWriter(io.BytesIO(), 1000))
    monkeypatch.setattr(sys, "__stdout__", out)
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # what a library has put in its place
    process._say('{"done": 2}')
    raw = out.buffer.raw  # type: ignore[attr-defined]
    assert raw.getvalue() == b'{"done": 2}\n'


def test_that_the_process_ends_when_the_other_end_of_its_input_does(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    left = [b"x", b"y", b""]
    monkeypatch.setattr(os, "read", lambda *given: asked.append(given) or left.pop(0))
    monkeypatch.setattr(os, "_exit", asked.append)
    process._end_with_the_window()
    assert asked == [(0, 1), (0, 1), (0, 1), 1]


def test_that_what_the_libraries_remark_is_for_their_own_users(
    asked: list[tuple[object, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(works, "work", lambda *_: warnings.warn("a remark", stacklevel=2))
    with warnings.catch_warnings():
        assert main(["run.json", "relu1", "PCA", "0"]) == 0


def test_that_where_work_cannot_be_put_behind_other_work_it_is_done_all_the_same(
    asked: list[tuple[object, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "nice")
    assert main(["run.json", "relu1", "PCA", "0"]) == 0
    assert [each for each in asked if each[0] == "nice"] == []
    assert len(asked) == 1
