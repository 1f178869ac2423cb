"""Writing a pass, beside the standard library's lists and a plain copy of the same memory."""

import json
import tempfile
from pathlib import Path

import numpy as np

from collector.storage import CollectionWriter
from collector.storage.schema import LayerRecord, PassRecord
from tests.benchmarks.generated import header
from tests.benchmarks.row import Row, hand_over, ms, seconds_of

SIZES = {"23k float32": 23_000, "230k float32": 230_000, "2.3 M float32": 2_300_000}


def measure(folder: Path) -> list[Row]:
    rows = []
    for size, n_values in SIZES.items():
        weight = np.random.default_rng(0).standard_normal((100, n_values // 100), np.float32)
        record = PassRecord(number=0, step=0, layers={"fc": LayerRecord(weight=weight)})  # type: ignore[arg-type]
        path = folder / f"{n_values}.json"
        with CollectionWriter(path, header([4, 2])) as writer:
            before = path.stat().st_size
            written = seconds_of(lambda: writer.write(record), 60)  # noqa: B023
            share = (path.stat().st_size - before) / 61 / weight.nbytes
        lists = seconds_of(lambda: json.dumps({"weight": weight.tolist()}), 3)  # noqa: B023
        copied = seconds_of(weight.copy, 60)
        is_goal = n_values == 230_000
        goal = "≤ 0.5 ms, ≤ 1.35 bytes a byte" if is_goal else ""
        beside = f"json lists {ms(lists)}; copying the memory {ms(copied)}"
        rows.append(Row("writing a pass", size, goal, f"{ms(written)}, {share:.2f} bytes a byte", beside))
    return rows


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
