"""``python main.py thin FILE``; without the rest of Strobe ``python -m collector.storage.thin_command FILE``."""

import argparse
import sys

from collector.storage.errors import CollectionError
from collector.storage.paths import expanded
from collector.storage.thinning import NEWEST, thin

WRONG_USE = 2


def thin_command(arguments: list[str], program: str = "thin") -> int:
    """Write a copy whose passes come further apart the older they are; the exit code."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Write a copy of a collection in which passes, and rows of gradient signs, come further apart the "
        "older they are. Scalars, epochs and all else stay; the original stays as it is.",
    )
    parser.add_argument("collection", type=expanded, help="the collection (*.json)")
    parser.add_argument(
        "--newest", type=int, default=NEWEST, metavar="N",
        help=f"the newest N stay, of those up to twice as old every second, and so on (default: {NEWEST})",
    )  # fmt: skip
    parser.add_argument("--output_path", "--output-path", type=expanded, help="the copy (default: FILE-thin.json)")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    chosen = parser.parse_args(arguments)
    if chosen.newest < 1:
        parser.error(f"--newest {chosen.newest} would leave no pass but the first and the last: name 1 or more")
    path = chosen.collection
    to = chosen.output_path or path.with_name(f"{path.stem}-thin{path.suffix}")
    try:
        if to.resolve() == path.resolve():
            raise CollectionError(path, "cannot be its own copy.", "Name another file with --output_path.")
        found = thin(path, to, chosen.newest, overwrite=chosen.force)
    except CollectionError as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    except OSError as error:
        sys.stderr.write(f"{program}: {str(to)!r} cannot be written: {error.strerror or error}.\n")
        return WRONG_USE
    print(f"{to}: {found}, {found.kept_bytes:,} of {found.n_bytes:,} bytes.")
    return 0


if __name__ == "__main__":
    sys.exit(thin_command(sys.argv[1:]))
