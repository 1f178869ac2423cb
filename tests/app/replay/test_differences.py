"""On which passes the colour scales of a difference are measured."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.replay.differences import Differences
from app.replay.opened import OpenedCollection
from collector.storage import CollectionError

MEGA = 1024 * 1024
"""Bytes, of which 32 are read before the first picture, and of what lies elsewhere one."""


def run(n_passes: int, n_bytes: int, get: Callable[[int], object] = lambda number: number) -> Any:
    """So many passes of so many bytes, read as their numbers."""
    steps = np.arange(n_passes) * 10
    passes = SimpleNamespace(steps=steps, n_bytes=lambda _: n_bytes, __len__=lambda: n_passes)
    collection = SimpleNamespace(passes=passes, is_remote=False, damaged=[])
    return SimpleNamespace(collection=collection, n_passes=n_passes, passes=SimpleNamespace(get=get))


class Paired(Differences):
    """Of two runs whose passes lie beside each other, or of one of which a pass is held."""

    def __init__(self, a: Any, b: Any, held: int | None) -> None:
        aligned = SimpleNamespace(of=lambda of_a, of_b: SimpleNamespace(a=of_a[: len(of_b)], b=of_b[: len(of_a)]))
        pair = SimpleNamespace(alignment=aligned)
        self._comparing: Any = SimpleNamespace(a=a, b=b, held=held, pair=pair)

    def _made(self, a: Any, b: Any) -> Any:
        return a, b


@pytest.mark.parametrize(
    ("n_a", "n_b", "n_bytes", "held", "pairs"),
    [
        (3, 3, 1, None, [(0, 0), (1, 1), (2, 2)]),
        (3, 2, 1, None, [(0, 0), (1, 1)]),
        (17, 17, 1, None, [(2 * number, 2 * number) for number in range(9)]),
        (9, 9, 8 * MEGA, None, [(0, 0), (8, 8)]),
        (9, 9, 16 * MEGA + 1, None, [(8, 8)]),
        (9, 9, 3_000 * MEGA, None, [(8, 8)]),
        (3, 3, 1, 1, [(1, 0), (1, 1), (1, 2)]),
        (0, 0, 1, None, []),
    ],
)
def test_that_passes_lie_evenly_over_both_runs_and_are_fewer_where_they_are_large(
    n_a: int, n_b: int, n_bytes: int, held: int | None, pairs: list[tuple[int, int]]
) -> None:
    assert [*Paired(run(n_a, n_bytes), run(n_b, n_bytes), held).spread()] == pairs


def damaged(number: int) -> int:
    if number == 1:
        raise CollectionError(Path("a.json"), "is damaged.", "")
    return number


def test_that_a_pass_that_cannot_be_read_is_left_out() -> None:
    assert [*Paired(run(3, 1, damaged), run(3, 1), None).spread()] == [(0, 0), (2, 2)]


class Passes:
    """So many of so many bytes."""

    def __init__(self, n_passes: int, n_bytes: int) -> None:
        self._n_passes, self._n_bytes = n_passes, n_bytes

    def __len__(self) -> int:
        return self._n_passes

    def n_bytes(self, number: int) -> int:
        return self._n_bytes


def opened(collection: Any, get: Callable[[int], int]) -> OpenedCollection:
    passes: Any = SimpleNamespace(get=get)
    return OpenedCollection(collection, None, None, passes, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("n_passes", "n_bytes", "is_remote", "numbers"),
    [
        (3, 1, False, [0, 1, 2]),
        (17, 1, False, [*range(0, 17, 2)]),
        (9, 16 * MEGA, False, [0, 8]),
        (9, 16 * MEGA + 1, False, [0]),
        (9, 300 * MEGA, False, [0]),
        (9, MEGA // 2, True, [0, 8]),
        (9, MEGA // 2 + 1, True, [0]),
        (1, 1, False, [0]),
    ],
)
def test_that_the_scales_of_one_run_are_measured_on_few_passes_of_a_large_one(
    n_passes: int, n_bytes: int, is_remote: bool, numbers: list[int]
) -> None:
    collection: Any = SimpleNamespace(passes=Passes(n_passes, n_bytes), is_remote=is_remote, damaged=[])
    assert [*opened(collection, lambda number: number).spread()] == numbers


def test_that_what_is_damaged_is_noted_once() -> None:
    collection: Any = SimpleNamespace(passes=Passes(3, 1), is_remote=False, damaged=[])
    spread = opened(collection, damaged).spread()
    assert [[*spread], [*spread]] == [[0, 2], [0, 2]]
    assert len(collection.damaged) == 1
