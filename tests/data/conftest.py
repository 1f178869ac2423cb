"""Small datasets in the real formats, and the certainty that no test reaches for the network."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from data import download
from data.errors import DownloadError

WriteIdx = Callable[[Path, NDArray[np.uint8]], None]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a machine without a network answers, at once."""

    def unreachable(address: str) -> None:
        raise DownloadError("Name or service not known")

    monkeypatch.setattr(download, "_check_reachable", unreachable)


@pytest.fixture
def write_idx() -> WriteIdx:
    def write(path: Path, array: NDArray[np.uint8]) -> None:
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        content = header + array.tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)

    return write


@pytest.fixture
def write_mnist_like(write_idx: WriteIdx) -> Callable[..., Path]:
    """Writes 30 + 20 pictures under `root/name/raw`; returns that folder. Pixel [0, 0] holds the label."""

    def write(root: Path, name: str, suffix: str = "") -> Path:
        folder = root / name / "raw"
        random = np.random.default_rng(0)
        for split, count in (("train", 30), ("t10k", 20)):
            labels = (np.arange(count) % 10).astype(np.uint8)
            images = random.integers(0, 256, (count, 28, 28), dtype=np.uint8)
            images[:, 0, 0] = labels
            write_idx(folder / f"{split}-images-idx3-ubyte{suffix}", images)
            write_idx(folder / f"{split}-labels-idx1-ubyte{suffix}", labels)
        return folder

    return write


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real datasets, beside the repository or where STROBE_TEST_DATA says."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("STROBE_TEST_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; STROBE_TEST_DATA names another place")
    return folder
