"""Which files of a person's folder belong to which class. Looks at names only, opens nothing."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from data.errors import DataError

_EXPECTED = "expected CLASS/PICTURE, or train/CLASS/PICTURE and test/CLASS/PICTURE"


@dataclass(frozen=True)
class ClassFiles:
    """The picture files of a class, sorted by name; `test` is None where the folder is not split."""

    name: str
    train: list[Path]
    test: list[Path] | None


def find_classes(root: Path) -> list[ClassFiles]:
    """The classes under `root`, sorted by name. Raises DataError, in words, for every other layout."""
    if not root.is_dir():
        raise DataError(f"{root} is {'not a folder' if root.exists() else 'not there'}")
    folders = {folder.name: folder for folder in _folders_in(root)}
    if "train" not in folders and "test" not in folders:
        return [ClassFiles(name, _pictures_in(folder), None) for name, folder in _classes_in(root).items()]
    if set(folders) != {"train", "test"}:
        raise DataError(f"{root} holds the folders {', '.join(sorted(folders))}; {_EXPECTED}")
    train, test = _classes_in(folders["train"]), _classes_in(folders["test"])
    if set(train) != set(test):
        lonely = ", ".join(sorted(set(train) ^ set(test)))
        raise DataError(f"train and test in {root} have different classes; only one of them has {lonely}")
    return [ClassFiles(name, _pictures_in(train[name]), _pictures_in(test[name])) for name in train]


def _classes_in(folder: Path) -> dict[str, Path]:
    classes = {found.name: found for found in _folders_in(folder)}
    if len(classes) < 2:
        raise DataError(f"{folder} holds {len(classes) or 'no'} class folder; {_EXPECTED}, at least two classes")
    return classes


def _folders_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _pictures_in(folder: Path) -> list[Path]:
    extensions = Image.registered_extensions()
    pictures = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in extensions and not path.name.startswith(".") and path.is_file()
    )
    if not pictures:
        deeper = ", only more folders" if _folders_in(folder) else ""
        raise DataError(f"class folder {folder} holds no pictures{deeper}; {_EXPECTED}")
    return pictures
