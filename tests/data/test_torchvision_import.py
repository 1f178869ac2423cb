"""Mostly in child processes, because what is imported once stays imported."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from data import torchvision_import

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


def test_that_a_healthy_torchvision_is_imported_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    healthy = ModuleType("torchvision")
    monkeypatch.setitem(sys.modules, "torchvision", healthy)
    monkeypatch.setattr(torchvision_import, "_declare_missing_operators", lambda: pytest.fail("nothing was missing"))
    assert torchvision_import.import_torchvision() is healthy


def test_that_another_failure_of_the_import_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> ModuleType:
        raise RuntimeError("something else")

    monkeypatch.setattr(importlib, "import_module", broken)
    with pytest.raises(RuntimeError, match="something else"):
        torchvision_import.import_torchvision()


def test_that_the_package_and_the_names_load_without_torch() -> None:
    code = """
import sys
import data, data.names, models.names
print([name for name in ("torch", "torchvision", "sklearn", "PIL") if name in sys.modules])
"""
    assert run(code).strip() == "[]"
