"""Makes ``.venv-peers``: an environment that sees everything of this one and has the peers of `peers.txt` besides."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ENVIRONMENT = Path(__file__).parent.parent.parent / ".venv-peers"
PYTHON = ENVIRONMENT / "bin" / "python"
LIST = Path(__file__).with_name("peers.txt")


def main() -> None:
    venv.create(ENVIRONMENT, with_pip=True)
    (site,) = ENVIRONMENT.glob("lib/python*/site-packages")
    (site / "strobe.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n", encoding="utf-8")
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            print(f"installing {line} …", flush=True)
            options = ("install", "--quiet", "--disable-pip-version-check")
            ended = subprocess.run([PYTHON, "-m", "pip", *options, *line.split()], check=False)
            if ended.returncode:
                print(f"{line} does not install here; its rows will say so", file=sys.stderr)


if __name__ == "__main__":
    main()
