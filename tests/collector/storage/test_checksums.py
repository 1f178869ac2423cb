"""Every line has a checksum, and what was changed after it was written is told."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.metrics.signs import sign_bits, sign_overview
from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.checksums import LINE_END, TABLE, RunningCheck, check, sealed
from collector.storage.earlier import EarlierRun
from collector.storage.errors import CollectionError, DamagedError
from collector.storage.schema import (
    AugmentationRecord,
    Augmentations,
    Band,
    ComparedLayer,
    Header,
    Insight,
    Projection,
    ProjectionRecord,
    ProjectionSamplesRecord,
    Record,
    SignBitsRecord,
    SignsRecord,
    Similarity,
    SimilarityRecord,
    Stories,
    StoryRecord,
    StorySamplesRecord,
)
from tests.collector.storage.flips import SILENT, TOLD, everything, flipped
from tests.collector.storage.rewriting import honest, plain
from tests.collector.storage.small_parts import small_parts

Headers = Callable[..., Header]
Opened = Callable[[bytes], Collection]
N_COLUMNS = 60_000


def rich_records(random: np.random.Generator) -> list[Record]:
    """A record of each kind that has large arrays, and rows of signs of several parts, one with NaN."""
    features = {"fc": random.random((6, 200), np.float32)}
    records: list[Record] = []
    for step in (0, 30):
        flat = random.normal(0, 1e-5, N_COLUMNS).astype(np.float32)
        bits = sign_bits(flat, 1e-5)
        missing = np.packbits(random.random(N_COLUMNS) < 0.01) if step else None
        records += [
            SignsRecord(step, sign_overview(bits, N_COLUMNS), None if missing is None else np.full(235, 3, np.uint8)),
            SignBitsRecord(step, bits, missing, [1] if step else []),
        ]
    numbers = (np.zeros(1), np.zeros(1), np.zeros(1), np.zeros((1, 2)), np.zeros(1), np.zeros(1, int))
    return [
        *records,
        SimilarityRecord(0, 0, *numbers, features),
        AugmentationRecord(0, 0, random.random((1, 6)), features, random.random((6, 20), np.float32)),
        ProjectionSamplesRecord(0, random.integers(0, 255, (6, 1, 8, 8), np.uint8), np.arange(6)),
        StorySamplesRecord(0, random.integers(0, 255, (6, 1, 8, 8), np.uint8), ["a"] * 6, np.arange(6)),
        StoryRecord(0, 0, np.arange(6), *random.random((4, 6), np.float32), np.zeros((1, 6), np.int8)),
        ProjectionRecord(0, 0, np.arange(6), {"fc": features["fc"].astype(np.float16)}),
    ]


@pytest.fixture
def rich(tmp_path: Path, make_header: Headers, make_records: Callable[[], list[Record]]) -> Path:
    """A finished collection of every kind of record."""
    layers = [ComparedLayer("fc", 200, 200, np.arange(200))]
    bands = [Band("fc", "weight", 50_000, 0, 50_000), Band("fc", "bias", 10_000, 50_000, 10_000)]
    insight = Insight(1, [1e-5], N_COLUMNS, N_COLUMNS, sign_interval=30, sign_columns=N_COLUMNS, bands=bands)
    pictures = np.zeros((6, 1, 4, 4), np.uint8)
    header = make_header(
        insight=insight,
        similarity=Similarity(layers, 6),
        augmentations=Augmentations(pictures, ["none"] * 6, np.zeros(6), layers=layers),
        projection=Projection(6, layers),
        stories=Stories(6, ["fc"]),
    )
    path = tmp_path / "rich.json"
    with CollectionWriter(path, header) as writer:
        for record in [*make_records(), *rich_records(np.random.default_rng(0))]:
            writer.write(record)
    return path


@pytest.fixture(params=["finished", "in parts", "rich", "unfinished"])
def whole(
    request: pytest.FixtureRequest, rich: Path, make_header: Headers, make_records: Callable[[], list[Record]]
) -> Path:
    """A small file, the same with its passes in parts, one of every kind of record, and that one before its end."""
    if request.param == "in parts":
        with small_parts(), CollectionWriter(rich, make_header(), overwrite=True) as writer:
            for record in make_records():
                writer.write(record)
    if request.param == "unfinished":
        content = rich.read_bytes()
        rich.write_bytes(content[: content.index(b'],"summary":')])
    return rich if request.param != "finished" else request.getfixturevalue("finished")


def test_that_no_flipped_bit_changes_anything_without_a_word(whole: Path) -> None:
    results = list(flipped(whole, 250, seed=12))
    assert not [each for each in results if each[2] == SILENT]
    assert [each for each in results if each[2] == TOLD]


def test_that_each_bit_that_ends_or_begins_a_line_is_guarded(whole: Path) -> None:
    content = whole.read_bytes()
    before, _ = everything(whole)
    edges = [at for at, byte in enumerate(content) if byte == ord("\n")]
    for at in {place for edge in edges for place in range(edge - 22, min(edge + 30, len(content)))}:
        bit = 1 << at % 8
        whole.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
        after, words = everything(whole)
        assert words or after == before, at


def test_that_the_checksums_are_those_of_zlib_over_the_text_in_front_of_them(rich: Path) -> None:
    first, *lines, last = rich.read_bytes().splitlines()
    for line in (line.removeprefix(b",") for line in lines):
        assert int(json.loads(line)["crc"], 16) == zlib.crc32(line[:-LINE_END])
    head = first.index(b',"header_crc":"')
    assert json.loads(first + b"]}")["header_crc"] == f"{zlib.crc32(first[:head]):08x}"
    foot = last.index(b',"summary_crc":"')
    assert json.loads(b"{" + last[2:])["summary_crc"] == f"{zlib.crc32(last[:foot]):08x}"


@given(st.lists(st.sampled_from([1, 100, 2**14 - 1, 2**14, 2**14 + 1]), min_size=1, max_size=5))
def test_that_a_record_keeps_its_text_and_gains_a_field_whatever_the_lengths_of_its_pieces(lengths: list[int]) -> None:
    pieces = [b"7" * length for length in lengths]
    pieces[0] = b'{"record":"note","text":"' + pieces[0]
    pieces[-1] += b'"}'
    before = b"".join(pieces)
    line = b"".join(sealed("note", pieces))
    assert check(line) == len(before) - 1
    assert json.loads(line) == json.loads(before) | {"crc": json.loads(line)["crc"]}


def test_that_the_numbers_in_front_of_large_arrays_have_a_checksum_of_their_own(rich: Path) -> None:
    for line in rich.read_bytes().splitlines()[1:-1]:
        record = json.loads(line.removeprefix(b","))
        if "features" in record:
            front = line.removeprefix(b",").partition(b',"front_crc":"')[0]
            assert int(record["front_crc"], 16) == zlib.crc32(front)
        else:
            assert "front_crc" not in record


def test_that_each_part_of_a_row_of_signs_has_one_and_so_has_the_rest_of_it(rich: Path) -> None:
    rows = [line[1:] for line in rich.read_bytes().splitlines() if b'"sign_bits"' in line[:30]]
    for line in rows:
        record = json.loads(line)
        texts = [record[name]["base64"].encode() for name in ("bits", "not_finite") if name in record]
        parts = [text[at : at + 4096] for text in texts for at in range(0, len(text), 4096)]
        assert record["part_crcs"] == "".join(f"{zlib.crc32(part):08x}" for part in parts)
        outer = line.partition(b',"outer_crc":"')[0]
        for text in texts:
            outer = outer.replace(text, b"")
        assert record["outer_crc"] == f"{zlib.crc32(outer):08x}"


def test_that_a_part_of_a_row_is_refused_where_it_was_changed_and_the_other_parts_are_read(rich: Path) -> None:
    content = bytearray(rich.read_bytes())
    text = content.index(b'"base64":"', content.index(b'{"record":"sign_bits","step":0')) + 10
    content[text + 100] ^= 1
    rich.write_bytes(bytes(content))
    with open_collection(rich) as collection:
        with pytest.raises(DamagedError, match=r"the row of step 0 .* a part of it was changed after it was written"):
            collection.signs.columns(0, 0, 64)
        assert len(collection.signs.columns(0, 30_000, 30_064)) == 64


@given(cut=st.integers(1, 12), extra=st.binary(max_size=60))
def test_that_a_line_is_checked_alike_in_one_piece_and_in_many(cut: int, extra: bytes) -> None:
    text = b"".join(sealed("note", [b'{"text":"' + extra.hex().encode() + b'"}']))
    for spoilt in (text, text[:-3] + b"??}", text[:5] + b"~" + text[6:], text[:-1], b"", extra):
        running = RunningCheck()
        line = memoryview(b"," + spoilt)
        for at in range(0, len(line), cut):
            running.add(line[at : at + cut])
        try:
            check(spoilt)
            is_intact = True
        except ValueError:
            is_intact = False
        assert running.is_intact == is_intact == (spoilt == text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"checksums":"crc32"', b'"checksums":""'),
        (b'"checksums":"crc32"', b'"checksum_":"crc32"'),
        (b'"header_crc":', b'"header_crd":'),
        (b'"interval":2', b'"interval":3'),
    ],
)
def test_that_the_checking_cannot_be_turned_off_by_one_damage_to_the_first_line(
    finished: Path, opened_as: Opened, before: bytes, after: bytes
) -> None:
    with pytest.raises(DamagedError, match=r"its first line is damaged: it.* changed after it was written"):
        opened_as(finished.read_bytes().replace(before, after, 1))


def test_that_a_line_that_lost_its_checksum_is_told(finished: Path, opened_as: Opened) -> None:
    content = finished.read_bytes()
    at = content.index(b',"crc":"', content.index(b'{"record":"note"'))
    body = content[:at] + content[at + len(',"crc":"01234567"') :]
    with opened_as(body[: body.index(b'],"summary"')]) as collection:
        assert collection.notes == []
        assert "note record" in collection.damaged[0]
        assert "has no checksum where it should have one" in collection.damaged[0]


def swapped(lines: list[bytes]) -> list[bytes]:
    passes = [number for number, line in enumerate(lines) if b'"record":"pass"' in line[:20]]
    one, other = passes[0], passes[1]
    lines[one], lines[other] = lines[other].removeprefix(b","), b"," + lines[one].removeprefix(b",")
    return lines


def doubled(lines: list[bytes]) -> list[bytes]:
    at = next(number for number, line in enumerate(lines) if b'"pass":1,' in line[:40])
    return [*lines[: at + 1], lines[at], *lines[at + 1 :]]


def missing(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if b'"pass":1,' not in line[:40]]


@pytest.mark.parametrize("is_checked", [True, False], ids=["with checksums", "without"])
@pytest.mark.parametrize("change", [swapped, doubled, missing])
def test_that_passes_in_another_order_twice_or_missing_are_told(
    finished: Path, opened_as: Opened, change: Callable[[list[bytes]], list[bytes]], is_checked: bool
) -> None:
    """The lines were moved by somebody who knows of checksums, and whole lines keep theirs anyway."""
    content = finished.read_bytes() if is_checked else plain(finished.read_bytes())
    first, *lines, _ = content.splitlines(keepends=True)
    with opened_as(first + b"".join(change(lines))) as collection:
        for one in collection.passes:
            assert (one.layers["fc"].weight == one.step / 2).all()
        assert any("passes" in word and ("order" in word or "missing" in word) for word in collection.damaged)


def test_that_an_index_that_calls_a_pass_a_note_is_told(with_tail: Any, opened_as: Opened) -> None:
    def call_it_a_note(tail: dict[str, Any]) -> None:
        tail["index"][3][0] = "note"
        tail["summary"]["passes"] = 2

    with opened_as(with_tail(call_it_a_note)) as collection:
        assert "every line was looked at" in collection.damaged[0]
        assert len(collection.passes) == 3
        assert len(collection.notes) == 1


def test_that_half_a_row_of_signs_is_told_when_another_row_comes(rich: Path, opened_as: Opened) -> None:
    content = rich.read_bytes()
    lines = content[: content.index(b'],"summary"')].splitlines(keepends=True)
    kept = [line for line in lines if b'"signs","step":0' not in line[:40]]
    with opened_as(b"".join(kept)) as collection:
        assert collection.signs.steps.tolist() == [30]
        assert "only one half is there" in collection.damaged[0]


def test_that_a_file_without_checksums_reads_the_same(whole: Path, opened_as: Opened) -> None:
    before, _ = everything(whole)
    whole.write_bytes(plain(whole.read_bytes()))
    after, words = everything(whole)
    assert after == before
    assert not words
    with open_collection(whole) as collection:
        assert not collection.has_checksums


def test_that_a_file_whose_checksums_were_made_anew_reads_the_same(whole: Path) -> None:
    content = whole.read_bytes()
    before, _ = everything(whole)
    anew = honest(plain(content).replace(b',"records":[', b',"checksums":"crc32","records":[', 1))
    whole.write_bytes(anew)
    assert everything(whole) == (before, [])
    assert anew == content or TABLE in content


@pytest.mark.parametrize("is_checked", [True, False], ids=["with checksums", "without"])
def test_that_a_run_that_goes_on_in_a_file_gives_every_line_its_checksum(
    rich: Path, make_header: Headers, is_checked: bool
) -> None:
    content = rich.read_bytes()
    if not is_checked:
        rich.write_bytes(plain(content))
    names = ("insight", "similarity", "augmentations", "projection", "stories")
    now = make_header(**{name: _header_of(content, name) for name in names})
    CollectionWriter(rich, now, earlier=EarlierRun(rich, 31)).close()
    before = content.splitlines()[1:-1]
    after = rich.read_bytes().splitlines()[1:-1]
    assert after[: len(before)] == before
    assert everything(rich)[1] == []


def _header_of(content: bytes, name: str) -> Any:
    return getattr(msgspec.json.decode(content.splitlines()[0] + b"]}", type=Header), name)


def test_that_a_line_that_was_changed_is_left_out_when_the_run_goes_on(finished: Path, make_header: Headers) -> None:
    content = bytearray(finished.read_bytes())
    content[content.index(b'"base64":"', content.index(b'"pass":1')) + 20] ^= 1
    finished.write_bytes(bytes(content))
    CollectionWriter(finished, make_header(), earlier=EarlierRun(finished, 5)).close()
    with open_collection(finished) as collection:
        assert [each.step for each in collection.passes] == [0, 4]
        assert [each.number for each in collection.passes] == [0, 1]
        assert collection.notes[-1].text.endswith("left out when the run went on: 1.")
        assert not collection.damaged


def test_that_an_error_names_the_file_and_the_place(finished: Path) -> None:
    content = bytearray(finished.read_bytes())
    at = content.index(b'{"record":"pass","pass":1')
    content[at + 200] ^= 4
    finished.write_bytes(bytes(content))
    with open_collection(finished) as collection, pytest.raises(CollectionError) as caught:
        _ = collection.passes[1]
    assert str(finished) in str(caught.value)
    assert f"pass 1, at byte {at:,}, cannot be read" in str(caught.value)
    assert "was changed after it was written" in str(caught.value)


@pytest.mark.parametrize("n", [1, 2**14 - 20, 2**14, 10**6])
def test_that_a_text_of_any_length_without_blocks_ends_as_json_does(n: int) -> None:
    text = b"".join(sealed("steps", [b'{"columns":{"' + b"a" * n + b'":[1.0]}}']))
    assert list(json.loads(text)) == ["columns", "crc"]
    check(text)
