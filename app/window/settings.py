"""What the program remembers from one start to the next."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from PyQt6.QtCore import QByteArray, QSettings

from collector.storage.paths import AnyPath, RemotePath, located

MOST_RECENT = 8
_MOST_LEFT = 100

_CHOICES = {"timeline": "curves"}
"""Under which names choices were kept before every view could keep one."""


T = TypeVar("T")


class Settings:
    """Recent files and the window's layout, in one file of the user's.

    What cannot be read is forgotten, and told of once.

    Args:
        path: an INI file; it is made when something is first remembered.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store = QSettings(str(path), QSettings.Format.IniFormat)
        self._forgotten: list[str] = []
        if self._store.status() != QSettings.Status.NoError:
            self._forgotten.append("all of it")

    @property
    def folder(self) -> Path:
        """Where the file is."""
        return self._path.parent

    def complaint(self) -> str:
        """What could not be read since this was last asked, in words for the user; empty: nothing."""
        told, self._forgotten = ", ".join(dict.fromkeys(self._forgotten)), []
        return f"The settings file {str(self._path)!r} holds what cannot be read. Forgotten: {told}." if told else ""

    def forget(self, key: str) -> None:
        """What is kept under this name turned out to be useless."""
        self._store.remove(key)
        self._forgotten.append(key)

    def _read(self, key: str, read: Callable[[Any], T], nothing: T) -> T:
        """What is kept under a name; ``read`` raises TypeError or ValueError for what it could not have kept."""
        try:
            stored = self._store.value(key)
            return nothing if stored is None else read(stored)
        except (TypeError, ValueError):
            self.forget(key)
            return nothing

    def recent_files(self) -> list[AnyPath]:
        """The collections opened last, newest first, those that still exist as far as that is known."""
        return [path for path in map(located, self._read("recent_files", _names, list[str]())) if _is_file(path)]

    def add_recent_file(self, path: AnyPath) -> None:
        """Put a collection in front of the recent ones, unless its address is nothing to be kept."""
        path = path.resolve()
        if _is_secret(path):
            return
        others = [each for each in self.recent_files() if each != path]
        self._store.setValue("recent_files", [str(each) for each in [path, *others][:MOST_RECENT]])

    def left_at(self) -> dict[AnyPath, int]:
        """The step at which each of the collections opened last was left."""
        nothing: dict[AnyPath, int] = {}
        return self._read("left_at", _steps, nothing)

    def keep_left_at(self, steps: Mapping[AnyPath, int]) -> None:
        """Remember where each collection was left; of many, those that were left last."""
        lines = [f"{step} {path}" for path, step in steps.items() if not _is_secret(path)]
        self._store.setValue("left_at", lines[-_MOST_LEFT:])
        self._store.sync()

    def theme(self) -> str:
        """``dark`` or ``light``."""
        return self._read("theme", _theme, "dark")

    def keep_theme(self, name: str) -> None:
        """Remember the theme."""
        self._store.setValue("theme", name)

    def choice(self, view: str) -> list[str]:
        """What the user chose last in a view, in names; empty: its own choice."""
        none: list[str] = []
        return self._read(_CHOICES.get(view, f"choice_{view}"), _names, none)

    def keep_choice(self, view: str, names: list[str]) -> None:
        """Remember what was chosen in a view."""
        self._store.setValue(_CHOICES.get(view, f"choice_{view}"), names)

    def muted_rules(self) -> list[str]:
        """Rules whose findings are not to be shown, by their names."""
        return self._read("muted_rules", _names, list[str]())

    def keep_muted_rules(self, names: Iterable[str]) -> None:
        """Remember which rules are muted."""
        self._store.setValue("muted_rules", sorted(names))

    def layout(self) -> tuple[QByteArray | None, QByteArray | None]:
        """Geometry and dock state of the window when it was last closed."""
        return self._read("geometry", _bytes, None), self._read("docks", _bytes, None)

    def keep_layout(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Remember how the window looks."""
        self._store.setValue("geometry", geometry)
        self._store.setValue("docks", docks)
        self._store.sync()


def _steps(stored: Any) -> dict[AnyPath, int]:
    split = [line.partition(" ") for line in _names(stored)]
    return {located(path): int(step) for step, _, path in split}


def _names(stored: Any) -> list[str]:
    names = [stored] if isinstance(stored, str) else stored
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(stored)
    return [name for name in names if name]


def _theme(stored: Any) -> str:
    if stored not in ("dark", "light"):
        raise ValueError(stored)
    return str(stored)


def _bytes(stored: Any) -> QByteArray | None:
    if not isinstance(stored, QByteArray):
        raise TypeError(stored)
    return stored


def _is_secret(path: AnyPath) -> bool:
    return isinstance(path, RemotePath) and path.has_secret


def _is_file(path: AnyPath) -> bool:
    if isinstance(path, RemotePath):
        return True
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or no name at all
        return False
