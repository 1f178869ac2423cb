"""Samples that do not lie along the first axis are taken for what they are: as the user, or the model itself, says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, open_collection
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.samples import samples_of
from collector.storage import Collection

IDS = torch.arange(7 * 4).reshape(7, 4) % 11
"""Seven words of each of four sequences, in torch's own order."""
SQUARE = torch.arange(4 * 4).reshape(4, 4) * 3 % 11
CLASSES = torch.tensor([0, 2, 1, 0])
TIME_FIRST = "The probe's first axis is taken for time and its second one for samples, as lstm, made with batch_first="


class Words(nn.Module):
    """A class for each sequence, or for each word."""

    def __init__(self, *, batch_first: bool = False, each: bool = False) -> None:
        super().__init__()
        self.embedding, self.lstm = nn.Embedding(11, 4), nn.LSTM(4, 6, batch_first=batch_first)
        self.hidden, self.out = nn.Linear(6, 5), nn.Linear(5, 3)
        self._each, self._batch_first = each, batch_first

    def forward(self, ids: Tensor) -> Tensor:
        states, _ = self.lstm(self.embedding(ids))
        hidden = self.hidden(states).relu()
        if self._each:
            return self.out(hidden)
        return self.out(hidden[:, -1] if self._batch_first else hidden[-1])


class Steps(nn.Module):
    """No module of it says where its samples are."""

    def __init__(self, n_classes: int = 3) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(4, 6), nn.Linear(6, n_classes)

    def forward(self, steps: Tensor, mask: Tensor | None = None) -> Tensor:
        hidden = self.hidden(steps).relu()
        return self.out((hidden if mask is None else hidden * mask.T[..., None]).mean(0))


def collected(path: Path, model: nn.Module, probe: Any, **options: Any) -> Collection:
    """The state before the first step, as it was recorded."""
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=probe, **options):
        pass
    return open_collection(path)


def texts(collection: Collection) -> list[str]:
    return [note.text for note in collection.notes if "No step was seen" not in note.text]


@pytest.mark.parametrize("ids", [IDS, SQUARE])
@pytest.mark.parametrize("labels", [None, CLASSES])
@pytest.mark.parametrize("options", [{}, {"sample_axis": 1}, {"time_axis": 0}, {"sample_axis": {"": 1}}])
def test_that_the_second_axis_is_that_of_the_samples(path: Path, ids: Tensor, labels: Any, options: Any) -> None:
    model = Words()
    with torch.no_grad():
        logits = model(ids)

    with collected(path, model, (ids, labels), **options) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, ids.T)
        np.testing.assert_array_equal(collection.passes[0].logits, logits)
        shapes = {node.name: tuple(node.output_shape) for node in collection.flow}
        assert (shapes["input"], shapes["lstm"]) == ((len(ids),), (len(ids), 6))
        is_told = not options and not (labels is not None and ids is IDS)
        assert [text.startswith(TIME_FIRST) for text in texts(collection)] == [True] * is_told


def test_that_steps_are_behind_the_samples_where_they_are_known(path: Path) -> None:
    series = torch.randn(5, 2, 7)
    model = nn.Sequential(nn.Conv1d(2, 3, 3), nn.AdaptiveAvgPool1d(1), nn.Flatten())

    with collected(path, model, (series, None), time_axis=2) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, series.movedim(2, 1))
        np.testing.assert_array_equal(collection.passes[0].logits, model(series).detach())


def test_that_a_layer_of_batches_first_leaves_the_first_axis_to_the_samples(path: Path) -> None:
    with collected(path, Words(batch_first=True), (IDS.T, CLASSES)) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, IDS.T)
        assert texts(collection) == []


def test_that_a_model_that_turns_its_samples_itself_is_seen_to(path: Path) -> None:
    class Turning(Words):
        def forward(self, ids: Tensor) -> Tensor:
            return super().forward(ids.T)

    with collected(path, Turning(), (SQUARE, None)) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, SQUARE)
        assert texts(collection) == []


def test_that_labels_for_the_first_axis_tell_that_a_layer_takes_it_for_time(path: Path) -> None:
    class First(Words):
        def forward(self, ids: Tensor) -> Tensor:
            return self.out(self.hidden(self.lstm(self.embedding(ids))[0])[:, -1])

    with (
        pytest.warns(CollectorWarning, match="axes look swapped: there are 4 labels, one for each place along"),
        collected(path, First(), (IDS.T, CLASSES)) as collection,
    ):
        np.testing.assert_array_equal(collection.probe.inputs, IDS.T)


def test_that_an_output_with_rows_for_the_second_axis_is_told(path: Path) -> None:
    steps = torch.randn(7, 5, 4)
    with (
        pytest.warns(CollectorWarning, match=r"of shape \(7, 5, 4\), it is taken for 7 samples, but the"),
        collected(path, Steps(), (steps, None)),
    ):
        pass


def test_that_of_several_tensors_each_has_an_axis_of_its_own(path: Path) -> None:
    steps, mask = torch.randn(4, 4, 4), (torch.rand(4, 4) > 0.5).float()
    model = Steps(n_classes=4)
    with torch.no_grad():
        logits = model(steps, mask)

    given = {"steps": steps, "mask": mask}
    with collected(path, model, (given, CLASSES), sample_axis={"steps": 1, "mask": 0}) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, steps.movedim(1, 0))
        np.testing.assert_array_equal(collection.passes[0].logits, logits)


def test_that_a_part_of_the_samples_is_cut_along_their_axis() -> None:
    steps, lengths, table = torch.randn(7, 5, 4), torch.arange(5), torch.randn(7, 7)
    model = Steps()

    part = samples_of((steps, lengths, table), model, ProbeOptions(sample_axis=1))[1:3]

    assert len(part) == 2
    assert torch.equal(part.args[0], steps[:, 1:3])
    assert torch.equal(part.args[1], lengths[1:3])
    assert torch.equal(part.args[2], table)
    assert torch.equal(part.shown, steps.movedim(1, 0)[1:3])


def test_that_a_tensor_whose_axis_is_not_told_has_its_samples_along_the_first() -> None:
    given = {"steps": torch.randn(7, 4, 4), "mask": torch.randn(4, 7)}
    part = samples_of(given, Steps(), ProbeOptions(sample_axis={"steps": 1}))[1:3]
    assert torch.equal(part.kwargs["steps"], given["steps"][:, 1:3])
    assert torch.equal(part.kwargs["mask"], given["mask"][1:3])


@pytest.mark.parametrize("ids", [IDS, SQUARE, IDS[:, :1]])
@pytest.mark.parametrize("each", [False, True])
def test_that_layers_give_a_mean_over_time_for_each_sample(path: Path, ids: Tensor, each: bool) -> None:
    model = Words(each=each)
    with torch.no_grad():
        states = model.lstm(model.embedding(ids))[0]
        hidden = model.hidden(states)
        made = {"embedding": model.embedding(ids), "lstm": states, "hidden": hidden, "hidden.relu": hidden.relu()}
        out = model(ids)

    with collected(path, model, (ids, None), sample_axis=1) as collection:
        layers = collection.passes[0].layers
        for name, output in made.items():
            np.testing.assert_allclose(layers[name].activation, output.mean(0), rtol=1e-6, atol=1e-7)
            assert collection.layers[name].output_shape == (len(ids), output.shape[2])
            np.testing.assert_array_equal(layers[name].sequence, output.movedim(1, 0).half())
        np.testing.assert_allclose(layers["out"].activation, out.mean(0) if each else out, rtol=1e-6, atol=1e-7)
        assert collection.layers["hidden"].reads == ("lstm",)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")
@pytest.mark.parametrize("shape", [(6, 4, 8), (5, 5, 8)])
def test_that_a_transformer_of_torchs_own_order_is_seen_by_sample(path: Path, shape: tuple[int, ...]) -> None:
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0), 2)
    steps = torch.randn(shape)
    given: list[Tensor] = []
    handle = model.layers[1].linear1.register_forward_hook(lambda *made: given.append(made[2]))
    with torch.no_grad():
        model(steps)
    handle.remove()

    with collected(path, model, (steps, None)) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, steps.movedim(1, 0))
        activation = collection.passes[0].layers["layers.1.linear1"].activation
        np.testing.assert_allclose(activation, given[0].mean(0).detach(), rtol=1e-5, atol=1e-6)
        assert [text for text in texts(collection) if "is taken for time" in text]


@pytest.mark.parametrize("n_samples", [1, 4, 70])
def test_that_layers_are_compared_and_projected_by_sample(path: Path, n_samples: int) -> None:
    ids = torch.arange(7 * n_samples).reshape(7, n_samples) * 3 % 11
    model = Words()
    samples = {"similarity": (ids, None), "projection": (ids, None)}
    with torch.no_grad():
        states = model.lstm(model.embedding(ids))[0]
        hidden, predicted = model.hidden(states), model(ids).argmax(1)

    with collected(path, model, None, sample_axis=1, **samples) as collection:
        features = collection.similarities[0].features("hidden")
        np.testing.assert_allclose(features, hidden.detach().movedim(1, 0).flatten(1), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(collection.projection_samples.pictures, ids.T)
        assert collection.projections[0].predictions.tolist() == predicted.tolist()


def test_that_what_is_given_for_each_word_is_by_sample(path: Path) -> None:
    model, targets = Words(each=True), IDS % 3
    with torch.no_grad():
        logits = model(IDS)

    loss = lambda output, targets: nn.functional.cross_entropy(output.flatten(0, 1), targets.flatten())  # noqa: E731
    with collected(path, model, (IDS, targets), loss=loss) as collection:
        one = collection.passes[0]
        np.testing.assert_array_equal(collection.probe.targets, targets.T)
        by_sample = logits.movedim(1, 0)
        assert one.token_logits.numbers[..., 0].tolist() == by_sample.argmax(2).tolist()
        expected = [nn.functional.cross_entropy(each, own) for each, own in zip(by_sample, targets.T, strict=True)]
        np.testing.assert_allclose(one.losses, expected, rtol=1e-6)
