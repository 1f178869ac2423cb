"""A few of the changed collections, in each run of the suite; ``python -m tests.hostile`` opens hundreds."""

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from collector.storage.blocks import MAX_COUNT
from collector.storage.probe import MOST_SAMPLES
from tests.hostile.drive import Driver
from tests.hostile.mutate import Lines, content_of, lines_of, mutated

GOLDEN = Path(__file__).parents[1] / "golden"
MOST_SECONDS, MOST_MB = 3.0, 600
"""Of processor time of a turn, and of memory that all of them leave; generous, for a machine that is busy."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def driver(qtbot: QtBot, qapp: object, tmp_path: Path) -> Iterator[Driver]:
    """A window, in which one file after the other is opened."""
    apply_theme(qapp)  # type: ignore[arg-type]
    window, session = make_window(Settings(tmp_path / "strobe.ini"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield Driver(window, session)
    window.close()


def test_that_no_changed_collection_gets_the_better_of_the_window(
    driver: Driver, collection_path: Path, tmp_path: Path
) -> None:
    bases = (collection_path, GOLDEN / "finished.json", GOLDEN / "cut_off.json")
    path = tmp_path / "changed.json"
    first = driver.drive(collection_path)
    assert first.is_open
    assert first.errors == []
    opened = 0
    for seed in range(8):
        what, content = mutated(bases[seed % len(bases)].read_bytes(), seed)
        path.write_bytes(content)
        seen = driver.drive(path)
        opened += seen.is_open
        assert seen.errors == [], (seed, what)
        assert seen.longest[0] < MOST_SECONDS, (seed, what, seen.longest)
        assert seen.resident < first.resident + MOST_MB, (seed, what)
        assert seen.is_open or seen.problems, (seed, what)
    assert opened >= 3, "or nothing was tried"


def test_that_a_collection_written_again_is_the_same(collection_path: Path) -> None:
    content = collection_path.read_bytes()
    again = content_of(lines_of(content))
    assert [each.keys() for each in lines_of(again)] == [each.keys() for each in lines_of(content)]
    for line in again.splitlines()[1:-1]:
        assert json.loads(line.removeprefix(b","))["crc"]


def test_that_a_seed_makes_the_same_change_each_time(collection_path: Path) -> None:
    content = collection_path.read_bytes()
    assert mutated(content, 3) == mutated(content, 3)
    assert len({mutated(content, seed)[1] for seed in range(20)}) > 15


def far_steps(lines: Lines) -> None:
    """Passes at the largest steps that there can be."""
    passes = [line for line in lines[1:] if line.get("record") == "pass"]
    for number, record in enumerate(passes):
        record["step"] = MAX_COUNT - len(passes) + number
    lines[-1]["summary"]["steps"] = MAX_COUNT


def many_units(lines: Lines) -> None:
    """Layers of a thousand million units, of which a few are kept."""
    for layer in lines[0]["layers"]:
        layer["units"] = layer["input_units"] = 10**9


def many_samples(lines: Lines) -> None:
    """A probe of as many samples as a reader takes, in a few hundred bytes."""
    text = b64encode(zlib.compress(bytes(MOST_SAMPLES), 9)).decode()
    lines[0]["probe"] = {"inputs": {"dtype": "|u1", "shape": [MOST_SAMPLES, 1], "base64": text, "codec": "zlib"}}


@pytest.mark.parametrize("ask", [far_steps, many_units, many_samples])
def test_that_a_small_file_that_asks_for_much_gets_little(
    driver: Driver, tmp_path: Path, ask: Callable[[Lines], None]
) -> None:
    lines = lines_of((GOLDEN / "finished.json").read_bytes())
    path = tmp_path / "asks.json"
    path.write_bytes(content_of(lines))
    before = driver.drive(path)
    ask(lines)
    path = tmp_path / "asks_much.json"
    path.write_bytes(content_of(lines))
    seen = driver.drive(path)
    assert seen.errors == []
    assert seen.is_open
    assert seen.longest[0] < MOST_SECONDS, seen.longest
    assert seen.resident < before.resident + 100
