"""The second of two runs: however it came it is compared, and looked at as long as it is."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.analysis.differences import Differences
from app.replay.comparing import Side
from app.replay.opened import open_for_replay
from app.session import Session
from collector.comparing.difference_map import DifferenceMap
from collector.comparing.saved import SavedComparison


@pytest.fixture
def both(session: Session, two_paths: tuple[Path, Path]) -> Session:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert session.comparing is not None
    return session


@pytest.mark.parametrize("how", ["opened", "begun", "continued"])
def test_that_whatever_stands_for_b_is_compared_however_it_came(
    both: Session, two_paths: tuple[Path, Path], tmp_path: Path, how: str
) -> None:
    again = open_for_replay(Path(shutil.copy(two_paths[1], tmp_path / "again.json")))
    getattr(both._beside.opening, how).emit(again)
    assert both.comparing is not None
    assert both.comparing.b.collection is again.collection
    assert both.side is Side.DIFFERENCE


@pytest.mark.parametrize("is_opened", [False, True], ids=["stopped", "another run"])
def test_that_nobody_looks_for_more_of_b_once_it_is_compared_no_more(
    both: Session, collection_path: Path, monkeypatch: pytest.MonkeyPatch, is_opened: bool
) -> None:
    watched: list[object] = []
    told: list[object] = []
    monkeypatch.setattr(both._beside.opening, "watch", watched.append)
    both.comparing_changed.connect(told.append)
    if is_opened:
        both.open(collection_path)
    else:
        both.stop_comparing()
    assert watched == [None]
    assert [each for each in told if each is None] == [None], "told once"


def test_that_of_a_run_with_more_in_it_the_layers_are_paired_anew(both: Session) -> None:
    before = both.comparing
    assert before is not None
    both._beside.take_grown(replace(before.a, is_being_recorded=True))
    assert both.comparing is not None
    assert both.comparing.a.is_being_recorded
    assert both.comparing.pair is not before.pair


def test_that_whatever_cannot_be_compared_is_a_problem_of_the_session(session: Session) -> None:
    told: list[str] = []
    session.problem_occurred.connect(told.append)
    session.differences.failed.emit("No difference can be told.")
    session._beside.failed.emit("The clock is not known.")
    assert told == ["No difference can be told.", "The clock is not known."]


def test_that_where_nothing_is_compared_there_is_no_difference_to_go_to(
    session: Session, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, cells = np.arange(4), np.array([[0.0, 1.0, 0.0, 1.0]])
    found: Any = Differences(
        None,  # type: ignore[arg-type]
        (),
        DifferenceMap("", ("fc1",), steps, steps, cells, cells != 0),
    )
    monkeypatch.setattr(session.differences, "when_known", lambda act: act(found))
    session.find_difference(1)
    session.open(collection_path)
    before = session.view
    session.find_difference(1)
    assert session.view == before
