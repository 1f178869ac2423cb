"""Reading a collection loads no framework, and the collector alone is enough for a stranger's project."""

import importlib
import re
import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "keras", "tensorflow", "lightning", "transformers", "PyQt6", "pyqtgraph")


def loaded_by(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after running the code."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "code", ["import collector", "from collector import open_collection, CollectionError, CollectorWarning"]
)
def test_that_reading_loads_neither_a_framework_nor_a_window(code: str) -> None:
    assert loaded_by(code).isdisjoint(HEAVY)


def test_that_collecting_loads_torch_and_nothing_of_the_rest_of_the_project() -> None:
    loaded = loaded_by("from collector import Collector")

    assert "torch" in loaded
    assert loaded.isdisjoint({"PyQt6", "pyqtgraph", "tensorflow", "lightning", "transformers", "models", "data", "app"})


@pytest.mark.parametrize(
    ("room", "missing", "words"),
    [
        ("lightning", ("lightning", "pytorch_lightning"), "pip install lightning"),
        ("transformers", ("transformers",), "pip install 'transformers[torch]'"),
        ("transformers", ("accelerate",), "pip install 'transformers[torch]'"),
    ],
)
def test_that_a_callback_without_its_trainer_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, room: str, missing: tuple[str, ...], words: str
) -> None:
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"collector.{room}", raising=False)

    with pytest.raises(ImportError, match=re.escape(words)):
        importlib.import_module(f"collector.{room}")


def test_that_a_name_the_package_does_not_have_is_an_attribute_error() -> None:
    import collector

    with pytest.raises(AttributeError, match="no attribute 'Colector'"):
        _ = collector.Colector
