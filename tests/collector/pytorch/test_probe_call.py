"""A model that is not called by its forward is run on held-out samples as the user says."""

from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, open_collection
from collector.storage import Collection

STATES = torch.randn(5, 4, generator=torch.Generator().manual_seed(3))
WAY_OUT = "where it is called in another way, say how: probe_call=lambda model, inputs: …"


class Agent(nn.Module):
    """As of many scripts of reinforcement learning: no forward, and an action that is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.actor, self.critic = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)), nn.Linear(4, 1)

    def get_action(self, states: Tensor, scale: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        logits = self.actor(states) * scale
        return torch.distributions.Categorical(logits=logits).sample(), logits, self.critic(states)


@dataclass(frozen=True)
class Scaled:
    states: Tensor
    scale: float


FORMS: dict[str, tuple[Any, Any]] = {
    "a tensor": (STATES, lambda agent, states: agent.get_action(states)),
    "a tuple": ((STATES, 2.0), lambda agent, inputs: agent.get_action(*inputs)),
    "a dict": ({"x": STATES, "scale": 2.0}, lambda agent, inputs: agent.get_action(inputs["x"], inputs["scale"])),
    "a dataclass": (Scaled(STATES, 2.0), lambda agent, inputs: agent.get_action(inputs.states, inputs.scale)),
    "logits alone": (STATES, lambda agent, states: agent.get_action(states)[1]),
}


def collected(path: Path, model: nn.Module, probe: Any, **options: Any) -> Collection:
    """The state before the first step, as it was recorded."""
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=probe, **options):
        model.zero_grad()
        sum(each.sum() for each in model.parameters()).backward()
        optimizer.step()
    return open_collection(path)


@pytest.mark.parametrize("form", FORMS)
def test_that_inputs_are_given_to_the_call_as_the_user_has_them(path: Path, form: str) -> None:
    inputs, call = FORMS[form]
    agent = Agent()
    hidden: list[Tensor] = []
    handle = agent.actor[1].register_forward_hook(lambda *given: hidden.append(given[2]))
    with torch.no_grad():
        output = call(agent, inputs)
    handle.remove()
    logits = output if isinstance(output, Tensor) else output[1]
    before = torch.get_rng_state()

    with collected(path, agent, (inputs, None), probe_call=call) as collection:
        one = collection.passes[0]
        np.testing.assert_array_equal(one.logits, logits)
        np.testing.assert_array_equal(one.layers["actor.1"].activation, hidden[0])
        assert collection.layers["actor.2"].reads == ("actor.0",)
        assert collection.layers["critic"].reads == ("input",) or form != "a tensor"
        np.testing.assert_array_equal(collection.probe.inputs, STATES)
        outputs = {node.name: node.reads for node in collection.flow if node.role == "output"}
        assert outputs["output" if form == "logits alone" else "output.1"] in (("actor.2",), ("actor.2",))
    assert torch.equal(torch.get_rng_state(), before)


def test_that_layers_are_compared_and_projected_by_the_same_call(path: Path) -> None:
    agent = Agent()
    samples = torch.randn(70, 4)
    options = {"similarity": (samples, None), "projection": (samples, None)}

    with collected(path, agent, None, probe_call=lambda agent, states: agent.actor(states), **options) as collection:
        with torch.no_grad():
            features, predicted = agent.actor[0](samples), agent.actor(samples).argmax(1)
        np.testing.assert_allclose(collection.similarities[-1].features("actor.0"), features, rtol=1e-6)
        assert collection.projections[-1].predictions.tolist() == predicted.tolist()


def test_that_a_model_without_forward_is_told_the_way_out(path: Path) -> None:
    with pytest.warns(CollectorWarning, match="probe_call"), collected(path, Agent(), (STATES, None)) as collection:
        text = f"the model has no forward to be called with the probe; {WAY_OUT}"
        assert collection.notes[0].text == f"Activations and connections are not recorded: {text}"
        in_short = "the model could not run on the probe, as a note says"
        assert collection.layers["critic"].not_recorded["activation"] == in_short


def test_that_a_model_that_is_called_with_something_else_is_told_the_way_out(path: Path) -> None:
    with pytest.warns(CollectorWarning), collected(path, nn.Bilinear(4, 4, 2), (STATES, None)) as collection:
        text = collection.notes[0].text
        assert "the model could not run on the probe (TypeError: " in text
        assert text.endswith(WAY_OUT)


def test_that_a_call_that_fails_is_told_by_its_name(path: Path) -> None:
    def call(agent: nn.Module, states: Tensor) -> Tensor:
        return agent.policy(states)

    with pytest.warns(CollectorWarning), collected(path, Agent(), (STATES, None), probe_call=call) as collection:
        text = collection.notes[0].text
        assert "probe_call could not run on the probe (AttributeError: 'Agent' object has no attribute 'poli" in text
        assert "lambda" not in text


def test_that_several_networks_are_run_one_after_the_other(path: Path) -> None:
    gan = nn.ModuleDict({"generator": nn.Linear(4, 3), "discriminator": nn.Linear(3, 1)})
    with torch.no_grad():
        scores = gan["discriminator"](gan["generator"](STATES))

    def call(gan: nn.Module, noise: Tensor) -> Tensor:
        return gan["discriminator"](gan["generator"](noise))

    with collected(path, gan, (STATES, None), probe_call=call) as collection:
        np.testing.assert_array_equal(collection.passes[0].logits, scores)
        assert collection.layers["discriminator"].reads == ("generator",)


def test_that_what_a_call_keeps_is_as_if_it_had_not_been_made(path: Path) -> None:
    seen: list[Tensor] = []

    def call(agent: Agent, states: Tensor) -> Tensor:
        seen.append(states)
        return agent.actor(states)

    with collected(path, Agent(), (STATES, None), probe_call=call) as collection:
        assert collection.passes[0].logits is not None
    assert seen == []


def test_that_a_training_is_bit_for_bit_the_same_whatever_the_collector_is_told(path: Path) -> None:
    class Words(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.lstm, self.out = nn.Embedding(11, 4), nn.LSTM(4, 6, 2, dropout=0.3), nn.Linear(6, 3)

    def run(model: nn.Module, ids: Tensor) -> Tensor:
        return model.out(model.lstm(model.embedding(ids))[0][-1])

    ids, labels = torch.arange(28).reshape(7, 4) % 11, torch.tensor([0, 2, 1, 0])
    told = {"probe_call": run, "sample_axis": 1, "loss": nn.CrossEntropyLoss(label_smoothing=0.1), "interval": 1}
    ends = []
    for collects in (False, True):
        torch.manual_seed(0)
        model = Words()
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        samples = {"probe": (ids, labels), "similarity": (ids, labels), "projection": (ids, None)}
        with Collector(model, optimizer, path, **samples, **told) if collects else nullcontext():
            for _ in range(4):
                optimizer.zero_grad()
                nn.functional.cross_entropy(run(model, ids), labels).backward()
                optimizer.step()
        ends.append((model.state_dict(), torch.get_rng_state()))

    (plain, plain_chance), (state, chance) = ends
    assert all(torch.equal(state[name], plain[name]) for name in plain)
    assert torch.equal(chance, plain_chance)
    with open_collection(path) as collection:
        assert len(collection.passes) == 5
        assert all(one.losses.shape == (4,) for one in collection.passes)
