"""Opens many changed collections in the whole window, a few in each process, and tells what went wrong.

    python -m tests.hostile --count 500 --seed 0

A file that the window stumbles over stays in the folder, under its seed; ``--only SEED`` opens it again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MOST_SECONDS, MOST_MB = 0.5, 1500.0
IN_ONE_PROCESS = 20
GIVE_UP_S = 900


def main() -> int:
    """Run all of it; 1 where anything went wrong."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--count", type=int, default=500)
    given.add_argument("--seed", type=int, default=0, help="of the first file; the next ones count up")
    given.add_argument("--only", type=int, nargs="*", help="just these seeds")
    given.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "strobe-hostile")
    given.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = given.parse_args()
    seeds = options.only or list(range(options.seed, options.seed + options.count))
    if options.child:
        return _in_this_process(seeds, options.folder)
    options.folder.mkdir(parents=True, exist_ok=True)
    _record_bases(options.folder)
    results: dict[int, dict[str, object]] = {}
    with suppress(KeyboardInterrupt):  # what was seen until then is told
        while left := [seed for seed in seeds if seed not in results][:IN_ONE_PROCESS]:
            results |= _in_a_process(left, options.folder)
            print(f"{len(results)} of {len(seeds)}", file=sys.stderr, flush=True)
    return _report(results)


def _record_bases(folder: Path) -> None:
    from tests.hostile.bases import BASES

    for name, record in BASES.items():
        path = folder / f"{name}.base"
        if not path.exists():
            record(path.with_suffix(".json"))
            path.with_suffix(".json").rename(path)


def _in_a_process(seeds: list[int], folder: Path) -> dict[int, dict[str, object]]:
    command = [sys.executable, "-m", "tests.hostile", "--child", "--folder", str(folder), "--only", *map(str, seeds)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=GIVE_UP_S)
        said, ended = done.stdout, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    except subprocess.TimeoutExpired as error:
        said, ended = (error.stdout or b"").decode(), "hung"
    results = {each["seed"]: each for each in map(json.loads, said.splitlines())}
    missing = [seed for seed in seeds if seed not in results]
    if missing:
        results[missing[0]] = {"seed": missing[0], "what": "?", "errors": [f"the process {ended}"]}
    return results


def _in_this_process(seeds: list[int], folder: Path) -> int:
    from app.window.settings import Settings
    from app.window.start import make_application, make_window
    from tests.hostile.drive import Driver
    from tests.hostile.mutate import mutated

    application = make_application()
    bases = sorted(folder.glob("*.base"))
    with tempfile.TemporaryDirectory() as settings:
        window, session = make_window(Settings(Path(settings) / "strobe.ini"))
        window.show()
        driver = Driver(window, session)
        for seed in seeds:
            base = bases[seed % len(bases)]
            what, content = mutated(base.read_bytes(), seed)
            path = folder / f"{seed}.json"
            path.write_bytes(content)
            seen = driver.drive(path)
            print(json.dumps({"seed": seed, "what": f"{base.stem}: {what}", **asdict(seen)}), flush=True)
            if not seen.errors and seen.longest[0] <= MOST_SECONDS:
                path.unlink()
        window.close()
    application.quit()
    return 0


def _report(results: dict[int, dict[str, object]]) -> int:
    bad = 0
    for seed, seen in sorted(results.items()):
        longest, where = seen.get("longest", (0, ""))  # type: ignore[misc]
        wrong = [*seen["errors"]]  # type: ignore[misc]
        wrong += [f"{longest:.2f} s of the window's processor time: {where}"] if longest > MOST_SECONDS else []
        if wrong:
            bad += 1
            print(f"--- {seed} ({seen['what']})")
            print(*dict.fromkeys(wrong), sep="\n")
    opened = [seen for seen in results.values() if seen.get("is_open")]
    print(f"{len(results)} files, {len(opened)} opened, {bad} went wrong")
    if opened:
        print(f"longest turn {max(seen['longest'][0] for seen in opened):.3f} s")  # type: ignore[index]
        print(f"resident at most {max(seen['resident'] for seen in opened):.0f} MB")  # type: ignore[type-var]
        print(f"peak at most {max(seen['peak'] for seen in opened):.0f} MB")  # type: ignore[type-var]
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
