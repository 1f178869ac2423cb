"""The comparison of layers in a real training: the numbers of hooks by hand, and no trace left in the model."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import AugmentedSample, Collector, CollectorWarning, open_collection
from collector.capture import compared_layers
from collector.metrics.cka import debiased_cka, u_centred
from collector.metrics.features import gram_matrix
from collector.pytorch.outputs import BATCH, LayerOutputs
from collector.pytorch.samples import Samples
from collector.pytorch.trace import trace
from collector.storage import Collection

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]
Collect = Callable[..., Collection]

N = 2 * BATCH + 10  # the last batch is smaller


def a_cnn() -> nn.Sequential:
    modules = {
        "conv": nn.Conv2d(1, 6, 3), "bn": nn.BatchNorm2d(6), "relu": nn.ReLU(inplace=True), "drop": nn.Dropout(0.3),
        "flatten": nn.Flatten(), "fc": nn.Linear(6 * 36, 3),
    }  # fmt: skip
    model = nn.Sequential()
    for name, module in modules.items():
        model.add_module(name, module)
    return model


def samples(n: int = N) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(7)
    return torch.randn(n, 1, 8, 8, generator=chance), torch.randint(0, 3, (n,), generator=chance)


def an_augmented_sample(**changes: Any) -> AugmentedSample:
    inputs = samples(9)[0]
    pictures = np.zeros((9, 1, 8, 8), np.uint8)
    fields = {
        "inputs": inputs, "pictures": pictures, "kinds": ["none", *["noise"] * 8], "strengths": np.linspace(0, 1, 9),
        "largest": {"noise": "much"}, "label": 1, "seed": 3,
    }  # fmt: skip
    return AugmentedSample(**(fields | changes))


def by_hand(model: nn.Sequential, inputs: Tensor) -> dict[str, np.ndarray]:
    """The output of each compared layer in evaluation mode, one after the other, float64."""
    was_training = model.training
    model.eval()
    found, value = {}, inputs
    with torch.no_grad():
        for name, module in model.named_children():
            value = module(value.clone())
            if name in ("conv", "bn", "fc"):
                found[name] = value.flatten(1).numpy().astype(np.float64)
        found["softmax"] = value.softmax(1).numpy().astype(np.float64)
    model.train(was_training)
    return found


def test_that_measurements_are_those_of_hooks_by_hand(collect: Collect, make_batches: Batches) -> None:
    model = a_cnn()
    inputs, labels = samples()
    before = by_hand(model, inputs)

    collection = collect(model, make_batches(4, 1, 8, 8), similarity=(inputs, labels), similarity_features=20)
    after = by_hand(model, inputs)

    names = ("conv", "bn", "fc", "softmax")
    assert collection.similarities.steps.tolist() == [0, 4]
    assert collection.similarity.labels.tolist() == labels.tolist()
    for measured, expected in zip(collection.similarities, (before, after), strict=True):
        assert measured.layers == names
        cka = debiased_cka(u_centred(np.stack([gram_matrix(expected[name])[0] for name in names])))
        np.testing.assert_allclose(measured.cka, cka, atol=1e-5)
        for i, one in enumerate(names):
            kept = collection.similarity.layers[one].kept
            np.testing.assert_allclose(measured.features(one), expected[one][:, kept], atol=1e-5)
            for j, other in enumerate(names):
                matrix = np.corrcoef(expected[one], expected[other], rowvar=False)
                matrix = matrix[: expected[one].shape[1], expected[one].shape[1] :]
                assert measured.clipped[i, j] == pytest.approx(matrix.clip(0, 1).mean(), abs=1e-5)
                assert measured.mean[i, j] == pytest.approx(matrix.mean(), abs=1e-5)
    assert len(collection.similarity.layers["conv"].kept) == 20
    assert not collection.damaged


@pytest.mark.parametrize(
    ("options", "steps", "epochs"),
    [
        ({}, [0, 3, 6], [0, 1, 2]),
        ({"similarity_interval": 2}, [0, 2, 3, 4, 6, 6], [0, 0, 1, 1, 1, 2]),
    ],
)
def test_that_layers_are_compared_when_an_epoch_begins_and_as_often_as_asked(
    path: Path, train: Train, make_batches: Batches, options: dict[str, int], steps: list[int], epochs: list[int]
) -> None:
    model = a_cnn()
    batches = make_batches(6, 1, 8, 8)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, similarity=samples(12), **options) as collector:
        for part in (batches[:3], batches[3:]):
            train(model, optimizer, part, collector)
            collector.end_epoch(test_loss=1.0)

    with open_collection(path) as collection:
        assert collection.similarities.steps.tolist() == steps
        assert collection.similarities.epochs.tolist() == epochs


@pytest.mark.parametrize(("every_epoch", "steps"), [(False, [5]), (True, [0, 3, 5])])
def test_that_the_augmented_sample_is_measured_at_the_end_or_at_each_epoch(
    path: Path, train: Train, make_batches: Batches, every_epoch: bool, steps: list[int]
) -> None:
    model = a_cnn()
    sample = an_augmented_sample(every_epoch=every_epoch)
    batches = make_batches(5, 1, 8, 8)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, augmented=sample) as collector:
        train(model, optimizer, batches[:3], collector)
        collector.end_epoch()
        train(model, optimizer, batches[3:], collector)

    expected = by_hand(model, sample.inputs)
    with open_collection(path) as collection:
        assert collection.similarity is None
        assert collection.augmentation_records.steps.tolist() == steps
        measured = collection.augmentation_records[-1]
        assert measured.layers == tuple(expected)
        for number, (name, features) in enumerate(expected.items()):
            np.testing.assert_allclose(measured.stability[number], np.corrcoef(features)[0], atol=1e-5)
            np.testing.assert_allclose(measured.features(name)[:, 0], features[:, 0], atol=1e-5)
        np.testing.assert_allclose(measured.logits, expected["fc"], atol=1e-5)
        assert (collection.augmentations.label, collection.augmentations.seed) == (1, 3)


def test_that_a_training_is_bit_for_bit_the_same_with_and_without_it(
    path: Path, train: Train, make_batches: Batches
) -> None:
    batches = make_batches(12, 1, 8, 8)
    ends = []
    for options in ({}, {"similarity": samples(), "similarity_interval": 1, "augmented": an_augmented_sample()}):
        torch.manual_seed(0)
        model = a_cnn()
        model[3].eval()
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        with Collector(model, optimizer, path, overwrite=True, **options) as collector:
            losses = train(model, optimizer, batches, collector)
            collector.end_epoch()
        modes = [module.training for module in model.modules()]
        hooks = [hook for module in model.modules() for hook in module._forward_hooks.values()]
        ends.append((losses, {name: each.tolist() for name, each in model.state_dict().items()}, modes, hooks))
        ends[-1] += (torch.get_rng_state().tolist(),)

    assert ends[0] == ends[1]


def test_that_few_outputs_are_held_at_once_and_the_numbers_stay_the_same(
    collect: Collect, make_batches: Batches, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    def numbers() -> np.ndarray:
        torch.manual_seed(0)
        collection = collect(a_cnn(), make_batches(2, 1, 8, 8), similarity=samples(), overwrite=True)
        return np.array([collection.similarities.series(measure)[1] for measure in ("cka", "clipped", "mean")])

    at_once = numbers()
    held: list[int] = []
    true_call = LayerOutputs.__call__

    def call(self: LayerOutputs, wanted: compared_layers.Wanted) -> dict[str, np.ndarray]:
        found = true_call(self, wanted)
        held.append(sum(each.nbytes for each in found.values()))
        return found

    monkeypatch.setattr(LayerOutputs, "__call__", call)
    monkeypatch.setattr(compared_layers, "MOST_BYTES", 220 * 4 * N)
    np.testing.assert_array_equal(numbers(), at_once)
    assert max(held) <= 220 * 4 * N
    assert len(held) > 4


class Counts(nn.Module):
    """Gives a list of no tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1), requires_grad=False)

    def forward(self, inputs: Tensor) -> list[int]:
        return [len(inputs)]


class Odd(nn.Module):
    """A recurrent layer gives a tuple, another one no tensor, and one is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(5, 4, batch_first=True)
        self.counts = Counts()
        self.fc = nn.Linear(4, 3)
        self.unused = nn.Linear(2, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        self.counts(inputs)
        return self.fc(self.rnn(inputs)[0][:, -1])


def test_that_a_layer_of_odd_output_is_left_out_with_the_reason_in_a_note(path: Path) -> None:
    model = Odd()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pytest.warns(CollectorWarning, match="'counts' is not compared"):
        Collector(model, optimizer, path, similarity=(torch.randn(6, 7, 5), None)).close()

    with open_collection(path) as collection:
        assert list(collection.similarity.layers) == ["rnn", "fc", "softmax"]
        assert any("its output is no tensor but of type list" in note.text for note in collection.notes)
        assert collection.similarity.labels is None


def test_that_samples_the_model_cannot_take_cost_the_comparison_only(path: Path) -> None:
    model = nn.Linear(4, 3)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pytest.warns(CollectorWarning, match="could not run on the samples"):
        Collector(model, optimizer, path, similarity=(torch.randn(6, 9), None)).close()

    with open_collection(path) as collection:
        assert collection.similarity is None
        assert len(collection.passes) == 1


def test_that_a_model_that_stops_calling_a_layer_has_no_numbers_for_it(path: Path) -> None:
    class Fickle(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 3)
            self.skips = False

        def forward(self, inputs: Tensor) -> Tensor:
            return self.two(inputs if self.skips else self.one(inputs))

    model = Fickle()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, similarity=(torch.randn(20, 4), None)) as collector:
        model.skips = True
        optimizer.step()
    assert collector.steps_taken == 1

    with open_collection(path) as collection:
        last = collection.similarities[-1]
        assert np.isnan(last.cka[0]).all()
        assert np.isfinite(last.cka[1:, 1:]).all()
        assert (last.features("one"), last.features("two").shape) == (None, (20, 3))


def test_that_a_layer_that_is_called_for_some_of_the_samples_only_is_left_out() -> None:
    class Early(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.two(self.one(inputs) if len(inputs) == BATCH else inputs)

    model = Early()
    samples = Samples((torch.randn(BATCH + 3, 4),))
    outputs = LayerOutputs(model, samples, {"one": model.one, "two": model.two}, trace(model, samples[:BATCH]))

    assert outputs({"one": None, "two": None}).keys() == {"two"}


def test_that_a_layer_whose_output_differs_in_size_from_sample_to_sample_is_left_out() -> None:
    class Stacks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            n_stacked = 1 if len(inputs) == BATCH else 2
            return self.two(self.one(torch.stack([inputs] * n_stacked, 1)).mean(1))

    model = Stacks()
    samples = Samples((torch.randn(BATCH + 3, 4),))
    outputs = LayerOutputs(model, samples, {"one": model.one, "two": model.two}, trace(model, samples[:BATCH]))

    assert outputs({"one": None, "two": None}).keys() == {"two"}


def test_that_dead_features_are_counted_and_exploded_ones_have_no_numbers(path: Path) -> None:
    model = nn.Sequential(nn.Linear(4, 6), nn.Linear(6, 3))
    with torch.no_grad():
        model[0].weight[:2] = 0
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Collector(model, optimizer, path, similarity=(torch.randn(20, 4), None)) as collector:
            model[1].weight.data.fill_(float("nan"))
            optimizer.step()
        assert collector.steps_taken == 1

    with open_collection(path) as collection:
        first, last = collection.similarities
        assert first.constant.tolist() == [2, 0, 0]
        assert np.isfinite(first.clipped).all()
        assert np.isnan(last.clipped[1:]).all()
        assert np.isfinite(last.clipped[0, 0])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"similarity": torch.zeros(3, 4)}, "give it as"),
        ({"similarity_interval": -1}, "similarity_interval"),
        ({"similarity_features": 0}, "similarity_features"),
        ({"augmented": an_augmented_sample(inputs=torch.zeros(2, 1, 8, 8))}, "2 inputs, but 9 pictures"),
    ],
)
def test_that_a_bad_option_is_an_error_in_words_and_leaves_no_file(path: Path, options: Any, words: str) -> None:
    model = nn.Linear(4, 3)
    with pytest.raises(ValueError, match=words):
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, **options)
    assert not path.exists()
