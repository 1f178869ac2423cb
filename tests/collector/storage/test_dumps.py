"""Passes that the black box wrote stand behind later ones in the file, and in their place in the collection."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.earlier import EarlierRun
from collector.storage.schema import DumpRecord, Header, PassRecord
from tests.collector.storage.rewriting import honest

MakePass = Callable[..., PassRecord]
DUMP = DumpRecord(step=6, cause="spike", text="loss spike at step 5", steps=[1, 3, 5], missing="No activations.")


def of_step(make_pass: MakePass, number: int, step: int) -> PassRecord:
    return msgspec.structs.replace(make_pass(number, bias=np.full(30, step, np.float32)), step=step)


@pytest.fixture
def dumped(tmp_path: Path, make_header: Callable[..., Header], make_pass: MakePass) -> Path:
    """Passes of steps 0, 2 and 4 by the schedule, then those of 1, 3 and 5, and one of the end."""
    path = tmp_path / "dumped.json"
    with CollectionWriter(path, make_header()) as writer:
        for number, step in enumerate((0, 2, 4)):
            writer.write(of_step(make_pass, number, step))
        writer.write(DUMP)
        for number, step in enumerate((1, 3, 5, 6), 3):
            writer.write(of_step(make_pass, number, step))
    return path


def biases(collection: Collection) -> list[float]:
    return [float(one.layers["fc"].bias[0]) for one in collection.passes]  # type: ignore[index]


@pytest.mark.parametrize("is_finished", [True, False], ids=["finished", "cut off"])
def test_that_passes_of_the_black_box_stand_in_their_place(dumped: Path, is_finished: bool) -> None:
    if not is_finished:
        content = dumped.read_bytes()
        dumped.write_bytes(content[: content.index(b'],"summary"')])
    with open_collection(dumped) as collection:
        assert collection.passes.steps.tolist() == [0, 1, 2, 3, 4, 5, 6]
        assert biases(collection) == [0, 1, 2, 3, 4, 5, 6]
        assert [one.dump for one in collection.passes] == [None, DUMP, None, DUMP, None, DUMP, None]
        assert collection.dumps == [DUMP]
        assert not collection.damaged
        assert collection.verify().is_sound


def test_that_a_kept_pass_says_why_it_lacks_what_others_have(dumped: Path) -> None:
    with open_collection(dumped) as collection:
        layer = collection.layers["fc"]
        assert collection.passes[1].why_missing(layer, "activation") == "No activations."
        assert collection.passes[2].why_missing(layer, "activation") == ""


def test_that_a_collection_that_grows_takes_them_in_between(
    tmp_path: Path, make_header: Callable[..., Header], make_pass: MakePass
) -> None:
    path = tmp_path / "growing.json"
    writer = CollectionWriter(path, make_header())
    writer.write(of_step(make_pass, 0, 0))
    writer.write(of_step(make_pass, 1, 4))
    with open_collection(path) as collection:
        writer.write(DUMP)
        writer.write(of_step(make_pass, 2, 3))
        assert collection.refresh()
        assert collection.passes.steps.tolist() == [0, 3, 4]
        assert collection.passes.n_inserted == 1
        assert biases(collection) == [0, 3, 4]
    writer.close()


def test_that_a_pass_that_no_dump_names_is_told_where_it_stands_behind_a_later_one(dumped: Path) -> None:
    dumped.write_bytes(honest(dumped.read_bytes().replace(b'"steps":[1,3,5]', b'"steps":[1,9,5]')))
    with open_collection(dumped) as collection:
        assert any("step 3" in told and "another order" in told for told in collection.damaged)
        assert not collection.verify().is_sound


def test_that_a_run_that_goes_on_keeps_the_dump_of_the_passes_that_stay(dumped: Path) -> None:
    for step, stays in ((1, False), (2, True)):
        earlier = EarlierRun(dumped, step)
        assert ("dump" in [kept.kind for kept in earlier.records()]) == stays
        earlier.release()
