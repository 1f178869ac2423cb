"""A training on several ranks: the first writes for all, and none of them feels it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector import open_collection
from tests.collector.pytorch.on_ranks import FOLLOWED, INTERVAL, N_STEPS
from tests.collector.pytorch.ranks import Seen, notes_of, on_ranks

MEASURED = list(range(0, N_STEPS, FOLLOWED.interval))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ranks")


@pytest.fixture(scope="module")
def seen(folder: Path) -> Seen:
    """What two ranks saw."""
    averaged = ("plain", "collected", "sampled", "resumed")
    # ranks that have not made the same number of collectors no longer find each other
    return on_ranks(2, folder, *averaged, "not_averaged", "uneven", "first_alone")


def assert_recorded(path: Path, ranks: list[dict[str, Any]]) -> None:
    """The file says of every rank what the rank itself saw."""
    with open_collection(path) as collection:
        series = collection.series
        losses = np.array([each["losses"] for each in ranks])
        assert (collection.run.ranks, collection.run.backend) == (len(ranks), "gloo")
        assert collection.finished and not collection.notes
        assert [one.step for one in collection.passes] == [*range(0, N_STEPS, INTERVAL), N_STEPS]
        assert series["loss"] == pytest.approx(losses.mean(axis=0))
        assert series["rank_loss/spread"] == pytest.approx(np.ptp(losses, axis=0))
        for rank, own in enumerate(losses):
            assert series[f"rank_loss/{rank}"].tolist() == own.tolist()
        gradients = np.array([each["gradients"] for each in ranks])[:, MEASURED]
        norms = np.sqrt(np.square(gradients).sum(axis=2))
        for rank, own in enumerate(norms):
            steps, values = series.recorded(f"rank_gradient_norm/{rank}")
            assert (steps.tolist(), values) == (MEASURED, pytest.approx(own))
        of_mean = np.square(gradients.mean(axis=0)).sum(axis=1)
        disagreement = np.square(norms).mean(axis=0) / of_mean
        assert series.recorded("gradient_disagreement/total")[1] == pytest.approx(disagreement)
        seen_by_optimizer = dict(zip(*map(np.ndarray.tolist, series.recorded("gradient_norm/total")), strict=True))
        assert [seen_by_optimizer[step] for step in MEASURED] == pytest.approx(np.sqrt(of_mean))


def test_that_losses_and_weights_of_every_rank_are_bit_for_bit_those_without(seen: Seen) -> None:
    for plain, collected in zip(seen("plain"), seen("collected"), strict=True):
        assert collected["losses"] == plain["losses"]
        assert collected["weights"] == plain["weights"]
        assert collected["warned"] == []
        assert collected["hooks"] == 0


def test_that_each_ranks_loss_and_own_gradient_are_recorded(seen: Seen, folder: Path) -> None:
    assert_recorded(folder / "collected.json", seen("collected"))


def test_that_four_ranks_are_recorded_as_two_are(tmp_path: Path) -> None:
    ranks = on_ranks(4, tmp_path, "collected")("collected")

    assert len({tuple(each["losses"]) for each in ranks}) == 4
    assert_recorded(tmp_path / "collected.json", ranks)


def test_that_of_larger_models_evenly_spread_values_tell_the_norms(seen: Seen, folder: Path) -> None:
    seen("sampled")
    with open_collection(folder / "collected.json") as whole, open_collection(folder / "sampled.json") as sampled:
        for name in ("rank_gradient_norm/0", "rank_gradient_norm/1", "gradient_disagreement/total"):
            values, estimates = whole.series.recorded(name)[1], sampled.series.recorded(name)[1]
            assert not np.array_equal(values, estimates)
            assert np.log(estimates / values) == pytest.approx(0, abs=0.7)


def test_that_weights_which_are_not_the_same_on_all_ranks_are_a_note(seen: Seen, folder: Path) -> None:
    first, other = seen("not_averaged")

    assert first["weights"] != other["weights"]
    note, *others = notes_of(folder / "not_averaged.json")
    assert not [each for each in others if "more of this kind" not in each]
    assert note.startswith("The weights of rank 1 are not those of rank 0: seen after step 0")
    assert first["warned"] == [note]


def test_that_a_rank_which_ends_early_is_a_note_and_the_others_go_on(seen: Seen, folder: Path) -> None:
    first, other = seen("uneven")

    notes = notes_of(folder / "uneven.json")
    assert "From step 6 on what is recorded is of rank 0 alone: rank 1 had ended." in notes
    with open_collection(folder / "uneven.json") as collection:
        together = np.array([first["losses"][:6], other["losses"]]).mean(axis=0)
        assert collection.series["loss"].tolist() == [*together.tolist(), *first["losses"][6:]]
        assert len(collection.series.recorded("rank_loss/1")[0]) == 6


def test_that_a_collector_on_the_first_rank_alone_hangs_nobody(seen: Seen, folder: Path) -> None:
    first, _ = seen("first_alone")

    assert first["losses"] == seen("plain")[0]["losses"]
    (note,) = notes_of(folder / "first_alone.json")
    assert "Make it on every rank, or give it distributed=False." in note
    with open_collection(folder / "first_alone.json") as collection:
        assert collection.series["loss"].tolist() == first["losses"]
        assert "rank_loss/0" not in collection.series


def test_that_all_ranks_go_on_with_the_step_of_the_first(folder: Path, seen: Seen) -> None:
    losses = np.array([each["losses"] for each in seen("resumed")])
    with open_collection(folder / "resumed.json") as collection:
        assert collection.finished
        assert [each.step for each in collection.resumes] == [6]
        assert collection.passes.steps.tolist() == [0, 4, 8, 10]
        assert collection.series["loss"][6:] == pytest.approx(losses.mean(axis=0))
        assert collection.series.recorded("rank_gradient_norm/1")[0].tolist() == [0, 3, 6, 9]
