"""Writing a pass, beside the standard library's lists and a plain copy of the same memory."""

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np

from collector.storage import CollectionWriter, checksums
from collector.storage.encode import encode
from collector.storage.pass_parts import sealed_pass
from collector.storage.schema import LayerRecord, PassRecord
from tests.benchmarks.generated import header
from tests.benchmarks.row import Row, hand_over, ms, seconds_of

SIZES = {"23k float32": 23_000, "230k float32": 230_000, "2.3 M float32": 2_300_000}
N_ROUNDS = 9


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
        more, beside = of_checksums(folder / f"{n_values} again.json", record, 60 if n_values < 10**6 else 12)
        rows.append(Row("writing a pass with checksums ÷ without, processor time", size, "≤ 1.03", more, beside))
    return rows


def of_checksums(path: Path, record: PassRecord, n_writes: int) -> tuple[str, str]:
    """What a pass costs over one whose checksums, and all places of them, are left out; and the checksums alone."""
    sides: dict[str, Callable[[PassRecord], object]] = {"with": sealed_pass, "without": encode, "unread": sealed_pass}
    taken: dict[str, list[float]] = {side: [] for side in sides}
    order = list(sides)
    for number in range(N_ROUNDS + 1):
        for side in order:
            crc32 = (lambda text, crc=0: 0) if side == "unread" else checksums.crc32
            with (
                CollectionWriter(path, header([4, 2]), overwrite=True) as writer,
                patch("collector.storage.writer.sealed_pass", sides[side]),
                patch("collector.storage.checksums.crc32", crc32),
                patch("collector.storage.pass_parts.crc32", crc32),
            ):
                began = time.thread_time()
                for _ in range(n_writes):
                    writer.write(record)
                if number:
                    taken[side].append(time.thread_time() - began)
        order.reverse()

    def over(side: str) -> float:
        return median(one / other for one, other in zip(taken["with"], taken[side], strict=True))

    return f"{over('without'):.3f}", f"÷ with all of it but reading the text: {over('unread'):.3f}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
