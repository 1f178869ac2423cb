"""Which passes stay in memory."""

from types import SimpleNamespace
from typing import Any

import pytest

from app.replay.pass_cache import PassCache


class Passes:
    """Each of so many bytes; tells which were read."""

    def __init__(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes
        self.read: list[int] = []

    def salvaged(self, number: int) -> Any:
        self.read.append(number)
        return SimpleNamespace(n_bytes=self.n_bytes)


@pytest.mark.parametrize(
    ("n_bytes", "most", "again"),
    [
        (10, 30, []),
        (10, 29, [0, 1, 2]),
        (11, 30, [0, 1, 2]),
        (10, 20, [0, 1, 2]),
        (10, 10, [0, 1, 2]),
        (10, 0, [0, 1, 2]),
    ],
)
def test_that_as_many_stay_as_there_is_room_for(n_bytes: int, most: int, again: list[int]) -> None:
    passes: Any = Passes(n_bytes)
    cache = PassCache(passes, most)
    for number in (0, 1, 2, 0, 1, 2):
        cache.get(number)
    assert passes.read == [0, 1, 2, *again]


@pytest.mark.parametrize("most", [0, 10, 20])
def test_that_the_newest_stays_however_large_it_is(most: int) -> None:
    passes: Any = Passes(25)
    cache = PassCache(passes, most)
    for number in (0, 0, 1, 1):
        cache.get(number)
    assert passes.read == [0, 1]


def test_that_what_was_looked_at_last_stays_longest_and_passes_are_counted_as_they_have_become() -> None:
    passes: Any = Passes(10)
    cache = PassCache(passes, 20)
    first = cache.get(0)
    cache.get(1)
    cache.get(0)
    cache.get(2)
    assert cache.get(0) is first
    assert passes.read == [0, 1, 2]
    first.n_bytes = 15
    cache.get(3)
    assert cache.get(3) is not None
    cache.get(0)
    assert passes.read == [0, 1, 2, 3, 0], "it has grown, and there was no room for it any more"


@pytest.mark.parametrize(("n_bytes", "again"), [(128 * 1024 * 1024, []), (128 * 1024 * 1024 + 1, [0, 1])])
def test_that_there_is_a_quarter_of_a_gibibyte_where_nothing_else_is_said(n_bytes: int, again: list[int]) -> None:
    passes: Any = Passes(n_bytes)
    cache = PassCache(passes)
    for number in (0, 1, 0, 1):
        cache.get(number)
    assert passes.read == [0, 1, *again]
