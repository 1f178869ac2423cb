"""A training that goes on from a checkpoint, in another process for all that the collector knows."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import CollectionError, Collector, InsightOptions, open_collection
from collector.storage import Collection

OF_TWO_STEPS = ("released", "retained", "sign_flips", "flip", "minima", "maxima", "still", "gradient_angle")


@pytest.fixture
def batches(make_batches: Callable[..., Any]) -> Any:
    return make_batches(20, 5)


@pytest.fixture
def begin(path: Path, batches: Any) -> Callable[..., tuple[nn.Module, torch.optim.Optimizer, Callable[..., Collector]]]:
    """A new model and optimizer, loaded from a checkpoint if there is one, and what collects their training."""

    def start(state: Any = None, name: str = "") -> Any:
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3))
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        if state is not None:
            model.load_state_dict(state[0])
            optimizer.load_state_dict(copy.deepcopy(state[1]))  # which it would keep, and change

        def collect(**options: Any) -> Collector:
            insight = InsightOptions(interval=2, sign_interval=4)
            signals = {"similarity": batches[1], "similarity_interval": 4, "projection": batches[2]}
            kept = {"probe": batches[0], "interval": 3, "insight": insight, **signals}
            return Collector(model, optimizer, path.with_name(f"{name}run.json"), **kept | options)

        return model, optimizer, collect

    return start


@pytest.fixture
def state_at_10(begin: Any, batches: Any, train: Any) -> Any:
    """A run of 14 steps with an epoch that ended at step 10, of which there is a checkpoint."""
    model, optimizer, collect = begin()
    with collect() as collector:
        train(model, optimizer, batches[:10], collector)
        collector.end_epoch(accuracy=0.5)
        state = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
        train(model, optimizer, batches[10:14], collector)
    return state


@pytest.fixture
def uninterrupted(begin: Any, batches: Any, train: Any, path: Path) -> Collection:
    model, optimizer, collect = begin(name="whole_")
    with collect() as collector:
        train(model, optimizer, batches[:10], collector)
        collector.end_epoch(accuracy=0.5)
        train(model, optimizer, batches[10:], collector)
        collector.end_epoch(accuracy=0.75)
    return open_collection(path.with_name("whole_run.json"))


def test_that_a_resumed_run_leaves_what_an_uninterrupted_one_does(
    state_at_10: Any, uninterrupted: Collection, begin: Any, batches: Any, train: Any, path: Path
) -> None:
    model, optimizer, collect = begin(state_at_10)
    with collect(resume=10) as collector:
        assert collector.steps_taken == 10
        train(model, optimizer, batches[10:], collector)
        collector.end_epoch(accuracy=0.75)

    with open_collection(path) as resumed, uninterrupted as whole:
        assert resumed.finished
        assert not resumed.damaged
        assert [each.step for each in resumed.resumes] == [10]
        assert (resumed.epochs, resumed.notes, resumed.n_steps) == (whole.epochs, whole.notes, whole.n_steps)
        for of_both in ("passes", "signs", "similarities", "projections"):
            assert getattr(resumed, of_both).steps.tolist() == getattr(whole, of_both).steps.tolist(), of_both
        for one, other in zip(resumed.passes, whole.passes, strict=True):
            assert (one.number, one.epoch) == (other.number, other.epoch)
            for name in one.layers:
                for kind in ("activation", "weight", "bias", "weight_gradient", "weight_update"):
                    np.testing.assert_array_equal(getattr(one.layers[name], kind), getattr(other.layers[name], kind))
        np.testing.assert_array_equal(resumed.signs.bits(3, 0, 100), whole.signs.bits(3, 0, 100))
        np.testing.assert_array_equal(resumed.similarities[-2].cka, whole.similarities[-2].cka)
        assert resumed.projection_samples is not None
        assert set(resumed.series) == set(whole.series)
        for name in whole.series:
            (steps, values), (true_steps, true_values) = resumed.series.recorded(name), whole.series.recorded(name)
            assert steps.tolist() == true_steps.tolist(), name
            begins_anew = steps == 10 if name.startswith(OF_TWO_STEPS) else np.zeros(len(steps), bool)
            assert np.isnan(values[begins_anew]).all(), name
            np.testing.assert_array_equal(values[~begins_anew], true_values[~begins_anew], err_msg=name)


def test_that_a_finished_run_goes_on_behind_its_last_step(
    state_at_10: Any, begin: Any, batches: Any, train: Any, path: Path
) -> None:
    model, optimizer, collect = begin(state_at_10)
    with collect(resume=True) as collector:
        assert collector.steps_taken == 14
        train(model, optimizer, batches[14:17], collector)

    with open_collection(path) as collection:
        assert collection.passes.steps.tolist() == [0, 3, 6, 9, 12, 15, 17]
        assert [each.epoch for each in collection.passes] == [0, 0, 0, 0, 1, 1, 1]
        assert collection.series.steps.tolist() == list(range(17))
        assert not np.isnan(collection.series["loss"]).any()


def test_that_the_losses_of_a_resumed_training_are_those_without_a_collector(
    state_at_10: Any, begin: Any, batches: Any, train: Any
) -> None:
    model, optimizer, _ = begin(state_at_10)
    plain = train(model, optimizer, batches[10:])
    model, optimizer, collect = begin(state_at_10)
    with collect(resume=10) as collector:
        assert train(model, optimizer, batches[10:], collector) == plain


def test_that_another_model_is_refused_and_leaves_the_file_alone(state_at_10: Any, path: Path, batches: Any) -> None:
    before = path.read_bytes()
    model = nn.Sequential(nn.Linear(5, 9), nn.ReLU(), nn.Linear(9, 3))
    optimizer = torch.optim.AdamW(model.parameters())
    with pytest.raises(CollectionError, match=r"weight of '0' \[8, 5\], and here \[9, 5\]"):
        Collector(model, optimizer, path, probe=batches[0], interval=3, resume=True)
    assert path.read_bytes() == before
    assert not optimizer._optimizer_step_pre_hooks


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"insight": InsightOptions(interval=5, sign_interval=4)}, "insight interval 2, and here 5"),
        ({"insight": None}, "gradients followed, and here none"),
        ({"similarity": None}, "another comparison of layers"),
        ({"projection": None}, "other samples or layers to be projected"),
        ({"probe": None}, "output of '0'"),
        ({"neuron_cap": 4}, "neuron_cap 24, and here 4"),
    ],
)
def test_that_other_options_are_refused_in_words(
    state_at_10: Any, begin: Any, options: dict[str, Any], words: str
) -> None:
    _, _, collect = begin(state_at_10)
    with pytest.raises(CollectionError, match=words):
        collect(resume=10, **options)


def test_that_another_optimizer_may_go_on_and_is_told(state_at_10: Any, begin: Any, path: Path, batches: Any) -> None:
    _, _, collect = begin(state_at_10)
    collect(resume=10, about={"optimizer": "SGD"}).close()
    with open_collection(path) as collection:
        assert [each.text for each in collection.notes] == ["From here on: optimizer SGD instead of AdamW."]
