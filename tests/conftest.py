"""What every test gets: no screen needed, nothing left behind, no stray log line."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that leaves a top-level widget fails, and names it."""
    yield
    widgets = sys.modules.get("PyQt6.QtWidgets")
    application = widgets.QApplication.instance() if widgets else None
    if application is None:
        return
    from PyQt6.QtCore import QCoreApplication, QEvent

    left: list = []
    for collect in (lambda: None, gc.collect):  # which takes a while where torch is loaded
        collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        application.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = [widget for widget in widgets.QApplication.topLevelWidgets() if widget.parent() is None]
        if not left:
            return
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left]
    for widget in left:
        widget.deleteLater()
    assert not names, f"widgets left behind: {', '.join(names)}"


@pytest.fixture(autouse=True)
def no_stray_log_lines(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning in the log fails a test, unless it is marked ``expects_log``."""
    yield
    if request.node.get_closest_marker("expects_log"):
        return
    lines = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    loud = [record.getMessage() for record in lines if record.levelno >= logging.WARNING]
    assert not loud, f"unexpected log lines: {loud}"


@pytest.fixture(scope="session")
def collection_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real collection: a small CNN, 12 steps, a pass each 3, so passes at steps 0, 3, 6, 9 and 12."""
    import torch
    from torch import nn

    from collector import Collector

    generator = torch.Generator().manual_seed(0)
    images = torch.rand(64, 1, 12, 12, generator=generator)
    labels = torch.randint(0, 4, (64,), generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential()
        model.add_module("conv1", nn.Conv2d(1, 6, 3, padding=1))
        model.add_module("relu1", nn.ReLU())
        model.add_module("pool1", nn.MaxPool2d(2))
        model.add_module("flatten", nn.Flatten())
        model.add_module("fc1", nn.Linear(6 * 36, 30))
        model.add_module("relu2", nn.ReLU())
        model.add_module("fc2", nn.Linear(30, 4))
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
        path = tmp_path_factory.mktemp("collections") / "small.json"
        about = {"model": "small", "dataset": "noise", "data_used": "noise", "steps_per_epoch": 6, "seed": 0}
        names = ["ant", "bee", "cat", "dog"]
        probe = (images[:5], labels[:5])
        with Collector(
            model, optimizer, path, probe=probe, interval=3, class_names=names, mean=[0.0], std=[1.0], about=about
        ) as collector:
            for step in range(12):
                loss = nn.functional.cross_entropy(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                collector.log(loss=loss, accuracy=step / 12)
                if step % 6 == 5:
                    collector.end_epoch(test_loss=1.0, test_accuracy=0.5)
    return path


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's own pictures: three classes of forty, told apart by their colour."""
    import numpy as np
    from PIL import Image

    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for channel, name in enumerate(("red", "green", "blue")):
        (folder / name).mkdir()
        for number in range(40):
            pixels = random.integers(0, 120, (32, 32, 3), np.uint8)
            pixels[..., channel] += 120
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def shared_data() -> Path | None:
    """The folder of real pictures beside the project, where there is one."""
    folder = Path(os.environ.get("STROBE_TEST_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
    return folder if (folder / "MNIST" / "raw").is_dir() else None
