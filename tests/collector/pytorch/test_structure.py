"""A layer or parameter that is replaced while the model learns: what went is recorded no more, and both are named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize, prune

from collector import Collector, InsightOptions, open_collection
from collector.capture.repeated_notes import MOST_ALIKE
from collector.storage import Collection

pytestmark = pytest.mark.filterwarnings("default::collector.capture.guard.CollectorWarning")

AT = 3


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


class Run:
    """Six steps, before the fourth of which something is changed, recorded or not.

    Attributes:
        gradients: parameter's name → gradient, for each step.
    """

    def __init__(
        self, path: Path | None, change: Callable[[nn.Sequential], Any], *, is_new_optimizer: bool = True
    ) -> None:
        self.model = a_model()
        self.gradients: list[dict[str, Tensor]] = []
        optimizer = torch.optim.SGD(self.model.parameters(), 0.1)
        options: dict[str, Any] = {"interval": 1, "insight": InsightOptions(interval=1)}
        collector = Collector(self.model, optimizer, path, probe=(torch.ones(2, 4), None), **options) if path else None
        for step in range(6):
            if step == AT:
                torch.manual_seed(1)
                change(self.model)
                if is_new_optimizer:
                    optimizer = torch.optim.SGD(self.model.parameters(), 0.1)
            optimizer.zero_grad()
            self.model(torch.ones(2, 4) * step).square().sum().backward()
            own = self.model.named_parameters()
            self.gradients.append({name: each.grad.clone() for name, each in own if each.grad is not None})
            optimizer.step()
        if collector:
            collector.close()


@pytest.fixture
def recorded(path: Path) -> Callable[..., tuple[Collection, Run]]:
    """What is recorded of a training, which is bit for bit the one without a collector."""

    def train(change: Callable[[nn.Sequential], Any], **options: Any) -> tuple[Collection, Run]:
        run, alone = Run(path, change, **options), Run(None, change, **options)
        for name, each in alone.model.named_parameters():
            assert torch.equal(run.model.get_parameter(name), each)
        return open_collection(path), run

    return train


def norms(collection: Collection, layer: str) -> dict[int, float]:
    steps, values = collection.series.recorded(f"gradient_norm/{layer}")
    return {step: value for step, value in zip(steps.tolist(), values.tolist(), strict=True) if not np.isnan(value)}


def norm(gradients: dict[str, Tensor], layer: str) -> float:
    return float(torch.cat([each.flatten() for name, each in gradients.items() if name.startswith(layer)]).norm())


def replace_layer(model: nn.Sequential) -> None:
    model[2] = nn.Linear(6, 3)


def replace_weight(model: nn.Sequential) -> None:
    model[2].weight = nn.Parameter(torch.randn(3, 6))


def assign_state(model: nn.Sequential) -> None:
    model.load_state_dict({name: each.clone() for name, each in a_model().state_dict().items()}, assign=True)


SAME = "Replaced in the model before step 3, and recorded from there on as what came in the place: "


@pytest.mark.parametrize(
    ("change", "names"),
    [(replace_layer, "2."), (replace_weight, "2.weight."), (assign_state, "0.weight, 0.bias, 2.weight and 1 more.")],
)
def test_that_what_comes_in_the_place_of_its_like_is_recorded_from_its_first_step(
    recorded: Any, change: Any, names: str
) -> None:
    collection, run = recorded(change)
    with collection:
        assert [note.text for note in collection.notes if note.text.startswith("Replaced")] == [SAME + names]
        assert len(collection.notes) == 2, "beside it the new optimizer"
        assert all(note.step == AT for note in collection.notes)
        for one in list(collection.passes)[:-1]:
            np.testing.assert_array_equal(one.layers["2"].weight_gradient, run.gradients[one.step]["2.weight"])
        np.testing.assert_array_equal(collection.passes[-1].layers["2"].weight, run.model[2].weight.detach())
        truth = [norm(gradients, "2") for gradients in run.gradients]
        assert norms(collection, "2") == pytest.approx(dict(enumerate(truth)), rel=1e-5)


def test_that_the_new_layers_parameters_are_said_to_be_in_no_optimizer_where_they_are(recorded: Any) -> None:
    collection, _ = recorded(replace_layer, is_new_optimizer=False)
    with collection:
        assert [note.text for note in collection.notes] == [
            SAME + "2.",
            "2.weight and 2.bias are in none of the optimizers.",
        ]


def replace_by_wider(model: nn.Sequential) -> None:
    model[2] = nn.Linear(6, 5)


def replace_by_another_kind(model: nn.Sequential) -> None:
    model[2] = nn.PReLU()


def remove(model: nn.Sequential) -> None:
    del model[2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replace_by_wider, "2, a Linear of weight [3, 6], by a Linear of weight [5, 6]"),
        (replace_by_another_kind, "2, a Linear of weight [3, 6], by a PReLU of weight [1]"),
        (remove, "2, a Linear of weight [3, 6]"),
    ],
)
def test_that_what_went_for_something_else_is_recorded_no_more(recorded: Any, change: Any, words: str) -> None:
    collection, run = recorded(change)
    with collection:
        (note,) = [note.text for note in collection.notes if note.text.startswith("Replaced")]
        assert note == (
            f"Replaced in the model before step 3: {words}. What went is recorded no more, and what came is not, as it "
            "is of another kind or shape."
        )
        for one in collection.passes:
            layer = one.layers["2"]
            arrays = (layer.weight, layer.bias, layer.activation, layer.weight_gradient, layer.weight_update)
            assert all(each is None for each in arrays) == (one.step >= AT)
            assert one.layers["0"].weight is not None
        assert list(norms(collection, "2")) == list(range(AT))
        truth = {step: norm(gradients, "0") for step, gradients in enumerate(run.gradients)}
        assert norms(collection, "0") == pytest.approx(truth, rel=1e-5)
        total = {step: value for step, value in norms(collection, "total").items() if step >= AT}
        assert total == pytest.approx({step: truth[step] for step in total}, rel=1e-5)


def test_that_a_layer_that_comes_is_said_not_to_be_recorded(recorded: Any) -> None:
    collection, _ = recorded(lambda model: model.append(nn.Linear(3, 3)))
    with collection:
        text = "Came into the model before step 3, and so not recorded: 3, a Linear of weight [3, 3]."
        assert text in [note.text for note in collection.notes]


class Doubled(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return 2 * weight


@pytest.mark.parametrize(
    "change",
    [
        lambda model: parametrize.register_parametrization(model[2], "weight", Doubled()),
        lambda model: prune.l1_unstructured(model[2], "weight", 0.5),
    ],
)
def test_that_a_weight_that_is_computed_from_others_is_recorded_no_more(recorded: Any, change: Any) -> None:
    collection, _ = recorded(change, is_new_optimizer=False)
    with collection:
        assert collection.notes[0].text.startswith(
            "Replaced in the model before step 3: 2.weight, by what is computed from other parameters."
        )
        assert not [note.text for note in collection.notes if note.text.startswith("Strobe failed")]
        assert [one.step for one in collection.passes] == [*range(7)]
        for one in collection.passes:
            assert (one.layers["2"].weight is None) == (one.step >= AT)
            assert one.layers["2"].bias is not None


def test_that_a_model_that_stays_as_it_is_is_looked_at_without_a_word(recorded: Any) -> None:
    collection, _ = recorded(lambda model: None, is_new_optimizer=False)
    with collection:
        assert not collection.notes


def test_that_a_model_whose_parameters_are_replaced_at_each_step_is_told_so_a_few_times(path: Path) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, interval=1) as collector:
        for _ in range(20):
            replace_weight(model)
            optimizer.param_groups[0]["params"] = list(model.parameters())
            model(torch.ones(2, 4)).square().sum().backward()
            optimizer.step()
        assert collector.steps_taken == 20
    with open_collection(path) as collection:
        assert sum(note.text.startswith("Replaced in") for note in collection.notes) == MOST_ALIKE
        assert "12 more of this kind" in collection.notes[-1].text
        np.testing.assert_array_equal(collection.passes[-1].layers["2"].weight, model[2].weight.detach())
