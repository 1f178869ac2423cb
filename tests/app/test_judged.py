"""Who hears what the rules say of what is open: when it is judged, judged again, muted, left and opened again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.judging import Judged, Judging
from collector.findings import Finding, Report
from collector.storage import CollectionError
from tests.app.made_up_findings import DEAD, LARGE, report


class Heard:
    """What is said, in order."""

    def __init__(self, judged: Judged) -> None:
        self.told: list[tuple[str, object]] = []
        judged.ready.connect(lambda found: self.told.append(("ready", found.findings)))
        judged.changed.connect(lambda found: self.told.append(("changed", found.findings)))
        judged.failed.connect(lambda why: self.told.append(("failed", why)))
        judged.muted_changed.connect(lambda muted: self.told.append(("muted", sorted(muted))))

    def taken(self) -> list[tuple[str, object]]:
        """What was said since."""
        told, self.told = self.told, []
        return told


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the rules say of whatever they are put to."""
    said: list[Finding] = [DEAD, LARGE]

    def judge(*_: object) -> Report:
        return report(*said)

    monkeypatch.setattr("app.judging.judge", judge)
    return said


@pytest.fixture
def judged(qtbot: QtBot, says: list[Finding]) -> Iterator[Judged]:
    judged = Judged(Jobs(is_synchronous=True))
    yield judged
    judged.close()


@pytest.fixture
def heard(judged: Judged) -> Heard:
    return Heard(judged)


@pytest.fixture
def other(collection_path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(collection_path, tmp_path / "other.json"))


def test_that_all_is_told_and_then_what_is_not_muted(judged: Judged, heard: Heard, collection_path: Path) -> None:
    assert judged.shown is None
    judged.mute([DEAD.rule])
    assert heard.taken() == [("muted", [DEAD.rule])]
    judged.open(collection_path)
    assert heard.taken() == [("changed", [DEAD, LARGE]), ("ready", [LARGE])]
    judged.mute([DEAD.rule])
    assert heard.taken() == [], "it is muted already"
    judged.mute([])
    assert heard.taken() == [("muted", []), ("ready", [DEAD, LARGE])]


def test_that_what_is_judged_again_is_news_only_where_it_differs(
    judged: Judged, heard: Heard, says: list[Finding], collection_path: Path
) -> None:
    judged.open(collection_path)
    heard.taken()
    judged.judge()
    assert heard.taken() == [("changed", [DEAD, LARGE])]
    says.remove(LARGE)
    judged.judge()
    assert heard.taken() == [("changed", [DEAD]), ("ready", [DEAD])]


def test_that_without_a_run_nothing_is_judged(judged: Judged, heard: Heard) -> None:
    judged.judge()
    assert heard.taken() == []


def test_that_what_was_said_of_a_kept_run_is_told_at_once_when_it_is_opened_again(
    judged: Judged, heard: Heard, says: list[Finding], collection_path: Path, other: Path
) -> None:
    judged.open(collection_path)
    first = judged.judging
    judged.open(other, keep=[collection_path])
    assert judged.judging is not first
    heard.taken()
    says.clear()
    judged.open(collection_path)
    assert judged.judging is first
    assert heard.taken() == [("ready", [DEAD, LARGE]), ("changed", []), ("ready", [])]


@pytest.mark.parametrize("is_kept", [False, True])
def test_that_the_file_of_a_run_that_is_not_kept_is_given_back(
    judged: Judged, collection_path: Path, other: Path, monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Judging, "close", lambda each: closed.append(Path(each.path).name))
    judged.open(collection_path)
    judged.open(other, keep=[collection_path] if is_kept else [])
    assert closed == ([] if is_kept else [collection_path.name])
    judged.close()
    assert sorted(closed) == sorted([other.name, collection_path.name])


def test_that_what_cannot_be_judged_is_told_with_the_reason(
    judged: Judged, heard: Heard, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(*_: object) -> Report:
        raise CollectionError(collection_path, "is gone.", "Look for it.")

    monkeypatch.setattr("app.judging.judge", judge)
    judged.open(collection_path)
    ((kind, why),) = heard.taken()
    assert kind == "failed"
    assert str(why).endswith("is gone. Look for it.")
    assert judged.shown is None
