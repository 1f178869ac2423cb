from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from data.errors import DataError
from data.sources import load

NAMES = [("mnist", "MNIST", (0.1310,), (0.3085,)), ("fashion_mnist", "FashionMNIST", (0.2860,), (0.3530,))]


@pytest.mark.parametrize("suffix", ["", ".gz"], ids=["unpacked", "as downloaded"])
@pytest.mark.parametrize(("name", "folder", "mean", "std"), NAMES)
def test_that_a_local_copy_is_read(
    tmp_path: Path,
    write_mnist_like: Callable[..., Path],
    name: str,
    folder: str,
    mean: float,
    std: float,
    suffix: str,
) -> None:
    write_mnist_like(tmp_path, folder, suffix)
    source = load(name, tmp_path)
    assert (source.asked, source.used, source.note) == (name, name, None)
    assert (source.mean, source.std) == (mean, std)
    assert source.shape == (1, 28, 28)
    assert source.n_classes == 10
    assert (len(source.train), len(source.test)) == (30, 20)
    assert torch.equal(source.train.pictures[:, 0, 0, 0].long(), source.train.labels)
    assert torch.equal(source.test.pictures[:, 0, 0, 0].long(), source.test.labels)


def test_that_the_environment_names_the_data_root(
    tmp_path: Path, write_mnist_like: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mnist_like(tmp_path, "MNIST")
    monkeypatch.setenv("STROBE_DATA_ROOT", str(tmp_path))
    assert len(load("mnist", strict=True).train) == 30


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_that_a_cut_off_file_is_named_and_left_alone(
    tmp_path: Path, write_mnist_like: Callable[..., Path], suffix: str
) -> None:
    broken = write_mnist_like(tmp_path, "MNIST", suffix) / f"t10k-images-idx3-ubyte{suffix}"
    cut_off = broken.read_bytes()[:-500]
    broken.write_bytes(cut_off)
    with pytest.raises(DataError, match=f"{broken.name}.* (cut off|cannot be read)"):
        load("mnist", tmp_path)
    assert broken.read_bytes() == cut_off


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", bytes([0, 0, 8, 1, 0, 0, 0, 2, 1, 1])])
def test_that_another_file_under_the_name_is_called_no_idx_file(
    tmp_path: Path, write_mnist_like: Callable[..., Path], content: bytes
) -> None:
    (write_mnist_like(tmp_path, "MNIST") / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(DataError, match="train-images-idx3-ubyte is not an IDX file"):
        load("mnist", tmp_path)


def test_that_a_missing_file_among_four_is_an_error_and_no_reason_to_stand_in(
    tmp_path: Path, write_mnist_like: Callable[..., Path]
) -> None:
    (write_mnist_like(tmp_path, "MNIST") / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="incomplete: train-labels-idx1-ubyte missing"):
        load("mnist", tmp_path)


def test_that_labels_which_do_not_fit_the_pictures_are_refused(
    tmp_path: Path,
    write_mnist_like: Callable[..., Path],
    write_idx: Callable[..., None],
) -> None:
    labels = write_mnist_like(tmp_path, "MNIST") / "train-labels-idx1-ubyte"
    write_idx(labels, np.zeros(29, np.uint8))
    with pytest.raises(DataError, match="train-labels-idx1-ubyte does not fit"):
        load("mnist", tmp_path)
    write_idx(labels, np.full(30, 10, np.uint8))
    with pytest.raises(DataError, match="train-labels-idx1-ubyte does not fit"):
        load("mnist", tmp_path)


def test_that_pictures_of_another_size_are_refused(
    tmp_path: Path, write_mnist_like: Callable[..., Path], write_idx: Callable[..., None]
) -> None:
    folder = write_mnist_like(tmp_path, "MNIST")
    write_idx(folder / "train-images-idx3-ubyte", np.zeros((30, 32, 32), np.uint8))
    with pytest.raises(DataError, match="not of 28×28"):
        load("mnist", tmp_path)


def test_that_the_real_mnist_is_read_whole(real_data: Path) -> None:
    source = load("mnist", real_data, strict=True)
    assert (len(source.train), len(source.test)) == (60_000, 10_000)
    # Known of the original: its first training digits, and its mean.
    assert source.train.labels[:8].tolist() == [5, 0, 4, 1, 9, 2, 1, 3]
    assert source.train.pictures.float().mean().item() / 255 == pytest.approx(0.1307, abs=1e-4)
    images, _ = source.train.__getitems__(range(10_000))
    assert images.mean().item() == pytest.approx(0, abs=0.02)
    assert images.std().item() == pytest.approx(1, abs=0.02)
