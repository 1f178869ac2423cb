"""What is opened, awaited and followed: who is told, how often it is looked, and what is given back."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app import opening as room
from app.jobs import Jobs
from app.opening import POLL_MS, REMOTE_POLL_MS, Opening
from app.replay.following import AwaitedCollection, NoPassYetError
from app.replay.opened import OpenedCollection, open_for_replay
from collector.comparing.saved import SavedComparison, save
from collector.storage import Collection, CollectionError, UnreachableError
from collector.storage.paths import RemotePath


class Heard:
    """What is said, in order, each with its signal's name."""

    def __init__(self, opening: Opening) -> None:
        self.said: list[tuple[Any, ...]] = []
        for name in ("opened", "begun", "grown", "continued", "failed", "comparison_found"):
            getattr(opening, name).connect(lambda *what, name=name: self.said.append((name, *what)))

    @property
    def names(self) -> list[str]:
        return [name for name, *_ in self.said]


@pytest.fixture
def opening(qtbot: QtBot) -> Iterator[Opening]:
    jobs = Jobs(is_synchronous=True)
    opening = Opening(jobs, {})
    yield opening
    opening.stop()
    jobs.close()


@pytest.fixture
def heard(opening: Opening) -> Iterator[Heard]:
    heard = Heard(opening)
    yield heard
    for _, *what in heard.said:
        for each in what:
            if isinstance(each, OpenedCollection):
                each.collection.close()


class Watched:
    """A collection that is watched, as far as it is asked."""

    def __init__(self, *, finished: bool = False, is_remote: bool = False, unread: int = 0) -> None:
        self.finished, self.is_remote, self.unread = finished, is_remote, unread
        self.passes = SimpleNamespace(n_inserted=0)
        self.path = Path("run.json")
        self.n_closed = 0

    def close(self) -> None:
        self.n_closed += 1


def opened(collection: Watched, grown: Any = None) -> Any:
    return SimpleNamespace(collection=collection, grown=lambda: grown, derived={})


@pytest.fixture
def as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views make nothing of it, and no file stands under its name but its own."""
    monkeypatch.setattr(Opening, "_with_derived", lambda _, opened, before=None: opened)
    monkeypatch.setattr(room, "continued", lambda _: None)


def test_that_a_file_is_opened_and_what_is_none_is_told_of(
    opening: Opening, heard: Heard, collection_path: Path, tmp_path: Path
) -> None:
    opening.open(collection_path)
    assert heard.names == ["opened"]
    assert heard.said[0][1].collection.path == collection_path
    opening.open(tmp_path / "gone.json")
    assert heard.names == ["opened", "failed"]
    assert "gone.json" in str(heard.said[1][1])
    assert not opening.is_waiting


def test_that_of_a_saved_comparison_it_is_told_what_is_to_be_compared(
    opening: Opening, heard: Heard, tmp_path: Path
) -> None:
    save(SavedComparison(a="a.json", b="b.json"), tmp_path / "both.json")
    opening.open(tmp_path / "both.json")
    ((name, path, wish),) = heard.said
    assert (name, path) == ("comparison_found", tmp_path / "both.json")
    assert (Path(wish.a).name, Path(wish.b).name) == ("a.json", "b.json")


def test_that_a_pass_that_came_while_it_was_found_that_there_is_none_is_not_overlooked(
    opening: Opening, heard: Heard, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def has_none(_: Path) -> OpenedCollection:
        raise NoPassYetError(collection_path, "is being recorded and has no pass yet.", "")

    monkeypatch.setattr(room, "open_if_begun", has_none)
    opening.open(collection_path)
    opening.look()
    assert heard.names == ["failed", "begun"], "the file is the new one, not one that stood in its place"


def test_that_what_is_read_when_nobody_awaits_it_any_more_is_given_back_and_not_told_of(
    qtbot: QtBot, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, gate, began, closed = Jobs(), threading.Event(), threading.Event(), list[object]()
    opening = Opening(jobs, {})
    heard = Heard(opening)
    usual = Collection.close
    monkeypatch.setattr(Collection, "close", lambda each: closed.append(each.path) or usual(each))

    def slowly() -> OpenedCollection:
        began.set()
        gate.wait(10)
        return open_for_replay(collection_path)

    opening.wait_for(SimpleNamespace(open=slowly, path=collection_path))  # type: ignore[arg-type]
    opening.look()
    qtbot.waitUntil(began.is_set)
    opening.stop_waiting()
    gate.set()
    qtbot.waitUntil(lambda: not jobs.is_busy((opening, "await")))
    assert (heard.said, closed) == ([], [collection_path])
    opening.stop()
    jobs.close()


def test_that_one_that_is_recorded_and_has_no_pass_is_awaited_and_told_of_when_it_has(
    opening: Opening, heard: Heard, collection_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.json"

    def begins(_: Path) -> OpenedCollection:
        raise NoPassYetError(path, "is being recorded and has no pass yet.", "")

    monkeypatch.setattr(room, "open_if_begun", begins)
    opening.open(path)
    assert (heard.names, opening.is_waiting, opening._timer.isActive()) == (["failed"], True, True)
    opening._timer.timeout.emit()
    assert heard.names == ["failed"]
    path.write_bytes(collection_path.read_bytes())
    opening._timer.timeout.emit()
    assert (heard.names, opening.is_waiting) == (["failed", "begun"], False)
    opening._timer.timeout.emit()
    assert (heard.names, opening._timer.isActive()) == (["failed", "begun"], False)


@pytest.mark.parametrize("how", ["opening another", "stopping"])
def test_that_what_is_awaited_no_more_is_not_opened(
    opening: Opening, heard: Heard, collection_path: Path, tmp_path: Path, how: str
) -> None:
    opening.wait_for(AwaitedCollection(tmp_path / "run.json"))
    assert opening.is_waiting
    if how == "stopping":
        opening.stop_waiting()
    else:
        opening.open(tmp_path / "gone.json")
    (tmp_path / "run.json").write_bytes(collection_path.read_bytes())
    opening.look()
    assert not opening.is_waiting
    assert "begun" not in heard.names


@pytest.mark.parametrize(
    ("collection", "ms"),
    [
        (Watched(), POLL_MS),
        (Watched(is_remote=True), REMOTE_POLL_MS),
        (Watched(is_remote=True, unread=1), POLL_MS),
        (Watched(unread=1), POLL_MS),
        (Watched(finished=True), None),
        (None, None),
    ],
)
def test_that_it_is_looked_as_often_as_is_worth_while(opening: Opening, collection: Any, ms: int | None) -> None:
    opening.watch(None if collection is None else opened(collection))
    assert opening._timer.isActive() is (ms is not None)
    assert ms is None or opening._timer.interval() == ms


@pytest.mark.parametrize(
    ("path", "ms"), [(Path("run.json"), POLL_MS), (RemotePath("https://example.org/run.json"), REMOTE_POLL_MS)]
)
def test_that_what_is_awaited_is_looked_for_at_its_own_pace_whatever_was_watched_before(
    opening: Opening, path: Path | RemotePath, ms: int
) -> None:
    opening.watch(opened(Watched(is_remote=True)))
    opening.wait_for(AwaitedCollection(path))
    assert (opening._timer.isActive(), opening._timer.interval()) == (True, ms)
    opening.stop_waiting()
    assert opening._timer.interval() == REMOTE_POLL_MS, "as what is watched"
    opening.watch(None)
    opening.look_once_more()
    assert opening._timer.interval() == POLL_MS


def test_that_a_look_elsewhere_costs_more_and_is_taken_less_often() -> None:
    assert 4 * POLL_MS < REMOTE_POLL_MS


def test_that_what_has_grown_is_told_of_and_looked_at_further_on(
    as_it_is: None, opening: Opening, heard: Heard
) -> None:
    collection = Watched(is_remote=True, unread=1)
    larger = opened(collection)
    opening.watch(opened(collection, larger))
    collection.unread = 0
    opening.look()
    assert heard.said == [("grown", larger)]
    assert opening._timer.interval() == REMOTE_POLL_MS
    opening.look()
    assert len(heard.said) == 1, "nothing has come since"
    collection.finished = True
    assert opening._timer.isActive()
    opening.look()
    assert not opening._timer.isActive()


def test_that_the_last_look_is_taken_after_the_end_of_a_training(as_it_is: None, opening: Opening) -> None:
    opening.look_once_more()
    assert opening._timer.isActive()
    opening.stop()
    assert not opening._timer.isActive()


def test_that_what_goes_on_under_its_name_is_told_of_as_another(
    as_it_is: None, opening: Opening, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(Watched())
    monkeypatch.setattr(room, "continued", lambda _: other)
    opening.watch(opened(Watched()))
    opening.look()
    assert heard.said == [("continued", other)]


def test_that_a_run_into_which_passes_were_put_between_others_is_opened_anew(
    as_it_is: None, opening: Opening, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection, other, paths = Watched(), opened(Watched()), list[Path]()
    before = opened(collection)

    def grown() -> Any:
        collection.passes.n_inserted += 1
        return opened(collection)

    before.grown = grown
    monkeypatch.setattr(room, "open_for_replay", lambda path: paths.append(path) or other)
    opening.watch(before)
    opening.look()
    assert (heard.said, paths) == ([("continued", other)], [Path("run.json")])


def test_that_what_cannot_be_followed_is_told_of(
    as_it_is: None, opening: Opening, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise CollectionError("run.json", "is gone.")

    monkeypatch.setattr(room, "continued", fails)
    opening.watch(opened(Watched()))
    opening.look()
    assert [(name, str(error)) for name, error in heard.said] == [("failed", "'run.json': is gone.")]


class Busy(Jobs):
    """Notes what is asked of it, and does nothing."""

    def __init__(self) -> None:
        super().__init__(is_synchronous=True)
        self.asked: list[tuple[Any, dict[str, Any]]] = []

    def submit(self, owner: Any, *_: Any, **options: Any) -> None:  # type: ignore[override]
        self.asked.append((owner[1], options))

    def is_busy(self, owner: Any) -> bool:
        return any(owner[1] == name for name, _ in self.asked)


def test_that_a_look_is_not_begun_before_the_one_before_is_over(qtbot: QtBot, tmp_path: Path) -> None:
    jobs = Busy()
    opening = Opening(jobs, {})
    watched = opened(Watched())
    opening.watch(watched)
    opening.wait_for(AwaitedCollection(tmp_path / "run.json"))
    for _ in range(2):
        opening.look()
    assert [name for name, _ in jobs.asked] == ["await"]
    opening.stop_waiting()
    for _ in range(2):
        opening.look()
    assert [name for name, _ in jobs.asked] == ["await", "follow"]
    assert jobs.asked[1][1]["reads"] is watched.collection
    opening.stop()


def test_that_what_nobody_waits_for_is_given_back_but_for_what_is_watched(
    qtbot: QtBot, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, closed = Busy(), list[object]()
    monkeypatch.setattr(Collection, "close", lambda each: closed.append(each))  # noqa: PLW0108 - a method
    opening = Opening(jobs, {})
    watched, other = open_for_replay(collection_path), open_for_replay(collection_path)
    opening._follow(watched)
    opening.open(collection_path)
    follow, opened_first = (options["on_dropped"] for _, options in jobs.asked)
    follow(replace(watched, derived={}))
    assert closed == []
    follow(other)
    for each in (SavedComparison(a="a", b="b"), None, watched):
        opened_first(each)
    assert closed == [other.collection, watched.collection]
    monkeypatch.undo()
    for found in (watched, other):
        found.collection.close()


@pytest.mark.expects_log
def test_that_each_view_makes_of_it_what_it_can_and_is_given_what_it_had_made_before(
    qtbot: QtBot, collection_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given: list[object] = []

    def fails(*_: object) -> None:
        raise ZeroDivisionError("unforeseen")

    def made(_: OpenedCollection, before: object) -> str:
        given.append(before)
        return f"after {before}"

    opening = Opening(Jobs(is_synchronous=True), {"bad": fails, "good": made})
    first = opening._with_derived(open_for_replay(collection_path))
    assert first is not None
    second = opening._with_derived(first, first)
    assert second is not None
    assert (first.derived, second.derived) == ({"good": "after None"}, {"good": "after after None"})
    assert given == [None, "after None"]
    assert opening._with_derived(None) is None
    assert [each.getMessage() for each in caplog.records] == [
        f"The view 'bad' can make nothing of {collection_path}"
    ] * 2
    first.collection.close()


def test_that_what_is_out_of_reach_is_not_taken_for_a_view_that_fails(qtbot: QtBot, collection_path: Path) -> None:
    def out_of_reach(*_: object) -> None:
        raise UnreachableError(RemotePath("https://example.org/run.json"), "there is no answer")

    opening = Opening(Jobs(is_synchronous=True), {"view": out_of_reach})
    found = open_for_replay(collection_path)
    with pytest.raises(UnreachableError):
        opening._with_derived(found)
    found.collection.close()
