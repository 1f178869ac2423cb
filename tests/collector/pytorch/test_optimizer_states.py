"""What an optimizer holds is in the passes, or is named with the reason."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector, open_collection

TOLD = "Not in the passes of what the optimizer holds: {} (not of a parameter's shape)."

Make = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


def trained(make: Make, path: Path) -> tuple[list[set[str]], list[str]]:
    """Of three steps: names of the states of the first layer's weight in each pass, and the notes."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))
    optimizer = make(model.parameters())
    inputs, labels = torch.randn(8, 6), torch.randint(3, (8,))

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(inputs), labels)
        loss.backward()
        return loss

    with Collector(model, optimizer, path, probe=(inputs, labels), interval=1):
        for _ in range(3):
            closure()
            optimizer.step(closure if isinstance(optimizer, torch.optim.LBFGS) else None)
    with open_collection(path) as collection:
        states = [set(each.layers["0"].moments.get("weight", {})) for each in collection.passes[:3]]
        return states, [note.text for note in collection.notes]


@pytest.mark.parametrize(
    ("make", "held", "left_out"),
    [
        (torch.optim.Adam, {"exp_avg", "exp_avg_sq"}, ""),
        (lambda own: torch.optim.SGD(own, 0.1), set(), ""),
        (lambda own: torch.optim.Adafactor(own, 0.01), set(), "col_var and row_var"),
    ],
)
def test_that_a_state_that_is_not_in_the_passes_is_named_once(
    make: Make, held: set[str], left_out: str, path: Path
) -> None:
    states, notes = trained(make, path)
    assert states[-1] == held
    assert [each for each in notes if "the optimizer holds" in each] == ([TOLD.format(left_out)] if left_out else [])


@pytest.mark.filterwarnings("ignore::collector.CollectorWarning")
def test_that_what_lbfgs_holds_of_all_parameters_at_once_is_named(path: Path) -> None:
    _, notes = trained(lambda own: torch.optim.LBFGS(own, 0.5, max_iter=3), path)
    assert TOLD.format("d, old_dirs, old_stps and prev_flat_grad") in notes


def test_that_a_sparse_average_is_said_to_be_sparse(path: Path) -> None:
    model = nn.Sequential(nn.Embedding(9, 4, sparse=True), nn.Flatten(), nn.Linear(8, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    words = torch.randint(9, (8, 2))
    with Collector(model, optimizer, path, probe=(words, torch.arange(8) % 3), interval=1):
        for _ in range(2):
            model(words).square().mean().backward()
            optimizer.step()
    with open_collection(path) as collection:
        assert "momentum_buffer" in collection.passes[1].layers["2"].moments["weight"]
        assert "Not in the passes of what the optimizer holds: momentum_buffer (sparse)." in [
            note.text for note in collection.notes
        ]
