"""Collections with damaged lines or a damaged or hostile index."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collector.storage import Collection, CollectionError, open_collection
from collector.storage.errors import MOST_DAMAGES, DamagedError

Opened = Callable[[bytes], Collection]
WithTail = Callable[[Callable[[dict[str, Any]], object]], bytes]


def losses(collection: Collection) -> list[float]:
    return collection.series["loss"].tolist()


@pytest.mark.parametrize(
    "line",
    [
        b"garbage",
        b",",
        b'{"record":5}',
        b",{}",
        b'{"record":"pass"}',
        b'{"record":"pass","pass":0,"step":-1}',
        b'{"record":"pass","pass":0,"step":' + b"9" * 30 + b"}",
        b'{"record":"steps","from":0}',
        b'{"record":"steps","from":0,"to":2,"columns":{"loss":[1]}}',
        b'{"record":"steps","from":2,"to":0,"columns":{"loss":[1,2]}}',
        b'{"record":"steps","from":0,"to":1,"columns":{"loss":[[1]]}}',
        b'{"record":"steps","from":0,"to":1,"columns":{"loss":{"dtype":"<f8","shape":[],"base64":"AAAAAAAAAAA="}}}',
        b'{"record":"steps","from":0,"to":1,"columns":{"loss":[NaN]}}',
        b'{"record":"steps","from":99999999999999999999,"to":100000000000000000000,"columns":{}}',
        b'{"record":"note","step":0,"text":"\xff"}',
        b'{"record":"epoch","epoch":0,"step":0,"metrics":' + b"[" * 100_000,
        b"\0" * 300,
        b"[" * 100_000,
    ],
)
def test_that_a_damaged_line_in_the_middle_is_passed_over_and_named(
    unfinished: Path, opened_as: Opened, line: bytes
) -> None:
    content = unfinished.read_bytes()
    at = content.index(b',{"record":"note"')
    with opened_as(content[:at] + b"," + line + b"\n" + content[at:]) as collection:
        assert collection.passes.steps.tolist() == [0, 2, 4]
        assert losses(collection) == [4, 3, 2, 1]
        assert len(collection.damaged) == 1
        assert f"byte {at:,}" in collection.damaged[0] or f"byte {at + 1:,}" in collection.damaged[0]


def test_that_a_damaged_pass_is_named_when_it_is_asked_for_and_the_others_stay(finished: Path) -> None:
    content = finished.read_bytes()
    at = content.index(b'"pass":1')
    finished.write_bytes(content[: at + 60] + b"\xff\0" + content[at + 62 :])
    with open_collection(finished) as collection:
        assert collection.finished
        assert [collection.passes[number].step for number in (0, 2)] == [0, 4]
        with pytest.raises(DamagedError, match="pass 1, at byte") as caught:
            _ = collection.passes[1]
        assert "run.json" in str(caught.value)
        assert "other passes" in str(caught.value)


def test_that_unknown_kinds_of_record_are_passed_over_in_silence(without_checksums: Path) -> None:
    with without_checksums.open("ab") as file:
        file.write(b',{"record":"moon","step":"full","from":[1]}\n')
        file.write(b',{"phase":{"record":"pass"},"record":"moon"}\n')
        file.write(b',{"record":"note","step":5,"text":"known","colour":"red"}\n')
    with open_collection(without_checksums) as collection:
        assert not collection.damaged
        assert len(collection.passes) == 3
        assert [note.text for note in collection.notes][1:] == ["known"]


def test_that_records_in_another_order_of_fields_are_read(without_checksums: Path) -> None:
    with without_checksums.open("ab") as file:
        file.write(b',{ "step":6, "layers":{}, "pass":3, "record":"pass" }\n')
        file.write(b',{"columns":{"loss":[0.5]},"to":5,"from":4,"record":"steps"}\n')
    with open_collection(without_checksums) as collection:
        assert not collection.damaged
        assert collection.passes[3].step == 6
        assert losses(collection) == [4, 3, 2, 1, 0.5]


def test_that_of_much_damage_only_the_beginning_is_told(unfinished: Path) -> None:
    with unfinished.open("ab") as file:
        file.write(b"garbage\n" * 1000)
    with open_collection(unfinished) as collection:
        assert len(collection.damaged) == MOST_DAMAGES + 1
        assert "more damage" in collection.damaged[-1]


def shift(entry: int, by: int) -> Callable[[dict[str, Any]], object]:
    def spoil(tail: dict[str, Any]) -> None:
        tail["index"][entry][2] += by

    return spoil


def stretch(entry: int, by: int) -> Callable[[dict[str, Any]], object]:
    def spoil(tail: dict[str, Any]) -> None:
        tail["index"][entry][3] += by

    return spoil


SPOILT = {
    "an offset moved by one": shift(1, 1),
    "an offset in the header": shift(0, -100),
    "a huge offset": shift(0, 2**52),
    "an offset beyond 64 bits": shift(0, 2**80),
    "a negative offset": shift(0, -(2**40)),
    "a length too long": stretch(2, 1),
    "a length beyond the file": stretch(2, 2**50),
    "a negative length": stretch(2, -(2**20)),
    "a missing entry": lambda tail: tail["index"].pop(4),
    "a missing pass at the end": lambda tail: tail["index"].pop(),
    "a missing pass at the end that nobody counted": lambda tail: (
        tail["index"].pop(),
        tail["summary"].__setitem__("passes", 2),
    ),
    "an entry twice": lambda tail: tail["index"].append(tail["index"][0]),
    "no entries": lambda tail: tail["index"].clear(),
    "entries in another order": lambda tail: tail["index"].reverse(),
    "a pass that is called something else": lambda tail: tail["index"][0].__setitem__(0, "moon"),
    "an entry too short": lambda tail: tail["index"][0].pop(),
    "an entry that is no list": lambda tail: tail["index"].__setitem__(0, 5),
    "a step that is no number": lambda tail: tail["index"][0].__setitem__(1, "0"),
    "no index": lambda tail: tail.pop("index"),
    "no summary": lambda tail: tail.__setitem__("summary", None),
    "a wrong number of passes": lambda tail: tail["summary"].__setitem__("passes", 2),
    "index_at at the header": lambda tail: tail.__setitem__("index_at", 0),
    "index_at one off": lambda tail: tail.__setitem__("index_at", tail["index_at"] + 1),
    "index_at beyond the file": lambda tail: tail.__setitem__("index_at", 10**14),
    "a column of another length": lambda tail: tail["summary"]["columns"]["loss"].__setitem__("steps", [1]),
    "a column of negative steps": lambda tail: tail["summary"]["columns"]["loss"].__setitem__("steps", [-1, 0, 1, 2]),
    "a column of texts": lambda tail: tail["summary"]["columns"]["loss"].__setitem__("values", ["a"] * 4),
    "deep nesting": lambda tail: tail["summary"].__setitem__("moon", json.loads("[" * 900 + "]" * 900)),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_that_a_damaged_index_costs_only_the_quick_opening(
    with_tail: WithTail, opened_as: Opened, spoil: Callable[[dict[str, Any]], object]
) -> None:
    with opened_as(with_tail(spoil)) as collection:
        assert collection.finished
        assert [each.step for each in collection.passes] == [0, 2, 4]
        assert losses(collection) == [4, 3, 2, 1]
        assert collection.n_steps == 4
        assert len(collection.epochs) == len(collection.notes) == 1
        # Nesting that the parser still takes is no damage, only odd.
        assert collection.damaged == [] or "index" in collection.damaged[0]


def test_that_a_damaged_index_is_told(with_tail: WithTail, opened_as: Opened) -> None:
    with opened_as(with_tail(lambda tail: None)) as collection:
        assert not collection.damaged
    with opened_as(with_tail(shift(1, 1))) as collection:
        assert len(collection.damaged) == 1
        assert "every line was looked at" in collection.damaged[0]


def test_that_a_pass_whose_step_the_index_tells_wrong_is_damage(with_tail: WithTail, opened_as: Opened) -> None:
    with opened_as(with_tail(lambda tail: tail["index"][0].__setitem__(1, 9))) as collection:
        with pytest.raises(DamagedError, match="of step 0, not of step 9"):
            _ = collection.passes[0]
        assert collection.passes[1].step == 2


def test_that_line_ends_changed_by_another_program_cost_only_the_quick_opening(
    finished: Path, opened_as: Opened
) -> None:
    with opened_as(finished.read_bytes().replace(b"\n", b"\r\n")) as collection:
        assert [(each.layers["fc"].weight == each.number).all() for each in collection.passes] == [True] * 3
        assert losses(collection) == [4, 3, 2, 1]


def test_that_a_huge_number_of_steps_makes_no_axis(with_tail: WithTail, opened_as: Opened) -> None:
    def spoil(tail: dict[str, Any]) -> None:
        tail["summary"]["steps"] = 2**53 - 1
        tail["summary"]["columns"]["loss"]["steps"] = [0, 1, 2, 2**53 - 2]

    with opened_as(with_tail(spoil)) as collection:
        assert len(collection.series.steps) == 4
        assert losses(collection) == [4, 3, 2, 1]


def test_that_a_line_longer_than_a_reader_takes_is_passed_over(
    unfinished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.storage.lines.LONGEST_LINE", 300)
    with open_collection(unfinished) as collection:
        with pytest.raises(DamagedError, match="longer than a reader takes"):
            _ = collection.passes[1]
        assert losses(collection) == [4, 3, 2, 1]


def look_at_everything(collection: Collection) -> None:
    """Reads whatever a window could ask for; damage is allowed, in words."""
    for name in collection.series:
        assert collection.series[name].shape == collection.series.steps.shape
    for number in range(len(collection.passes)):
        try:
            for layer in collection.passes[number].layers.values():
                assert layer.weight is None or layer.weight.dtype.kind == "f"
        except CollectionError as error:
            assert str(collection.path) in str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7500), st.integers(0, 255)), min_size=1, max_size=5), st.integers(0, 50))
@example([(1, 0xFF)], 0)
def test_that_flipped_bytes_anywhere_end_in_words_or_in_what_is_left(
    golden: Path, opened_as: Opened, flips: list[tuple[int, int]], n_lost: int
) -> None:
    content = bytearray((golden / "finished.json").read_bytes())
    for at, byte in flips:
        content[at % len(content)] = byte
    del content[len(content) - n_lost :]
    try:
        with opened_as(bytes(content)) as collection:
            look_at_everything(collection)
    except CollectionError as error:
        assert "spoiled.json" in str(error)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_that_any_bytes_behind_the_header_end_in_words_or_in_what_is_left(
    unfinished: Path, opened_as: Opened, added: bytes
) -> None:
    with opened_as(unfinished.read_bytes() + added) as collection:
        look_at_everything(collection)
        assert len(collection.passes) >= 3
