"""The script needs torch and NumPy alone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from collector import open_collection

_WITHOUT_MSGSPEC = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "msgspec":
            raise ImportError(name)
sys.meta_path.insert(0, Missing())
from tests.accelerator.carried_msgspec import stand_in
assert stand_in()
import torch
from torch import nn
from collector import Collector, open_collection
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
optimizer = torch.optim.Adam(model.parameters())
images, labels = torch.randn(8, 1, 8, 8), torch.randint(0, 3, (8,))
with Collector(model, optimizer, sys.argv[1], probe=(images, labels), interval=5) as collector:
    for _ in range(12):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        collector.log(loss=loss)
found = open_collection(sys.argv[1])
assert [each.step for each in found.passes] == [0, 5, 10, 12]
"""


def test_that_a_collection_is_the_same_where_msgspec_is_carried(tmp_path: Path) -> None:

    environment = os.environ | {"PYTHONWARNINGS": "error::UserWarning:__main__"}
    path = tmp_path / "carried.json"
    command = [sys.executable, "-c", _WITHOUT_MSGSPEC, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")

    found = open_collection(path)
    assert found.finished
    assert [each.step for each in found.passes] == [0, 5, 10, 12]
    assert found.passes[1].layers["0"].weight.shape == (4, 1, 3, 3)
    assert np.isfinite(found.series["loss"]).all()
