"""What is said of a run is short, however large the model is and however long it trains."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, open_collection

Batches = Callable[..., list[tuple[Any, Tensor]]]


class Residual(nn.Module):
    def __init__(self, n_layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(n_layers))
        self.out = nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        for layer in self.layers:
            inputs = inputs + layer(inputs)
        return self.out(inputs)


def header_of(n_layers: int, path: Path, make_batches: Batches) -> int:
    torch.manual_seed(0)
    model = Residual(n_layers)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    Collector(model, optimizer, path, probe=make_batches(1, 4)[0], insight=None, overwrite=True).close()
    with open_collection(path) as collection:
        assert "edges" in collection.layers["out"].not_recorded
    return len(path.read_bytes().splitlines()[0])


def test_that_a_header_grows_with_the_layers_and_not_with_their_square(path: Path, make_batches: Batches) -> None:
    small, large = (header_of(n_layers, path, make_batches) for n_layers in (50, 200))

    assert large < 4.5 * small


def test_that_a_user_may_note_a_kind_at_each_step(path: Path) -> None:
    model = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with pytest.warns(CollectorWarning) as caught, Collector(model, optimizer, path) as collector:
        for step in range(50):
            optimizer.step()
            collector.note(f"the mean is {step / 3}", warns=True, once="mean")
            collector.log(loss=0.0)

    assert len(caught) == 1
    with open_collection(path) as collection:
        texts = [note.text for note in collection.notes if "gradient" not in note.text]
        assert texts == [
            "the mean is 0.0",
            "49 more of this kind, from step 1 on, last at step 50: the mean is 0.0",
        ]


def test_that_a_run_without_a_step_says_so(path: Path) -> None:
    model = nn.Linear(4, 3)
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path):
        pass

    with open_collection(path) as collection:
        assert [note.text.partition(". ")[0] for note in collection.notes] == ["No step was seen in this run"]
