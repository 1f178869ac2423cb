"""What recording has cost, in the file."""

from pathlib import Path

import pytest

from collector.storage import open_collection
from collector.storage.schema import FORMAT, VERSION, Header, PriceRecord, Run
from collector.storage.writer import CollectionWriter

HEADER = Header(FORMAT, VERSION, Run("2024-05-01T12:00:00+00:00", 50, 0, budget=0.03), [])
EARLY = PriceRecord(10, {"passes": 0.5, "gradients": 0.25}, 30.0, 2_000)
LATE = PriceRecord(20, {"passes": 0.75, "gradients": 0.75}, 50.0, 4_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


def test_that_the_last_price_counts_in_a_finished_file(path: Path) -> None:
    with CollectionWriter(path, HEADER) as writer:
        writer.write(EARLY)
        writer.write(LATE)

    with open_collection(path) as collection:
        assert collection.finished
        assert collection.price == LATE
        assert collection.run.budget == 0.03


def test_that_the_last_price_counts_while_the_file_grows(path: Path) -> None:
    writer = CollectionWriter(path, HEADER)
    with open_collection(path) as collection:
        assert collection.price is None
        writer.write(EARLY)
        collection.refresh()
        assert collection.price == EARLY
        writer.write(LATE)
        collection.refresh()
        assert collection.price == LATE
    writer.close()


def test_that_the_summary_has_the_price_at_the_end(path: Path) -> None:
    with CollectionWriter(path, HEADER) as writer:
        writer.write(EARLY)
        writer.price = LATE

    with open_collection(path) as collection:
        assert collection.price == LATE


def test_that_the_share_is_ours_of_the_trainings() -> None:
    assert LATE.share == pytest.approx(0.03)
    assert PriceRecord(0, {"passes": 1.0}, 0.0, 1).share == 0


def test_that_a_price_that_is_none_is_passed_over(path: Path) -> None:
    with CollectionWriter(path, HEADER) as writer:
        writer.write(EARLY)
    text = path.read_text("utf-8")
    path.write_text(text.replace('"training_seconds":30.0', '"training_seconds":null'), "utf-8")

    with open_collection(path) as collection:
        assert collection.price is None
        assert "price record" in " ".join(collection.damaged)
