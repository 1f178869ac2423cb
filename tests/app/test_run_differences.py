"""How two runs differ as wholes: when that is worked out, for which measure, and who hears of it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.run_differences import RunDifferences
from collector.comparing.saved import Filters, SavedComparison
from collector.storage import CollectionError

WISH = SavedComparison(a="a.json", b="b.json")


class Both:
    """Two runs that are asked how they differ."""

    made: list["Both"]
    error: Exception | None

    def __init__(self, wish: SavedComparison) -> None:
        self.wish, self.asked, self.is_closed = wish, list[str](), False
        self.made.append(self)

    def differences(self, metric: str) -> Any:
        self.asked.append(metric)
        if self.error is not None:
            raise self.error
        return SimpleNamespace(metric=metric)

    def write(self, path: Path) -> None:
        if self.error is not None:
            raise self.error
        self.asked.append(str(path))

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Both]:
    """Each pair that was opened, in order."""
    Both.made, Both.error = [], None
    monkeypatch.setattr("app.run_differences.BothRuns", Both)
    return Both.made


@pytest.fixture
def differences(qtbot: QtBot, made: list[Both]) -> Iterator[RunDifferences]:
    differences = RunDifferences(Jobs(is_synchronous=True))
    yield differences
    differences.close()


@pytest.fixture
def heard(differences: RunDifferences) -> list[object]:
    heard: list[object] = []
    differences.ready.connect(heard.append)
    differences.failed.connect(lambda why: heard.append(f"failed: {why}"))
    return heard


def comparing(wish: SavedComparison = WISH, held: int | None = None) -> Any:
    return SimpleNamespace(wish=wish, held=held)


def test_that_nobody_works_it_out_before_somebody_asks(differences: RunDifferences, made: list[Both]) -> None:
    differences.take(comparing())
    assert made[0].asked == []
    assert differences.known is None


def test_that_two_passes_of_one_run_are_no_two_runs(
    differences: RunDifferences, made: list[Both], heard: list[object]
) -> None:
    differences.take(comparing(held=3))
    differences.ask()
    assert (made, heard) == ([], [])
    acted: list[object] = []
    differences.when_known(acted.append)
    assert acted == []


def test_that_with_another_wish_the_files_are_opened_anew_and_with_the_same_they_are_not(
    differences: RunDifferences, made: list[Both], heard: list[object]
) -> None:
    one = comparing()
    differences.take(one)
    differences.take(one)
    assert heard == [None]
    differences.take(comparing())
    assert len(made) == 1, "one of both has grown"
    assert heard == [None]
    differences.take(comparing(SavedComparison(a="a.json", b="b.json", offset=3)))
    assert (len(made), made[0].is_closed, heard) == (2, True, [None, None])
    differences.take(None)
    assert (made[1].is_closed, heard) == (True, [None] * 3)


def test_that_the_measure_that_was_saved_is_the_first_one(differences: RunDifferences, made: list[Both]) -> None:
    differences.take(comparing(SavedComparison(a="a", b="b", filters=Filters(metric="weight_norm"))))
    assert differences.metric == "weight_norm"
    differences.take(comparing(SavedComparison(a="a", b="c", filters=Filters(metric="update_norm"))))
    assert differences.metric == "weight_norm", "another pair is looked at in the same way"
    differences.take(None)
    differences.take(comparing())
    assert differences.metric == "weight_norm"


def test_that_who_waits_is_told_once_and_who_asks_later_at_once(
    differences: RunDifferences, made: list[Both], heard: list[Any]
) -> None:
    acted: list[Any] = []
    differences.take(comparing())
    differences.when_known(acted.append)
    assert made[0].asked == [""]
    assert acted == [differences.known] == heard[1:]
    differences.ask()
    differences.when_known(acted.append)
    assert made[0].asked == [""], "nothing has changed"
    assert acted == [differences.known] * 2


def test_that_another_measure_and_a_run_that_has_grown_are_worked_out_anew(
    differences: RunDifferences, made: list[Both], heard: list[Any]
) -> None:
    differences.choose("before there are any")
    differences.take(comparing())
    differences.choose("weight_norm")
    differences.choose("weight_norm")
    assert made[0].asked == ["weight_norm"]
    differences.take(comparing())
    assert made[0].asked == ["weight_norm"], "it is worked out when somebody asks"
    differences.ask()
    assert made[0].asked == ["weight_norm"] * 2
    assert [each.metric for each in heard[1:]] == ["weight_norm"] * 2


def test_that_an_error_in_words_is_told_and_who_waited_is_forgotten(
    differences: RunDifferences, made: list[Both], heard: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    acted: list[object] = []
    differences.take(comparing())
    for error in (ValueError("no clock"), CollectionError(Path("a.json"), "is gone.", "Look.")):
        monkeypatch.setattr(Both, "error", error)
        differences._is_up_to_date = False
        differences.when_known(acted.append)
        differences.write(Path("table.csv"))
    assert [str(each).partition(":")[0] for each in heard[1:]] == ["failed"] * 4
    assert heard[1:3] == ["failed: no clock"] * 2
    assert acted == []


def test_that_a_table_is_written_of_what_is_compared(
    differences: RunDifferences, made: list[Both], heard: list[object]
) -> None:
    differences.write(Path("table.csv"))
    differences.take(comparing())
    differences.write(Path("table.csv"))
    assert made[0].asked == ["table.csv"]
    assert heard == [None]


def test_that_a_run_that_has_grown_meanwhile_is_worked_out_again_after_the_answer(
    differences: RunDifferences, made: list[Both]
) -> None:
    differences.take(comparing())

    def grow(found: object) -> None:
        if len(made[0].asked) == 1:
            differences.take(comparing())

    differences.ready.connect(grow)
    differences.ask()
    assert made[0].asked == ["", ""]


def test_that_the_files_are_given_back_when_it_is_closed(differences: RunDifferences, made: list[Both]) -> None:
    differences.take(comparing())
    differences.close()
    assert made[0].is_closed
