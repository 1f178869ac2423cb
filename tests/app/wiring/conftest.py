"""The whole run, open in a window before a user."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.projection.analysis.projection_request import RAW, Method, Points, ProjectionRequest
from app.views.projection.process.layout_cache import KeptPoints
from app.window.main_window import MainWindow
from collector.storage import open_collection
from tests.app.whole_run import record_whole_run
from tests.app.wiring.user import User


@pytest.fixture(scope="session")
def whole_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run, its raw samples and those of its last layer laid out on a grid."""
    path = record_whole_run(tmp_path_factory.mktemp("whole") / "whole.json")
    with open_collection(path) as collection:
        for source, numbers in ((RAW, (0,)), ("fc2", (0, 1, 2))):
            for number in numbers:
                grid = np.array([(each % 6 + number, each // 6) for each in range(30)], np.float32)
                KeptPoints(collection, ProjectionRequest(source, Method.PCA)).write(
                    number, Points(grid, (0.5, 0.25), 0.9, 0.5)
                )
    return path


@pytest.fixture
def user(window: MainWindow, whole_path: Path, qtbot: QtBot) -> User:
    """At the third of five passes (step 6) and the second of five samples."""
    window.open(whole_path)
    window._session.show_pass(2)
    window._session.choose_sample(1)
    return User(window, qtbot)


@pytest.fixture
def deep_user(window: MainWindow, deep_path: Path, qtbot: QtBot) -> User:
    """Of a network of modules within modules."""
    window.open(deep_path)
    return User(window, qtbot)
