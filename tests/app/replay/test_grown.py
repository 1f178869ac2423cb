"""What is taken in of a collection that grows, and when nothing has to be."""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.replay import opened as room
from app.replay.opened import OpenedCollection
from app.replay.pass_cache import PassCache
from collector.storage import CollectionError


@dataclass
class Growing:
    """Becomes longer when it is asked to look."""

    n_passes: int = 2
    more: int = 0
    has_more: bool = False
    finished: bool = False
    path: Path = Path("run.json")
    damaged: list[str] = field(default_factory=list)

    @property
    def passes(self) -> range:
        return range(self.n_passes)

    def refresh(self) -> bool:
        self.n_passes, self.more = self.n_passes + self.more, 0
        return self.has_more


class Scales:
    """Know which pass they have grown with."""

    def __init__(self, grown_with: object = None) -> None:
        self.grown_with = grown_with

    def grown(self, newest: object) -> "Scales":
        return Scales(newest)


def read(number: int) -> int:
    if number == 4:
        raise CollectionError(Path("run.json"), "has pass 4 damaged.", "")
    return number


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> list[bool | None]:
    """Whether somebody writes it."""
    held: list[bool | None] = [True]
    monkeypatch.setattr(room, "is_being_recorded", lambda path: held[-1])
    return held


def opened(collection: Growing, is_being_recorded: bool | None = True) -> OpenedCollection:
    cache: Any = SimpleNamespace(get=read)
    of: Any = collection
    return OpenedCollection(
        of,
        None,  # type: ignore[arg-type]
        Scales(),  # type: ignore[arg-type]
        cache,
        None,  # type: ignore[arg-type]
        is_being_recorded=is_being_recorded,
    )


@pytest.mark.parametrize(
    ("more", "has_more", "newest"),
    [
        (0, False, None),
        (0, True, "none"),
        (1, True, 2),
        (2, True, 3),
        (3, True, "none"),
    ],
    ids=["nothing new", "new steps", "a new pass", "two", "one that is damaged"],
)
def test_that_the_scales_grow_with_the_newest_pass_and_only_where_there_is_a_new_one(
    lock: list[bool | None], more: int, has_more: bool, newest: object
) -> None:
    before = opened(Growing(more=more, has_more=has_more))
    found = before.grown()
    if newest is None:
        assert found is None
        return
    assert found is not None
    assert found.collection is before.collection
    assert getattr(found.scales, "grown_with", 0) == (None if newest == "none" else newest)
    assert (found.scales is before.scales) == (newest == "none")
    assert bool(found.collection.damaged) == (more == 3)


@pytest.mark.parametrize(
    ("before", "is_held", "finished", "told"),
    [
        (True, True, False, []),
        (True, False, False, [False]),
        (False, True, False, [True]),
        (False, False, False, []),
        (True, True, True, [False]),
        (None, None, False, []),
        (True, None, False, [None]),
    ],
)
def test_that_a_run_without_anything_new_is_told_of_only_where_its_writer_has_come_or_gone(
    lock: list[bool | None], before: bool | None, is_held: bool | None, finished: bool, told: list[bool | None]
) -> None:
    lock.append(is_held)
    found = opened(Growing(finished=finished), before).grown()
    assert [each.is_being_recorded for each in (found,) if each is not None] == told


def test_that_whether_it_is_written_is_asked_before_what_was_written_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collection, asked = Growing(more=1, has_more=True), []
    monkeypatch.setattr(room, "is_being_recorded", lambda path: asked.append(collection.n_passes) or False)
    found = opened(collection).grown()
    assert asked == [2], "or the last words of a writer that ends just then would be missed"
    assert found is not None
    assert (found.n_passes, found.is_being_recorded) == (3, False)


class Sized:
    """Passes of ten bytes each; counts how often one is read."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def salvaged(self, number: int) -> Any:
        self.read.append(number)
        return SimpleNamespace(number=number, n_bytes=10)


@pytest.mark.parametrize(("most_bytes", "again"), [(30, []), (29, [0]), (20, [0]), (19, [0, 1]), (1, [0, 1])])
def test_that_as_many_passes_are_kept_as_there_is_memory_and_the_last_in_any_case(
    most_bytes: int, again: list[int]
) -> None:
    passes: Any = Sized()
    cache = PassCache(passes, most_bytes)
    last = [cache.get(number) for number in range(3)][-1]
    assert cache.get(2) is last
    assert passes.read == [0, 1, 2]
    for number in (2, 1, 0):
        cache.get(number)
    assert sorted(passes.read[3:]) == again
