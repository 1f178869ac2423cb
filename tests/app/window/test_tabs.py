"""The tabs in the middle."""

import pytest
from PyQt6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.window.tabs import Centre


class Told(QWidget):
    """A tab that writes down what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    def show_collection(self, opened: object) -> None:
        self.said.append(opened)

    def show_view(self, view: object, step: int) -> None:
        self.said.append((view, step))

    def show_frame(self, frame: object) -> None:
        self.said.append(frame)


class Opened:
    """Stands for an opened collection."""

    def __init__(self, collection: object) -> None:
        self.collection = collection


@pytest.fixture
def centre(qtbot: QtBot) -> Centre:
    centre = Centre(QLabel("network"))
    qtbot.addWidget(centre)
    centre.add("Told", Told)
    centre.show()
    return centre


def test_that_a_tab_is_made_when_it_is_first_seen(centre: Centre) -> None:
    assert centre.tab("Told") is None
    centre.show_title("Told")
    assert isinstance(centre.tab("Told"), Told)


def test_that_a_tab_that_comes_into_sight_is_given_what_is_current(centre: Centre) -> None:
    opened = Opened("run")
    centre.show_collection(opened)
    centre.show_view("view", 50)
    centre.show_frame("old frame")
    centre.show_frame("frame")
    centre.show_title("Told")
    assert centre.tab("Told").said == [opened, ("view", 50), "frame"]


def test_that_a_tab_out_of_sight_is_given_nothing(centre: Centre) -> None:
    centre.show_title("Told")
    centre.show_title("Network")
    centre.show_frame("frame")
    assert centre.tab("Told").said == []


def test_that_a_tab_is_not_given_the_frame_of_the_collection_before(centre: Centre) -> None:
    centre.show_collection(Opened("first"))
    centre.show_frame("frame of the first")
    second = Opened("second")
    centre.show_collection(second)
    centre.show_title("Told")
    assert centre.tab("Told").said == [second]
