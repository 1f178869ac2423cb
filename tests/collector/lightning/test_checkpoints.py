"""What Lightning keeps of a training, as a collection."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from collector import from_checkpoints, open_collection
from tests.collector.lightning.trainings import QUIETLY, THEIR_WARNINGS, Module, pl, samples


@pytest.mark.filterwarnings(*THEIR_WARNINGS)
def test_that_the_checkpoints_of_lightning_open_at_their_steps_and_epochs(tmp_path: Path) -> None:
    keep = pl.callbacks.ModelCheckpoint(tmp_path / "kept", save_top_k=-1, every_n_epochs=1)
    options = QUIETLY | {"enable_checkpointing": True, "callbacks": [keep], "max_epochs": 2}
    module = Module()
    pl.Trainer(**options).fit(module, DataLoader(samples(40, 1), batch_size=8))
    files = sorted((tmp_path / "kept").glob("*.ckpt"))
    inputs, labels = samples(6, 2)[:]
    from_checkpoints(module, files, tmp_path / "made.json", probe=(inputs, labels))
    with open_collection(tmp_path / "made.json") as collection:
        assert collection.passes.steps.tolist() == [5, 10]
        assert [each.epoch for each in collection.passes] == [0, 1]
        layer = next(name for name in collection.layers if name.endswith("4"))
        last = torch.load(files[1], weights_only=True)["state_dict"]
        np.testing.assert_array_equal(collection.passes[1].layers[layer].bias, last[f"{layer}.bias"])
