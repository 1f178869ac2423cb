"""The window looks as it did when somebody last looked at it.

Where it is to look otherwise, `python -m tests.app.looks` paints the pictures anew; look at each before it is kept.
"""

import lzma
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from collector.comparing.saved import SavedComparison
from tests.app.looks.pictures import FEW, PAINTED, SEEN, differing, keep, marked, pixels, seen, use_own_font
from tests.app.looks.scenes import SCENES, Runs
from tests.app.views.stories.told_run import Told, write_told

SETTLED_MS, TURNS = 250, 20
"""In which what waits for the pointer to rest, or is built card by card over turns of the loop, has come."""


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Kept runs, as one that was trained here would differ in its last digits; and made-up stories."""
    folder = tmp_path_factory.mktemp("looks")
    found = {}
    for name in ("usual", "faster"):
        found[name] = folder / f"{name}.json"
        found[name].write_bytes(lzma.decompress((SEEN / f"{name}.json.xz").read_bytes()))
    return found | {"stories": write_told(folder / "stories.json", Told())}


@pytest.fixture
def own_font(qapp: QApplication) -> Iterator[None]:
    before = use_own_font(qapp)
    yield
    qapp.setFont(before)
    apply_theme(qapp)


def picture_of(name: str, paths: dict[str, Path], qtbot: QtBot, qapp: QApplication, settings: Settings) -> QImage:
    """The window in a scene."""
    scene = SCENES[name]
    apply_theme(qapp, scene.theme)
    window, _ = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.resize(*scene.size_px)
    window.show()
    qtbot.waitExposed(window)
    _open(window, scene.runs, paths)
    scene.go(window)
    if not scene.has_docks:
        for dock in window.findChildren(QDockWidget):
            dock.hide()
    QTest.qWait(SETTLED_MS)
    for _ in range(TURNS):
        qapp.processEvents()
    image = window.grab().toImage()
    window.close()
    return image


def _open(window: MainWindow, runs: Runs, paths: dict[str, Path]) -> None:
    if runs is Runs.NONE:
        return
    window.open(paths["stories" if runs is Runs.STORIES else "usual"])
    if runs is Runs.TWO:
        window._session.compare(SavedComparison(a=str(paths["usual"]), b=str(paths["faster"])))
    window._session.show_last()


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.usefixtures("own_font")
def test_that_it_looks_as_it_was_seen(
    name: str, paths: dict[str, Path], qtbot: QtBot, qapp: QApplication, settings: Settings, tmp_path: Path
) -> None:
    found = pixels(picture_of(name, paths, qtbot, qapp, settings))
    where = differing(found, seen(name))
    if where.sum() > FEW:
        folder = Path(os.environ.get(PAINTED, tmp_path))
        keep(found, folder / f"{name}.webp")
        keep(marked(found, where), tmp_path / f"{name}-marked.webp")
        pytest.fail(f"see {folder}; what is to look so is kept by python -m tests.app.looks")


def test_that_every_picture_that_is_kept_is_of_a_scene() -> None:
    assert {each.stem for each in SEEN.glob("*.webp")} == set(SCENES)
