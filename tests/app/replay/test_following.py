"""A window that has a run open while another process goes on with it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from app.replay.following import AwaitedCollection, NoPassYetError, continued, open_if_begun
from app.replay.opened import open_for_replay
from app.session import Session
from collector import Collector
from collector.comparing.saved import SavedComparison
from collector.storage import CollectionError


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


def test_that_a_run_that_is_about_to_begin_is_opened_at_its_first_pass_and_followed(
    session: Session, tmp_path: Path
) -> None:
    session.await_collection(AwaitedCollection(tmp_path / "run.json"))
    collector, optimizer = begin(tmp_path / "run.json")
    for _ in range(3):
        session._opening.look()
        optimizer.step()
    session._opening.look()
    assert passes(session) == [0, 2]
    assert session.view is not None
    assert (session.view.is_following, session.view.is_last) == (True, True)
    collector.close()


def test_that_a_second_run_without_a_pass_is_compared_as_soon_as_it_has_one(
    session: Session, interrupted: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    session.problem_occurred.connect(told.append)
    collector, optimizer = begin(tmp_path / "late.json")
    session.compare(SavedComparison(a=str(interrupted), b=str(tmp_path / "late.json")))
    assert "no pass yet" in told[0]
    assert session.comparing is None
    optimizer.step()
    session._beside.opening.look()
    assert session.comparing is not None
    assert session.comparing.b.n_passes == 1
    collector.close()


def test_that_a_second_run_that_goes_on_in_another_file_is_compared_as_it_is_now(
    session: Session, interrupted: Path, tmp_path: Path
) -> None:
    shutil.copy(interrupted, tmp_path / "a.json")
    session.compare(SavedComparison(a=str(tmp_path / "a.json"), b=str(interrupted)))
    collector, optimizer = begin(interrupted, resume=3)
    for _ in range(4):
        optimizer.step()
    session._beside.opening.look()
    assert session.comparing is not None
    assert session.comparing.b.collection.passes.steps.tolist() == [0, 2, 4, 6]
    collector.close()


def test_that_what_stood_in_the_place_of_a_new_run_is_not_taken_for_it(interrupted: Path, tmp_path: Path) -> None:
    awaited = AwaitedCollection(interrupted)
    assert awaited.open() is None
    begun = AwaitedCollection(interrupted, is_begun=True).open()
    assert begun is not None
    begun.collection.close()
    interrupted.write_bytes(interrupted.read_bytes()[:-1])
    changed = awaited.open()
    assert changed is not None
    changed.collection.close()
    late = AwaitedCollection(tmp_path / "late.json")
    assert late.open() is None
    (tmp_path / "late.json").write_bytes(b"{")
    assert late.open() is None, "its first line is still being written"


def test_that_only_a_run_that_is_being_recorded_is_waited_for(tmp_path: Path) -> None:
    with pytest.raises(CollectionError) as told:
        open_if_begun(tmp_path / "nothing.json")
    assert not isinstance(told.value, NoPassYetError)
    collector, optimizer = begin(tmp_path / "run.json")
    with pytest.raises(NoPassYetError, match="is being recorded and has no pass yet") as waiting:
        open_if_begun(tmp_path / "run.json")
    assert waiting.value.way_out == "It is opened as soon as it has one."
    optimizer.step()
    opened = open_if_begun(tmp_path / "run.json")
    assert (opened.n_passes, opened.is_being_recorded) == (1, True)
    opened.collection.close()
    collector.close()


def test_that_a_run_goes_on_in_the_file_that_took_its_place_where_it_is_the_same_run(interrupted: Path) -> None:
    opened = open_for_replay(interrupted)
    assert continued(opened) is None
    left = interrupted.read_bytes()
    collector, optimizer = begin(interrupted, resume=3)
    optimizer.step()
    found = continued(opened)
    assert found is not None
    assert found.collection is not opened.collection
    found.collection.close()
    collector.close()
    interrupted.unlink()
    interrupted.write_bytes(left.split(b"\n")[0] + b"\n")
    assert continued(opened) is None, "it has no pass left"
    opened.collection.close()
