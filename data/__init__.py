"""Datasets and augmentations. The names below load torch only when they are first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from data.errors import DataError, DownloadError
from data.names import DATASETS, PICTURE_SHAPES, picture_shape

if TYPE_CHECKING:
    from data.pictures import DataSource, PictureDataset, loaders
    from data.probe import choose_probe
    from data.sources import load

_HOME_OF = {
    "DataSource": "data.pictures",
    "PictureDataset": "data.pictures",
    "loaders": "data.pictures",
    "choose_probe": "data.probe",
    "load": "data.sources",
}

__all__ = [
    "DATASETS",
    "PICTURE_SHAPES",
    "DataError",
    "DataSource",
    "DownloadError",
    "PictureDataset",
    "choose_probe",
    "load",
    "loaders",
    "picture_shape",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'data' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
