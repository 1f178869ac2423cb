"""CIFAR-10 from files in its real format, made here; only the checksums are those of these files."""

import hashlib
import importlib
import io
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.augmentation import random_crop_and_flip
from data.errors import DataError
from data.sources import load
from data.torchvision_import import import_torchvision

PER_BATCH = 4
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


class OldNumpyPickler(pickle.Pickler):
    """Writes a dtype as the NumPy of 2009 did, with 0 and 1 for False and True."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, np.dtype):
            _, (name, *_), state = value.__reduce__()
            return np.dtype, (name, 0, 1), state
        return NotImplemented


def write_pickle(path: Path, content: dict[str, Any]) -> str:
    pickled = io.BytesIO()
    OldNumpyPickler(pickled, protocol=2).dump(content)
    path.write_bytes(pickled.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    return hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture
def small_cifar10(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with five training batches and a test batch of four pictures each."""
    import_torchvision()
    cifar10 = importlib.import_module("torchvision.datasets").CIFAR10
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    random = np.random.default_rng(0)

    def write_batch(name: str) -> list[str]:
        pixels = random.integers(0, 256, (PER_BATCH, 3072), dtype=np.uint8)
        labels = random.integers(0, 10, PER_BATCH).tolist()
        pixels[:, 0] = labels
        return [name, write_pickle(folder / name, {"data": pixels, "labels": labels})]

    monkeypatch.setattr(cifar10, "train_list", [write_batch(f"data_batch_{n}") for n in range(1, 6)])
    monkeypatch.setattr(cifar10, "test_list", [write_batch("test_batch")])
    checksum = write_pickle(folder / "batches.meta", {"label_names": CLASSES})
    monkeypatch.setattr(cifar10, "meta", {**cifar10.meta, "md5": checksum})
    return tmp_path


def test_that_a_local_copy_is_read_with_red_green_and_blue_in_their_places(small_cifar10: Path) -> None:
    source = load("cifar10", small_cifar10)
    assert (source.asked, source.used, source.note) == ("cifar10", "cifar10", None)
    assert (len(source.train), len(source.test)) == (5 * PER_BATCH, PER_BATCH)
    assert source.shape == (3, 32, 32)
    assert source.class_names == tuple(CLASSES)
    assert source.test.pictures[:, 0, 0, 0].tolist() == source.test.labels.tolist()
    batch = pickle.loads((small_cifar10 / "cifar-10-batches-py" / "test_batch").read_bytes())
    assert np.array_equal(source.test.pictures.numpy().reshape(PER_BATCH, 3072), batch["data"])


def test_that_only_training_pictures_are_augmented(small_cifar10: Path) -> None:
    source = load("cifar10", small_cifar10)
    assert source.train.augmentation is random_crop_and_flip
    assert source.test.augmentation is None


def test_that_a_damaged_batch_is_named_and_never_unpickled(small_cifar10: Path) -> None:
    broken = small_cifar10 / "cifar-10-batches-py" / "data_batch_3"
    broken.write_bytes(broken.read_bytes()[:-10])
    with pytest.raises(DataError, match="data_batch_3 is cut off or damaged"):
        load("cifar10", small_cifar10)


def test_that_a_missing_batch_is_named(small_cifar10: Path) -> None:
    (small_cifar10 / "cifar-10-batches-py" / "test_batch").unlink()
    with pytest.raises(DataError, match="test_batch is missing"):
        load("cifar10", small_cifar10)


def test_that_an_archive_already_downloaded_is_unpacked(
    small_cifar10: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path_factory.mktemp("archive")
    archive = root / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(small_cifar10 / "cifar-10-batches-py", "cifar-10-batches-py")
    cifar10 = importlib.import_module("torchvision.datasets").CIFAR10
    with pytest.raises(DataError, match=r"tar\.gz is cut off or damaged"):
        load("cifar10", root)
    monkeypatch.setattr(cifar10, "tgz_md5", hashlib.md5(archive.read_bytes()).hexdigest())
    assert len(load("cifar10", root).train) == 5 * PER_BATCH
