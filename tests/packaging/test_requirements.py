"""What is installed to run, to test and with a wheel says the same."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from collector import open_collection
from tests.packaging.conftest import ROOT
from tests.packaging.environments import clean_environment, required, run

ROOMS = ("app", "collector", "data", "models", "strobe_window", "main.py")
OF_EXTRAS = {"keras", "tensorflow", "lightning", "pytorch_lightning", "transformers", "safetensors", "IPython"}
OF_EXTRAS |= {"fsspec", "aiohttp"}
"""What only those need who have it: Keras's models, a trainer's callback, a notebook, what lies elsewhere."""


def project(folder: str = ".") -> dict[str, object]:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_that_the_wheel_of_the_window_asks_for_what_its_requirements_install() -> None:
    assert {Requirement(each) for each in project()["dependencies"]} == set(required(ROOT / "requirements/window.txt"))


def test_that_what_the_wheels_ask_for_is_what_is_tested() -> None:
    tested = {each.name: each for each in required(ROOT / "requirements.txt")}
    extras = project()["optional-dependencies"]
    assert {Requirement(each).name for each in extras["train"]} == {
        each.name for each in required(ROOT / "requirements/train.txt")
    }
    for own in (project(), project("collector")):
        assert own["requires-python"] == project()["requires-python"]
        asked = [*own["dependencies"], *(each for extra in own["optional-dependencies"].values() for each in extra)]
        assert {Requirement(each).name for each in asked} <= {*tested, "keras"}  # which TensorFlow brings


def imported(*rooms: str) -> dict[str, str]:
    """Package of others → a file of ours that imports it."""
    found = {}
    for room in rooms:
        for path in [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                    names = [each.value for each in node.args if isinstance(each, ast.Constant)]
                else:
                    continue
                for name in (each.partition(".")[0] for each in names):
                    if name not in sys.stdlib_module_names and not (ROOT / name).is_dir() and name != "main":
                        found[name] = str(path.relative_to(ROOT))
    return found


def test_that_make_run_installs_all_that_the_program_imports() -> None:
    homes = packages_distributions()
    installed = {each.name.lower() for each in required(ROOT / "requirements/run.txt")}
    missing = {
        name: file
        for name, file in imported(*ROOMS).items()
        if name not in OF_EXTRAS and not {home.lower() for home in homes.get(name, ())} & installed
    }
    assert missing == {}


def test_that_what_make_run_installs_trains_and_paints(pictures: Path, tmp_path: Path) -> None:
    programs = clean_environment(tmp_path / "environment", required(ROOT / "requirements/run.txt"))
    options = ("--model", "mlp", "--batch-size", 16, "--dataset", "folder", "--data_root", pictures)
    ended = run(programs / "python", ROOT / "main.py", *options, "--output_path", "run.json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "run.png").is_file()
    with open_collection(tmp_path / "run.json") as recorded:
        assert recorded.finished


@pytest.mark.parametrize("version", ["6.6.0", "6.6.1", "6.12.0"])
def test_that_no_qt_is_installed_that_is_known_not_to_load(version: str) -> None:
    (qt,) = [each for each in required(ROOT / "requirements/window.txt") if each.name == "PyQt6"]
    assert not qt.specifier.contains(version)


def test_that_make_run_installs_neither_other_frameworks_nor_tools() -> None:
    installed = {each.name for each in required(ROOT / "requirements/run.txt")}
    assert not installed & {each.name for each in required(ROOT / "requirements/frameworks.txt")}
    assert not installed & {each.name for each in required(ROOT / "requirements/checks.txt")}


@pytest.mark.parametrize(
    ("target", "files"),
    [("run", ["requirements/run.txt"]), ("test", ["requirements/run.txt", "requirements.txt"])],
)
def test_that_each_of_two_commands_installs_what_it_takes(tmp_path: Path, target: str, files: list[str]) -> None:
    if (make := shutil.which("make")) is None:
        pytest.skip("make is not installed")
    for each in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / each, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    told = subprocess.run([make, "-n", target], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"pip install .*-r (\S+)", told) == files


def test_that_a_python_without_the_packages_is_told_what_to_do(tmp_path: Path) -> None:
    bare = [sys.executable, "-S", str(ROOT / "main.py")]  # without the packages that are installed
    ended = subprocess.run(bare, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("msgspec is needed and is not installed for ")
    assert ".venv" in ended.stderr
    assert ended.stderr.count("\n") == 1
