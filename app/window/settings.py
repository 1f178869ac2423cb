"""What the program remembers from one start to the next."""

from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

MOST_RECENT = 8
_MOST_LEFT = 100

_CHOICES = {"timeline": "curves"}
"""Under which names choices were kept before every view could keep one."""


class Settings:
    """Recent files and the window's layout, in one file of the user's.

    Args:
        path: an INI file; it is made when something is first remembered.
    """

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def recent_files(self) -> list[Path]:
        """The collections opened last, newest first, those that still exist."""
        stored = self._store.value("recent_files", [])
        names = [stored] if isinstance(stored, str) else list(stored or [])
        return [path for path in map(Path, names) if path.is_file()]

    def add_recent_file(self, path: Path) -> None:
        """Put a collection in front of the recent ones."""
        path = path.resolve()
        others = [each for each in self.recent_files() if each != path]
        self._store.setValue("recent_files", [str(each) for each in [path, *others][:MOST_RECENT]])

    def left_at(self) -> dict[Path, int]:
        """The step at which each of the collections opened last was left."""
        stored = self._store.value("left_at", [])
        lines = [stored] if isinstance(stored, str) else list(stored or [])
        split = [str(line).partition(" ") for line in lines]
        return {Path(path): int(step) for step, _, path in split if step.isdecimal()}

    def keep_left_at(self, steps: Mapping[Path, int]) -> None:
        """Remember where each collection was left; of many, those that were left last."""
        lines = [f"{step} {path}" for path, step in steps.items()]
        self._store.setValue("left_at", lines[-_MOST_LEFT:])
        self._store.sync()

    def theme(self) -> str:
        """``dark`` or ``light``."""
        return "light" if self._store.value("theme") == "light" else "dark"

    def keep_theme(self, name: str) -> None:
        """Remember the theme."""
        self._store.setValue("theme", name)

    def choice(self, view: str) -> list[str]:
        """What the user chose last in a view, in names; empty: its own choice."""
        stored = self._store.value(_CHOICES.get(view, f"choice_{view}"), [])
        return [stored] if isinstance(stored, str) else [str(name) for name in stored or []]

    def keep_choice(self, view: str, names: list[str]) -> None:
        """Remember what was chosen in a view."""
        self._store.setValue(_CHOICES.get(view, f"choice_{view}"), names)

    def layout(self) -> tuple[QByteArray | None, QByteArray | None]:
        """Geometry and dock state of the window when it was last closed."""
        return self._store.value("geometry"), self._store.value("docks")

    def keep_layout(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Remember how the window looks."""
        self._store.setValue("geometry", geometry)
        self._store.setValue("docks", docks)
        self._store.sync()
