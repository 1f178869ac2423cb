"""What is read before the first picture, and what opening leaves as it was."""

import gc
from pathlib import Path

import pytest

from app.replay import opened as room
from app.replay.opened import open_for_replay
from collector.storage import CollectionError, CollectionWriter
from tests.benchmarks.generated import header, random_pass

SIZES = [4, 3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    with CollectionWriter(path, header(SIZES)) as writer:
        for number in range(20):
            writer.write(random_pass(SIZES, number))
    return path


@pytest.mark.parametrize(("share", "expected"), [(100, 9), (3.5, 3), (1.5, 1), (0.5, 1)])
def test_that_scales_are_measured_on_few_passes_where_they_are_large(
    share: float, expected: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_for_replay(path)
    monkeypatch.setattr(room, "SPREAD_BYTES", int(share * opened.collection.passes.n_bytes(0)))
    numbers = [each.number for each in opened.spread()]
    opened.collection.close()
    assert len(numbers) == expected and numbers[0] == 0
    assert expected == 1 or numbers[-1] == 19, "first and last where there is time for two"


@pytest.mark.parametrize("is_collected", [True, False])
def test_that_opening_leaves_the_collecting_of_garbage_as_it_was(is_collected: bool, path: Path) -> None:
    (gc.enable if is_collected else gc.disable)()
    try:
        open_for_replay(path).collection.close()
        assert gc.isenabled() is is_collected
        with pytest.raises(CollectionError):
            open_for_replay(path.with_name("nothing.json"))
        assert gc.isenabled() is is_collected
    finally:
        gc.enable()
