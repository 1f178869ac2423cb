"""The sources of the project with changes in them, each of which can be switched on while they run."""

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from tests.mutations.changes import Change
from tests.mutations.project import ROOT

NOTHING = -1
"""The number of the change that is made, where none is."""
_ANYHOW = frozenset(
    ("self", "session", "connect", "show", "requested", "changed", "lambda", "panel", "emit", "clicked")
)


@dataclass(frozen=True)
class Switch:
    """A change of a file, which stands from the project's folder on."""

    file: str
    change: Change

    def __str__(self) -> str:
        source = (ROOT / self.file).read_text(encoding="utf-8")
        before = " ".join(source[self.change.start : self.change.stop].split())
        return f"{self.file}:{self.change.line} [{self.change.kind}] {before[:70]!r} → {self.change.text[:70]!r}"

    def near(self) -> list[str]:
        """Words that the names of the tests that are about it are likely to have, the most telling one first."""
        source = (ROOT / self.file).read_text(encoding="utf-8")
        words = re.findall("[a-z]{4,}", source[self.change.start : self.change.stop].lower())
        places = [f"test_{Path(self.file).stem}", *Path(self.file).parent.parts[2:]]
        return [*places, *Path(self.file).stem.split("_"), *(word for word in words if word not in _ANYHOW)]


class SwitchedSources:
    """What is imported from now on has the changes in it.

    Attributes:
        on: the number of the change that is made.
        reached: the numbers of those that were come to since this was emptied.
        touched: the files with changes of which a function was run since this was emptied.
        apart: the numbers of those that cannot be made so, in a pattern or within another change.
    """

    def __init__(self, every: Sequence[Switch]) -> None:
        self.on = NOTHING
        self.reached: set[int] = set()
        self.touched: set[str] = set()
        self.apart: set[int] = set()
        self._of_file: dict[str, list[tuple[int, Change]]] = {}
        for number, each in enumerate(every):
            self._of_file.setdefault(each.file, []).append((number, each.change))

    def install(self) -> None:
        """Have the interpreter import the project's files so."""
        own = {str(ROOT / file): file for file in self._of_file}
        of_file = SourceFileLoader.get_code

        def get_code(loader: SourceFileLoader, name: str) -> object:
            file = own.get(loader.path)
            return of_file(loader, name) if file is None else self.compiled(file, Path(loader.path).read_text("utf-8"))

        SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]
        builtins.is_switched_on = self.is_switched_on  # type: ignore[attr-defined]
        builtins.is_touched = self.touched.add  # type: ignore[attr-defined]

    def compiled(self, file: str, source: str) -> CodeType:
        """The source of a file, which asks `is_switched_on` at each change."""
        path = str(ROOT / file)
        stop = len(source)
        for number, change in sorted(self._of_file[file], key=lambda each: -each[1].stop):
            switched = _switched(number, change, source) if change.stop <= stop else ""
            if switched and _is_python(switched):
                source, stop = switched, change.start
            else:
                self.apart.add(number)
        return compile(ast.fix_missing_locations(_Touched(file).visit(ast.parse(source))), path, "exec")

    def is_switched_on(self, number: int) -> bool:
        """What the sources ask."""
        self.reached.add(number)
        return number == self.on


def _switched(number: int, change: Change, source: str) -> str:
    own = source[change.start : change.stop]
    asked = f"is_switched_on({number})"
    match change.kind:
        case "call left out":
            text = f"(None if {asked} else ({own}))"
        case "assignment left out":
            text = f"if not {asked}: {own}"
        case "break":
            indent = source[source.rindex("\n", 0, change.start) + 1 : change.start]
            text = f"if {asked}: continue\n{indent}break"
        case _:
            text = f"({change.text} if {asked} else ({own}))"
    return source[: change.start] + text + source[change.stop :]


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Touched(ast.NodeTransformer):
    """Has each function say that it runs."""

    def __init__(self, file: str) -> None:
        self._file = file

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        called = ast.Call(ast.Name("is_touched", ast.Load()), [ast.Constant(self._file)], [])
        node.body.insert(1 if ast.get_docstring(node) is not None else 0, ast.copy_location(ast.Expr(called), node))
        return node
