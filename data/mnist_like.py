"""MNIST and Fashion-MNIST: 60,000 + 10,000 grey pictures of 28×28 in four IDX files."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from data.download import download
from data.errors import DataError, DownloadError
from data.idx import find_idx, read_idx
from data.pictures import DataSource, PictureDataset


@dataclass(frozen=True)
class MnistLike:
    """What tells the two datasets apart; `folder` is torchvision's name for it, on disk and in its code."""

    name: str
    folder: str
    mean: float
    std: float
    class_names: tuple[str, ...]


MNIST = MnistLike("mnist", "MNIST", 0.1310, 0.3085, tuple("0123456789"))
FASHION_MNIST = MnistLike(
    "fashion_mnist",
    "FashionMNIST",
    0.2860,
    0.3530,
    (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
)

_SPLITS = ("train", "t10k")


def load_mnist_like(kind: MnistLike, data_root: Path) -> DataSource:
    """The dataset from `data_root/FOLDER/raw`, downloaded there first if nothing of it is there.

    Raises DownloadError if there is no copy and none can be fetched, DataError if the copy is broken.
    """
    folder = data_root / kind.folder / "raw"
    names = [f"{split}-{part}" for split in _SPLITS for part in ("images-idx3-ubyte", "labels-idx1-ubyte")]
    missing = [name for name in names if find_idx(folder, name) is None]
    if len(missing) == len(names):
        try:
            download(kind.folder, data_root)
        except DownloadError as error:
            raise DownloadError(f"no copy in {folder} and no download ({error})") from error
    elif missing:
        raise DataError(
            f"{folder} is incomplete: {', '.join(missing)} missing. Add what is missing, "
            f"or delete the folder to have all of it downloaded again."
        )
    train, test = (
        PictureDataset(*_read_split(folder, split, len(kind.class_names)), (kind.mean,), (kind.std,))
        for split in _SPLITS
    )
    return DataSource(kind.name, kind.name, None, train, test, kind.class_names, (kind.mean,), (kind.std,))


def _read_split(folder: Path, split: str, n_classes: int) -> tuple[Tensor, Tensor]:
    """Pictures uint8 `[N, 1, 28, 28]` and labels int64 `[N]`."""
    images_path = find_idx(folder, f"{split}-images-idx3-ubyte")
    labels_path = find_idx(folder, f"{split}-labels-idx1-ubyte")
    if images_path is None or labels_path is None:
        raise DataError(f"the {split} files are missing from {folder}")
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if not len(images) or images.shape[1:] != (28, 28):
        raise DataError(f"{images_path} holds {images.shape[0]} pictures of {images.shape[1:]}, not of 28×28")
    if len(images) != len(labels) or labels.max() >= n_classes:
        raise DataError(
            f"{labels_path} does not fit {images_path.name}: {len(labels):,} labels up to {labels.max()} "
            f"for {len(images):,} pictures of {n_classes} classes"
        )
    # Copied, because tensors must be writable and the file's bytes are not.
    return torch.from_numpy(images.copy()).unsqueeze(1), torch.from_numpy(labels.astype("int64"))
