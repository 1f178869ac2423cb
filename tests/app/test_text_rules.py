"""Text that may not be ours has one door: what would show it by another way is found in the source."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
DOOR = APP / "widgets" / "plain_text.py"
TEXT_OF = {"setToolTip": 0, "showText": 1}
"""Calls → which of their arguments is a text that Qt may take for markup."""

ONLY_IN_THE_DOOR = ("QLabel", "elidedText", "escape")


def is_ours(text: ast.expr) -> bool:
    """Whether a text is a constant, or was asked for at the door; functions named ``…_tooltip`` make markup of ours."""
    match text:
        case ast.Constant():
            return True
        case ast.IfExp(body=one, orelse=other):
            return is_ours(one) and is_ours(other)
        case ast.Name(id=name):
            return name.isupper()
        case ast.Call(func=ast.Name(id=name)):
            return name.endswith("_tooltip")
    return False


def breaches(source: str, where: str = "") -> list[str]:
    """A line for each text that is shown by another way."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ONLY_IN_THE_DOOR:
            found.append(f"{where}:{node.lineno} calls {name}: app.widgets.plain_text knows how")
        at = TEXT_OF.get(name)
        if at is not None and len(node.args) > at and not is_ours(node.args[at]):
            found.append(f"{where}:{node.lineno} {name} with {ast.unparse(node.args[at])}: say plain_tooltip(…)")
    return found


def test_that_every_text_of_a_tooltip_or_label_comes_through_the_door() -> None:
    files = [path for path in sorted(APP.rglob("*.py")) if path != DOOR]
    assert len(files) > 50
    assert [line for path in files for line in breaches(path.read_text("utf-8"), str(path.relative_to(APP)))] == []


@pytest.mark.parametrize(
    "line",
    [
        "widget.setToolTip(layer.name)",
        "widget.setToolTip(f'{name}: all of it')",
        "widget.setToolTip('' if shown else name)",
        "QToolTip.showText(at, self.tip(at), self)",
        "label = QLabel(name)",
        "metrics.elidedText(name, how, 80)",
        "html.escape(name)",
    ],
)
def test_that_a_text_that_goes_another_way_is_found(line: str) -> None:
    assert breaches(line)


@pytest.mark.parametrize(
    "line",
    [
        "widget.setToolTip('Fit')",
        "widget.setToolTip('Pause' if playing else 'Play')",
        "widget.setToolTip(plain_tooltip(name))",
        "widget.setToolTip(HOW_TO)",
        "QToolTip.showText(at, unit_tooltip(view, 1, 2), self)",
        "label = PlainLabel(name)",
    ],
)
def test_that_a_text_through_the_door_is_no_breach(line: str) -> None:
    assert breaches(line) == []
