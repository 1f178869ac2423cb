"""Samples that can be laid out in a plane, recorded from a PyTorch training."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from collector import Collector, CollectorWarning, open_collection
from collector.capture import projected_samples
from collector.storage import Collection


def small() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
        nn.Dropout(0.5), nn.Linear(64, 9), nn.ReLU(inplace=True), nn.Linear(9, 5), nn.Linear(5, 3),
    )  # fmt: skip


def samples(n: int = 150) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(3)
    return torch.randn(n, 1, 8, 8, generator=chance), torch.randint(0, 3, (n,), generator=chance)


def test_that_features_and_predictions_are_those_of_a_hand_written_hook(
    collect: Callable[..., Collection], make_batches: Callable[..., list]
) -> None:
    model = small()
    inputs, labels = samples()
    collection = collect(model, make_batches(4, 1, 8, 8), projection=(inputs, labels), mean=[0.5], std=[0.25])

    assert list(collection.projection.layers) == ["4", "8", "9", "10"]
    found: dict[str, torch.Tensor] = {}
    for name in ("4", "8", "9", "10"):
        model[int(name)].register_forward_hook(
            lambda module, args, output, name=name: found.update({name: output.detach().flatten(1).clone()})
        )
    model.eval()
    logits = model(inputs)
    last = collection.projections[-1]
    assert last.step == 4
    for name, values in found.items():
        kept = collection.projection.layers[name].kept
        expected = values[:, torch.tensor(kept)].numpy()
        np.testing.assert_allclose(last.features(name), expected, rtol=2e-3, atol=1e-3)
    assert last.predictions.tolist() == logits.argmax(1).tolist()
    recorded = collection.projection_samples
    expected = np.clip(np.rint((inputs.numpy() * 0.25 + 0.5) * 255), 0, 255)
    np.testing.assert_array_equal(recorded.pictures, expected)
    assert recorded.labels.tolist() == labels.tolist()


def test_that_it_is_recorded_when_an_epoch_begins_and_at_the_end(
    path: Path, make_batches: Callable[..., list], train: Callable[..., list[float]]
) -> None:
    model = small()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, projection=samples(20)) as collector:
        for _ in range(2):
            train(model, optimizer, make_batches(3, 1, 8, 8), collector)
            collector.end_epoch(loss=1.0)
        train(model, optimizer, make_batches(1, 1, 8, 8), collector)
    with open_collection(path) as collection:
        assert collection.projections.steps.tolist() == [0, 3, 6, 7]
        assert [each.epoch for each in collection.projections] == [0, 1, 2, 2]


def test_that_the_training_is_the_same_bit_for_bit(
    path: Path, make_batches: Callable[..., list], train: Callable[..., list[float]]
) -> None:
    losses = []
    for projection in (None, samples(100)):
        torch.manual_seed(5)
        model = small()
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        with Collector(model, optimizer, path, projection=projection, overwrite=True) as collector:
            losses.append(train(model, optimizer, make_batches(5, 1, 8, 8), collector))
        assert model.training
        assert not any(module._forward_hooks for module in model.modules())
        losses.append([value.tolist() for value in model.state_dict().values()])

    assert losses[0] == losses[2]
    assert losses[1] == losses[3]


def test_that_layers_can_be_chosen_and_come_in_the_order_of_execution(
    collect: Callable[..., Collection], make_batches: Callable[..., list]
) -> None:
    collection = collect(small(), make_batches(2, 1, 8, 8), projection=samples(9), projection_layers=["9", "0"])

    assert list(collection.projection.layers) == ["0", "9"]


def test_that_a_layer_that_is_none_is_refused(path: Path) -> None:
    model = small()
    with pytest.raises(ValueError, match=r"projection_layers has 'fc'; the layers are 0, 1, 2"):
        Collector(model, torch.optim.SGD(model.parameters()), path, projection=samples(9), projection_layers=["fc"])
    assert not path.exists()


def test_that_a_model_that_cannot_run_on_the_samples_is_trained_all_the_same(
    collect: Callable[..., Collection], make_batches: Callable[..., list]
) -> None:
    with pytest.warns(CollectorWarning, match="Samples that can be projected are not recorded"):
        collection = collect(small(), make_batches(2, 1, 8, 8), projection=(torch.randn(5, 7), None))

    assert collection.projection is None
    assert collection.n_steps == 2


@pytest.mark.parametrize(("channels", "n_kept"), [(3, 7), (1, 21), (2, 2)])
def test_that_of_samples_too_large_for_the_file_the_first_are_kept_by_all_their_channels(
    collect: Callable[..., Collection],
    make_batches: Callable[..., list],
    monkeypatch: pytest.MonkeyPatch,
    channels: int,
    n_kept: int,
) -> None:
    """A byte for each pixel of a picture; four for each number of what is none, as of two channels."""
    monkeypatch.setattr(projected_samples, "MOST_SAMPLE_BYTES", 7 * 3 * 36 + 35)
    model = nn.Sequential(nn.Flatten(), nn.Linear(36 * channels, 3))
    inputs, labels = torch.randn(30, channels, 6, 6), torch.arange(30) % 3
    with pytest.warns(CollectorWarning, match=f"Of 30 samples to be projected the first {n_kept} are kept"):
        collection = collect(model, make_batches(1, channels, 6, 6), projection=(inputs, labels), mean=[0.0], std=[1.0])

    recorded, last = collection.projection_samples, collection.projections[-1]
    assert len(recorded) == collection.projection.samples == n_kept
    assert recorded.labels.tolist() == labels[:n_kept].tolist()
    np.testing.assert_allclose(last.features("1"), model(inputs[:n_kept]).detach().numpy(), rtol=2e-3, atol=1e-3)
    assert last.predictions.tolist() == model(inputs[:n_kept]).argmax(1).tolist()
    if channels == 2:
        np.testing.assert_array_equal(recorded.pictures, inputs[:n_kept].flatten(1))
