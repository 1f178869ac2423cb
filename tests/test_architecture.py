"""Who may import whom. Read it as the map of the project."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FRAMEWORKS = ("torch", "torchvision", "torchmetrics", "keras", "tensorflow", "tensorboard")
TRAINERS = ("lightning", "pytorch_lightning", "transformers", "accelerate")
QT = ("PyQt6", "pyqtgraph", "qdarktheme")


@dataclass(frozen=True)
class Rule:
    """No module of ``rooms`` imports one of ``banned``; ``why`` completes the sentence."""

    rooms: tuple[str, ...]
    banned: tuple[str, ...]
    why: str


RULES = (
    Rule(("app", "main"), (*FRAMEWORKS, *TRAINERS), "the window's process loads no framework"),
    Rule(
        ("collector.storage", "collector.capture", "collector.metrics"),
        (*FRAMEWORKS, *TRAINERS),
        "they serve every framework",
    ),
    Rule(
        ("collector", "models", "data", "app.analysis", "app.replay", "app.projecting"),
        QT,
        "they work without a window",
    ),
    Rule(("app.session", "app.jobs"), ("PyQt6.QtWidgets", "PyQt6.QtGui"), "the session lives without widgets"),
    Rule(("collector",), ("models", "data", "app"), "a stranger uses the collector alone"),
    Rule(("data",), ("models", "collector", "app"), "data stand on their own"),
    Rule(("models",), ("app",), "trainings know nothing of windows"),
    Rule(
        ("collector.storage",),
        (
            *("collector.capture", "collector.metrics", "collector.pytorch", "collector.keras"),
            *("collector.lightning", "collector.transformers"),
        ),
        "storage ← capture, never the other way round",
    ),
    Rule(
        ("collector.capture", "collector.metrics"),
        ("collector.pytorch", "collector.keras", "collector.lightning", "collector.transformers"),
        "capture ← pytorch, never the other way round",
    ),
    Rule(("collector.pytorch",), ("collector.keras", "keras", "tensorflow"), "a framework's collector loads no other"),
    Rule(("collector.keras",), ("collector.pytorch", "torch"), "a framework's collector loads no other"),
    Rule(
        ("collector.pytorch", "collector.keras", "collector.export", "models", "data"),
        ("collector.lightning", "collector.transformers", *TRAINERS),
        "pytorch ← a trainer's callback, never the other way round",
    ),
    Rule(
        ("collector.lightning",),
        ("collector.transformers", "collector.keras", "transformers", "accelerate", "keras", "tensorflow"),
        "a trainer's callback loads no other trainer",
    ),
    Rule(
        ("collector.transformers",),
        ("collector.lightning", "collector.keras", "lightning", "pytorch_lightning", "keras", "tensorflow"),
        "a trainer's callback loads no other trainer",
    ),
    Rule(
        ("app",),
        ("collector.capture", "collector.metrics", "collector.pytorch", "collector.keras", "models", "data"),
        "the window knows a run by its file",
    ),
    Rule(
        ("app.analysis",),
        ("app.replay", "app.session", "app.panels", "app.scene", "app.widgets", "app.window"),
        "analysis is pure",
    ),
    Rule(
        ("app.replay",),
        ("app.session", "app.jobs", "app.panels", "app.scene", "app.widgets", "app.window"),
        "replay is pure",
    ),
    Rule(("app.session", "app.jobs"), ("app.panels", "app.scene", "app.widgets", "app.window"), "state ← views"),
    Rule(("app.panels",), ("app.scene", "app.session", "app.jobs", "app.window"), "panels say wishes and show facts"),
    Rule(("app.scene",), ("app.panels", "app.replay", "app.session", "app.jobs", "app.window"), "items show facts"),
    Rule(("app.widgets",), ("app.panels", "app.scene", "app.session", "app.jobs", "app.window"), "widgets are pieces"),
    Rule(("app.tabs",), ("app.scene", "app.jobs", "app.window"), "a tab joins panels to the session"),
    Rule(("app.panels", "app.scene", "app.widgets", "app.session"), ("app.tabs",), "tabs ← the window alone"),
    Rule(("app.window",), ("main",), "main ← nothing"),
)


def imports_of(source: str, module: str) -> Iterator[str]:
    """Every module that the source of ``module`` imports, at its top or anywhere in it, types included."""
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            name = ".".join([*base, node.module] if node.module else base)
            yield name
            # ``from app import theme`` names a module too.
            yield from (f"{name}.{alias.name}" for alias in node.names)


def is_inside(module: str, rooms: tuple[str, ...]) -> bool:
    """Whether a module is one of the rooms or lies in one."""
    return any(module == room or module.startswith(room + ".") for room in rooms)


def breaches(rule: Rule, sources: dict[str, str]) -> list[str]:
    """A line for each import that a rule forbids."""
    return [
        f"{module} imports {imported}: {rule.why}"
        for module, source in sources.items()
        if is_inside(module, rule.rooms)
        for imported in imports_of(source, module)
        if is_inside(imported, rule.banned)
    ]


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    """Module name → source, of everything but the tests."""
    files = [
        ROOT / "main.py",
        *(path for room in ("collector", "models", "data", "app") for path in (ROOT / room).rglob("*.py")),
    ]
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in files}
    return {module: path.read_text(encoding="utf-8") for module, path in named.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{'+'.join(rule.rooms)}: {rule.why}")
def test_that_no_room_imports_what_it_must_not(rule: Rule, sources: dict[str, str]) -> None:
    assert breaches(rule, sources) == []


def test_that_every_room_of_a_rule_exists(sources: dict[str, str]) -> None:
    named = {room for rule in RULES for room in (*rule.rooms, *rule.banned) if room.split(".")[0] == "collector"}
    named |= {room for rule in RULES for room in rule.rooms}
    assert not {room for room in named if not any(is_inside(module, (room,)) for module in sources)}


def test_that_no_panel_imports_another(sources: dict[str, str]) -> None:
    panels = [module for module in sources if is_inside(module, ("app.panels",)) and module != "app.panels"]
    for panel in panels:
        others = tuple(other for other in panels if other != panel)
        assert breaches(Rule((panel,), others, "panels never know one another"), sources) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("app.panels.loss_panel", "import torch"),
        ("app.panels.loss_panel", "from app.scene.network_view import NetworkView"),
        ("app.panels.loss_panel", "def f():\n    from torchvision.datasets import MNIST"),
        ("app.session", "from PyQt6.QtWidgets import QWidget"),
        ("app.session", "from PyQt6 import QtWidgets"),
        ("collector.storage.reader", "import torch.nn as nn"),
        ("collector.pytorch.collector", "import PyQt6.QtCore"),
        ("collector.pytorch.collector", "import keras"),
        ("collector.keras.collector", "import torch"),
        ("collector.pytorch.collector", "from collector.lightning import CollectorCallback"),
        ("collector.transformers.callback", "import lightning.pytorch"),
        ("app.session", "import transformers"),
        ("collector.capture.guard", "from collector import pytorch"),
        ("collector.storage.reader", "from ..pytorch import Collector"),
        ("app.replay.frame", "from app import session"),
        ("data.mnist_like", "from models.names import MODELS"),
    ],
)
def test_that_a_broken_rule_is_found(module: str, line: str) -> None:
    assert [breach for rule in RULES for breach in breaches(rule, {module: line})]


def test_that_allowed_imports_are_no_breach() -> None:
    allowed = {
        "app.panels.loss_panel": "from app.replay.frame import Frame\nimport torchlight",
        "collector.pytorch.collector": "import torch\nfrom collector.storage import schema",
        "collector.lightning.callback": "import lightning.pytorch\nfrom collector.pytorch import Collector",
        "app.window": "from app.panels.loss_panel import LossPanel",
    }
    assert [breach for rule in RULES for breach in breaches(rule, allowed)] == []
