"""The line on a collection that lies elsewhere: what it says, and when it looks."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.window.remote_bar import RemoteBar
from collector.storage.paths import AnyPath, RemotePath

THERE = RemotePath("https://me:secret@example.org/run.json")
KEPT = "What is shown stays; it is tried again by itself."


@dataclass
class There:
    """A collection that lies elsewhere, as far as the bar asks."""

    path: AnyPath = THERE
    n_bytes: int = 2_000_000_000
    n_bytes_come: int = 1_234_000
    unread: int = 0

    @property
    def is_remote(self) -> bool:
        return isinstance(self.path, RemotePath)

    @property
    def passes(self) -> Any:
        return SimpleNamespace(n_bytes=lambda number: 1_000_000 * number)


def opened(collection: There) -> Any:
    return SimpleNamespace(collection=collection)


@pytest.fixture
def there() -> There:
    return There()


@pytest.fixture
def bar(qtbot: QtBot) -> RemoteBar:
    bar = RemoteBar()
    qtbot.addWidget(bar)
    return bar


def look(bar: RemoteBar) -> str:
    """What it says after its timer's next turn, which there must be."""
    assert bar._timer.isActive()
    bar._timer.timeout.emit()
    return bar.label.text()


def test_that_there_is_no_bar_before_anything_is_open_and_of_what_lies_here(bar: RemoteBar, there: There) -> None:
    assert (bar.isHidden(), bar.label.text()) == (True, "")
    bar.show_collection(opened(there))
    assert not bar.isHidden()
    bar.show_collection(opened(There(Path("run.json"))))
    assert (bar.isHidden(), bar.label.text(), bar._timer.isActive()) == (True, "", False)
    bar.await_pass(opened(There(Path("run.json"))), 3)
    assert (bar.isHidden(), bar._timer.isActive()) == (True, False)


@pytest.mark.parametrize(
    ("collection", "words"),
    [
        (There(), "At example.org: 1.2 of 2,000.0 MB were read."),
        (There(n_bytes_come=0), "At example.org: 0.0 of 2,000.0 MB were read."),
        (
            There(unread=500_000_000),
            "Looking through a run that has not ended, at example.org: 1,500 of 2,000 MB.",
        ),
        (There(unread=1), "Looking through a run that has not ended, at example.org: 2,000 of 2,000 MB."),
    ],
)
def test_that_it_says_how_much_of_it_has_come(bar: RemoteBar, collection: There, words: str) -> None:
    collection = replace(collection)
    bar.show_collection(opened(collection))
    assert bar.label.text() == words
    collection.n_bytes_come, collection.unread = 5_000_000, 0
    assert look(bar) == "At example.org: 5.0 of 2,000.0 MB were read."


def test_that_a_pass_is_told_of_only_where_it_takes_a_while(bar: RemoteBar, there: There) -> None:
    bar.show_collection(opened(there))
    before = bar.label.text()
    bar.await_pass(opened(there), 3)
    assert bar.label.text() == before
    there.n_bytes_come += 1_500_000
    assert look(bar) == "Reading pass 3 from example.org: 1.5 of 3.0 MB."
    there.n_bytes_come += 7_000_000
    assert look(bar) == "Reading pass 3 from example.org: 3.0 of 3.0 MB."
    bar.await_pass(opened(there), 4)
    bar.show_collection(opened(there))
    assert bar.label.text() == "At example.org: 9.7 of 2,000.0 MB were read.", "the next one has just begun"
    assert look(bar) == "Reading pass 4 from example.org: 0.0 of 4.0 MB."
    bar.end_waiting()
    assert bar.label.text() == "At example.org: 9.7 of 2,000.0 MB were read."
    assert look(bar) == "At example.org: 9.7 of 2,000.0 MB were read."


def test_that_the_first_pass_is_told_of_before_its_collection_is_shown(bar: RemoteBar, there: There) -> None:
    bar.await_pass(opened(there), 0)
    assert look(bar) == "Reading pass 0 from example.org: 0.0 of 0.0 MB."
    assert not bar.isHidden()


def test_that_what_is_out_of_reach_is_said_in_place_of_all_else_as_long_as_it_is(bar: RemoteBar, there: There) -> None:
    bar.show_collection(opened(there))
    progress = bar.label.text()
    looks = [bar.label.objectName()]
    for problem, words in (
        ("example.org cannot be reached.", f"example.org cannot be reached. {KEPT}"),
        ("", progress),
    ):
        bar.show_connection(problem)
        looks.append(bar.label.objectName())
        assert (bar.label.text(), look(bar)) == (words, words)
    assert looks == ["faint", "problem", "faint"]


def test_that_a_connection_that_is_lost_before_anything_is_open_is_told(bar: RemoteBar) -> None:
    bar.show_connection("example.org cannot be reached.")
    assert (bar.isHidden(), bar.label.text()) == (False, f"example.org cannot be reached. {KEPT}")
    bar.show_connection("")
    assert (bar.isHidden(), bar.label.text()) == (True, "")


def test_that_what_it_says_is_broken_into_lines_where_there_is_no_room(bar: RemoteBar) -> None:
    bar.show_connection("a host that cannot be reached. " * 9)
    assert bar.heightForWidth(400) > 2 * bar.label.fontMetrics().height()
    assert bar.minimumSizeHint().width() < 400
