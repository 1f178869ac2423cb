"""What a pass holds of a network's output is what the network gave, exactly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector
from collector.storage import Collection, open_collection

Open = Callable[..., Collection]


@pytest.fixture
def recorded(tmp_path: Path) -> Open:
    """Records a training of one step, whose loss is given, and opens it."""

    def record(model: nn.Module, probe: Any, loss: Callable[[Any], Tensor], **options: Any) -> Collection:
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        path = tmp_path / "run.json"
        with Collector(model, optimizer, path, probe=probe, interval=1, insight=None, **options) as collector:
            inputs = probe[0] if isinstance(probe[0], tuple) else (probe[0],)
            step = loss(model(*inputs))
            step.backward()
            optimizer.step()
            collector.log(loss=step)
        return open_collection(path)

    return record


def test_values_beside_their_targets(recorded: Open) -> None:
    inputs, targets = torch.rand(6, 3), torch.rand(6)
    model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0))
    before = model(inputs).detach()
    with recorded(model, (inputs, targets), lambda out: nn.functional.mse_loss(out, targets)) as found:
        np.testing.assert_array_equal(found.passes[0].logits[:, 0], before)
        np.testing.assert_array_equal(found.probe.targets, targets)
        assert (found.task.kind, found.task.told_by) == ("values", "the loss is MseLoss")
        assert found.probe.labels is None
        assert not found.notes


def test_one_hot_labels_are_classes_and_several_are_labels(recorded: Open) -> None:
    inputs, model = torch.rand(4, 3), nn.Linear(3, 3)
    one_hot = nn.functional.one_hot(torch.tensor([2, 0, 1, 1])).float()
    with recorded(model, (inputs, one_hot), lambda out: nn.functional.cross_entropy(out, one_hot)) as found:
        assert found.probe.labels.tolist() == [2, 0, 1, 1]
        assert found.task.kind == "classes"


def test_several_labels(recorded: Open) -> None:
    inputs, model = torch.rand(4, 3), nn.Linear(3, 2)
    labels = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    loss = nn.BCEWithLogitsLoss()
    with recorded(model, (inputs, labels), lambda out: loss(out, labels)) as found:
        assert found.task.kind == "labels"
        np.testing.assert_array_equal(found.probe.targets, labels)


class Vae(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Linear(16, 4), nn.Linear(2, 16)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_variance = self.encoder(pictures.flatten(1)).chunk(2, 1)
        return torch.sigmoid(self.decoder(mean)).view(-1, 1, 4, 4), mean, log_variance


def test_a_reconstruction_is_kept_whole_and_known_by_its_loss(recorded: Open) -> None:
    inputs, model = torch.rand(5, 1, 4, 4), Vae()
    before = model(inputs)[0].detach()

    def loss(output: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        made, mean, log_variance = output
        away = -0.5 * (1 + log_variance - mean**2 - log_variance.exp()).sum()
        return nn.functional.binary_cross_entropy(made, inputs, reduction="sum") + away

    with recorded(model, (inputs, torch.tensor([3, 1, 2, 0, 3])), loss) as found:
        np.testing.assert_array_equal(found.passes[0].outputs, before)
        assert found.task.kind == "reconstruction"
        assert found.passes[0].logits is None


def test_masks(recorded: Open) -> None:
    inputs, masks, model = torch.rand(3, 1, 6, 6), torch.randint(0, 4, (3, 6, 6)), nn.Conv2d(1, 4, 1)
    before = model(inputs).detach()
    with recorded(model, (inputs, masks), lambda out: nn.functional.cross_entropy(out, masks)) as found:
        np.testing.assert_array_equal(found.passes[0].outputs, before)
        np.testing.assert_array_equal(found.probe.targets, masks)
        assert found.task.kind == "segmentation"


class Words(nn.Module):
    def __init__(self, *, flat: bool = False) -> None:
        super().__init__()
        self.embedding, self.head, self.flat = nn.Embedding(12, 4), nn.Linear(4, 12), flat

    def forward(self, words: Tensor) -> Tensor:
        logits = self.head(self.embedding(words))
        return logits.flatten(0, 1) if self.flat else logits


@pytest.mark.parametrize("flat", [False, True])
def test_tokens_with_the_likeliest_of_each_position_and_their_texts(recorded: Open, flat: bool) -> None:
    words, model = torch.randint(0, 12, (3, 5)), Words(flat=flat)
    following = torch.cat([words[:, 1:], torch.full((3, 1), -100)], 1)
    logits = model(words).detach().view(3, 5, 12)
    names = [f"word{number}" for number in range(12)]
    probe = (words, following)
    with recorded(
        model,
        probe,
        lambda out: nn.functional.cross_entropy(out.view(-1, 12), following.view(-1)),
        tokenizer=names,
    ) as found:
        top = found.passes[0].token_logits
        assert found.task.kind == "tokens"
        np.testing.assert_array_equal(top.values, logits.topk(8).values)
        np.testing.assert_array_equal(top.numbers, logits.topk(8).indices)
        np.testing.assert_allclose(top.log_sum_exp, logits.logsumexp(2), rtol=1e-6)
        np.testing.assert_array_equal(top.true[:, :-1], logits.gather(2, words[:, 1:, None])[..., 0])
        assert np.isnan(top.true[:, -1]).all()
        assert found.token_names == dict(enumerate(names))


def test_of_the_next_token_the_input_itself_is_the_target(recorded: Open) -> None:
    words, model = torch.randint(0, 12, (3, 5)), Words()
    with recorded(model, (words, None), lambda out: out.mean(), task="next_token") as found:
        np.testing.assert_array_equal(found.probe.targets[:, :-1], words[:, 1:])
        assert (found.probe.targets[:, -1] == -1).all()
        assert found.task.is_given


def test_q_values_and_an_actor_of_which_nothing_is_known(recorded: Open) -> None:
    states, actions = torch.rand(6, 3), torch.tensor([0, 1, 1, 0, 1, 0])
    picked = lambda out: nn.functional.mse_loss(out.gather(1, actions[:, None])[:, 0], torch.ones(6))  # noqa: E731
    with recorded(nn.Linear(3, 2), (states, None), picked) as found:
        assert found.task.kind == "q_values"


def test_that_a_policy_without_labels_is_not_taken_for_classes(recorded: Open) -> None:
    states, actions = torch.rand(6, 3), torch.tensor([0, 1, 1, 0, 1, 0])
    reinforce = lambda out: -torch.distributions.Categorical(logits=out).log_prob(actions).mean()  # noqa: E731
    with recorded(nn.Linear(3, 2), (states, None), reinforce) as found:
        assert found.task.kind == ""


@pytest.mark.parametrize(
    ("option", "words"), [({"task": "regressions"}, "task is"), ({"tokenizer": 3}, "tokenizer is")]
)
def test_what_cannot_be_a_task_or_a_tokenizer_is_said_at_once(
    tmp_path: Path, option: dict[str, Any], words: str
) -> None:
    model = nn.Linear(2, 2)
    with pytest.raises(ValueError, match=words):
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), tmp_path / "run.json", **option)
