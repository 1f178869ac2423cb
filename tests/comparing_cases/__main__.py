"""``python -m tests.comparing_cases [FOLDER]``."""

import sys
import tempfile
from pathlib import Path

from collector.comparing.words import verdict
from tests.comparing_cases.measure import answers, identical, other_threads


def main(folder: Path) -> int:
    """Print what is said of each pair; 0 where all are right."""
    found = []
    for each in answers(folder):
        found.append(each)
        print(each, flush=True)
    print(f"{sum(each.is_right for each in found)} of {len(found)}")
    print("The same twice:", verdict(identical(folder)))
    print("One thread and two:", verdict(other_threads(folder)))
    return 0 if all(each.is_right for each in found) else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        place = Path(sys.argv[1])
        place.mkdir(parents=True, exist_ok=True)
        sys.exit(main(place))
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(temporary)))
