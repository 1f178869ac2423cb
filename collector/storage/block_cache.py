"""Blocks of a file that lies elsewhere, read in few requests and kept."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from threading import Lock

BLOCK = 2**15
"""Bytes. What is read is read in whole blocks, so that a neighbour is there already."""

PIECE = 2**20
"""Bytes of one request, at most: larger parts come in several at the same time."""

MOST_BYTES = 2**26
"""Of blocks that are kept; those that were used last."""

MOST_AHEAD = 2**20
"""Bytes that are read ahead of somebody who reads on and on, at most: as many as he has read so far."""

AT_ONCE = 8
"""Requests at the same time."""

_STREAMS = 16

Fetch = Callable[[int, int], bytes]
"""The bytes of the file from one on, to before another one: all of them, or an error."""


class BlockCache:
    """What was read of a file. May be read from several threads: none asks for what another one is waiting for.

    Args:
        most_bytes: that are kept.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_blocks = max(1, most_bytes // BLOCK)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._awaited: dict[int, Future[bytes]] = {}
        self._streams: OrderedDict[int, int] = OrderedDict()
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="strobe-remote")

    def read(self, start: int, stop: int, size: int, fetch: Fetch) -> bytes:
        """Bytes ``start`` ≤ byte < ``stop`` of a file that has ``size``; fewer at its end.

        Args:
            fetch: makes one request for what is not there.
        """
        stop = min(stop, size)
        if not 0 <= start < stop:
            return b""
        wanted = range(start // BLOCK, -(-stop // BLOCK))
        blocks = self._blocks(wanted, self._ahead(start, stop), size, fetch)
        if len(blocks) == 1:
            return blocks[0][start % BLOCK : stop - wanted[0] * BLOCK]
        first, *inner, last = blocks
        return b"".join([first[start % BLOCK :], *inner, last[: stop - (wanted[-1]) * BLOCK]])

    def fill(self, parts: Iterable[tuple[int, int]], size: int, fetch: Fetch) -> None:
        """Read several parts at the same time, to be there when they are asked for."""
        numbers = {number for start, stop in parts for number in range(start // BLOCK, -(-min(stop, size) // BLOCK))}
        self._blocks(sorted(numbers), 0, size, fetch)

    def _ahead(self, start: int, stop: int) -> int:
        """How many blocks to read behind what is asked for: none but for somebody who goes on where he has ended."""
        with self._lock:
            read = self._streams.pop(start, 0)
            self._streams[stop] = min(MOST_AHEAD, read + stop - start)
            while len(self._streams) > _STREAMS:
                self._streams.popitem(last=False)
        return -(-read // BLOCK)

    def _blocks(self, numbers: Iterable[int], n_ahead: int, size: int, fetch: Fetch) -> list[bytes]:
        """These blocks; of those that are lacking, and of as many behind them, neighbours come in one request."""
        wanted = list(numbers)
        found: dict[int, bytes | Future[bytes]] = {}
        with self._lock:
            lacking = [number for number in wanted if not self._take(number, size, found)]
            if lacking and lacking[-1] == wanted[-1]:
                behind = range(wanted[-1] + 1, min(wanted[-1] + 1 + n_ahead, -(-size // BLOCK)))
                lacking += [number for number in behind if not self._take(number, size, {})]
            for number in lacking:
                self._awaited[number] = Future()
            found |= {number: self._awaited[number] for number in lacking if number <= wanted[-1]}
        runs = _runs(lacking)
        for run in runs[1:]:
            self._pool.submit(self._bring, run, size, fetch)
        if runs:
            self._bring(runs[0], size, fetch)  # on this thread, which would do nothing but wait
        blocks = [each.result() if isinstance(each := found[number], Future) else each for number in wanted]
        # somebody who knew of a smaller size has asked for the last one before
        is_whole = all(len(block) >= _length(number, size) for number, block in zip(wanted, blocks, strict=True))
        return blocks if is_whole else self._blocks(wanted, 0, size, fetch)

    def _take(self, number: int, size: int, found: dict[int, bytes | Future[bytes]]) -> bool:
        """Whether a block is there, or will be. The last one of a file that has grown since is not."""
        if number in self._awaited:
            found[number] = self._awaited[number]
        elif len(self._kept.get(number, b"")) == _length(number, size):
            found[number] = self._kept[number]
            self._kept.move_to_end(number)
        return number in found

    def _bring(self, run: range, size: int, fetch: Fetch) -> None:
        start, stop = run[0] * BLOCK, min((run[-1] + 1) * BLOCK, size)
        try:
            text = fetch(start, stop)
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            with self._lock:
                for number in run:
                    self._awaited.pop(number).set_exception(error)
            return
        with self._lock:
            for number in run:
                at = number * BLOCK - start
                self._kept[number] = text[at : at + BLOCK]
                self._awaited.pop(number).set_result(self._kept[number])
            while len(self._kept) > self._most_blocks:
                self._kept.popitem(last=False)


def _length(number: int, size: int) -> int:
    """Bytes of a block of a file that has ``size``."""
    return min(BLOCK, size - number * BLOCK)


def _runs(numbers: list[int]) -> list[range]:
    """Rising numbers as ranges without holes, none longer than a request may be."""
    most = PIECE // BLOCK
    cuts = [0]
    for place, (before, number) in enumerate(pairwise(numbers), start=1):
        if number != before + 1 or place - cuts[-1] == most:
            cuts.append(place)
    return [range(numbers[a], numbers[b - 1] + 1) for a, b in pairwise([*cuts, len(numbers)]) if b > a]
