"""Options that cannot be, told in words before the training begins."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from collector import Collector, open_collection
from collector.storage import CollectionError

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "interval": ({"interval": 0}, "interval is 0; it must be a whole number, 1 or more"),
    "half an interval": ({"interval": 2.5}, "interval is 2.5"),
    "cap": ({"neuron_cap": -1}, "neuron_cap is -1"),
    "no cap": ({"neuron_cap": None}, "neuron_cap is None"),
    "rule": ({"unit_rule": "median"}, "choose one of spread, group_mean"),
    "probe alone": ({"probe": torch.ones(2, 4)}, r"probe is of type Tensor; give it as \(inputs, labels\)"),
    "three": ({"probe": (torch.ones(2, 4),) * 3}, "give it as"),
    "no tensor": ({"probe": ({"x": [[1.0, 2.0]]}, None)}, "of type dict, hold no tensor; give it as"),
    "no samples in a tuple": (
        {"probe": ((torch.ones(0, 4), torch.ones(2)), None)},
        r"of type tuple, have shape \(0, 4\)",
    ),
    "no samples": ({"probe": (torch.ones(0, 4), None)}, r"shape \(0, 4\)"),
    "a number": ({"probe": (torch.tensor(1.0), None)}, r"shape \(\)"),
    "complex targets": ({"probe": (torch.ones(2, 4), torch.ones(2).cfloat())}, "labels are of type torch.complex64"),
    "texts as labels": ({"probe": (torch.ones(2, 4), ["a", "b"])}, "labels are of type list; give it as"),
    "lengths": (
        {"probe": (torch.ones(2, 4), torch.tensor([1]))},
        r"have shape \(1,\), but there are 2 samples; give it as .* told by sample_axis=1",
    ),
    "lengths of named labels": (
        {"probe": (torch.ones(2, 4), {"boxes": torch.ones(3, 4)})},
        r"hold boxes \(3, 4\), nothing for each of 2 samples",
    ),
    "no call": ({"probe_call": "get_action"}, "probe_call is of type str; give a function of the model and the inputs"),
    "no loss": ({"loss": "mse"}, "loss is of type str; give a function of the output and the targets"),
    "sample axis": ({"sample_axis": -1}, "sample_axis is -1; it must be the number of an axis, from 0"),
    "sample axis of a tensor": ({"sample_axis": {"x": "T"}}, "sample_axis is 'T'"),
    "time axis": ({"time_axis": 1.0}, "time_axis is 1.0"),
    "one axis twice": ({"sample_axis": 1, "time_axis": 1}, "sample_axis and time_axis are both 1"),
    "an axis that is not there": (
        {"probe": (torch.ones(2), None), "sample_axis": 1},
        r"have shape \(2,\), and no axis 1 of samples; give it as",
    ),
    "insight interval": ({"insight": -1}, "insight"),
    "about": ({"about": {"sead": 1}}, "about has 'sead'; what it may say is: .*seed"),
    "about of a wrong type": ({"about": {"seed": "zero"}}, "seed"),
}


@pytest.mark.parametrize("name", BAD)
def test_that_a_bad_option_is_refused_in_words_and_leaves_nothing(path: Path, name: str) -> None:
    options, words = BAD[name]
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with pytest.raises(ValueError, match=words):
        Collector(model, optimizer, path, **options)

    assert not path.exists()
    assert not optimizer._optimizer_step_pre_hooks


def test_that_what_is_no_model_is_refused(path: Path) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)

    with pytest.raises(ValueError, match="model is of type str"):
        Collector("a model", optimizer, path)  # type: ignore[arg-type]


def test_that_a_model_whose_sizes_are_not_known_yet_is_not_made_by_us(path: Path) -> None:
    model = nn.Sequential(nn.LazyLinear(3))
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)

    with pytest.raises(ValueError, match="run it once"):
        Collector(model, optimizer, path, probe=(torch.ones(2, 4), None))

    assert nn.parameter.is_lazy(model[0].weight)


def test_that_an_existing_file_is_kept_unless_it_may_be_replaced(path: Path) -> None:
    path.write_text("mine")
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with pytest.raises(CollectionError, match="exists already"):
        Collector(model, optimizer, path)
    assert path.read_text() == "mine"
    assert not optimizer._optimizer_step_pre_hooks

    with Collector(model, optimizer, path, overwrite=True):
        pass
    with open_collection(path) as collection:
        assert collection.finished


def test_that_a_place_that_cannot_be_written_is_a_collection_error(path: Path) -> None:
    path.write_text("not a folder")
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with pytest.raises(CollectionError, match="cannot be written"):
        Collector(model, optimizer, path / "run.json")
    assert not optimizer._optimizer_step_pre_hooks


def test_that_the_header_tells_what_was_trained_and_how(path: Path) -> None:
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    about = {"dataset": "digits", "seed": 0, "model": "tiny", "options": {"epochs": 1}}
    probe = (torch.ones(2, 1, 2, 2), torch.tensor([1, 2], dtype=torch.uint8))

    names = {"class_names": ["a", "b", "c"], "mean": [0.5], "std": [0.25]}
    flat = nn.Sequential(nn.Flatten(), model)
    with Collector(flat, optimizer, path, probe=probe, interval=5, neuron_cap=2, about=about, **names):
        pass

    with open_collection(path) as collection:
        run = collection.run
        assert (run.interval, run.neuron_cap, run.unit_rule) == (5, 2, "spread")
        assert (run.dataset, run.seed, run.model, run.options) == ("digits", 0, "tiny", {"epochs": 1})
        assert run.framework == f"torch {torch.__version__}"
        assert run.optimizer == "SGD"
        assert collection.probe.labels.tolist() == [1, 2]
        assert collection.probe.class_names == ("a", "b", "c")
        assert collection.probe.picture(0).tolist() == [[0.75, 0.75], [0.75, 0.75]]
