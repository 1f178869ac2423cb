"""The table of views, and the views that other packages put into it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.view import Place, ViewSpec
from app.views import VIEWS, all_views
from app.views.panel_view import PanelView
from app.window.settings import Settings
from app.window.start import make_window
from tests.app.parts import part

SOURCE = """
from PyQt6.QtWidgets import QLabel
from app.view import Place, ViewSpec
from app.views.panel_view import PanelView


class Loudness(PanelView):
    def __init__(self, session):
        self.label = QLabel()
        super().__init__(self.label)

    def show_frame(self, frame):
        self.label.setText(frame.prepared["loudness"])


def count(opened, view, pass_):
    return f"{len(pass_.layers)} layers at step {pass_.step}"


LOUDNESS = ViewSpec("loudness", "Loudness", Place.CENTRE, Loudness, prepare=count)
WORD = "a word"
LAYERS = ViewSpec("layers", "Layers again", Place.LEFT, Loudness)
"""
ENTRIES = """[strobe.views]
loudness = stranger:LOUDNESS
missing = stranger:NO_SUCH_NAME
word = stranger:WORD
layers = stranger:LAYERS
"""


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed package with one good view and three that cannot be taken."""
    (tmp_path / "stranger.py").write_text(SOURCE)
    about = tmp_path / "stranger-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    logging.getLogger("strobe.app").handlers.clear()


def test_that_the_names_of_views_are_words_and_each_is_there_once() -> None:
    names = [spec.name for spec in VIEWS]
    assert all(name.isidentifier() and name.islower() for name in names)
    assert len(set(names)) == len(names)


def test_that_without_other_packages_the_table_is_ours() -> None:
    assert all_views() == (VIEWS, [])


@pytest.mark.expects_log
def test_that_a_view_of_another_package_is_a_tab_like_ours_and_a_broken_one_a_notice(
    stranger: None, settings: Settings, qtbot: QtBot, collection_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    window, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    told = window.run_bar.problem_label.text()
    assert "The view “missing” of stranger cannot be loaded. AttributeError" in told
    assert "The view “word” of stranger cannot be loaded. TypeError: stranger:WORD is a str, not a ViewSpec" in told
    assert "The view “layers” of stranger cannot be loaded. ValueError: there is a view of the name 'layers'" in told
    assert len([record for record in caplog.records if record.exc_info]) == 3

    window.open(collection_path)
    session.show_pass(2)
    assert window.tabs.tabText(window.tabs.count() - 1) == "Loudness"
    window.tabs.setCurrentIndex(window.tabs.count() - 1)
    view = window.view("loudness")
    assert isinstance(view, PanelView)
    label = view.findChild(QLabel)
    assert label.text() == "5 layers at step 6"
    session.show_pass(3)
    assert label.text() == "5 layers at step 9"
    assert part(window, "layers").model.rows, "ours go on"
    session.close()


def test_that_a_spec_needs_no_more_than_a_name_a_title_a_place_and_a_maker() -> None:
    spec = ViewSpec("a", "A", Place.LEFT, PanelView)
    assert (spec.prepare, spec.make_menu) == (None, None)
