"""CIFAR-10: 50,000 + 10,000 colour pictures of 32×32, through torchvision."""

import importlib
import pickle
import warnings
from pathlib import Path
from typing import Any

import torch

from data.augmentation import random_crop_and_flip
from data.download import download
from data.errors import DataError, DownloadError
from data.pictures import DataSource, PictureDataset
from data.torchvision_import import import_torchvision

MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2023, 0.1994, 0.2010)


def load_cifar10(data_root: Path) -> DataSource:
    """CIFAR-10 from `data_root/cifar-10-batches-py`, or its archive there, or else downloaded there.

    The files are pickles, which can run code when they are read, so their known checksums are a condition.
    Raises DownloadError if there is no copy and none can be fetched, DataError if the copy is broken.
    """
    import_torchvision()
    cifar10 = importlib.import_module("torchvision.datasets").CIFAR10
    folder, archive = data_root / cifar10.base_folder, data_root / cifar10.filename
    if not folder.exists():
        if archive.exists():
            _unpack(cifar10, archive)
        else:
            try:
                download("CIFAR10", data_root)
            except DownloadError as error:
                raise DownloadError(f"no copy in {folder} and no download ({error})") from error
    _check_files(cifar10, folder)
    try:
        with warnings.catch_warnings():
            # The NumPy that pickled these files wrote 0 for False; some releases since 2.4 warn about that.
            warnings.filterwarnings("ignore", message=r"dtype\(\): align should be passed")
            train, test = (cifar10(str(data_root), train=is_train) for is_train in (True, False))
    except (OSError, RuntimeError, KeyError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise DataError(f"{folder} cannot be read ({error}). {_WAY_OUT}") from error
    return DataSource(
        asked="cifar10",
        used="cifar10",
        note=None,
        train=PictureDataset(*_tensors(train), MEAN, STD, augmentation=random_crop_and_flip),
        test=PictureDataset(*_tensors(test), MEAN, STD),
        class_names=tuple(train.classes),
        mean=MEAN,
        std=STD,
    )


def _unpack(cifar10: Any, archive: Path) -> None:
    tools = importlib.import_module("torchvision.datasets.utils")
    if not tools.check_integrity(str(archive), cifar10.tgz_md5):
        raise DataError(f"{archive} is cut off or damaged: its checksum is not the known one. {_WAY_OUT}")
    tools.extract_archive(str(archive), str(archive.parent))


def _check_files(cifar10: Any, folder: Path) -> None:
    tools = importlib.import_module("torchvision.datasets.utils")
    known = [*cifar10.train_list, *cifar10.test_list, (cifar10.meta["filename"], cifar10.meta["md5"])]
    for filename, md5 in known:
        path = folder / filename
        if not path.is_file():
            raise DataError(f"{path} is missing. {_WAY_OUT}")
        if not tools.check_integrity(str(path), md5):
            raise DataError(f"{path} is cut off or damaged: its checksum is not the known one. {_WAY_OUT}")


def _tensors(dataset: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures uint8 `[N, 3, 32, 32]` and labels int64 `[N]`."""
    pictures = torch.from_numpy(dataset.data).permute(0, 3, 1, 2).contiguous()
    return pictures, torch.tensor(dataset.targets)


_WAY_OUT = "Delete it to have it downloaded again, or put a whole copy in its place."
