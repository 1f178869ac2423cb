"""Small trainings by ``fit``, with and without the collector."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import KerasCollector, open_collection
from collector.storage import Collection


@pytest.fixture(autouse=True, scope="session")
def many_trainings() -> None:
    """TensorFlow warns of a process that trains many models; that is what tests do."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test begins with the same random numbers and names."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a collection goes."""
    return tmp_path / "run.json"


@pytest.fixture(scope="session")
def samples() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Makes ``n`` samples of a shape and their labels of three classes."""

    def make(n: int, *shape: int) -> tuple[np.ndarray, np.ndarray]:
        chance = np.random.default_rng(1)
        return chance.normal(size=(n, *shape)).astype(np.float32), chance.integers(0, 3, n)

    return make


def train(
    path: Path,
    model: keras.Model,
    data: tuple[np.ndarray, np.ndarray],
    *,
    epochs: int = 1,
    compile_with: dict[str, Any] | None = None,
    fit_with: dict[str, Any] | None = None,
    **options: Any,
) -> Collection:
    """Compile a model where that is still to be done, train it with the collector on, open what it left."""
    if not model.compiled:
        chosen = {"optimizer": keras.optimizers.SGD(0.1), "loss": "sparse_categorical_crossentropy"}
        model.compile(**(chosen | (compile_with or {})))
    if "probe" not in options:
        options["probe"] = (data[0][:4], data[1][:4])
    collector = KerasCollector(path, **({"interval": 2} | options))
    fitting = {"batch_size": 8, "shuffle": False, "verbose": 0, "callbacks": [collector]} | (fit_with or {})
    model.fit(*data, epochs=epochs, **fitting)
    return open_collection(path)


@pytest.fixture(scope="module")
def collect_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Collection]:
    """`train`, for what several tests look at."""
    return lambda *given, **options: train(tmp_path_factory.mktemp("run") / "run.json", *given, **options)


@pytest.fixture
def collect(path: Path) -> Iterator[Callable[..., Collection]]:
    """`train`; the file is closed afterwards."""
    opened: list[Collection] = []

    def run(*given: Any, **options: Any) -> Collection:
        opened.append(train(path, *given, **options))
        return opened[-1]

    yield run
    for collection in opened:
        collection.close()
