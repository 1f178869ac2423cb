"""The wheels, built once."""

import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Wheels:
    """The files of both."""

    collector: Path
    window: Path


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheels, is not installed: pip install -r requirements/checks.txt")
    built = {}
    for source in (ROOT / "collector", ROOT):
        target = tmp_path_factory.mktemp("wheel")
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
        subprocess.run(build, cwd=source, check=True, capture_output=True)
        (built[source.name],) = target.glob("*.whl")
    return Wheels(built["collector"], built[ROOT.name])
