"""Which passes rules look at, and what is said of those that would have to come over a network."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from collector.findings import snapshots


class Passes:
    """Of so many bytes each."""

    def __init__(self, n: int, n_bytes: int) -> None:
        self._n, self._n_bytes = n, n_bytes

    def __len__(self) -> int:
        return self._n

    def n_bytes(self, number: int) -> int:
        return self._n_bytes


def collection(n: int, *, n_bytes: int = 1, is_remote: bool = True, unread: int = 0) -> Any:
    return SimpleNamespace(passes=Passes(n, n_bytes), is_remote=is_remote, unread=unread)


@pytest.mark.parametrize(
    ("n", "is_remote", "is_told"), [(40, True, True), (5, True, False), (40, False, False), (3, True, False)]
)
def test_that_passes_that_were_left_out_for_lying_elsewhere_are_told(
    monkeypatch: pytest.MonkeyPatch, n: int, is_remote: bool, is_told: bool
) -> None:
    monkeypatch.setattr(snapshots, "_most_bytes", lambda collection: 10 if collection.is_remote else 1000)
    told = snapshots.left_out(collection(n, is_remote=is_remote))
    n_chosen = len(snapshots.chosen(collection(n, is_remote=is_remote)))
    assert [each.partition(".")[0] for each in told] == (
        [f"It lies elsewhere: of its {n} passes {n_chosen} were looked at"] if is_told else []
    )


def test_that_a_remainder_that_was_not_looked_through_is_told() -> None:
    assert snapshots.left_out(collection(3, unread=1234)) == ["Its last 1,234 bytes were not looked through yet."]


@pytest.mark.parametrize("n", [1, 2, 3, 59, 60, 61, 500])
def test_that_the_first_two_and_the_last_pass_are_always_looked_at_and_not_many(n: int) -> None:
    found = snapshots.chosen(collection(n, is_remote=False))
    assert found == sorted(set(found))
    assert {0, min(1, n - 1), n - 1} <= set(found)
    assert len(found) <= snapshots.MOST_PASSES + 2
    assert n > snapshots.MOST_PASSES or found == list(range(n))


@pytest.mark.parametrize(("n_bytes", "is_remote"), [(2**23, False), (2**18, True)])
def test_that_of_a_recording_with_larger_passes_fewer_are_looked_at(n_bytes: int, is_remote: bool) -> None:
    def found(factor: int, more: int = 0) -> list[int]:
        return snapshots.chosen(collection(32, n_bytes=factor * n_bytes + more, is_remote=is_remote))

    assert found(1) == list(range(32))  # 2**28 bytes of 32 passes, over a network 2**23
    assert found(1, more=1) == [0, 1, *range(2, 32, 2), 31]
    assert found(4) == [0, 1, *range(4, 32, 4), 31]
    assert found(1000) == [0, 1, 16, 31]  # three all the same


@pytest.mark.parametrize("shape", [(16, 5), (5, 16)])
@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1.0, 1e9])
def test_that_the_effective_rank_is_that_of_the_covariance_whatever_the_scale(
    shape: tuple[int, int], scale: float
) -> None:
    rows = np.random.default_rng(0).standard_normal(shape) * np.arange(1, shape[1] + 1)
    values = np.linalg.eigvalsh(np.cov(rows.T))
    expected = values.sum() ** 2 / (values**2).sum()
    assert snapshots.effective_rank((rows * scale).astype(np.float32)) == pytest.approx(expected, rel=1e-5)


def test_that_rows_that_do_not_differ_have_no_effective_rank() -> None:
    assert np.isnan(snapshots.effective_rank(np.full((4, 3), 0.5, np.float32)))
