"""Environments with a wheel, what it asks for and nothing else, made without a network of what is installed here."""

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement


def clean_environment(folder: Path, wheel: Path, also: Iterable[str] = ()) -> Path:
    """Make one in a folder: the wheel, installed by pip, and whatever it and the requirements ``also`` bring.

    Their files are links to those of this process's environment, as an index may be out of reach.

    Returns:
        the folder of its programs.
    """
    venv.create(folder, symlinks=True)
    programs, site = (
        Path(sysconfig.get_path(name, vars={"base": str(folder), "platbase": str(folder)}))
        for name in ("scripts", "purelib")
    )
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(programs / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", "--no-index", "--no-deps", str(wheel)], check=True)
    for name in brought_by([*requirements_of(wheel, site), *also]):
        for file in distribution(name).files or ():
            if file.parts[0] != ".." and not (site / file).exists():
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                (site / file).symlink_to(file.locate().resolve())
    return programs


def requirements_of(wheel: Path, site: Path) -> list[str]:
    """What a wheel that is installed in a folder of packages asks for without its extras."""
    metadata = next(site.glob(f"{wheel.name.partition('-')[0]}-*.dist-info")) / "METADATA"
    asked = [
        line.partition(": ")[2] for line in metadata.read_text().splitlines() if line.startswith("Requires-Dist: ")
    ]
    return [each for each in asked if (marker := Requirement(each).marker) is None or marker.evaluate({"extra": ""})]


def brought_by(requirements: Iterable[str]) -> set[str]:
    """Names of all distributions that requirements install, with what those ask for in turn."""
    found: set[str] = set()
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        each = waiting.pop()
        name = each.name.lower().replace("_", "-")
        if name in found:
            continue
        installed = distribution(name)
        assert each.specifier.contains(installed.version, prereleases=True), f"{each} and {installed.version} is here"
        found.add(name)
        for text in installed.requires or ():
            asked = Requirement(text)
            if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in (*each.extras, "")):
                waiting.append(asked)
    return found
