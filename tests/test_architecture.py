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

STATE = (
    *("app.session", "app.jobs", "app.reading", "app.opening", "app.holding", "app.judging", "app.playing"),
    *("app.side_by_side", "app.run_differences", "app.noise_reading"),
)
"""The session and what it is made of."""


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
    Rule(("collector", "models", "data", "app.analysis", "app.replay"), QT, "they work without a window"),
    Rule(STATE, ("PyQt6.QtWidgets", "PyQt6.QtGui"), "the session lives without widgets"),
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
        ("collector.findings",),
        (
            *(*FRAMEWORKS, *TRAINERS, "collector.capture", "collector.metrics", "collector.export"),
            *("collector.pytorch", "collector.keras", "collector.lightning", "collector.transformers"),
        ),
        "storage ← findings, with NumPy and msgspec alone",
    ),
    Rule(
        ("collector.report",),
        (
            *(*FRAMEWORKS, *TRAINERS, "scipy", "matplotlib", "collector.capture", "collector.metrics"),
            *("collector.export", "collector.comparing"),
            *("collector.pytorch", "collector.keras", "collector.lightning", "collector.transformers"),
        ),
        "storage, findings ← report, with NumPy and msgspec alone",
    ),
    Rule(
        ("collector.comparing",),
        (
            *(*FRAMEWORKS, *TRAINERS, "collector.capture"),
            *("collector.pytorch", "collector.keras", "collector.lightning", "collector.transformers"),
        ),
        "storage, findings, metrics, export ← comparing, with NumPy, SciPy and msgspec alone",
    ),
    Rule(
        ("collector.importing",),
        (
            *("torch", "torchvision", "keras", "tensorflow", *TRAINERS),
            *("collector.pytorch", "collector.keras", "collector.lightning", "collector.transformers"),
        ),
        "what others have logged is read without a framework",
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
        ("app.replay", "app.session", "app.jobs", "app.widgets", "app.views", "app.window"),
        "analysis is pure",
    ),
    Rule(("app.replay",), ("app.session", "app.jobs", "app.widgets", "app.views", "app.window"), "replay is pure"),
    Rule(("app.widgets",), ("app.session", "app.jobs", "app.views", "app.window"), "widgets say wishes and show facts"),
    Rule(STATE, ("app.widgets", "app.views", "app.window"), "state ← views"),
    Rule(("app.views",), ("app.window",), "views ← the window"),
    Rule(("app.window",), ("main",), "main ← nothing"),
)


# What is still to be mended: module → what it imports. An entry that no longer breaks a rule fails the test below.
BROKEN_SO_FAR: dict[str, tuple[str, ...]] = {}


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
        if is_inside(imported, rule.banned) and not is_inside(imported, BROKEN_SO_FAR.get(module, ()))
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


def test_that_what_is_to_be_mended_is_still_broken(sources: dict[str, str]) -> None:
    pairs = [(module, imported) for module, every in BROKEN_SO_FAR.items() for imported in every]
    assert [pair for pair in pairs if pair[1] not in set(imports_of(sources[pair[0]], pair[0]))] == []


def test_that_every_room_of_a_rule_exists(sources: dict[str, str]) -> None:
    named = {room for rule in RULES for room in (*rule.rooms, *rule.banned) if room.split(".")[0] == "collector"}
    named |= {room for rule in RULES for room in rule.rooms}
    assert not {room for room in named if not any(is_inside(module, (room,)) for module in sources)}


def module_imports(sources: dict[str, str]) -> dict[str, set[str]]:
    """Module → the modules of ours that it imports. ``from package import module`` is an import of that module."""
    found: dict[str, set[str]] = {}
    for module, source in sources.items():
        is_package = any(other.startswith(module + ".") for other in sources)
        named = [each for each in imports_of(source, f"{module}.__init__" if is_package else module) if each in sources]
        # A package is named with each of its modules, and meant where nothing else of it is.
        found[module] = {each for each in named if not any(other.startswith(each + ".") for other in named)} - {module}
    return found


def room_of(module: str) -> str:
    """``collector.storage`` of all that lies in it, ``app.views.layers`` of what belongs to that view."""
    return ".".join(module.split(".")[: 3 if module.startswith("app.views.") else 2])


def room_imports(sources: dict[str, str]) -> dict[str, set[str]]:
    """Room → the rooms whose modules its own import."""
    found: dict[str, set[str]] = {}
    for module, imported in module_imports(sources).items():
        room = room_of(module)
        found.setdefault(room, set()).update({room_of(each) for each in imported} - {room})
    return found


def circles(imports: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Groups of which each member is reached from each other one, by name."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [*imports.get(start, ())]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += imports.get(each, ())
        return seen

    reach = {each: reached(each) for each in imports}
    groups = {tuple(sorted(b for b in reach[a] if a in reach.get(b, ()))) for a in imports if a in reach[a]}
    return sorted(groups)


def test_that_no_rooms_import_each_other(sources: dict[str, str]) -> None:
    assert circles(room_imports(sources)) == []


def test_that_no_modules_import_each_other(sources: dict[str, str]) -> None:
    assert circles(module_imports(sources)) == []


@pytest.mark.parametrize(
    "closing",
    [
        "from collector.storage.verify import verify",
        "from collector.storage import verify",
        "from . import verify",
        "def f() -> None:\n    import collector.storage.verify",
        "if TYPE_CHECKING:\n    from .verify import Verification",
    ],
)
def test_that_a_circle_of_modules_is_found(closing: str) -> None:
    modules = {
        "collector.storage": "from collector.storage.reader import Collection",
        "collector.storage.verify": "from collector.storage.reader import Collection",
        "collector.storage.reader": closing,
    }
    assert circles(module_imports(modules)) == [("collector.storage.reader", "collector.storage.verify")]


def test_that_a_circle_of_rooms_is_found() -> None:
    modules = {
        "collector.capture": "",
        "collector.capture.log": "from collector.storage.writer import write",
        "collector.storage.writer": "from collector.metrics import norms",
        "collector.metrics.norms": "from collector.capture import log",
    }
    assert circles(room_imports(modules)) == [("collector.capture", "collector.metrics", "collector.storage")]
    assert circles(room_imports(modules | {"collector.metrics.norms": "import numpy"})) == []


def view_of(module: str) -> str:
    """The view in whose folder a module lies, as ``app.views.layers``; empty: in none."""
    parts = module.split(".")
    is_in_view = parts[:2] == ["app", "views"] and len(parts) > 3
    return ".".join(parts[:3]) if is_in_view else ""


def rules_of_views(sources: dict[str, str]) -> list[Rule]:
    """What the folder of each view keeps to, and what all others keep to towards it."""
    views = {view_of(module) for module in sources} - {""}
    rules = [Rule((view,), tuple(sorted(views - {view})), "no view knows another") for view in sorted(views)]
    pieces = [
        module
        for module in sources
        if view_of(module)
        and module.split(".")[-1] not in ("view", "reading", "menu")
        and not any(other.startswith(module + ".") for other in sources)  # a rule for a folder is one for all in it
    ]
    rules += [
        Rule(
            (module,),
            ("app.session", "app.jobs", "app.reading"),
            "only view, reading and menu know the session",
        )
        for module in pieces
    ]
    pure = tuple(f"{view}.analysis" for view in sorted(views))
    rules += [
        Rule(pure, (*QT, "app.replay", "app.widgets"), "analysis is pure"),
        Rule(("app.window",), tuple(sorted(views)), "the window knows views by their table"),
    ]
    return rules


def test_that_a_view_stays_in_its_folder(sources: dict[str, str]) -> None:
    assert [line for rule in rules_of_views(sources) for line in breaches(rule, sources)] == []


def borrowed_from_tests(sources: dict[str, str]) -> list[str]:
    """A line for each import of a test module: what tests share has a module that is named for it, or is a fixture."""
    tests = {module for module in sources if module.split(".")[-1].startswith("test_")}
    tests |= {module.split(".")[-1] for module in tests}  # as pytest puts the folder of a test on the path
    return [
        f"{module} imports {imported}"
        for module, source in sources.items()
        for imported in imports_of(source, module)
        if imported in tests
    ]


def test_that_nothing_is_imported_from_a_test_module() -> None:
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "tests").rglob("*.py")}
    assert borrowed_from_tests({module: path.read_text(encoding="utf-8") for module, path in files.items()}) == []


@pytest.mark.parametrize(
    "module", ["tests.app.test_a", "tests.app.conftest", "tests.app.driving", "tests.app.__init__"]
)
@pytest.mark.parametrize(
    "line",
    [
        "from tests.app.test_b import shown",
        "from tests.app.test_b import (\n    at,\n    shown,\n)",
        "from tests.app import test_b",
        "from tests.app import test_b as other",
        "import tests.app.test_b",
        "from .test_b import shown",
        "from . import test_b",
        "from test_b import shown",
        "import test_b",
        "def f() -> None:\n    from tests.app.test_b import shown",
        "if TYPE_CHECKING:\n    from tests.app.test_b import Shown",
    ],
)
def test_that_an_import_from_a_test_module_is_found(module: str, line: str) -> None:
    assert borrowed_from_tests({module: line, "tests.app.test_b": ""})
    shared = line.replace("test_b", "shown_b")
    assert not borrowed_from_tests({module: shared, "tests.app.test_b": "", "tests.app.shown_b": ""})


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("app.views.loss.panel", "import torch"),
        ("app.views.loss.panel", "from app.window.menus import add_action"),
        ("app.views.loss.panel", "def f():\n    from torchvision.datasets import MNIST"),
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
        "app.views.loss.panel": "from app.replay.frame import Frame\nimport torchlight",
        "collector.pytorch.collector": "import torch\nfrom collector.storage import schema",
        "collector.lightning.callback": "import lightning.pytorch\nfrom collector.pytorch import Collector",
        "app.window.main_window": "from app.views import VIEWS",
    }
    assert [breach for rule in RULES for breach in breaches(rule, allowed)] == []
