"""A window that has a run open while another process goes on with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from app.jobs import Jobs
from app.session import Session
from collector import Collector


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(Jobs(is_synchronous=True))
    yield session
    session.close()


def begin(path: Path, **options: Any) -> tuple[Collector, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for each in model.parameters():
        each.grad = torch.ones_like(each)
    about = {"created": str(options.pop("created", "2024-05-01T12:00:00+00:00"))}
    return Collector(
        model, optimizer, path, probe=(torch.ones(2, 4), None), interval=2, about=about, **options
    ), optimizer  # type: ignore[arg-type]


def passes(session: Session) -> list[int]:
    assert session.opened is not None
    return session.opened.collection.passes.steps.tolist()


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    """A run whose process died behind its sixth step."""
    path = tmp_path / "run.json"
    collector, optimizer = begin(path)
    for _ in range(6):
        optimizer.step()
    left = path.read_bytes()
    collector.close()
    path.write_bytes(left)
    return path


def test_that_a_run_that_goes_on_is_followed_and_the_playhead_stays(session: Session, interrupted: Path) -> None:
    session.open(interrupted)
    session.show_pass(1)
    assert passes(session) == [0, 2, 4]
    collector, optimizer = begin(interrupted, resume=3)
    optimizer.step()
    session._opening.look()
    assert passes(session) == [0, 2]
    assert session.view is not None
    assert session.view.pass_number == 1
    for _ in range(4):
        optimizer.step()
    session._opening.look()
    assert passes(session) == [0, 2, 4, 6]
    assert session.view.pass_number == 1
    collector.close()
    session._opening.look()
    assert session.opened is not None
    assert session.opened.collection.finished
    assert [each.step for each in session.opened.collection.resumes] == [3]


def test_that_a_playhead_that_follows_goes_on_following(session: Session, interrupted: Path) -> None:
    session.open(interrupted)
    session.set_following(True)
    session.show_last()
    session.set_following(True)
    collector, optimizer = begin(interrupted, resume=3)
    for _ in range(4):
        optimizer.step()
        session._opening.look()
        assert session.view is not None
        assert session.view.is_last
    assert passes(session) == [0, 2, 4, 6]
    collector.close()


def test_that_another_run_in_its_place_is_left_alone(session: Session, interrupted: Path) -> None:
    session.open(interrupted)
    collector, _ = begin(interrupted, overwrite=True, created="2025-01-01T00:00:00+00:00")
    session._opening.look()
    assert passes(session) == [0, 2, 4]
    collector.close()


def test_that_passes_that_the_black_box_writes_between_others_take_their_place_under_the_playhead(
    session: Session, tmp_path: Path
) -> None:
    collector, optimizer = begin(tmp_path / "run.json", black_box=3)
    for _ in range(5):
        optimizer.step()
    session.open(tmp_path / "run.json")
    session.show_pass(2)
    assert passes(session) == [0, 2, 4]
    collector.dump("a look")
    session._opening.look()
    assert passes(session) == [0, 2, 3, 4]
    assert session.view is not None
    assert (session.view.pass_number, session.view.pass_step) == (3, 4)
    collector.close()
