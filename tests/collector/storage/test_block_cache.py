"""What lies elsewhere is read in few requests, once, and in step with others who want the same."""

import threading

import numpy as np
import pytest

from collector.storage.block_cache import _STREAMS, AT_ONCE, BLOCK, PIECE, BlockCache

CONTENT = np.random.default_rng(0).integers(0, 256, 40 * BLOCK + 17, np.uint8).tobytes()


class Far:
    """Content that notes which parts of it were asked for."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self.content = content
        self.parts: list[tuple[int, int]] = []

    def __call__(self, start: int, stop: int) -> bytes:
        self.parts.append((start, stop))
        return self.content[start:stop]


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (5, 3 * BLOCK + 7), (BLOCK, 2 * BLOCK), (40 * BLOCK, 10**9), (7, 7), (10**9, 10**9 + 1)]
)
def test_that_every_part_is_what_stands_there(start: int, stop: int) -> None:
    assert BlockCache().read(start, stop, len(CONTENT), Far()) == CONTENT[start:stop]


def test_that_nothing_is_asked_for_twice_and_neighbours_come_together() -> None:
    far, cache = Far(), BlockCache()
    cache.read(3 * BLOCK, 4 * BLOCK, len(CONTENT), far)
    cache.read(BLOCK + 1, 6 * BLOCK, len(CONTENT), far)
    cache.read(0, 6 * BLOCK, len(CONTENT), far)
    assert sorted(far.parts) == [(0, BLOCK), (BLOCK, 3 * BLOCK), (3 * BLOCK, 4 * BLOCK), (4 * BLOCK, 6 * BLOCK)]


def test_that_a_large_part_comes_in_several_requests() -> None:
    content = bytes(3 * PIECE)
    far = Far(content)
    assert BlockCache().read(0, 3 * PIECE, len(content), far) == content
    assert sorted(far.parts) == [(0, PIECE), (PIECE, 2 * PIECE), (2 * PIECE, 3 * PIECE)]


def test_that_of_somebody_who_reads_on_more_and_more_is_read_ahead() -> None:
    far, cache = Far(), BlockCache()
    for at in range(0, 32 * BLOCK, BLOCK):
        cache.read(at, at + BLOCK, len(CONTENT), far)
    assert len(far.parts) <= 7
    before = len(far.parts)
    for number in (38, 35, 39):  # here and there: each alone
        cache.read(number * BLOCK, (number + 1) * BLOCK, len(CONTENT), far)
    assert [stop - start for start, stop in far.parts[before:]] in ([BLOCK] * 3, [BLOCK] * 2, [])


def test_that_a_file_that_has_grown_is_read_to_its_new_end() -> None:
    far, cache = Far(), BlockCache()
    assert cache.read(0, 10**9, BLOCK + 5, far) == CONTENT[: BLOCK + 5]
    assert cache.read(0, 10**9, BLOCK + 9, far) == CONTENT[: BLOCK + 9]
    assert far.parts == [(0, BLOCK + 5), (BLOCK, BLOCK + 9)]


def test_that_no_more_is_kept_than_may_be() -> None:
    far, cache = Far(), BlockCache(2 * BLOCK)
    for number in (0, 4, 8, 8, 4, 0):
        cache.read(number * BLOCK, number * BLOCK + 1, len(CONTENT), far)
    assert [start // BLOCK for start, _ in far.parts] == [0, 4, 8, 0]


def test_that_of_two_who_want_the_same_one_asks() -> None:
    asked, go = threading.Event(), threading.Event()
    parts: list[int] = []

    def slowly(start: int, stop: int) -> bytes:
        parts.append(start)
        asked.set()
        assert go.wait(10)
        return CONTENT[start:stop]

    cache, found = BlockCache(), []
    threads = [
        threading.Thread(target=lambda: found.append(cache.read(0, 9, len(CONTENT), slowly))) for _ in range(AT_ONCE)
    ]
    for each in threads:
        each.start()
    assert asked.wait(10)
    go.set()
    for each in threads:
        each.join()
    assert found == [CONTENT[:9]] * AT_ONCE
    assert parts == [0]


def test_that_what_failed_is_asked_for_again_the_next_time() -> None:
    def fail(start: int, stop: int) -> bytes:
        raise OSError("broken")

    cache = BlockCache()
    with pytest.raises(OSError, match="broken"):
        cache.read(0, 3 * PIECE, len(CONTENT), fail)
    assert cache.read(0, 3 * PIECE, len(CONTENT), Far()) == CONTENT


def test_that_no_more_than_a_mebibyte_is_read_ahead() -> None:
    content = bytes(16 * 2**20)
    far, cache = Far(content), BlockCache()
    read = 8 * 2**20
    cache.read(0, read, len(content), far)
    cache.read(read, read + 1, len(content), far)
    for far_away in (read + 2 * 2**20, 15 * 2**20):
        cache.read(far_away, far_away + 1, len(content), far)
        assert (far_away, far_away + BLOCK) in far.parts


def test_that_of_more_readers_than_are_kept_in_mind_the_one_that_went_on_longest_ago_is_forgotten() -> None:
    apart = 20 * BLOCK
    content = bytes(apart * (_STREAMS + 2))
    far, cache = Far(content), BlockCache()
    n_reads = [0] * (_STREAMS + 2)
    ends = [apart * reader for reader in range(_STREAMS + 2)]

    def is_read_ahead_for(reader: int) -> bool:
        """Let a reader go on, by a block more each time; whether more was brought than he asked for."""
        n_reads[reader] += 1
        start, ends[reader] = ends[reader], ends[reader] + n_reads[reader] * BLOCK
        cache.read(start, ends[reader], len(content), far)
        return far.parts[-1][1] > ends[reader]

    *first, newcomer, other = range(_STREAMS + 2)
    assert [is_read_ahead_for(reader) for reader in first] == [False] * _STREAMS
    assert is_read_ahead_for(0)
    assert [is_read_ahead_for(reader) for reader in (newcomer, other)] == [False, False]
    assert [is_read_ahead_for(reader) for reader in (0, newcomer, other, _STREAMS - 1)] == [True] * 4
    assert [is_read_ahead_for(reader) for reader in (1, 2)] == [False, False]
