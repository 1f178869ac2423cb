"""Stories of samples, recorded from a PyTorch training: the same as a hand-written loop finds, and harmless."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor, nn

from collector import Collector, CollectorWarning, open_collection
from collector.capture import projected_samples
from collector.storage import Collection
from collector.storage.stories import NUMBERS, QUANTITIES


def small() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
        nn.Dropout(0.5), nn.Linear(64, 9), nn.ReLU(inplace=True), nn.Linear(9, 3),
    )  # fmt: skip


def samples(n: int = 150) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(3)
    return torch.randn(n, 1, 8, 8, generator=chance), torch.randint(0, 3, (n,), generator=chance)


def test_that_all_that_is_told_is_what_a_hand_written_loop_finds(
    collect: Callable[..., Collection], make_batches: Callable[..., list]
) -> None:
    model = small()
    inputs, labels = samples()
    given = {"mean": [0.5], "std": [0.25], "story_numbers": 3 * np.arange(150), "story_of": "training"}
    collection = collect(model, make_batches(4, 1, 8, 8), stories=(inputs, labels), **given)

    stories = collection.stories
    assert stories.layers == ("1", "4", "8", "9")  # each layer that makes units, behind its norm and activation
    assert (stories.header.of, stories.header.loss) == ("training", "cross-entropy of the label")
    assert stories.steps.tolist() == [0, 4]
    features: dict[str, Tensor] = {}
    for name in stories.layers:
        model[int(name)].register_forward_hook(
            lambda module, args, output, name=name: features.update({name: output.detach().flatten(1).clone()})
        )
    model.eval()
    logits = model(inputs).detach()
    last = stories[-1]
    shares = logits.softmax(1)
    own, others = logits.gather(1, labels[:, None])[:, 0], logits.scatter(1, labels[:, None], -torch.inf)
    losses = nn.functional.cross_entropy(logits, labels, reduction="none")
    np.testing.assert_array_equal(last.predictions, logits.argmax(1))
    np.testing.assert_allclose(last.confidences, shares.amax(1), rtol=1e-5)
    np.testing.assert_allclose(last.label_probabilities, shares.gather(1, labels[:, None])[:, 0], rtol=1e-5)
    np.testing.assert_allclose(last.margins, own - others.amax(1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(last.losses, losses, rtol=1e-5)
    for votes, name in zip(last.votes, stories.layers, strict=True):
        known = KNeighborsClassifier(30, algorithm="brute").fit(features[name], labels).predict(None)
        assert (votes == known).mean() > 0.98, "but for ties"
    recorded = stories.samples
    np.testing.assert_array_equal(recorded.inputs, np.clip(np.rint((inputs.numpy() * 0.25 + 0.5) * 255), 0, 255))
    np.testing.assert_array_equal(recorded.labels, labels)
    np.testing.assert_array_equal(recorded.numbers, 3 * np.arange(150))


@pytest.mark.parametrize(("interval", "steps"), [(0, [0, 3, 6, 7]), (2, [0, 2, 3, 4, 6, 7]), (1, list(range(8)))])
def test_that_it_is_told_when_an_epoch_begins_at_the_end_and_each_so_many_steps_and_never_twice(
    path: Path, make_batches: Callable[..., list], train: Callable[..., list[float]], interval: int, steps: list[int]
) -> None:
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, stories=samples(20), story_interval=interval) as collector:
        for _ in range(2):
            train(model, optimizer, make_batches(3, 1, 8, 8), collector)
            collector.end_epoch(loss=1.0)
        train(model, optimizer, make_batches(1, 1, 8, 8), collector)
    with open_collection(path) as collection:
        assert collection.stories.steps.tolist() == steps
        assert collection.stories.header.interval == interval
        assert collection.price.seconds["stories"] > 0


def test_that_the_training_is_the_same_bit_for_bit(
    path: Path, make_batches: Callable[..., list], train: Callable[..., list[float]]
) -> None:
    left: list[Any] = []
    for stories in (None, samples(100)):
        torch.manual_seed(5)
        model = small()
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        with Collector(model, optimizer, path, stories=stories, story_interval=1, overwrite=True) as collector:
            losses = train(model, optimizer, make_batches(5, 1, 8, 8), collector)
        assert model.training
        assert not any(module._forward_hooks for module in model.modules())
        left.append([losses, [value.tolist() for value in model.state_dict().values()], torch.rand(3).tolist()])

    assert left[0] == left[1]


class Words(nn.Module):
    """Classes, or the next token, of rows of tokens."""

    def __init__(self, n_outputs: int, *, at_each: bool = False) -> None:
        super().__init__()
        self.embedding, self.fc, self.at_each = nn.Embedding(12, 6), nn.Linear(6, n_outputs), at_each

    def forward(self, tokens: Tensor) -> Tensor:
        found = self.embedding(tokens)
        return self.fc(found if self.at_each else found.mean(1))


def told_of(model: nn.Module, stories: Any, path: Path, **options: Any) -> Collection:
    """A collection of no steps."""
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, stories=stories, **options):
        pass
    return open_collection(path)


def test_that_of_texts_the_words_are_in_the_file(path: Path) -> None:
    tokens = torch.arange(40).reshape(8, 5) % 12
    tokens[0, 2:] = 0
    names = ["<pad>", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]
    with told_of(Words(2), (tokens, torch.arange(8) % 2), path, tokenizer=names) as collection:
        recorded = collection.stories.samples
        assert recorded.texts[:2] == ("<pad> a", "e f g h i")
        assert recorded.inputs is None
        assert collection.stories[0].margins.shape == (8,)


def test_that_of_tokens_and_of_values_there_are_losses_alone(path: Path) -> None:
    tokens = torch.arange(40).reshape(8, 5) % 12
    model = Words(12, at_each=True)
    with told_of(model, (tokens, tokens.roll(-1, 1)), path) as collection:
        logits = model(tokens).detach()
        expected = nn.functional.cross_entropy(logits.mT, tokens.roll(-1, 1), reduction="none").mean(1)
        np.testing.assert_allclose(collection.stories[0].losses, expected, rtol=1e-5)
        assert all(getattr(collection.stories[0], name) is None for name in QUANTITIES if name != "losses")
        assert collection.stories.samples.values is None
    inputs, values = torch.randn(30, 4), torch.randn(30)
    line = nn.Sequential(nn.Linear(4, 1))
    with told_of(line, (inputs, values), path.with_name("values.json")) as collection:
        np.testing.assert_allclose(
            collection.stories[0].losses, (line(inputs)[:, 0] - values).square().detach(), rtol=1e-4
        )
        assert (collection.stories.layers, collection.stories.header.loss) == ((), "mean squared error")
        np.testing.assert_array_equal(collection.stories.samples.values, values)


@pytest.mark.parametrize("ends_in_sigmoid", [True, False])
def test_that_one_output_is_a_probability_where_the_network_says_so(path: Path, ends_in_sigmoid: bool) -> None:
    line = nn.Linear(4, 1)
    inputs, labels = torch.randn(30, 4), torch.arange(30) % 2
    model = nn.Sequential(line, nn.Sigmoid(), nn.Flatten(0)) if ends_in_sigmoid else nn.Sequential(line)
    with told_of(model, (inputs, labels), path) as collection:
        logits = line(inputs)[:, 0].detach()
        np.testing.assert_allclose(
            collection.stories[0].margins, torch.where(labels > 0, logits, -logits), rtol=1e-4, atol=1e-6
        )
        np.testing.assert_array_equal(collection.stories[0].predictions, logits > 0)


def test_that_many_samples_are_run_in_groups_of_layers_and_told_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, given = small(), samples()
    with told_of(model, given, path) as whole:
        monkeypatch.setattr(projected_samples, "MOST_BYTES", 4 * 150 * 80)
        with told_of(model, given, path.with_name("groups.json")) as groups:
            np.testing.assert_array_equal(groups.stories.scan("votes"), whole.stories.scan("votes"))
            for name in NUMBERS:
                np.testing.assert_array_equal(groups.stories.scan(name), whole.stories.scan(name))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stories": 7}, "stories is of type int"),
        ({"story_interval": -1}, "story_interval is -1"),
        ({"story_of": "test"}, "story_of is 'test'"),
        ({"story_numbers": [0.5]}, "give a whole number"),
        ({"stories": samples(4), "story_numbers": [1, 2]}, "stories has 4 samples"),
    ],
)
def test_that_a_wrong_call_is_told_at_its_line(path: Path, options: dict[str, Any], words: str) -> None:
    model = small()
    with pytest.raises(ValueError, match=words):
        Collector(model, torch.optim.SGD(model.parameters()), path, **options)
    assert not path.exists()


@pytest.mark.parametrize(
    ("stories", "words"),
    [
        ((torch.randn(5, 7), torch.arange(5)), "the model could not run"),
        ((torch.randn(5, 1, 8, 8), torch.rand(5, 7)), "labels of another kind"),
        ((torch.randn(5, 1, 8, 8), None), "no labels"),
    ],
)
def test_that_what_cannot_be_told_is_a_warning_and_the_training_goes_on(
    collect: Callable[..., Collection], make_batches: Callable[..., list], stories: Any, words: str
) -> None:
    with pytest.warns(CollectorWarning, match=f"Stories of samples are not recorded: .*{words}"):
        collection = collect(small(), make_batches(2, 1, 8, 8), stories=stories)

    assert collection.stories.header is None
    assert collection.n_steps == 2
