"""A real window on a real collection, driven as a user would."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from collector.comparing.saved import SavedComparison
from tests.app.own_font import use_own_font
from tests.app.whole_run import record_whole_run


@pytest.fixture(scope="session", autouse=True)
def own_font(qapp: QApplication) -> None:
    use_own_font(qapp)


@pytest.fixture(autouse=True)
def widgets_live_until_they_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A widget that nobody holds any more would be collected while it is painted for the last time, and end Python."""
    held: list[object] = []
    usual = QtBot.addWidget

    def add(bot: QtBot, widget: QWidget, **options: Any) -> None:
        held.append(widget)
        usual(bot, widget, **options)

    monkeypatch.setattr(QtBot, "addWidget", add)
    yield
    held.clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "strobe.ini")


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """One of no window; its background work is done at once."""
    session = Session(Jobs(is_synchronous=True))
    yield session
    session.close()


@pytest.fixture
def window(qtbot: QtBot, qapp, settings: Settings) -> Iterator[MainWindow]:
    """The window as it starts, with nothing open; its background work is done at once."""
    apply_theme(qapp)
    window, _ = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def open_window(window: MainWindow, collection_path: Path) -> MainWindow:
    """The window with the small collection open."""
    window.open(collection_path)
    return window


@pytest.fixture
def place_of(window: MainWindow) -> Callable[[], str]:
    """What the transport says of the playhead."""
    return window.transport.place_label.text


@pytest.fixture(scope="session")
def two_paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The whole run twice, the second with a higher rate from step 4 on, so that passes 0 and 1 are the same."""
    folder = tmp_path_factory.mktemp("two")
    return record_whole_run(folder / "usual.json"), record_whole_run(folder / "faster.json", other_rate_at=4)


@pytest.fixture(scope="session")
def repeat_paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two that stand for repeats of the first of them: their rates are higher from steps 8 and 10 on."""
    folder = tmp_path_factory.mktemp("repeats")
    first, second = (record_whole_run(folder / f"{rate_at}.json", other_rate_at=rate_at) for rate_at in (8, 10))
    return first, second


@pytest.fixture
def two_in_window(window: MainWindow, two_paths: tuple[Path, Path]) -> MainWindow:
    """Both open, at the last pass, where how they differ is shown; the network is in front."""
    window.open(two_paths[0])
    window._session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    window.show_view("network")
    window._session.show_last()
    return window


@pytest.fixture(scope="session")
def deep_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real collection of 12 residual blocks: 14 linear layers, 12 steps, a pass each 4."""
    import torch
    from torch import nn

    from collector import Collector

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.act, self.fc = nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 8)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + self.fc(self.act(self.norm(x)))

    path = tmp_path_factory.mktemp("collections") / "deep.json"
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(32, 5, generator=generator)
    labels = torch.randint(0, 3, (32,), generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential()
        model.add_module("first", nn.Linear(5, 8))
        model.add_module("body", nn.Sequential(*[Block() for _ in range(12)]))
        model.add_module("drop", nn.Dropout(0.1))
        model.add_module("last", nn.Linear(8, 3))
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
        names = ["ant", "bee", "cat"]
        with Collector(
            model, optimizer, path, probe=(inputs[:5], labels[:5]), interval=4, class_names=names
        ) as collector:
            for _ in range(12):
                loss = nn.functional.cross_entropy(model(inputs), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                collector.log(loss=loss)
    return path
