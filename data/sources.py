"""Loads a dataset by its name.

A local copy comes first, a download second, an honest stand-in or a clear error third.
"""

import os
from dataclasses import replace
from pathlib import Path

from data.errors import DataError, DownloadError
from data.names import DATASETS
from data.pictures import DataSource
from data.resizing import resized


def default_data_root() -> Path:
    """The folder named by the environment's STROBE_DATA_ROOT, or else `downloads` beside this code."""
    return Path(os.environ.get("STROBE_DATA_ROOT") or Path(__file__).parent / "downloads").expanduser()


def load(
    name: str,
    data_root: str | Path | None = None,
    *,
    strict: bool = False,
    seed: int = 0,
    resize: int | None = None,
) -> DataSource:
    """The dataset `name`, one of `DATASETS`, with pictures of `resize` × `resize` if that is given.

    `data_root` holds torchvision's folders (`MNIST/raw`, `FashionMNIST/raw`, `cifar-10-batches-py`); for
    "folder" it is the person's own folder and must be given. Without data and network "mnist" becomes
    "digits", which `note` says, unless `strict`. `seed` decides which pictures of an unsplit folder are held
    out; all other datasets are the same for every seed. Raises DataError with a message for a person.
    """
    if resize is not None and resize < 1:
        raise DataError(f"pictures cannot be resized to {resize} pixels")
    if name == "folder":
        from data.folder import load_folder

        return load_folder(data_root, seed, resize)
    root = Path(data_root).expanduser() if data_root is not None else default_data_root()
    source = _load_named(name, root, strict)
    return resized(source, resize) if resize else source


def _load_named(name: str, root: Path, strict: bool) -> DataSource:
    if name == "mnist":
        return _load_mnist(root, strict)
    if name == "digits":
        from data.digits import load_digits_like_mnist

        return load_digits_like_mnist()
    if name == "shapes":
        from data.shapes import load_shapes

        return load_shapes()
    try:
        if name == "fashion_mnist":
            from data.mnist_like import FASHION_MNIST, load_mnist_like

            return load_mnist_like(FASHION_MNIST, root)
        if name == "cifar10":
            from data.cifar10 import load_cifar10

            return load_cifar10(root)
    except DownloadError as error:
        raise DownloadError(
            f"{name} is not here: {error}. Put its files there (--data_root names another place), "
            f"or use --dataset digits or --dataset shapes, which need no download."
        ) from error
    raise DataError(f"there is no dataset {name!r}; choose one of {', '.join(DATASETS)}")


def _load_mnist(root: Path, strict: bool) -> DataSource:
    from data.mnist_like import MNIST, load_mnist_like

    try:
        return load_mnist_like(MNIST, root)
    except DownloadError as error:
        if strict:
            raise DownloadError(
                f"mnist is not here: {error}. Put its files there (--data_root names another place), "
                f"or leave out --strict_data to train on the digits that come with scikit-learn."
            ) from error
        from data.digits import load_digits_like_mnist

        note = f"MNIST is not here ({error}): the real handwritten digits of scikit-learn stand in for it."
        return replace(load_digits_like_mnist(), asked="mnist", note=note)
