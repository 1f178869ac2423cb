"""``python -m tests.comparing_cases [FOLDER]``."""

import sys
import tempfile
from pathlib import Path

from collector.comparing.words import verdict
from tests.comparing_cases.measure import answers, coloured, identical, other_threads


def main(folder: Path) -> int:
    """Print what is said of each pair; 0 where all are right."""
    found = []
    for each in answers(folder):
        found.append(each)
        print(each, flush=True)
    print(f"{sum(each.is_right for each in found)} of {len(found)}")
    print("The same twice:", verdict(identical(folder)))
    print("One thread and two:", verdict(other_threads(folder)))
    for base in ("mlp", "cnn"):
        shares = coloured(folder, base, n_runs=6)
        print(f"{base}: outside of the band of three repeats:", ", ".join(f"{share:.1%}" for share in shares))
    return 0 if all(each.is_right for each in found) else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        place = Path(sys.argv[1])
        place.mkdir(parents=True, exist_ok=True)
        sys.exit(main(place))
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(temporary)))
