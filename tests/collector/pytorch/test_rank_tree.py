"""What ranks know comes together in as many rounds as their number has doublings, whatever it is."""

import threading
from math import ceil, log2
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest
from torch import Tensor

from collector.pytorch import rank_tree


class Ranks:
    """Threads in the place of processes; each message is noted with its sender, receiver and size."""

    def __init__(self, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.n = n
        self.sent: list[tuple[int, int, int]] = []
        self._ways: dict[tuple[int, int], Queue[Tensor]] = {(a, b): Queue() for a in range(n) for b in range(n)}
        stand_in = SimpleNamespace(
            get_rank=lambda group: group, get_world_size=lambda group: n, send=self._send, recv=self._receive
        )
        monkeypatch.setattr(rank_tree, "dist", stand_in)

    def _send(self, tensor: Tensor, to: int, *, group: int) -> None:
        self.sent.append((group, to, len(tensor)))
        self._ways[group, to].put(tensor.clone())

    def _receive(self, tensor: Tensor, source: int, *, group: int) -> None:
        tensor.copy_(self._ways[source, group].get(timeout=60))

    def each(self, act: Any) -> list[Any]:
        found: list[Any] = [None] * self.n
        threads = [
            threading.Thread(target=lambda rank=rank: found.__setitem__(rank, act(rank))) for rank in range(self.n)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 16, 33])
def test_that_the_first_rank_knows_all_in_its_order_and_tells_all(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = Ranks(n, monkeypatch)
    known = ranks.each(lambda rank: rank_tree.reduced([rank], lambda a, b: a + b, rank))
    assert known == [list(range(n)), *[None] * (n - 1)]
    assert sorted(sender for sender, _, _ in ranks.sent) == list(range(1, n))
    assert sum(to == 0 for _, to, _ in ranks.sent) == ceil(log2(n))

    ranks.sent.clear()
    assert ranks.each(lambda rank: rank_tree.told("said" if rank == 0 else "", rank)) == ["said"] * n
    assert sorted(to for _, to, _ in ranks.sent) == list(range(1, n))
    assert sum(sender == 0 for sender, _, _ in ranks.sent) == ceil(log2(n))


@pytest.mark.parametrize("n_bytes", [0, 900, 1016, 1017, 100_000])
def test_that_a_message_of_any_length_comes_whole(n_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ranks, text = Ranks(2, monkeypatch), bytes(range(256)) * (n_bytes // 256) + bytes(n_bytes % 256)
    assert ranks.each(lambda rank: rank_tree.told(text if rank == 0 else b"", rank)) == [text, text]
    assert len(ranks.sent) <= 2


def test_that_a_message_that_claims_to_be_huge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = Ranks(2, monkeypatch)
    first = bytearray(rank_tree.FIRST_BYTES)
    first[:8] = (2**40).to_bytes(8, "little")
    ranks._send(rank_tree._bytes(first), 1, group=0)
    with pytest.raises(RuntimeError, match="a message of 1,099,511,627,776 bytes came from rank 0"):
        rank_tree.told(None, 1)
