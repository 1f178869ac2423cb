"""Where a step of one run lies on another."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Alignment, Clock, ClockError
from collector.storage.reader import Collection
from collector.storage.schema import EpochRecord, PassRecord, Record
from tests.collector.findings.recorded import Recorded, falling


def run(folder: Path, name: str, n_steps: int, samples: int = 32, loss: np.ndarray | None = None) -> Collection:
    values = {"loss": falling(n_steps) if loss is None else loss, "batch_samples/total": np.full(n_steps, samples)}
    made = Recorded(folder, name=name, steps_per_epoch=1280 // samples).scalars(values)
    for step in (0, 10, 20):
        made.taken(step, {})
    return open_collection(made.write())


def bare(folder: Path, *records: Record, **about: object) -> Collection:
    return open_collection(
        Recorded(folder, name="bare.json", **about).scalars({"loss": falling(60)}).add(*records).write()
    )


def places(collection: Collection, clock: Clock, steps: list[int]) -> list[float]:
    """Where steps lie on a clock."""
    return [float(each) for each in Alignment(collection, collection, clock)._a.places(np.array(steps))]


@pytest.fixture
def small(tmp_path: Path) -> Collection:
    return run(tmp_path, "a.json", 80, 32)


@pytest.fixture
def large(tmp_path: Path) -> Collection:
    return run(tmp_path, "b.json", 40, 64)


def test_that_batches_of_twice_the_size_lie_on_every_other_step_by_samples(
    small: Collection, large: Collection
) -> None:
    found = Alignment(small, large, "samples").of(np.arange(0, 80, 2), np.arange(40))
    assert found.b.tolist() == list(range(40))
    assert found.is_exact.all()


def test_that_epochs_count_as_what_share_of_the_data_was_seen(small: Collection, large: Collection) -> None:
    found = Alignment(small, large, "epoch").of(np.array([0, 20, 40]), np.arange(40))
    assert found.b.tolist() == [0, 10, 20]


def test_that_where_grids_differ_the_nearest_is_told_and_is_not_exact(small: Collection, large: Collection) -> None:
    found = Alignment(small, large).of(np.array([0, 9, 10, 33]), np.array([0, 10, 20, 30]))
    assert found.b.tolist() == [0, 10, 10, 30]
    assert found.is_exact.tolist() == [True, False, True, False]


def test_that_what_lies_far_behind_the_end_has_no_partner(small: Collection, large: Collection) -> None:
    found = Alignment(small, large).of(np.array([30, 35, 60]), np.array([0, 10, 20, 30]))
    assert found.a.tolist() == [30, 35]


def test_that_an_offset_moves_b(small: Collection, large: Collection) -> None:
    found = Alignment(small, large, offset=5).of(np.array([0, 10]), np.arange(40))
    assert found.b.tolist() == [5, 15]


def test_that_equal_losses_lie_on_one_another(tmp_path: Path) -> None:
    fast = run(tmp_path, "fast.json", 40, loss=np.linspace(2, 0, 40))
    slow = run(tmp_path, "slow.json", 80, loss=np.linspace(2, 0, 80))
    found = Alignment(fast, slow, "loss").of(np.array([10, 20, 30]), np.arange(80))
    assert np.abs(found.b - 2 * found.a).max() <= 6


def test_that_a_clock_that_a_run_does_not_tell_is_refused_by_the_file_and_what_it_lacks(tmp_path: Path) -> None:
    bare = open_collection(Recorded(tmp_path, name="bare.json").scalars({"loss": falling(9)}).write())
    with pytest.raises(ClockError, match=r"bare\.json does not tell how many samples"):
        Alignment(bare, bare, "samples")
    with pytest.raises(ClockError, match=r"bare\.json tells no epochs"):
        Alignment(bare, bare, "epoch")
    with pytest.raises(ClockError, match=r"bare\.json has no two passes"):
        Alignment(bare, bare, "seconds")


def slow_partner(place: float, places: np.ndarray) -> int | None:
    """Of a place of A the nearest of B, the earlier of two; None: it is farther away than any two of B are."""
    if not len(places):
        return None
    nearest = min(range(len(places)), key=lambda at: (abs(places[at] - place), at))
    gaps = [later - earlier for earlier, later in pairwise(places)]
    return nearest if abs(places[nearest] - place) <= max(gaps, default=0) else None


@pytest.mark.parametrize("seed", range(20))
def test_that_the_nearest_step_is_found_on_any_two_grids(tmp_path: Path, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    offset = int(drawn.integers(-8, 9))
    steps_a, steps_b = (np.sort(drawn.choice(40, drawn.integers(0, 12), replace=False)) for _ in range(2))
    run_of = run(tmp_path, "a.json", 40)
    found = Alignment(run_of, run_of, offset=offset).of(steps_a, steps_b)
    partners = [(int(step), slow_partner(step + offset, steps_b)) for step in steps_a]
    wanted = [(step, int(steps_b[at])) for step, at in partners if at is not None]
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == wanted
    assert found.is_exact.tolist() == [a + offset == b for a, b in wanted]
    exact = [(a, b) for a, b in wanted if a + offset == b]
    assert list(zip(*(each.tolist() for each in found.exact), strict=True)) == exact


def test_that_with_no_step_on_one_side_nothing_lies_on_anything(small: Collection) -> None:
    for a, b in ((np.zeros(0, np.int64), np.arange(3)), (np.arange(3), np.zeros(0, np.int64))):
        found = Alignment(small, small).of(a, b)
        assert [len(each) for each in (found.a, found.b, found.is_exact)] == [0, 0, 0]


def test_that_rounding_of_a_place_is_exact(small: Collection, large: Collection) -> None:
    for offset, is_exact in ((1e-10, True), (-1e-10, True), (1e-8, False)):
        found = Alignment(small, large, offset=offset).of(np.array([1]), np.arange(10))
        assert found.is_exact.tolist() == [is_exact]


def test_that_steps_of_b_are_told_as_steps_of_a_up_to_its_last(small: Collection, large: Collection) -> None:
    found = Alignment(small, large, "samples").on_a(np.array([0, 5, 10, 11]), 20)
    assert np.array_equal(found, [0, 10, 20, np.nan], equal_nan=True)
    assert np.isnan(Alignment(small, large).on_a(np.array([0, 5]), -1)).tolist() == [True, True]
    assert np.array_equal(Alignment(small, small, offset=5).on_a(np.array([4, 5, 9]), 20), [np.nan, 0, 4], True)


def test_that_turned_b_stands_in_the_place_of_a(small: Collection, large: Collection) -> None:
    both = Alignment(small, large, offset=5)
    found = both.turned.of(np.array([10]), np.arange(80))
    assert (found.a.tolist(), found.b.tolist()) == ([10], [5])
    assert both.turned.turned.offset == 5
    assert Alignment(small, large, "samples").turned.of(np.array([10]), np.arange(80)).b.tolist() == [20]


def test_that_the_clock_of_losses_goes_by_the_best_median_of_nine_steps(tmp_path: Path) -> None:
    losses = np.linspace(60, 2, 30) + np.random.default_rng(0).permutation(30)
    losses[[0, 20]] = np.nan
    known = {step: loss for step, loss in enumerate(losses.tolist()) if step not in (0, 20)}
    medians = {step: np.median([known[each] for each in known if each <= step][-9:]) for step in known}
    best = {step: -min(medians[each] for each in medians if each <= step) for step in known}
    best |= {0: best[1], 20: best[19]}  # a step without a loss stands where the last one does
    found = places(run(tmp_path, "a.json", 30, loss=losses), "loss", list(range(30)))
    assert found == [best[step] for step in range(30)]


def test_that_the_clock_of_losses_has_no_offset_and_needs_a_loss(small: Collection, tmp_path: Path) -> None:
    with pytest.raises(ClockError, match="has no offset"):
        Alignment(small, small, "loss", offset=1)
    never = run(tmp_path, "never.json", 9, loss=np.full(9, np.nan))
    with pytest.raises(ClockError, match=r"never\.json has no loss"):
        Alignment(never, never, "loss")


def test_that_epochs_of_unknown_length_are_counted_by_their_ends(tmp_path: Path) -> None:
    ended = bare(tmp_path, EpochRecord(0, 10), EpochRecord(1, 30))
    assert places(ended, "epoch", [0, 5, 10, 20, 30, 40, 50]) == [0, 0.5, 1, 1.5, 2, 2.5, 3]


def test_that_samples_are_counted_by_the_batches_that_were_seen(tmp_path: Path) -> None:
    each = open_collection(Recorded(tmp_path, name="each.json").scalars({"batch_samples/total": [8, 8, 4, 8]}).write())
    assert places(each, "samples", [0, 1, 2, 3, 4]) == [0, 8, 16, 20, 28]


def test_that_batches_of_some_steps_count_for_all_by_their_median(tmp_path: Path) -> None:
    some = Recorded(tmp_path, name="some.json").scalars({"batch_samples/total": [8, 8, 4]}, every=10)
    assert places(open_collection(some.write()), "samples", [0, 10, 15]) == [0, 80, 120]


def test_that_without_batches_the_option_tells_their_size(tmp_path: Path) -> None:
    assert places(bare(tmp_path, options={"batch_size": 1}), "samples", [0, 3]) == [0, 3]
    for size in (0, "many"):
        with pytest.raises(ClockError, match="does not tell how many samples"):
            Alignment(*2 * [bare(tmp_path, options={"batch_size": size})], "samples")


def test_that_seconds_lie_between_those_of_the_passes_and_end_with_the_last(tmp_path: Path) -> None:
    timed = bare(tmp_path, PassRecord(0, 0, seconds=1.0), PassRecord(1, 10, seconds=3.0))
    assert np.array_equal(places(timed, "seconds", [0, 5, 10, 11]), [1, 2, 3, np.nan], equal_nan=True)
    with pytest.raises(ClockError, match=r"bare\.json has no two passes"):
        Alignment(*2 * [bare(tmp_path, PassRecord(0, 0))], "seconds")
