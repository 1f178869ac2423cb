"""Prints the table of an accelerator: what recording costs there, what it brings over, and whether it is true.

python -m tests.accelerator [--tiny] [--device cuda] [--seconds 330] [--output_path table.md]
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.accelerator.carried_msgspec import stand_in

IS_CARRIED = stand_in()

import torch  # noqa: E402 - msgspec's place had to be taken first

from tests.accelerator.measuring import Side, Way, train  # noqa: E402
from tests.accelerator.models import CASES, TINY, Case  # noqa: E402
from tests.accelerator.places import device_here, name_of  # noqa: E402
from tests.accelerator.truth import largest_difference  # noqa: E402

HEADINGS = ("model", "how", "step, ms", "÷ plain", "losses", "kB, followed", "kB, a pass", "waits", "memory ÷ plain")


def row_of(case: Case, way: Way, plain: Side, ours: Side, again: Side | None) -> tuple[str, ...]:
    """A line of the table."""
    losses = "bit for bit the same"
    if ours.losses != plain.losses:
        repeats = again is not None and again.losses == plain.losses
        losses = "OTHERS" if repeats else "do not repeat without the collector either"
    return (
        *(case.name, way.name, f"{ours.seconds * 1e3:.2f}", f"{ours.seconds / plain.seconds:.3f}", losses),
        *(f"{ours.followed / 1e3:.0f}", f"{ours.at_pass / 1e3:.0f}"),
        "not told" if ours.waits is None or plain.waits is None else f"{ours.waits - plain.waits}",
        f"{ours.peak / plain.peak:.3f}" if plain.peak else "not told",
    )


def rows(cases: tuple[Case, ...], device: torch.device, until: float, folder: Path) -> Iterator[tuple[str, ...]]:
    """The table, eager first; what there is no time for is said, as far as the line with another type took it."""
    taken: dict[tuple[bool, str], float] = {}
    for is_compiled in (False, True):
        for dtype in (torch.float32, torch.bfloat16):
            for case in cases:
                way = Way(device, dtype, is_compiled)
                began = time.monotonic()
                if began + taken.get((is_compiled, case.name), 0.0) > until:
                    yield case.name, way.name, "left out: no time", *[""] * (len(HEADINGS) - 3)
                    continue
                try:
                    plain, ours = train(case, way, None), train(case, way, folder / "run.json")
                    again = train(case, way, None) if ours.losses != plain.losses else None
                    taken[is_compiled, case.name] = time.monotonic() - began
                    yield row_of(case, way, plain, ours, again)
                except Exception as error:  # noqa: BLE001 - the other lines are wanted all the same
                    yield case.name, way.name, f"{type(error).__name__}: {error}"[:80], *[""] * (len(HEADINGS) - 3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="models so small that a processor has them at once")
    parser.add_argument("--device", default="")
    parser.add_argument("--seconds", type=float, default=330)
    parser.add_argument("--output_path", type=Path)
    chosen = parser.parse_args()
    until = time.monotonic() + chosen.seconds
    device = torch.device(chosen.device) if chosen.device else device_here()
    torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = False, True
    cases = TINY if chosen.tiny else CASES
    if device.type == "cpu" and not chosen.tiny:
        sys.stderr.write("There is no accelerator here; --tiny shows on the processor that all of it runs.\n")
        return 1
    told = [f"{name_of(device)}, torch {torch.__version__}" + (", msgspec carried" if IS_CARRIED else ""), ""]
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("default")
        folder = Path(name)
        for case in cases[:2]:
            difference = largest_difference(case, device, folder)
            told.append(
                f"{case.name}: recorded there and on the processor, the largest relative difference {difference:.1e}"
            )
        told += ["", "| " + " | ".join(HEADINGS) + " |", "|" + " --- |" * len(HEADINGS)]
        sys.stdout.write("\n".join(told) + "\n")
        for row in rows(cases, device, until, folder):
            told.append("| " + " | ".join(row) + " |")
            sys.stdout.write(told[-1] + "\n")
            sys.stdout.flush()
    if chosen.output_path:
        chosen.output_path.write_text("\n".join(told) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
