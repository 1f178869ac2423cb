"""Of very many classes a pass keeps the largest logits, and what tells their probabilities."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from app.analysis.guess import guess_of
from app.analysis.samples_view import samples_of, samples_view
from collector import AugmentedSample, Collector, open_collection
from collector.capture import network_output
from collector.capture.top_logits import MOST_CLASSES, TOP
from collector.pytorch import plan
from collector.pytorch.network_output import top_logits
from tests.app.made_up import probe as probe_of

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]
N_CLASSES = 50_000


def a_model(n_classes: int = N_CLASSES) -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, n_classes))


@pytest.fixture
def collected(path: Path, train: Train, make_batches: Batches) -> Callable[..., np.ndarray]:
    """A run, and the probe's logits at its end."""

    def run(model: nn.Module, **options: Any) -> np.ndarray:
        batches = make_batches(2, 4)
        optimizer = torch.optim.SGD(model.parameters(), 1.0)
        probe = (batches[0][0], torch.tensor([0, 1, 2, 3, N_CLASSES + 5, -100]))
        with Collector(model, optimizer, path, probe=probe, interval=1, **options) as collector:
            train(model, optimizer, batches, collector)
        with torch.no_grad():
            return model(batches[0][0]).numpy()

    return run


def test_that_the_largest_logits_are_kept_with_what_tells_their_probabilities(
    collected: Callable[..., np.ndarray], path: Path
) -> None:
    logits = collected(a_model()).astype(np.float64)

    with open_collection(path) as collection:
        one = collection.passes[-1]
        top = one.top_logits
        assert top is not None
        assert one.logits is None
        assert top.classes == N_CLASSES
        order = np.argsort(-logits, axis=1)[:, :TOP]
        probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        np.testing.assert_array_equal(top.values, np.take_along_axis(logits, order, 1).astype(np.float32))
        np.testing.assert_allclose(np.take_along_axis(logits, top.numbers, 1), top.values, rtol=1e-6)
        np.testing.assert_allclose(top.probabilities, np.take_along_axis(probabilities, order, 1), rtol=1e-5)
        np.testing.assert_allclose(top.log_sum_exp, np.log(np.exp(logits).sum(1)), rtol=1e-6)
        np.testing.assert_allclose(top.entropy, -(probabilities * np.log(probabilities)).sum(1), rtol=1e-5)
        np.testing.assert_allclose(top.true[:4], logits[[0, 1, 2, 3], [0, 1, 2, 3]], rtol=1e-6)
        assert np.isnan(top.true[4:]).all()


def test_that_a_pass_of_50_000_classes_takes_some_kilobytes(collected: Callable[..., np.ndarray], path: Path) -> None:
    collected(a_model(), insight=None)

    size = max(len(line) for line in path.read_bytes().splitlines() if b'"record":"pass"' in line)
    assert size < 12_000


@pytest.mark.parametrize("n_classes", [2, MOST_CLASSES])
def test_that_all_logits_are_kept_up_to_the_bound(
    n_classes: int, collected: Callable[..., np.ndarray], path: Path
) -> None:
    logits = collected(a_model(max(n_classes, 3)))

    with open_collection(path) as collection:
        assert collection.passes[-1].top_logits is None
        np.testing.assert_allclose(collection.passes[-1].logits, logits, rtol=1e-6)


def test_that_what_is_shown_of_the_largest_is_what_all_would_show(
    collected: Callable[..., np.ndarray], path: Path
) -> None:
    logits = collected(a_model())
    labels = np.array([0, 1, 2, 3, 4, 5])

    with open_collection(path) as collection:
        one = collection.passes[-1]
        found, expected = samples_of(one, probe_of(np.zeros((6, 4), "f4"), 6)), samples_view(logits, labels)
        np.testing.assert_array_equal(found.predicted, expected.predicted)
        np.testing.assert_allclose(found.confidence, expected.confidence, rtol=1e-5)
        guess = guess_of(one, 3, true=3)
        assert guess.rest == "top 16 of 50,000 classes"
        assert guess.predicted == logits[3].argmax()
        assert guess.classes is not None
        assert guess.probabilities is not None
        if 3 not in guess.classes[:TOP]:
            assert guess.classes[TOP:] == (3,)
        softmax = np.exp(logits[3].astype(np.float64)) / np.exp(logits[3].astype(np.float64)).sum()
        np.testing.assert_allclose(guess.probabilities, softmax[list(guess.classes)], rtol=1e-5)


def test_that_logits_that_are_not_finite_predict_nothing(collected: Callable[..., np.ndarray], path: Path) -> None:
    model = a_model()
    with torch.no_grad():
        model[2].bias[7] = torch.nan

    collected(model, insight=None)

    with open_collection(path) as collection:
        assert guess_of(collection.passes[0], 0, true=None).absent == "NaN or Inf"
        assert samples_of(collection.passes[0], None).predicted.tolist() == [-1] * 6


def test_that_logits_of_an_augmented_sample_are_bounded_too(collected: Callable[..., np.ndarray], path: Path) -> None:
    changed = AugmentedSample(
        np.ones((3, 4), np.float32), np.zeros((3, 1, 2, 2), np.uint8), ["none"] * 3, np.zeros(3), {}
    )

    collected(a_model(), augmented=changed)

    with open_collection(path) as collection:
        assert collection.augmentation_records[-1].logits is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("n_classes", [3, 500, 3001])
def test_that_the_largest_of_any_row_are_found(n_classes: int, dtype: torch.dtype) -> None:
    logits = torch.randn(4, 5, n_classes, generator=torch.Generator().manual_seed(0)).to(dtype)
    logits[0, 0, 1], logits[0, 1] = torch.nan, -torch.inf
    logits[0, 2, :-1], logits[0, 3, -2:] = -torch.inf, 100
    found: dict[str, Tensor] = {}

    top_logits(logits, None, 8, found.__setitem__)

    torch.testing.assert_close(found["values"], logits.topk(min(8, n_classes)).values, rtol=0, atol=0, equal_nan=True)
    own = logits.gather(2, found["numbers"])
    torch.testing.assert_close(own, found["values"], rtol=0, atol=0, equal_nan=True)
    exact = logits.to(torch.float32 if dtype is torch.bfloat16 else dtype)
    torch.testing.assert_close(found["log_sum_exp"], exact.logsumexp(2), equal_nan=True)


def test_that_of_very_many_tokens_passes_give_the_last_layer_no_more_positions_than_they_keep(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MOST_OUTPUT", 1000)
    monkeypatch.setattr(network_output, "MOST_LOGITS", 200)

    class Head(nn.Linear):
        pass

    model = nn.Sequential(nn.Embedding(50, 4), nn.ReLU(), Head(4, 50))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    probe = torch.randint(0, 50, (3, 9), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        logits = model(probe)[:1, :4]
    with Collector(model, optimizer, path, probe=(probe, probe.roll(-1, 1)), interval=1) as collector:
        monkeypatch.setattr(Head, "forward", _given_a_part_at_passes)
        for _ in range(3):
            model(probe).mean().backward()
            optimizer.step()
            collector.log(loss=0.0)

    with open_collection(path) as collection:
        assert "1,350 numbers" in collection.layers["2"].not_recorded["activation"]
        assert all(one.layers["1"].activation is not None for one in collection.passes)
        top = collection.passes[0].token_logits
        assert top.classes == 50
        np.testing.assert_array_equal(top.values, logits.topk(8).values)
        np.testing.assert_array_equal(top.true, logits.gather(2, probe.roll(-1, 1)[:1, :4, None])[..., 0])
        assert not collection.notes


def _given_a_part_at_passes(layer: nn.Linear, inputs: Tensor) -> Tensor:
    assert layer.training or inputs.shape == (1, 4, 4)
    return nn.functional.linear(inputs, layer.weight, layer.bias)


def test_that_passes_end_before_a_very_large_output_whose_positions_the_model_counts_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MOST_OUTPUT", 1000)
    monkeypatch.setattr(network_output, "MOST_LOGITS", 200)

    class Counts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.head = nn.Embedding(50, 4), nn.Linear(4, 50)

        def forward(self, words: Tensor) -> Tensor:
            return self.head(self.embedding(words)).view(*words.shape, 50)

    probe = torch.zeros((3, 9), dtype=torch.int64)
    model = Counts()
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(probe, None)):
        pass
    with open_collection(path) as collection:
        assert collection.passes[0].layers["embedding"].activation is not None
        assert any(note.text.startswith("No logits are recorded") for note in collection.notes)


class _Viewed(nn.Module):
    """Words to logits, by a head that counts on all positions."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.head = nn.Embedding(50, 4), nn.Linear(4, 50)

    def forward(self, words: Tensor) -> Tensor:
        return self.head(self.embedding(words)).view(*words.shape, 50)


class _Plain(_Viewed):
    """The same, by one that does not."""

    def forward(self, words: Tensor) -> Tensor:
        return self.head(self.embedding(words))


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


@pytest.mark.parametrize(("make", "loss"), [(_Viewed, None), (_Plain, _cross_entropy)])
def test_that_many_tokens_are_computed_all_where_the_model_or_a_loss_needs_them(
    make: type[nn.Module], loss: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_output, "MOST_LOGITS", 200)
    probe, model = torch.zeros((3, 9), dtype=torch.int64), make()

    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(probe, probe), loss=loss):
        pass

    with torch.no_grad():
        logits = model(probe).numpy()
    with open_collection(path) as collection:
        one = collection.passes[0]
        assert not collection.layers["head"].not_recorded
        np.testing.assert_allclose(
            one.layers["head"].activation, logits.mean(1)[:, collection.layers["head"].kept], rtol=1e-5
        )
        np.testing.assert_array_equal(one.token_logits.values, -np.sort(-logits[:1, :4])[..., :8])
        assert not any(note.text.startswith(("No logits", "No losses")) for note in collection.notes)
        assert ("probe_loss" in collection.series) == (loss is not None)
