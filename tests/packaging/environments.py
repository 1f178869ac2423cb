"""Environments with what is asked for and nothing else, made without a network of what is installed here."""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def clean_environment(folder: Path, requirements: Iterable[str | Requirement] = (), wheel: Path | None = None) -> Path:
    """Make one in a folder, with whatever requirements and a wheel, which pip installs, bring with them.

    Files of others are links to those of this process's environment, as an index may be out of reach.

    Returns:
        the folder of its programs.
    """
    venv.create(folder, symlinks=True)
    programs, site = (
        Path(sysconfig.get_path(name, vars={"base": str(folder), "platbase": str(folder)}))
        for name in ("scripts", "purelib")
    )
    asked = [Requirement(str(each)) for each in requirements]
    if wheel is not None:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(programs / "python")]
        install = [*pip, "install", "--quiet", "--no-compile", "--no-index", "--no-deps", str(wheel)]
        subprocess.run(install, check=True)
        (folder_of_wheel,) = site.glob(f"{wheel.name.partition('-')[0]}-*.dist-info")
        asked += asked_by(PathDistribution(folder_of_wheel))
    for name in brought_by(asked):
        for file in distribution(name).files or ():
            if file.parts[0] != ".." and not (site / file).exists():
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                (site / file).symlink_to(file.locate().resolve())
    return programs


def asked_by(installed: Distribution, extras: Iterable[str] = ()) -> list[Requirement]:
    """What a distribution asks for here, with its extras or without any."""
    asked = [Requirement(each) for each in installed.requires or ()]
    given = [*extras, ""]
    return [each for each in asked if each.marker is None or any(each.marker.evaluate({"extra": of}) for of in given)]


def brought_by(requirements: Iterable[Requirement]) -> set[str]:
    """Names of all distributions that requirements install, with what those ask for in turn."""
    found: set[str] = set()
    waiting = [*requirements]
    while waiting:
        each = waiting.pop()
        name = each.name.lower().replace("_", "-")
        if name not in found:
            found.add(name)
            installed = distribution(name)
            assert each.specifier.contains(installed.version, prereleases=True), f"{each}: {installed.version} is here"
            waiting += asked_by(installed, each.extras)
    return found


def required(file: Path) -> list[Requirement]:
    """What a file of requirements installs, with the files that it names."""
    found: list[Requirement] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found += required(file.parent / text[3:])
        elif text:
            found.append(Requirement(text))
    return found


def run(program: Path, *arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A program as a person without a screen starts it, whatever this process has in its environment."""
    without = {name: value for name, value in os.environ.items() if name not in (*SCREEN, "PYTHONPATH")}
    return subprocess.run(
        [program, *map(str, arguments)],
        cwd=cwd,
        env={**without, "HOME": str(cwd), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
