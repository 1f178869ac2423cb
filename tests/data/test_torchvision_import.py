"""In child processes, because what is imported once stays imported."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(code: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_that_datasets_and_transforms_can_be_imported_after_it() -> None:
    code = """
from data.torchvision_import import import_torchvision
first = import_torchvision()
from torchvision import datasets, transforms
assert import_torchvision() is first
print(first.__name__, datasets.MNIST.__name__)
"""
    assert run(code).split() == ["torchvision", "MNIST"]


def test_that_a_healthy_torchvision_is_imported_as_it_is() -> None:
    code = """
import sys, types
import torch
healthy = types.ModuleType("torchvision")
sys.modules["torchvision"] = healthy
from data import torchvision_import
assert torchvision_import.import_torchvision() is healthy
print(torchvision_import._declarations)
"""
    assert run(code).strip() == "[]"


def test_that_another_failure_of_the_import_is_not_hidden() -> None:
    code = """
import importlib
from data import torchvision_import
def broken(name):
    raise RuntimeError("something else")
importlib.import_module = broken
try:
    torchvision_import.import_torchvision()
except RuntimeError as error:
    print(error)
"""
    assert run(code).strip() == "something else"


def test_that_the_package_and_the_names_load_without_torch() -> None:
    code = """
import sys
import data, data.names, models.names
assert set(data.__all__) <= set(data.__all__ + dir(data))
print([name for name in ("torch", "torchvision", "sklearn", "PIL") if name in sys.modules])
"""
    assert run(code).strip() == "[]"
