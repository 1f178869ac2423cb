"""Reading a collection loads no framework, and the collector alone is enough for a stranger's project."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "keras", "tensorflow", "PyQt6", "pyqtgraph")


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
    assert loaded.isdisjoint({"PyQt6", "pyqtgraph", "tensorflow", "models", "data", "app"})


def test_that_a_name_the_package_does_not_have_is_an_attribute_error() -> None:
    import collector

    with pytest.raises(AttributeError, match="no attribute 'Colector'"):
        _ = collector.Colector
