"""What is taken over from a file that somebody has spoiled while it was recorded."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from collector.metrics.signs import sign_bits, sign_overview
from collector.storage import CollectionWriter
from collector.storage.owned_file import OwnedFile
from collector.storage.rescue import _even, survivors
from collector.storage.schema import Band, Header, IndexEntry, Insight, NoteRecord, SignBitsRecord, SignsRecord

N_COLUMNS = 640
INSIGHT = Insight(
    1, [1e-5], N_COLUMNS, N_COLUMNS, sign_interval=30, sign_columns=N_COLUMNS,
    bands=[Band("fc", "weight", N_COLUMNS, 0, N_COLUMNS)],
)  # fmt: skip


def index_of(content: bytes) -> list[IndexEntry]:
    """Kind, step, place and length of each record."""
    found, offset = [], 0
    for number, line in enumerate(content.splitlines(keepends=True)):
        text = line.strip().removeprefix(b",")
        if number:
            record = json.loads(text)
            found.append((record["record"], record["step"], offset + line.index(b"{"), len(text)))
        offset += len(line)
    return found


def test_that_of_a_row_of_signs_both_halves_survive_or_none(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header(insight=INSIGHT)) as writer:
        for step in (0, 30, 60):
            bits = sign_bits(np.random.default_rng(step).normal(0, 1e-5, N_COLUMNS).astype(np.float32), 1e-5)
            writer.write(SignsRecord(step, sign_overview(bits, N_COLUMNS)))
            writer.write(SignBitsRecord(step, bits, None, []))
            writer.write(NoteRecord(step, "so far"))
        content = path.read_bytes()
    index = index_of(content)
    of_spoiled_bits = index[4][2] + 60
    path.write_bytes(content[:of_spoiled_bits] + b"#" + content[of_spoiled_bits + 1 :])
    file = OwnedFile(path, is_new=False)

    found = [(each.kind, each.step) for each in survivors(file, index)]

    file.close()
    whole = ["signs", "sign_bits", "note"]
    assert found == [(kind, 0) for kind in whole] + [("note", 30)] + [(kind, 60) for kind in whole]


@given(st.sets(st.integers(0, 60)).map(sorted), st.integers(0, 61))
@example([7], 9)
@example([0, 1, 2, 9], 3)
def test_that_steps_are_told_as_ranges_of_even_distances_on_one_side_of_a_border(steps: list[int], border: int) -> None:
    found = list(_even(steps, border))

    assert [step for place, run in found for step in run] == steps
    for place, run in found:
        assert list(run) == steps[place]
        assert run[-1] < border or run[0] >= border
    evenly = [each for each in zip(steps, steps[1:], steps[2:], strict=False) if each[1] - each[0] == each[2] - each[1]]
    assert len(found) <= len(steps) - (len(evenly) > 0)
