"""Panels on the screen, and a real collection to show."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.replay.frame import Frame, read_frame
from app.replay.opened import OpenedCollection, open_for_replay
from app.replay.state import ReplayState
from app.views.features import frame as features
from app.window.theme import apply_theme
from tests.app.on_screen import shown


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., None]:
    """Puts a panel on the screen in some size."""

    def show(panel: QWidget, width: int, height: int) -> None:
        shown(qtbot, panel, width, height)

    return show


@pytest.fixture
def opened(collection_path: Path) -> Iterator[OpenedCollection]:
    """The small collection: passes at steps 0, 3, 6, 9 and 12, five samples of four classes."""
    opened = open_for_replay(collection_path)
    yield replace(opened, derived={features.NAME: features.derive(opened)})
    opened.collection.close()


@pytest.fixture
def frame_of(opened: OpenedCollection) -> Callable[..., Frame]:
    """Reads a frame of the small collection."""

    def read(number: int, sample: int = 0) -> Frame:
        view = opened.view_of(ReplayState(pass_number=number, sample=sample))
        assert view is not None
        return read_frame(opened, view, {features.NAME: features.prepare})

    return read
