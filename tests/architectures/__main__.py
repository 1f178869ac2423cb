"""Trains all of them with several seeds, judges what they leave, and writes ``resources/architectures.md``.

python -m tests.architectures                      all, 2 seeds each
python -m tests.architectures --seeds 1 --only gpt2 vae
python -m tests.architectures --keep FOLDER        leave the recordings there
"""

import argparse
import logging
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.architectures.judged import Judged, judged, page, told
from tests.architectures.trained import NAMES

PAGE = Path(__file__).parents[2] / "resources" / "architectures.md"


def main() -> int:
    """The exit code: 0, or 1 where one of them was blamed."""
    parser = argparse.ArgumentParser(prog="python -m tests.architectures", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", nargs="+", default=NAMES, choices=NAMES)
    parser.add_argument(
        "--keep", type=Path, help="leave the recordings in this folder; those that are there are judged anew"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("--processes", type=int, default=1)
    chosen = parser.parse_args()
    results: list[Judged] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        context = get_context("spawn")  # TensorFlow's threads do not survive a fork
        with ProcessPoolExecutor(chosen.processes, context, logging.disable, (logging.WARNING,)) as pool:
            running = [pool.submit(judged, name, seed, folder) for seed in range(chosen.seeds) for name in chosen.only]
            for each in running:
                results.append(each.result())
                print(told(results[-1]), flush=True)
    text = page(results)
    if chosen.write:
        PAGE.write_text(text, "utf-8")
    print(text)
    return int(any(each.alarms or each.failed for each in results))


if __name__ == "__main__":
    sys.exit(main())
