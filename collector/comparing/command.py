"""``python main.py compare A B``; without the rest of Strobe ``python -m collector.comparing.command A B``."""

import argparse
import sys
from contextlib import ExitStack
from math import isfinite

import msgspec

from collector.comparing.clocks import CLOCKS
from collector.comparing.engine import compared, noise_of
from collector.comparing.pair import TOLERANCE, pair_of
from collector.comparing.saved import SavedComparison, is_saved_comparison, load, save
from collector.comparing.table import write_differences
from collector.comparing.words import in_words
from collector.storage.errors import CollectionError, UnreachableError
from collector.storage.opening import open_whole
from collector.storage.paths import expanded, located

SAME, WRONG_USE, DIFFERENT = 0, 2, 3


def compare_command(arguments: list[str], program: str = "compare") -> int:
    """Say what differs between two recordings; 0, or 3 where they differ and that was asked for; 2: wrong use."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="What differs between two recordings: in which layer, since which step, and why.",
        epilog="exit code: 0, or 3 where they differ by more than the tolerance and --fail-on asks; 2 for wrong use",
    )
    parser.add_argument("a", type=located, help="the collection (*.json) that stands as A; alone: a saved comparison")
    parser.add_argument("b", type=located, nargs="?", help="the one that is compared with it")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of words")
    parser.add_argument("--clock", choices=CLOCKS, default="step", help="what they are aligned by (default: step)")
    parser.add_argument(
        "--offset", type=_number, default=0, metavar="N", help="what lies at x in A is compared with x + N in B"
    )
    parser.add_argument(
        "--tolerance", type=_share, default=TOLERANCE, help="share of a value up to which it is rounding (1e-6)"
    )
    parser.add_argument("--fail-on", choices=("difference",), help="end with 3 where they differ")
    parser.add_argument(
        "--repeats", nargs="+", type=located, default=[], metavar="FILE",
        help="repeats of A with other seeds: what they differ by is noise",
    )  # fmt: skip
    parser.add_argument(
        "--pair", nargs=2, action="append", default=[], metavar=("LAYER_A", "LAYER_B"), help="layers that are the same"
    )
    parser.add_argument("--csv", type=expanded, metavar="FILE", help="write all differences into a table")
    parser.add_argument("--save", type=expanded, metavar="FILE", help="write what is compared how, to be named as A")
    chosen = parser.parse_args(arguments)
    try:
        asked = _asked(parser, chosen)
        with ExitStack() as stack:
            a, b, *repeats = (stack.enter_context(open_whole(path)) for path in (asked.a, asked.b, *asked.repeats))
            of = {"clock": asked.clock, "offset": asked.offset, "tolerance": asked.tolerance}
            pair = pair_of(a, b, layers=asked.layers, **of)  # type: ignore[arg-type]
            noise = noise_of(a, repeats, asked.clock)
            found = compared(pair, noise)
            if chosen.csv is not None:
                write_differences(pair, chosen.csv, noise)
        if chosen.save is not None:
            save(asked, chosen.save)
    except (CollectionError, UnreachableError, ValueError) as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    text = msgspec.json.encode(found).decode() if chosen.json else "\n".join(in_words(found))
    sys.stdout.write(text + "\n")
    return DIFFERENT if chosen.fail_on and found.differs else SAME


def _asked(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> SavedComparison:
    """What is to be compared: as the options say, or as a saved comparison that stands alone does.

    Raises:
        CollectionError: what was saved cannot be read.
    """
    if chosen.b is not None:
        return SavedComparison(
            a=str(chosen.a),
            b=str(chosen.b),
            clock=chosen.clock,
            offset=chosen.offset,
            tolerance=chosen.tolerance,
            layers=dict(chosen.pair),
            repeats=[str(each) for each in chosen.repeats],
        )
    if not is_saved_comparison(chosen.a):
        parser.error("two collections are compared: name a second one, or a saved comparison alone")
    return load(chosen.a)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def _share(text: str) -> float:
    value = _number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 on")
    return value


if __name__ == "__main__":
    sys.exit(compare_command(sys.argv[1:]))
