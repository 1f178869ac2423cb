"""Of one model, and into one file, one collector records: the one that was made last."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import optimizer as of_optimizers

from collector import CollectionError, Collector, CollectorWarning, open_collection

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def a_model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))


def hooks_of(optimizer: torch.optim.Optimizer) -> int:
    own = len(optimizer._optimizer_step_pre_hooks) + len(optimizer._optimizer_step_post_hooks)
    return own + len(of_optimizers._global_optimizer_pre_hooks)


def test_that_a_second_collector_of_a_model_ends_the_first_and_both_say_so(
    tmp_path: Path, train: Train, make_batches: Batches
) -> None:
    batches, model = make_batches(4, 4), a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    before = hooks_of(optimizer)

    earlier = Collector(model, optimizer, first, probe=batches[0], interval=2)
    train(model, optimizer, batches, earlier)
    of_one = hooks_of(optimizer)
    with pytest.warns(CollectorWarning, match=r"into 'first\.json'; it was ended"):
        later = Collector(model, optimizer, second, probe=batches[0], interval=2)
    assert hooks_of(optimizer) == of_one
    train(model, optimizer, batches, later)
    later.close()
    earlier.close()

    assert hooks_of(optimizer) == before
    with open_collection(first) as collection:
        assert collection.finished
        assert collection.n_steps == 4
        assert [note.text for note in collection.notes] == [
            "This recording ends here, because another collector was made of the same model."
        ]
    with open_collection(second) as collection:
        assert collection.n_steps == 4
        assert "it was ended" in collection.notes[0].text


def test_that_a_cell_run_six_times_costs_and_leaves_one_recording(
    path: Path, train: Train, make_batches: Batches
) -> None:
    batches, collectors, optimizers = make_batches(3, 4), [], []
    for number in range(6):
        model = a_model()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        if number:
            with pytest.warns(CollectorWarning, match="for the same file"):
                collectors.append(Collector(model, optimizer, path, probe=batches[0], overwrite=True))
        else:
            collectors.append(Collector(model, optimizer, path, probe=batches[0], overwrite=True))
        train(model, optimizer, batches, collectors[-1])
        optimizers.append(optimizer)

    assert [len(each._optimizer_step_post_hooks) for each in optimizers] == [0] * 5 + [1]
    collectors[-1].close()
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.n_steps == 3


def test_that_a_call_that_is_refused_ends_no_other_recording(path: Path, train: Train, make_batches: Batches) -> None:
    batches, model = make_batches(3, 4), a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with Collector(model, optimizer, path, probe=batches[0]) as collector:
        with pytest.raises(CollectionError):
            Collector(model, optimizer, path)
        with pytest.raises(ValueError, match="interval"):
            Collector(model, optimizer, path, interval=0, overwrite=True)
        train(model, optimizer, batches, collector)

    with open_collection(path) as collection:
        assert collection.n_steps == 3
        assert not collection.notes


def test_that_models_are_told_apart_by_what_they_are_and_not_by_being_equal(tmp_path: Path) -> None:
    class Equal(nn.Linear):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = nn.Linear.__hash__

    models = [Equal(2, 2), Equal(2, 2)]
    collectors = [
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), tmp_path / f"{number}.json")
        for number, model in enumerate(models)
    ]
    for each in collectors:
        each.close()

    for number in range(2):
        with open_collection(tmp_path / f"{number}.json") as collection:
            assert not any("ended" in note.text for note in collection.notes)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_that_a_collector_that_is_given_up_leaves_no_hook_and_a_file_that_opens(
    path: Path, train: Train, make_batches: Batches
) -> None:
    gc.collect()
    before = len(of_optimizers._global_optimizer_pre_hooks)
    batches, model = make_batches(4, 4), a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    collector = Collector(model, optimizer, path, probe=batches[0], interval=2)
    train(model, optimizer, batches, collector)

    del model, optimizer, collector
    gc.collect()

    assert len(of_optimizers._global_optimizer_pre_hooks) == before
    with open_collection(path) as collection:
        assert not collection.finished
        assert [one.step for one in collection.passes] == [0, 2]
