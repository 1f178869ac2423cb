"""``python main.py verify FILE``; without the rest of Strobe ``python -m collector.storage.verify_command FILE``."""

import argparse
import json
import sys
from dataclasses import asdict

from collector.storage.errors import CollectionError, UnreachableError
from collector.storage.opening import open_whole
from collector.storage.paths import located
from collector.storage.verify import Verification

SOUND, DAMAGED, NOT_OPENED = range(3)


def verify(arguments: list[str], program: str = "verify") -> int:
    """Check a whole collection and say what is wrong where; 0: it is sound, 1: damaged, 2: it cannot be opened."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Check a whole collection: is all of it as it was written?",
        epilog="exit code: 0 it is sound, 1 it is damaged, 2 it cannot be opened",
    )
    parser.add_argument("collection", type=located, help="the collection (*.json)")
    parser.add_argument("--json", action="store_true", help="one JSON object in place of words")
    chosen = parser.parse_args(arguments)
    try:
        with open_whole(chosen.collection, reads_all=True) as collection:
            found = collection.verify()
    except (CollectionError, UnreachableError) as error:
        if chosen.json:
            print(json.dumps({"path": str(chosen.collection), "opens": False, "sound": False, "faults": [str(error)]}))
        else:
            sys.stderr.write(f"{program}: {error}\n")
        return NOT_OPENED
    if chosen.json:
        told = asdict(found) | {"path": str(found.path), "opens": True, "sound": found.is_sound}
        print(json.dumps(told))
    else:
        print(_in_words(found))
    return SOUND if found.is_sound else DAMAGED


def _in_words(found: Verification) -> str:
    counts = ", ".join(f"{n:,} {kind}" for kind, n in found.records.items())
    n_faults = len(found.faults)
    state = "is sound" if found.is_sound else f"is damaged in {n_faults} place{'s' * (n_faults != 1)}"
    lines = [f"{found.path} {state}.", f"Records: {counts or 'none'}."]
    return "\n".join([*lines, *found.remarks, *(f"- {fault}" for fault in found.faults)])


if __name__ == "__main__":
    sys.exit(verify(sys.argv[1:]))
