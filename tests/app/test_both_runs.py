"""Two runs on handles of their own: what is read of them, how often, and what is said where it cannot be."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import run_differences as room
from app.run_differences import BothRuns
from collector.comparing.saved import SavedComparison
from collector.storage import CollectionError


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was opened, and what was worked out, in order."""
    calls: list[str] = []

    def counting(name: str) -> None:
        usual = getattr(room, name)

        def count(*given: object, **named: object) -> object:
            calls.append(f"{name} {Path(str(given[0])).name}" if name == "open_collection" else name)
            return usual(*given, **named)

        monkeypatch.setattr(room, name, count)

    for name in ("open_collection", "pair_of", "compared", "noise_of", "difference_map"):
        counting(name)
    return calls


@pytest.fixture
def both(two_paths: tuple[Path, Path]) -> Iterator[BothRuns]:
    both = BothRuns(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    yield both
    both.close()


def test_that_each_is_opened_once_and_compared_once_whatever_measure_is_asked_for(
    counted: list[str], both: BothRuns
) -> None:
    found = [both.differences(metric) for metric in ("", "weight_norm", "weight_norm")]
    assert counted == [
        *("open_collection usual.json", "open_collection faster.json", "pair_of", "noise_of"),
        *("compared", "difference_map", "difference_map", "difference_map"),
    ]
    assert found[0].comparison is found[2].comparison
    assert [each.map.metric for each in found if each.map is not None] == [
        found[0].map.metric if found[0].map else "",
        "weight_norm",
        "weight_norm",
    ]
    assert found[1].metrics == found[0].metrics
    assert "weight_norm" in found[1].metrics


def test_that_what_has_grown_is_compared_anew(counted: list[str], two_paths: tuple[Path, Path], tmp_path: Path) -> None:
    content, growing = two_paths[1].read_bytes(), tmp_path / "growing.json"
    growing.write_bytes(content[: content.index(b',{"record":"pass","pass":3')])
    both = BothRuns(SavedComparison(a=str(two_paths[0]), b=str(growing)))
    before = both.differences("weight_norm")
    growing.write_bytes(content)
    counted.clear()
    after = both.differences("weight_norm")
    assert counted == ["pair_of", "noise_of", "compared", "difference_map"]
    assert before.map is not None and after.map is not None
    assert len(after.map.steps) > len(before.map.steps)
    both.close()


def test_that_repeats_are_opened_once_and_those_that_tell_nothing_are_said(
    counted: list[str], two_paths: tuple[Path, Path], repeat_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    a, b = map(str, two_paths)
    known = BothRuns(SavedComparison(a=a, b=b, repeats=[a, *map(str, repeat_paths)]))
    assert [known.differences("").no_noise for _ in range(2)] == ["", ""]
    assert [each for each in counted if each.startswith("open")].count("open_collection 8.json") == 1
    known.close()
    gone = BothRuns(SavedComparison(a=a, b=b, repeats=[str(tmp_path / "gone.json")]))
    assert "gone.json" in gone.differences("").no_noise
    gone.close()


def test_that_a_table_is_written_of_all_that_differs(
    both: BothRuns, tmp_path: Path, two_paths: tuple[Path, Path]
) -> None:
    both.write(tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("name,name_b,step_a")
    assert any(line.startswith("weight_norm/fc1,") for line in lines)
    with pytest.raises(CollectionError, match="nowhere"):
        both.write(tmp_path / "nowhere" / "table.csv")


def test_that_files_are_given_back(two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    usual = room.Collection.close
    monkeypatch.setattr(room.Collection, "close", lambda each: closed.append(each.path.name) or usual(each))
    both = BothRuns(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    both.differences("")
    assert closed == []
    both.close()
    assert sorted(closed) == ["faster.json", "usual.json"]


def test_that_a_run_that_is_gone_is_told_of(two_paths: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copy(two_paths[1], tmp_path / "b.json")
    both = BothRuns(SavedComparison(a=str(two_paths[0]), b=str(tmp_path / "gone.json")))
    with pytest.raises(CollectionError, match=r"gone\.json"):
        both.differences("")
    both.close()


def test_that_two_that_cannot_be_aligned_so_are_told_of_in_words(two_paths: tuple[Path, Path]) -> None:
    both = BothRuns(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), clock="loss", offset=2.0))
    with pytest.raises(ValueError, match="the clock of losses has no offset"):
        both.differences("")
    both.close()
