"""Files of W&B, written here byte by byte as its own writer does."""

import json
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest

from collector import CollectionError, open_collection
from collector.importing.collection import write_collection
from collector.importing.command import read
from collector.storage.checksums import crc32

BLOCK = 2**15


def varint(value: int) -> bytes:
    made = b""
    while value > 127:
        made, value = made + bytes([value & 127 | 128]), value >> 7
    return made + bytes([value])


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def history(step: int, values: dict[tuple[str, ...], Any]) -> bytes:
    items = b""
    for keys, value in values.items():
        names = [field(1 if len(keys) == 1 else 2, key.encode()) for key in keys]
        items += field(1, b"".join([*names, field(16, json.dumps(value).encode())]))
    return field(1, 5) + field(2, items + field(2, field(1, step)))


def framed(records: list[bytes]) -> bytes:
    """Records as LevelDB's log has them, in blocks."""
    made = b":W&B" + pack("<HB", 0xBEE1, 0)
    for record in records:
        rest, is_first = record, True
        while rest or is_first:
            left = BLOCK - len(made) % BLOCK
            if left < 7:
                made += bytes(left)
                left = BLOCK
            part, rest = rest[: left - 7], rest[left - 7 :]
            kind = (1 if not rest else 2) if is_first else (4 if not rest else 3)
            made += pack("<IHB", crc32(part), len(part), kind) + part
            is_first = False
    return made


def records() -> list[bytes]:
    spread = {"_type": "histogram", "values": [2, 4, 2], "packedBins": {"min": -0.5, "size": 0.25, "count": 3}}
    edges = {"values": [1, 3], "bins": [0.0, 1.0, 2.0]}
    made = [field(17, field(1, b"run")), field(7, b"\x09" + bytes(8))]
    for step in range(900):
        values: dict[tuple[str, ...], Any] = {("train/loss",): 1 / (step + 1), ("eval", "deep"): step, ("_step",): step}
        values[("_timestamp",)] = 1000.5 + step
        if step == 5:
            values[("train/loss",)] = float("nan")
        if step % 300 == 0:
            values[("gradients/fc1.weight",)] = spread
            values |= {("parameters/fc1.weight", name): each for name, each in edges.items()}
            values[("parameters/fc1.weight", "_type")] = "histogram"
        values[("text",)] = "words"
        made.append(history(step, values))
    return made


def test_that_curves_and_distributions_of_a_run_are_read_over_all_blocks(tmp_path: Path) -> None:
    (tmp_path / "offline-run").mkdir()
    data = framed(records())
    assert len(data) > 2 * BLOCK
    (tmp_path / "offline-run" / "run-abc.wandb").write_bytes(data)
    write_collection(read(tmp_path / "offline-run"), tmp_path / "run.json")
    with open_collection(tmp_path / "run.json") as collection:
        steps, losses = collection.series.recorded("loss")
        expected = [float("nan") if step == 5 else 1 / (step + 1) for step in range(900)]
        assert steps.tolist() == list(range(900))
        np.testing.assert_array_equal(losses, expected)
        assert collection.series.recorded("eval_deep")[1].tolist() == list(range(900))
        assert collection.passes.steps.tolist() == [0, 300, 600]
        assert set(collection.series) == {"loss", "eval_deep"}
        counts = collection.passes[2].histograms["fc1"]
        assert (int(counts["gradient"].sum()), int(counts["weight"].sum())) == (8, 4)


@pytest.mark.parametrize("n_bytes", [0, 3, 7, 12, 5000, BLOCK + 3, -1])
def test_that_a_file_that_is_cut_off_is_read_up_to_there(tmp_path: Path, n_bytes: int) -> None:
    data = framed(records())
    path = tmp_path / "run.wandb"
    path.write_bytes(data[:n_bytes])
    if n_bytes in (0, 3):
        with pytest.raises(CollectionError, match="no file of W&B's"):
            read(path)
        return
    found = read(path).scalars.get("train/loss", {})
    assert list(found) == list(range(len(found)))
    assert len(found) < 900


def test_that_any_bytes_are_read_without_an_error(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    data = np.frombuffer(framed(records())[: BLOCK + 5000], np.uint8)
    path = tmp_path / "run.wandb"
    for _ in range(40):
        spoilt = data.copy()
        places = chance.integers(7, len(data), 200)
        spoilt[places] = chance.integers(0, 256, 200)
        path.write_bytes(spoilt.tobytes())
        assert read(path).path == path
