"""A person's own pictures: a folder for each class."""

from pathlib import Path

import torch

from data.errors import DataError
from data.folder_layout import ClassFiles, find_classes
from data.names import FOLDER_SIDE
from data.picture_files import read_pictures
from data.pictures import DataSource, PictureDataset, channel_statistics

HELD_OUT_SHARE = 0.2
_NAMED_AT_MOST = 3


def load_folder(data_root: str | Path | None, seed: int = 0, resize: int | None = None) -> DataSource:
    """The pictures under `data_root` as RGB of `resize` (or 32) pixels a side, uint8 `[N, 3, side, side]`.

    Either `train/CLASS/*` and `test/CLASS/*`, or `CLASS/*`, of which `seed` holds out a fifth of each class.
    Pictures that cannot be read are left out and named in the note. Raises DataError for a missing folder, no
    class folders, a class without (readable) pictures, or train and test that differ in their classes.
    """
    if data_root is None:
        raise DataError("--dataset folder needs --data_root DIR: a folder that holds a folder for each class")
    root = Path(data_root).expanduser()
    classes = find_classes(root)
    side = resize or FOLDER_SIDE
    unreadable: list[Path] = []
    train_parts, test_parts = [], []
    for files in classes:
        train, test = _read_class(files, side, seed, unreadable)
        train_parts.append(train)
        test_parts.append(test)
    train_pictures, train_labels = _joined(train_parts)
    mean, std = channel_statistics(train_pictures)
    return DataSource(
        asked="folder",
        used="folder",
        note=_note(unreadable, root),
        train=PictureDataset(train_pictures, train_labels, mean, std),
        test=PictureDataset(*_joined(test_parts), mean, std),
        class_names=tuple(files.name for files in classes),
        mean=mean,
        std=std,
    )


def _read_class(files: ClassFiles, side: int, seed: int, unreadable: list[Path]) -> tuple[torch.Tensor, torch.Tensor]:
    """Training and test pictures of one class, uint8 `[N, 3, side, side]`; adds to `unreadable`."""
    train, broken = read_pictures(files.train, side)
    unreadable += broken
    if files.test is None:
        if len(train) < 2:
            raise DataError(_too_few(files, len(train), "two readable pictures, one to train on and one to test"))
        order = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))
        held_out = max(1, round(len(train) * HELD_OUT_SHARE))
        return train[order[held_out:].sort().values], train[order[:held_out].sort().values]
    test, broken = read_pictures(files.test, side)
    unreadable += broken
    if not len(train) or not len(test):
        raise DataError(_too_few(files, min(len(train), len(test)), "a readable picture in train and in test"))
    return train, test


def _joined(parts: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    labels = [torch.full((len(part),), label) for label, part in enumerate(parts)]
    return torch.cat(parts), torch.cat(labels)


def _too_few(files: ClassFiles, readable: int, needed: str) -> str:
    return f"class {files.name!r} needs {needed}; of its files in {files.train[0].parent} {readable} can be read"


def _note(unreadable: list[Path], root: Path) -> str | None:
    if not unreadable:
        return None
    named = ", ".join(str(path.relative_to(root)) for path in unreadable[:_NAMED_AT_MOST])
    more = len(unreadable) - _NAMED_AT_MOST
    counted = "1 picture" if len(unreadable) == 1 else f"{len(unreadable)} pictures"
    return f"{counted} in {root} cannot be read and were left out: {named}" + (f" and {more} more" if more > 0 else "")
