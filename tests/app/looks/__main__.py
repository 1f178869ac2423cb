"""Paints anew what no longer looks as it was seen: ``python -m tests.app.looks [-k NAME]``. Look before it is kept."""

import os
import subprocess
import sys
from pathlib import Path

from tests.app.looks.pictures import PAINTED, PAINTED_WITH, SEEN, versions

if __name__ == "__main__":
    before = {each: each.stat().st_mtime_ns for each in SEEN.rglob("*.webp")}
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", str(Path(__file__).parent)]
    subprocess.run([*command, *sys.argv[1:]], env=os.environ | {PAINTED: str(SEEN)}, check=False)
    PAINTED_WITH.write_text(versions() + "\n")
    for each in sorted(SEEN.rglob("*.webp")):
        if before.get(each) != each.stat().st_mtime_ns:
            print(each)
