"""What a layer gives along a sequence is in the file as it comes out of it, whatever it comes in."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection

N, T, D = 4, 6, 5


class Reader(nn.Module):
    """Reads tokens ``[N, T]`` or ``[T, N]``."""

    def __init__(self, batch_first: bool) -> None:
        super().__init__()
        self.words = nn.Embedding(20, 7)
        self.lstm = nn.LSTM(7, D, batch_first=batch_first)
        self.act, self.head = nn.ReLU(), nn.Linear(D, 3)
        self.along = 1 if batch_first else 0

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.act(self.lstm(self.words(x))[0]).mean(self.along))


@pytest.mark.parametrize("batch_first", [True, False])
def test_that_a_recurrent_layer_has_its_first_output_at_each_position(batch_first: bool, tmp_path: Path) -> None:
    model, path = Reader(batch_first), tmp_path / "run.json"
    tokens = torch.randint(0, 20, (N, T), generator=torch.Generator().manual_seed(0))
    given = tokens if batch_first else tokens.T
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(given, None), neuron_cap=3):
        pass
    with torch.no_grad():
        read = model.lstm(model.words(given))[0]
    expected = (read if batch_first else read.transpose(0, 1)).numpy()

    with open_collection(path) as collection:
        layer, found = collection.layers["lstm"], collection.passes[0].layers
        assert layer.sequence is not None
        assert (layer.sequence.size, layer.sequence.kept.tolist()) == (T, list(range(T)))
        np.testing.assert_array_equal(found["lstm"].sequence, expected[..., layer.kept].astype(np.float16))
        rectified = np.maximum(expected, 0)[..., collection.layers["act"].kept].astype(np.float16)
        np.testing.assert_array_equal(found["act"].sequence, rectified)
        assert collection.layers["head"].sequence is None


def test_that_channels_along_time_are_a_sequence_of_units(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv1d(2, D, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(D * T, 2))
    signals = torch.randn(N, 2, T, generator=torch.Generator().manual_seed(0))
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), tmp_path / "run.json", probe=(signals, None)):
        pass
    with torch.no_grad():
        expected = model[:2](signals).transpose(1, 2).numpy()
    with open_collection(tmp_path / "run.json") as collection:
        np.testing.assert_array_equal(collection.passes[0].layers["1"].sequence, expected.astype(np.float16))


@pytest.mark.parametrize(("options", "n_kept"), [({"feature_samples": 2}, 2), ({"feature_maps": "none"}, None)])
def test_that_feature_samples_and_feature_maps_go_for_sequences_too(
    options: dict[str, object], n_kept: int | None, tmp_path: Path
) -> None:
    model = Reader(batch_first=True)
    probe = (torch.zeros(N, T, dtype=torch.int64), None)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, tmp_path / "run.json", probe=probe, **options):  # type: ignore[arg-type]
        pass
    with open_collection(tmp_path / "run.json") as collection:
        found = collection.passes[0].layers["lstm"].sequence
        assert (None if found is None else len(found)) == n_kept
        assert ("sequence" in collection.layers["lstm"].not_recorded) == (n_kept is None)
