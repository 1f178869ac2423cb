"""Windows that are looked at, in a font of their own."""

import lzma
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QCursor, QFont, QFontDatabase
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from app.window import own_script
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from app.window.thumbnails import Thumbnails
from collector.comparing.saved import SavedComparison
from tests.app.looks.pictures import SEEN
from tests.app.looks.pieces import Piece
from tests.app.looks.scenes import Runs, Scene
from tests.app.views.network.driving import pixels_of
from tests.app.views.stories.told_run import Told, write_told

Picture = Callable[..., np.ndarray]
"""Paints the window in a scene; with ``turned_to`` it changes its theme at last."""


class OwnFonts(QFontDatabase):
    """Has no font of the machine's."""

    @staticmethod
    def systemFont(which: QFontDatabase.SystemFont) -> QFont:
        return QFont("DejaVu Sans Mono")


SETTLED_MS, TURNS = 250, 20
"""In which what waits for the pointer to rest, or is built card by card over turns of the loop, has come."""


@pytest.fixture(scope="session")
def kept_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Runs that are kept, as one that was trained here would differ in its last digits; and made-up stories."""
    folder = tmp_path_factory.mktemp("looks")
    found = {}
    for name in ("usual", "faster"):
        found[name] = folder / f"{name}.json"
        found[name].write_bytes(lzma.decompress((SEEN / f"{name}.json.xz").read_bytes()))
    return found | {"stories": write_told(folder / "stories.json", Told())}


@pytest.fixture
def usual_theme(qapp: QApplication) -> Iterator[None]:
    """What is painted in another theme leaves it behind."""
    yield
    apply_theme(qapp)


@pytest.fixture
def picture(
    usual_theme: None,
    kept_runs: dict[str, Path],
    qtbot: QtBot,
    qapp: QApplication,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Picture:
    monkeypatch.setattr(Thumbnails, "_start", lambda *_: None)  # pictures that come when they have been painted
    monkeypatch.setattr(own_script, "QFontDatabase", OwnFonts)

    def settle() -> None:
        QTest.qWait(SETTLED_MS)
        for _ in range(TURNS):
            qapp.processEvents()

    def paint(scene: Scene, theme: str = "", turned_to: str = "") -> np.ndarray:
        screen = qapp.primaryScreen()
        assert screen is not None
        QCursor.setPos(screen.geometry().bottomRight())  # where a test before has left it, something may lie now
        apply_theme(qapp, theme or scene.theme)
        window, _ = make_window(settings, cache=tmp_path / "cache", is_synchronous=True)
        qtbot.addWidget(window)
        window.resize(*scene.size_px)
        window.show()
        qtbot.waitExposed(window)
        _open(window, scene.runs, kept_runs)
        if not scene.has_docks:
            for dock in window.findChildren(QDockWidget):
                dock.hide()
        scene.go(window)
        settle()
        if turned_to:
            apply_theme(qapp, turned_to)
            settle()
        found = _grabbed(window)
        window.close()
        return found

    return paint


@pytest.fixture
def picture_of_piece(usual_theme: None, qtbot: QtBot, qapp: QApplication) -> Callable[[Piece], np.ndarray]:
    """Paints a piece alone."""

    def paint(piece: Piece) -> np.ndarray:
        screen = qapp.primaryScreen()
        assert screen is not None
        QCursor.setPos(screen.geometry().bottomRight())
        apply_theme(qapp, piece.theme)
        widget = piece.make()
        qtbot.addWidget(widget)
        widget.resize(*piece.size_px)
        widget.show()
        qtbot.waitExposed(widget)
        piece.then(widget)
        QTest.qWait(piece.wait_ms)
        for _ in range(TURNS):
            qapp.processEvents()
        return _grabbed(widget)

    return paint


def _grabbed(widget: QWidget) -> np.ndarray:
    """Its pixels, ``uint8 [H, W, 3]`` in RGB."""
    return pixels_of(widget.grab().toImage())[..., ::-1].astype(np.uint8)


def _open(window: MainWindow, runs: Runs, paths: dict[str, Path]) -> None:
    if runs in (Runs.NONE, Runs.START):
        return
    window.open(paths["stories" if runs is Runs.STORIES else "usual"])
    if runs is Runs.TWO:
        window._session.compare(SavedComparison(a=str(paths["usual"]), b=str(paths["faster"])))
    window._session.show_last()
