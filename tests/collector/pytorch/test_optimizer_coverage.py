"""Who updates what is told by fact: from the parameters that optimizers hold and that the model has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from collector import Collector, InsightOptions, open_collection

EACH = InsightOptions(interval=1)
SGD = torch.optim.SGD


@pytest.fixture
def told(path: Path) -> Callable[..., list[str]]:
    """Trains for a few steps and gives the notes of the file."""

    def train(
        model: nn.Module,
        optimizers: Any,
        step: Callable[[int], None] | None = None,
        n_steps: int = 4,
        seen: Any = None,
    ) -> list[str]:
        used = optimizers if isinstance(optimizers, list) else [optimizers]

        def plain(number: int) -> None:
            for each in used:
                each.zero_grad()
            model(torch.ones(2, 4)).square().sum().backward()
            for each in used:
                each.step()

        with Collector(model, seen or optimizers, path, interval=1, insight=EACH) as collector:
            for number in range(n_steps):
                (step or plain)(number)
                collector.log(loss=0.0)
        with open_collection(path) as collection:
            return [note.text for note in collection.notes]

    return train


def a_model(*, frozen: str = "") -> nn.Sequential:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))
    for name, each in model.named_parameters():
        each.requires_grad_(name != frozen)
    return model


pytestmark = pytest.mark.filterwarnings("default::collector.capture.guard.CollectorWarning")


def test_that_parameters_in_no_optimizer_are_named(told: Any) -> None:
    model = a_model()
    assert told(model, SGD(model[0].parameters(), 0.1)) == ["2.weight and 2.bias are in none of the optimizers."]


def test_that_a_single_step_is_enough(told: Any) -> None:
    model = a_model()
    assert told(model, SGD([model[0].weight, *model[2].parameters()], 0.1), n_steps=1) == [
        "0.bias is in none of the optimizers."
    ]


def test_that_what_is_frozen_is_not_missed(told: Any) -> None:
    model = a_model(frozen="0.weight")
    assert told(model, SGD([each for each in model.parameters() if each.requires_grad], 0.1)) == []


def test_that_many_names_are_shortened(told: Any) -> None:
    model = nn.Sequential(*(nn.Linear(4, 4) for _ in range(5)))
    assert told(model, SGD(model[0].parameters(), 0.01)) == [
        "1.weight, 1.bias, 2.weight and 5 more are in none of the optimizers."
    ]


def test_that_an_optimizer_of_another_model_is_named_and_nothing_else_is_said(told: Any) -> None:
    model = a_model()
    other = torch.optim.Adam(nn.Linear(2, 2).parameters())
    assert told(model, other) == ["None of Adam's parameters belongs to the model: what it updates is not recorded."]


def test_that_one_of_several_optimizers_that_is_of_another_model_is_named(told: Any) -> None:
    model = a_model()
    others = torch.optim.Adam(nn.Linear(2, 2).parameters())
    assert told(model, [others, SGD(model.parameters(), 0.1)]) == [
        "None of Adam's parameters belongs to the model: what it updates is not recorded."
    ]


def test_that_what_a_further_optimizer_updates_is_told_of_it_alone(told: Any) -> None:
    model = a_model()
    both = [SGD(model[number].parameters(), 0.1) for number in (0, 2)]
    first, second = told(model, both, seen=both[0])
    assert first.startswith("A further optimizer, SGD, updates 2.weight and 2.bias")
    assert second.startswith("Behind the optimizer's step 0 something else changed the weights of 2:")


def test_that_the_optimizer_that_does_train_the_model_is_followed_in_place_of_one_that_does_not(told: Any) -> None:
    model = a_model()
    first, second = told(model, SGD(model.parameters(), 0.1), seen=torch.optim.Adam(nn.Linear(2, 2).parameters()))
    assert first == "None of Adam's parameters belongs to the model: what it updates is not recorded."
    assert second.startswith("The optimizer SGD has taken the place of Adam, and is followed from here on.")


class WithList(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.hidden = [nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4)]
        self.by_name = {"head": nn.Linear(4, 3), "frozen": nn.Linear(4, 3).requires_grad_(False)}
        self.known = [self.first]

    def forward(self, inputs: Tensor) -> Tensor:
        outputs = self.first(inputs)
        for each in self.hidden:
            outputs = each(outputs)
        return self.by_name["head"](outputs)


def test_that_layers_in_plain_lists_and_dicts_are_named(told: Any) -> None:
    model = WithList()
    assert told(model, SGD(model.parameters(), 0.01)) == [
        "hidden.0, hidden.2 and by_name.head are kept in a plain list or dict, and so no part of the model: neither "
        "recorded nor found by model.parameters(). torch.nn.ModuleList and ModuleDict make them a part of it."
    ]


def test_that_training_copies_of_the_parameters_is_not_told_as_a_loss_that_does_not_depend_on_them(told: Any) -> None:
    model = a_model()
    copies = {name: each.detach().clone().requires_grad_() for name, each in model.named_parameters()}
    optimizer = SGD(copies.values(), 0.1)

    def step(number: int) -> None:
        optimizer.zero_grad()
        functional_call(model, copies, torch.ones(2, 4)).square().sum().backward()
        optimizer.step()

    first, second = told(model, optimizer, step)
    assert first == "None of SGD's parameters belongs to the model: what it updates is not recorded."
    assert second == (
        "No gradient came to 0 and 2 in the first 2 passes. That is so where the loss does not depend on them, where "
        "they are cut off by detach() or no_grad(), and where copies of them are trained."
    )


def test_that_what_an_optimizer_is_given_later_is_named(told: Any) -> None:
    model = a_model()
    optimizer = SGD(model[0].parameters(), 0.1)

    def step(number: int) -> None:
        if number == 3:
            optimizer.add_param_group({"params": list(model[2].parameters())})
        model(torch.ones(2, 4)).square().sum().backward()
        optimizer.step()

    assert told(model, optimizer, step, 5) == [
        "2.weight and 2.bias are in none of the optimizers.",
        "From step 3 on 2.weight and 2.bias are updated by an optimizer.",
    ]


def test_that_what_an_optimizer_gives_up_is_named(told: Any) -> None:
    model = a_model()
    optimizer = SGD([{"params": model[0].parameters()}, {"params": model[2].parameters()}], 0.1)

    def step(number: int) -> None:
        if number == 3:
            del optimizer.param_groups[0]
        model(torch.ones(2, 4)).square().sum().backward()
        optimizer.step()

    assert told(model, optimizer, step, 5) == ["0.weight and 0.bias are in none of the optimizers."]
