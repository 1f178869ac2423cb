"""On two ranks each trainer's callback leaves one collection, of both."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector import open_collection

ROOT = Path(__file__).parents[3]
Seen = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `on_ranks` left."""
    folder = tmp_path_factory.mktemp("ranks")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, Path(__file__).with_name("on_ranks.py"), folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("trainer", ["lightning", "transformers"])
def test_that_the_loss_is_the_mean_of_both_ranks(folder: Path, trainer: str) -> None:
    losses = [json.loads((folder / f"seen.{rank}.json").read_text())[trainer] for rank in range(2)]

    with open_collection(folder / f"{trainer}.json") as collection:
        assert collection.finished
        assert collection.run.ranks == 2
        assert losses[0] != losses[1]
        np.testing.assert_allclose(collection.series["loss"], np.mean(losses, axis=0), rtol=1e-5)
        assert len(collection.epochs) == 2
        assert "test_loss" in collection.epochs[0].metrics
        assert any(arrays.activation is not None for arrays in collection.passes[0].layers.values())


def test_that_no_rank_is_warned(folder: Path) -> None:
    warned = [line for rank in range(2) for line in json.loads((folder / f"seen.{rank}.json").read_text())["warned"]]
    assert [line for line in warned if "sync_dist" not in line] == []
