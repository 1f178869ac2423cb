"""A model of which each rank holds a part is recorded as the same model on every rank."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.pytorch.sharded_setup import NO_PROBE, OF_WHOLE_TENSORS
from collector.storage.reader import Collection
from tests.collector.pytorch.on_ranks import INTERVAL, N_STEPS
from tests.collector.pytorch.ranks import Seen, notes_of, on_ranks

ARRAYS = ("activation", "weight", "bias", "weight_gradient", "bias_gradient", "weight_update", "bias_update")
OF_WHOLE = {
    *("carried_gradient_norm", "unclipped_gradient_norm", "gradients_crc32", "weights_crc32"),
    *("gradient_disagreement", "rank_gradient_norm"),
}
"""What a note names as not recorded of a sharded model."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shards")


@pytest.fixture(scope="module")
def seen(folder: Path) -> Seen:
    """What two ranks saw."""
    together = ("whole", "sharded", "whole_sampled", "sharded_sampled", "sharded_probe_of_one", "split", "staged")
    return on_ranks(2, folder, *together, "sharded_first_alone")


@pytest.fixture
def pair(folder: Path, seen: Seen) -> Iterator[tuple[Collection, Collection]]:
    with open_collection(folder / "whole.json") as whole, open_collection(folder / "sharded.json") as sharded:
        yield whole, sharded


def assert_same_scalars(whole: Collection, sharded: Collection) -> None:
    missing = {name.partition("/")[0] for name in set(whole.series) - set(sharded.series)}
    assert missing == OF_WHOLE
    assert set(sharded.series) <= set(whole.series)
    for name in sharded.series:
        (steps, values), (own_steps, own) = whole.series.recorded(name), sharded.series.recorded(name)
        assert own_steps.tolist() == steps.tolist(), name
        if not name.startswith(("input_crc32", "output_crc32")):
            quantity, _, layer = name.partition("/")
            if quantity == "activation_mean":  # behind a norm it is what rounding leaves of a sum that is none
                least = 1e-5 * np.nanmax(whole.series.recorded(f"activation_std/{layer}")[1])
            else:
                least = 1e-6 if "cosine" in name else 1e-12
            assert own == pytest.approx(values, rel=1e-5, abs=least, nan_ok=True), name


def test_that_a_sharded_training_is_bit_for_bit_the_same_with_the_collector(seen: Seen) -> None:
    for each in seen("sharded"):
        assert each["losses"] == each["plain"]
        assert (each["warned"], each["hooks"]) == ([], 0)


def test_that_every_scalar_is_that_of_the_model_that_is_not_sharded(pair: tuple[Collection, Collection]) -> None:
    assert_same_scalars(*pair)


def test_that_layers_and_connections_are_those_of_the_model_that_is_not_sharded(
    pair: tuple[Collection, Collection],
) -> None:
    whole, sharded = pair

    assert list(map(repr, sharded.layers)) == list(map(repr, whole.layers))
    assert sharded.run.model == whole.run.model == "Sequential"


def test_that_the_arrays_of_passes_are_those_of_the_model_that_is_not_sharded(
    pair: tuple[Collection, Collection],
) -> None:
    whole, sharded = pair

    assert sharded.passes.steps.tolist() == [*range(0, N_STEPS, INTERVAL), N_STEPS]
    for one, other in zip(whole.passes, sharded.passes, strict=True):
        for name, layer in one.layers.items():
            for kind in ARRAYS:
                expected, found = getattr(layer, kind), getattr(other.layers[name], kind)
                assert (found is None) == (expected is None), (name, kind)
                assert found is None or found == pytest.approx(expected, rel=1e-4, abs=1e-6), (name, kind)
            for parameter, states in layer.moments.items():
                for state, expected in states.items():
                    found = other.layers[name].moments[parameter][state]
                    assert found == pytest.approx(expected, rel=1e-4, abs=1e-8), (name, parameter, state)
        for name, kinds in one.histograms.items():
            for kind, counts in kinds.items():
                assert np.abs(other.histograms[name][kind] - counts).sum() <= 2, (name, kind)  # at a bin's edge


def test_that_the_raster_of_signs_is_that_of_the_model_that_is_not_sharded(
    pair: tuple[Collection, Collection],
) -> None:
    whole, sharded = pair

    n_columns = whole.signs.n_columns
    assert sharded.signs.n_columns == n_columns
    assert sharded.signs.steps.tolist() == whole.signs.steps.tolist() == list(range(0, N_STEPS, 2))
    for row in range(len(whole.signs)):
        assert np.array_equal(sharded.signs.columns(row, 0, n_columns), whole.signs.columns(row, 0, n_columns))


def test_that_of_a_sample_the_very_same_values_are_counted(seen: Seen, folder: Path) -> None:
    seen("sharded_sampled")
    with (
        open_collection(folder / "whole_sampled.json") as whole,
        open_collection(folder / "sharded_sampled.json") as sharded,
    ):
        assert whole.insight is not None
        assert whole.insight.sample < whole.insight.parameters
        assert sharded.insight == whole.insight
        assert_same_scalars(whole, sharded)


def test_that_four_ranks_are_recorded_as_two_are(tmp_path: Path) -> None:
    on_ranks(4, tmp_path, "whole", "sharded")

    with open_collection(tmp_path / "whole.json") as whole, open_collection(tmp_path / "sharded.json") as sharded:
        assert sharded.run.ranks == 4
        assert_same_scalars(whole, sharded)


def test_that_a_note_names_what_parts_of_parameters_do_not_tell(seen: Seen, folder: Path) -> None:
    seen("sharded")

    assert notes_of(folder / "sharded.json") == [OF_WHOLE_TENSORS]


def test_that_a_probe_of_one_rank_alone_is_not_run_and_that_is_said(seen: Seen, folder: Path) -> None:
    first, _ = seen("sharded_probe_of_one")

    assert first["losses"] == seen("sharded")[0]["losses"]
    assert NO_PROBE in notes_of(folder / "sharded_probe_of_one.json")
    with open_collection(folder / "sharded_probe_of_one.json") as collection:
        assert collection.passes[0].layers["0"].activation is None
        assert collection.passes[0].layers["0"].weight_gradient.any()


def test_that_a_collector_on_the_first_rank_alone_hangs_nobody(seen: Seen, folder: Path) -> None:
    first, _ = seen("sharded_first_alone")

    assert first["losses"] == seen("sharded")[0]["losses"]
    assert any("Make it on every rank" in text for text in notes_of(folder / "sharded_first_alone.json"))
    with open_collection(folder / "sharded_first_alone.json") as collection:
        assert not collection.layers
        assert collection.series["loss"].tolist() == first["losses"]


def test_that_a_killed_rank_leaves_a_file_that_opens(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="SIGKILL"):
        on_ranks(2, tmp_path, "sharded_killed")

    with open_collection(tmp_path / "sharded_killed.json") as collection:
        assert collection.passes.steps.tolist()[:2] == [0, 4]
        assert collection.passes[1].layers["0"].weight_gradient.any()


def test_that_layers_which_are_split_are_told(seen: Seen, folder: Path) -> None:
    first, _ = seen("split")

    (note,) = notes_of(folder / "split.json")
    assert "split within its layers (tensor parallel), which is not followed" in note
    with open_collection(folder / "split.json") as collection:
        assert not collection.layers
        assert collection.series["rank_loss/0"].tolist() == first["losses"]


def test_that_ranks_with_different_models_are_told_and_not_compared(seen: Seen, folder: Path) -> None:
    seen("staged")

    (note,) = notes_of(folder / "staged.json")
    assert note.startswith("The ranks have models with different parameters, as the stages of a pipeline")
    with open_collection(folder / "staged.json") as collection:
        assert len(collection.series["rank_loss/1"]) == N_STEPS
        assert collection.passes[0].layers["0"].weight.shape == (8, 4)
