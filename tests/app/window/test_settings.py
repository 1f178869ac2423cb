"""What the program remembers; what of it cannot be read is forgotten, and told of once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window

GARBAGE = (
    "hello",
    "1, 2, @ByteArray(x)",
    "@ByteArray(garbage)",
    "@Size(a b)",
    "@Rect(1 2 3)",
    "@Invalid()",
    '"\\x0"',
    "@Variant(\\0\\0\\0\\x8\\0\\0\\0\\0)",
    "x" * 5000,
)
KEYS = ("geometry", "docks", "recent_files", "theme", "curves", "left_at", "muted_rules")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """A settings file that holds these lines."""
    path = tmp_path / "strobe.ini"

    def write(lines: str) -> Path:
        path.write_text(f"[General]\n{lines}\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Callable[[Path], MainWindow]]:
    """Starts the window with these settings."""
    made = []

    def make(path: Path) -> MainWindow:
        window, _ = make_window(Settings(path), is_synchronous=True)
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        window.close()


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("key", KEYS)
def test_that_any_garbage_under_any_key_leaves_a_window(
    key: str, garbage: str, written: Callable[[str], Path], start: Callable[[Path], MainWindow]
) -> None:
    window = start(written(f"{key}={garbage}"))
    assert window.isVisible()
    window.recent_menu.aboutToShow.emit()
    assert window.recent_menu.actions()[0].text() == "nothing yet"


@pytest.mark.parametrize(
    ("key", "garbage"),
    [
        ("geometry", "hello"),
        ("geometry", "@ByteArray(x)"),
        ("docks", "1"),
        ("theme", "pink"),
        ("recent_files", "@Size(1 2)"),
    ],
)
def test_that_what_cannot_be_read_is_named_once_with_the_file_and_then_forgotten(
    key: str, garbage: str, written: Callable[[str], Path], start: Callable[[Path], MainWindow]
) -> None:
    path = written(f"{key}={garbage}")
    first = start(path)
    first.recent_menu.aboutToShow.emit()
    told = first.run_bar.problem_label.text().replace("\u200b", "")
    if key != "recent_files":  # which is read when its menu opens
        assert str(path) in told
        assert key in told
    first.close()
    again = start(path)
    assert not again.run_bar.problem_label.isVisible()


def test_that_the_rest_is_kept(written: Callable[[str], Path]) -> None:
    settings = Settings(written("geometry=hello\ntheme=light\ncurves=loss, accuracy"))
    assert settings.layout() == (None, None)
    assert settings.theme() == "light"
    assert settings.choice("timeline") == ["loss", "accuracy"]
    assert "geometry" in settings.complaint()
    assert settings.complaint() == ""


def test_that_what_is_remembered_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "strobe.ini"
    settings = Settings(path)
    settings.keep_layout(QByteArray(b"a"), QByteArray(b"b"))
    settings.keep_choice("timeline", ["loss"])
    settings.keep_theme("light")
    again = Settings(path)
    assert again.layout() == (QByteArray(b"a"), QByteArray(b"b"))
    assert (again.choice("timeline"), again.theme(), again.complaint()) == (["loss"], "light", "")


def test_that_settings_that_are_a_folder_or_no_text_are_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "strobe.ini"
    folder.mkdir()
    settings = Settings(folder)
    assert settings.layout() == (None, None)
    assert str(folder) in settings.complaint()
