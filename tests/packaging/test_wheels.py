"""What is installed: the command `strobe`, and the collector alone."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from collector import open_collection
from tests.packaging.conftest import ROOT, Wheels
from tests.packaging.environments import clean_environment, run

GOLDEN = ROOT / "tests" / "golden" / "finished.json"


def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return {name for name in opened.namelist() if ".dist-info/" not in name}


def sources(*rooms: str) -> set[str]:
    """Files of the rooms that are kept under version control or will be, and that running takes."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *rooms]
    found = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    left_out = {"collector/pyproject.toml", "collector/README.md", "collector/LICENSE"}
    return {each for each in found if (ROOT / each).is_file()} - left_out


def test_that_the_collector_installs_its_own_room_whole_and_nothing_else(wheels: Wheels) -> None:
    assert in_wheel(wheels.collector) == sources("collector")


def test_that_the_window_installs_every_room_in_one_folder(wheels: Wheels) -> None:
    rooms = sources("main.py", "app", "collector", "data", "models")
    resources = {each for each in sources("resources") if not each.endswith(".md") and "screenshots" not in each}
    nested = {f"strobe_window/{each}" for each in rooms | resources}
    assert in_wheel(wheels.window) == nested | sources("strobe_window")


@pytest.fixture(scope="module")
def with_collector(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Programs of an environment that the collector alone is installed in."""
    return clean_environment(tmp_path_factory.mktemp("collector"), wheel=wheels.collector)


def test_that_the_collector_reads_and_judges_with_numpy_and_msgspec_alone(with_collector: Path, tmp_path: Path) -> None:
    script = """
import sys
from importlib.metadata import distributions
from collector import open_collection
with open_collection(sys.argv[1]) as run:
    print(len(run.passes), len(run.findings().findings), run.compare(run).identical_passes)
print(sorted(each.metadata["Name"] for each in distributions()))
"""
    ended = run(with_collector / "python", "-c", script, GOLDEN, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "['msgspec', 'numpy', 'strobe-collector']"


def test_that_importing_the_collector_loads_nothing_but_itself(with_collector: Path, tmp_path: Path) -> None:
    script = """
import sys
before = set(sys.modules)
import collector
print(sorted(each for each in set(sys.modules) - before if each.partition(".")[0] not in sys.stdlib_module_names))
"""
    ended = run(with_collector / "python", "-c", script, cwd=tmp_path)
    assert ended.stdout.strip() == "['collector', 'collector.version']", ended.stderr


OWN_SCRIPT = """
import torch
import app, data, models  # a project's own, which lie beside its script
from collector import Collector

assert (app.OWN, data.OWN, models.OWN) == (True, True, True)
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), 0.1)
probe = torch.randn(4, 4), torch.tensor([0, 1, 2, 0])
with Collector(model, optimizer, "run.json", probe=probe, interval=2) as collector:
    for _ in range(5):
        loss = torch.nn.functional.cross_entropy(model(probe[0]), probe[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        collector.log(loss=loss)
"""


def test_that_a_project_with_rooms_of_the_same_names_records(wheels: Wheels, tmp_path: Path) -> None:
    programs = clean_environment(tmp_path / "environment", ["torch"], wheels.collector)
    project = tmp_path / "project"
    for name in ("app", "data", "models"):
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text("OWN = True\n")
    (project / "train.py").write_text(OWN_SCRIPT)
    ended = run(programs / "python", "train.py", cwd=project)
    assert ended.returncode == 0, ended.stderr
    with open_collection(project / "run.json") as recorded:
        assert recorded.passes.steps.tolist() == [0, 2, 4, 5]
        assert [note.text for note in recorded.notes] == []


@pytest.fixture(scope="module")
def strobe(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in an environment of its own."""
    return clean_environment(tmp_path_factory.mktemp("window"), wheel=wheels.window) / "strobe"


def test_that_the_command_shows_what_a_collection_holds(strobe: Path, tmp_path: Path) -> None:
    collection = tmp_path / "run.json"
    collection.write_bytes(GOLDEN.read_bytes())
    ended = run(strobe, collection, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert f"strobe {collection}" in ended.stdout, "it says how to open the collection elsewhere"
    assert collection.with_suffix(".png").is_file()


def test_that_the_command_brings_its_demos(strobe: Path, tmp_path: Path) -> None:
    ended = run(strobe, "demo", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "dead-units" in ended.stdout
    assert "strobe demo" in ended.stdout


def test_that_the_command_writes_a_report(strobe: Path, tmp_path: Path) -> None:
    ended = run(strobe, "report", GOLDEN, "--output", "page.html", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "page.html").is_file()


def test_that_the_command_does_not_mind_rooms_of_the_same_names(strobe: Path, tmp_path: Path) -> None:
    for name in ("app", "collector", "data", "main", "models"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('somebody else’s')\n")
    ended = run(strobe, "verify", GOLDEN, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert ended.returncode == 0, ended.stderr


def test_that_the_command_says_what_training_takes_where_it_is_not_installed(strobe: Path, tmp_path: Path) -> None:
    ended = run(strobe, "--headless", "--dataset", "digits", "--model", "mlp", cwd=tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "torch is needed" in ended.stderr
    assert "pipx install --force '.[train]'" in ended.stderr
